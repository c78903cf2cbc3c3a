/**
 * `/data/locations.geojsons`: all public Locations as a GeoJSON Text Sequence (RFC 8142): a record separator, the
 * Feature of `locations.geojson` to the byte, a line feed. For programs that read a Feature at a time: no file has
 * to be whole in memory, and one that broke off is good up to its last record. A sequence has no place for a
 * licence; the page of downloads and the headers name it.
 */
import { toFeature } from '../feature.ts';
import type { LocationFormat } from '../format.ts';

/** Begins every record (RFC 7464, section 2.2). */
const RECORD_SEPARATOR = '\u001e';

export const locationsGeojsons: LocationFormat = {
  name: 'locations.geojsons',
  module: 'locations',
  mediaType: 'application/geo+json-seq',
  title: 'Locations, a Feature at a time',
  description:
    'The Features of locations.geojson as a GeoJSON Text Sequence, each in a record of its own, for programs that read a stream.',
  dataSets: ['static', 'dynamic'],
  standard: 'https://www.rfc-editor.org/rfc/rfc8142',
  schema: 'location-feature',
  open: () => '',
  write: (object) => `${RECORD_SEPARATOR}${JSON.stringify(toFeature(object))}\n`,
  separator: '',
  close: () => '',
};
