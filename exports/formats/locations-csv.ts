/**
 * `/data/locations.csv`: one row a connector of every public Location, columns as in the contract (design,
 * section 7). An empty cell means "not known": an empty `tariff_ids` is an unknown tariff, not a free one
 * (LR-24, TR-14). Coordinates are the EVSE's own where it has them, else the Location's (OD-05), spelled as its
 * owner spelled them.
 */
import type { Connector, Evse } from '../../db/model.ts';
import { CSV_MEDIA_TYPE } from '../csv.ts';
import { csvTable } from '../csv-table.ts';
import type { LocationFormat } from '../format.ts';
import { known } from '../known-columns.ts';
import { powerInWatts } from '../power.ts';
import type { PublicLocation } from '../public-objects.ts';

/** In order. */
const TABLE = csvTable<[object: PublicLocation, evse: Evse, connector: Connector]>([
  known('country_code', 'identifier'),
  known('party_id', 'identifier'),
  known('location_id', 'identifier'),
  known('name', 'text'),
  known('address', 'text'),
  known('postal_code', 'text'),
  known('city', 'text'),
  known('state', 'text'),
  known('country', 'identifier'),
  [
    'latitude',
    'number',
    "Decimal degrees, WGS 84; the EVSE's own where it has them",
    (object, evse) => place(object, evse).latitude,
  ],
  [
    'longitude',
    'number',
    "Decimal degrees, WGS 84; the EVSE's own where it has them",
    (object, evse) => place(object, evse).longitude,
  ],
  known('time_zone', 'identifier'),
  known('parking_type', 'identifier'),
  [
    'open_24_7',
    'boolean',
    'true, false, or empty when not known',
    ({ location }) => location.opening_times?.twentyfourseven,
  ],
  known('operator', 'text'),
  known('suboperator', 'text'),
  known('owner', 'text'),
  known('help_phone', 'reference'),
  known('evse_uid', 'identifier'),
  known('evse_id', 'identifier'),
  known('status', 'identifier'),
  known('floor_level', 'reference'),
  known('physical_reference', 'reference'),
  ['capabilities', 'identifier[]', 'OCPI Capabilities, joined by |', (_, evse) => evse.capabilities],
  [
    'parking_restrictions',
    'identifier[]',
    'OCPI ParkingRestrictions, joined by |',
    (_, evse) => evse.parking_restrictions,
  ],
  ['connector_id', 'identifier', 'Unique within the EVSE', (_, __, connector) => connector.id],
  ['standard', 'identifier', 'OCPI ConnectorType', (_, __, connector) => connector.standard],
  ['format', 'identifier', 'SOCKET or CABLE', (_, __, connector) => connector.format],
  ['power_type', 'identifier', 'OCPI PowerType', (_, __, connector) => connector.power_type],
  [
    'max_voltage',
    'number',
    'Volt; line to neutral for AC_3_PHASE',
    (_, __, connector) => connector.max_voltage,
  ],
  ['max_amperage', 'number', 'Ampere', (_, __, connector) => connector.max_amperage],
  [
    'max_power_w',
    'number',
    'Watt: as stated, else voltage x amperage x phases; empty when not known',
    (_, __, connector) => powerInWatts(connector),
  ],
  [
    'tariff_ids',
    'identifier[]',
    'Tariffs of the same party, joined by |; empty when not known, which is not free',
    (_, __, connector) => connector.tariff_ids,
  ],
  [
    'green_energy',
    'boolean',
    'true, false, or empty when not known',
    ({ location }) => location.energy_mix?.is_green_energy,
  ],
  [
    'location_last_updated',
    'dateTime',
    "The owner's time of the Location, UTC",
    ({ location }) => location.last_updated,
  ],
  ['evse_last_updated', 'dateTime', "The owner's time of the EVSE, UTC", (_, evse) => evse.last_updated],
  [
    'connector_last_updated',
    'dateTime',
    "The owner's time of the connector, UTC",
    (_, __, connector) => connector.last_updated,
  ],
]);

export const locationsCsv: LocationFormat = {
  name: 'locations.csv',
  module: 'locations',
  mediaType: CSV_MEDIA_TYPE,
  title: 'Connectors as a table',
  description:
    'One row a connector, with its EVSE and Location. Opens in spreadsheets: free text that looks like a formula begins with an apostrophe.',
  dataSets: ['static', 'dynamic'],
  columns: TABLE.columns,
  open: () => TABLE.header(),
  write: (object) => TABLE.rows(connectorsOf(object)),
  separator: '',
  close: () => '',
};

function connectorsOf(object: PublicLocation): [PublicLocation, Evse, Connector][] {
  return object.evses.flatMap((evse) =>
    evse.connectors.map((connector): [PublicLocation, Evse, Connector] => [object, evse, connector]),
  );
}

function place({ location }: PublicLocation, evse: Evse): { latitude: string; longitude: string } {
  return evse.coordinates ?? location.coordinates;
}
