/**
 * `/data/irve-dynamique.csv`: EVSEs as `schema-irve-dynamique` 2.3 wants them, whatever their country
 * (docs/mapping/irve.md). The ID is the only key of that file: an EVSE without a well-formed one is left out.
 */
import type { Evse } from '../../db/model.ts';
import { CSV_MEDIA_TYPE } from '../csv.ts';
import { csvTable } from '../csv-table.ts';
import type { LocationFormat } from '../format.ts';
import { hasPlug, type IRVE_PLUGS, irveIdentifier } from '../irve.ts';
import { type Occupancy, type OperationalStatus, occupancy, operationalStatus } from '../regulated-status.ts';

const STATES: Readonly<Record<OperationalStatus, string>> = {
  in_service: 'en_service',
  out_of_service: 'hors_service',
  unknown: 'inconnu',
};

const OCCUPATIONS: Readonly<Record<Occupancy, string>> = {
  free: 'libre',
  occupied: 'occupe',
  reserved: 'reserve',
  unknown: 'inconnu',
};

/** In order. */
const TABLE = csvTable<[evse: Evse]>([
  ['id_pdc_itinerance', 'identifier', 'EVSE ID without separators', irveIdentifier],
  [
    'etat_pdc',
    'identifier',
    'en_service, hors_service or inconnu',
    (evse) => STATES[operationalStatus(evse.status)],
  ],
  [
    'occupation_pdc',
    'identifier',
    'libre, occupe, reserve or inconnu',
    (evse) => OCCUPATIONS[occupancy(evse.status)],
  ],
  ['horodatage', 'dateTime', "The owner's time of the EVSE, UTC", (evse) => evse.last_updated],
  ['etat_prise_type_2', 'identifier', 'inconnu where there is one', plugState('type2')],
  ['etat_prise_type_combo_ccs', 'identifier', 'inconnu where there is one', plugState('comboCcs')],
  ['etat_prise_type_chademo', 'identifier', 'inconnu where there is one', plugState('chademo')],
  ['etat_prise_type_ef', 'identifier', 'inconnu where there is one', plugState('ef')],
]);

export const irveDynamiqueCsv: LocationFormat = {
  name: 'irve-dynamique.csv',
  module: 'locations',
  mediaType: CSV_MEDIA_TYPE,
  title: 'IRVE dynamique',
  description:
    'Statuses in the columns of the French schema-irve-dynamique: one row an EVSE that has a well-formed EVSE ID, of whatever country.',
  dataSets: ['dynamic'],
  standard: 'https://schema.data.gouv.fr/etalab/schema-irve-dynamique/',
  columns: TABLE.columns,
  open: () => TABLE.header(),
  write: ({ evses }) =>
    TABLE.rows(evses.filter((evse) => irveIdentifier(evse) !== null).map((evse): [Evse] => [evse])),
  separator: '',
  close: () => '',
};

/** OCPI has a status for the EVSE, none for a single connector; a plug that is not there is an empty cell. */
function plugState(plug: keyof typeof IRVE_PLUGS): (evse: Evse) => string | null {
  return (evse) => (hasPlug(evse, plug) ? 'inconnu' : null);
}
