/**
 * `/data/status.csv`: one row an EVSE with nothing but how it is now, for whoever asks every minute and has the
 * rest already. `locations.csv` has the same keys.
 */
import type { Evse } from '../../db/model.ts';
import { CSV_MEDIA_TYPE } from '../csv.ts';
import { csvTable } from '../csv-table.ts';
import type { LocationFormat } from '../format.ts';
import { textOrNull } from '../missing.ts';
import type { PublicLocation } from '../public-objects.ts';
import { occupancy, operationalStatus } from '../regulated-status.ts';

/** In order. */
const TABLE = csvTable<[object: PublicLocation, evse: Evse]>([
  [
    'country_code',
    'identifier',
    "Country of the owner's OCPI party",
    ({ location }) => location.country_code.toUpperCase(),
  ],
  ['party_id', 'identifier', "The owner's OCPI party", ({ location }) => location.party_id.toUpperCase()],
  ['location_id', 'identifier', 'Unique within country_code and party_id', ({ location }) => location.id],
  ['evse_uid', 'identifier', 'Unique within the Location', (_, evse) => evse.uid],
  ['evse_id', 'identifier', 'EVSE ID as shown on the charge point', (_, evse) => textOrNull(evse.evse_id)],
  ['status', 'identifier', 'OCPI Status; UNKNOWN is neither free nor occupied', (_, evse) => evse.status],
  [
    'operational_status',
    'identifier',
    'in_service, out_of_service or unknown: item F1 of Reg. (EU) 2025/655',
    (_, evse) => operationalStatus(evse.status),
  ],
  [
    'occupancy',
    'identifier',
    'free, occupied, reserved or unknown: item F2 of Reg. (EU) 2025/655',
    (_, evse) => occupancy(evse.status),
  ],
  ['last_updated', 'dateTime', "The owner's time of the EVSE, UTC", (_, evse) => evse.last_updated],
  [
    'changed_at',
    'dateTime',
    'When the registry last changed the Location, UTC',
    ({ changedAt }) => changedAt.toISOString(),
  ],
]);

export const statusCsv: LocationFormat = {
  name: 'status.csv',
  module: 'locations',
  mediaType: CSV_MEDIA_TYPE,
  title: 'Statuses as a table',
  description:
    'One row an EVSE: its status, and the two values that the law asks for, in service or not and free or not. Small, for reading often.',
  dataSets: ['dynamic'],
  columns: TABLE.columns,
  open: () => TABLE.header(),
  write: (object) => TABLE.rows(object.evses.map((evse): [PublicLocation, Evse] => [object, evse])),
  separator: '',
  close: () => '',
};
