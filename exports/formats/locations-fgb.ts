/**
 * `/data/locations.fgb`: all public Locations as FlatGeobuf, a feature a Location, in columns of types. It has no
 * spatial index, since a file is put together from features that are written when they change; a program that wants
 * one makes it on opening (`ogr2ogr -f FlatGeobuf indexed.fgb locations.fgb`). `/ogc` and `/tiles` answer for a part
 * of the map.
 */
import { type LocationFeature, toFeature } from '../feature.ts';
import { type FlatgeobufLine, flatgeobufTable } from '../flatgeobuf.ts';
import type { LocationFormat } from '../format.ts';
import { SHOWN_STATUSES } from '../public-objects.ts';

/** In order. */
const TABLE = flatgeobufTable<LocationFeature>([
  ['id', 'string', 'Country, party and id of the Location: CC-PTY-id', ({ id }) => id],
  ['country_code', 'string', "Country of the owner's OCPI party", property('country_code')],
  ['party_id', 'string', "The owner's OCPI party", property('party_id')],
  ['location_id', 'string', 'Unique within country_code and party_id', property('location_id')],
  ['name', 'string', 'Name of the Location', property('name')],
  ['address', 'string', 'Street and house number', property('address')],
  ['postal_code', 'string', 'Postal code', property('postal_code')],
  ['city', 'string', 'City', property('city')],
  ['country', 'string', 'ISO 3166-1 alpha-3', property('country')],
  ['operator', 'string', 'Who operates the Location', property('operator')],
  ['owner', 'string', 'Who owns it', property('owner')],
  ['parking_type', 'string', 'OCPI ParkingType', property('parking_type')],
  ['time_zone', 'string', 'IANA name', property('time_zone')],
  ['open_24_7', 'boolean', 'Open without interruption; null when not known', property('open_24_7')],
  ['max_power_kw', 'number', 'Kilowatt, of its strongest connector', property('max_power_kw')],
  ['evse_count', 'integer', 'EVSEs', property('evse_count')],
  // A column for each, for filters and styles.
  ...SHOWN_STATUSES.map(
    (status): FlatgeobufLine<LocationFeature> => [
      `evses_${status.toLowerCase()}`,
      'integer',
      `EVSEs with the OCPI Status ${status}`,
      ({ properties }) => properties.evses_by_status[status] ?? 0,
    ],
  ),
  ['evses', 'json', 'Its EVSEs with their connectors, as in locations.geojson', property('evses')],
  ['last_updated', 'dateTime', "The owner's time of the Location, UTC", property('last_updated')],
  ['changed_at', 'dateTime', 'When the registry last changed it, UTC', property('changed_at')],
]);

export const locationsFgb: LocationFormat = {
  name: 'locations.fgb',
  module: 'locations',
  mediaType: 'application/vnd.flatgeobuf',
  title: 'Locations for GIS programs',
  description:
    'Every charging location as a FlatGeobuf feature in typed columns, with a count for each status. Without a spatial index, because it is renewed with every change: a program that wants one makes it on opening.',
  dataSets: ['static', 'dynamic'],
  standard: 'https://flatgeobuf.org/',
  columns: TABLE.columns,
  open: (edition) => TABLE.open('Charging locations', edition),
  write: (object) => {
    const feature = toFeature(object);
    return TABLE.feature(feature.geometry.coordinates, feature);
  },
  separator: '',
  close: () => '',
};

function property(
  name: Exclude<keyof LocationFeature['properties'], 'evses_by_status'>,
): FlatgeobufLine<LocationFeature>[3] {
  return ({ properties }) => properties[name];
}
