/**
 * `/data/status.csv`: one row an EVSE with nothing but how it is now, for whoever asks every minute and has the
 * rest already. `locations.csv` has the same keys.
 */
import type { Evse } from '../../db/model.ts';
import { CSV_MEDIA_TYPE } from '../csv.ts';
import { csvTable } from '../csv-table.ts';
import type { LocationFormat } from '../format.ts';
import { known } from '../known-columns.ts';
import type { PublicLocation } from '../public-objects.ts';

/** In order. */
const TABLE = csvTable<[object: PublicLocation, evse: Evse]>([
  known('country_code', 'identifier'),
  known('party_id', 'identifier'),
  known('location_id', 'identifier'),
  known('evse_uid', 'identifier'),
  known('evse_id', 'identifier'),
  known('status', 'identifier'),
  known('operational_status', 'identifier'),
  known('occupancy', 'identifier'),
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
