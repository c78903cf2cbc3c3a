/**
 * `/data/locations.geojson`: all public Locations as one GeoJSON FeatureCollection, a Feature a line.
 */
import { toFeature } from '../feature.ts';
import { closeFeatureCollection, FEATURE_SEPARATOR, openFeatureCollection } from '../feature-collection.ts';
import type { LocationFormat } from '../format.ts';

export const locationsGeojson: LocationFormat = {
  name: 'locations.geojson',
  module: 'locations',
  mediaType: 'application/geo+json',
  title: 'Locations for maps',
  description:
    'Every charging location as a GeoJSON Feature with its EVSEs, connectors and statuses. Opens in any map program.',
  dataSets: ['static', 'dynamic'],
  standard: 'https://www.rfc-editor.org/rfc/rfc7946',
  schema: 'location-feature-collection',
  open: openFeatureCollection,
  write: (object) => JSON.stringify(toFeature(object)),
  separator: FEATURE_SEPARATOR,
  close: closeFeatureCollection,
};
