/**
 * `/data/locations.geojson`: all public Locations as one GeoJSON FeatureCollection, a Feature a line. Licence,
 * attribution, time and sequence are foreign members of the collection (RFC 7946, section 6.1).
 */
import { toFeature } from '../feature.ts';
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
  open: ({ publication, generatedAt, sequence }) => {
    const members = JSON.stringify({
      type: 'FeatureCollection',
      licence: publication.licence,
      attribution: publication.attribution,
      generated_at: generatedAt.toISOString(),
      sequence,
    });
    return `${members.slice(0, -1)},"features":[\n`;
  },
  write: (object) => JSON.stringify(toFeature(object)),
  separator: ',\n',
  close: () => '\n]}\n',
};
