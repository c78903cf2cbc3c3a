/**
 * A plain table, for every authority that has no file of its own here and for those whose list is not public. CSV with
 * the columns `country_code,operator_id,role,status,name,website,authority`. One table may hold several authorities:
 * each is judged by what it listed before, and one that the table does not name is left as it is.
 */
import type { OperatorRole } from '../../../db/model.ts';
import type { OperatorRegister } from '../operator-register.ts';
import { readCsv } from '../read-csv.ts';
import { type RegisterFacts, RegisterRow } from '../register-row.ts';

const COLUMNS = ['country_code', 'operator_id', 'role', 'status', 'name', 'website', 'authority'] as const;
const ROLES: readonly OperatorRole[] = ['CPO', 'EMSP'];
const STATUSES: readonly RegisterFacts['status'][] = [
  'ACTIVE',
  'INACTIVE',
  'SUSPENDED',
  'RESERVED',
  'UNKNOWN',
];
/** Characters of an authority's name. */
const AUTHORITY_LIMIT = 100;

export const table: OperatorRegister = {
  authority: 'table',
  title: 'A table of your own',
  countries: null,

  async *read(document) {
    for await (const { place, cells, width } of readCsv(document, { delimiter: ',', columns: COLUMNS })) {
      if (cells) {
        yield readCells(place, cells);
      } else {
        const row = new RegisterRow(place, {});
        row.refuse(`has ${width} cells, not as many as the head`, '');
        yield row;
      }
    }
  },
};

function readCells(place: string, cells: Readonly<Record<(typeof COLUMNS)[number], string>>): RegisterRow {
  const authority = cells.authority === '' ? table.authority : cells.authority.slice(0, AUTHORITY_LIMIT);
  const row = new RegisterRow(place, cells, authority);
  const role = ROLES.find((known) => known === cells.role.toUpperCase());
  if (!role) {
    row.refuse(`has a role that is none of ${ROLES.join(', ')}`, cells.role);
    return row;
  }
  const status = STATUSES.find((known) => known === cells.status.toUpperCase());
  if (!status) {
    row.refuse(`has a state that is none of ${STATUSES.join(', ')}: it counts as UNKNOWN`, cells.status);
  }
  const { name, website, country_code, operator_id } = cells;
  row.add(`${country_code}*${operator_id}`, role, { status: status ?? 'UNKNOWN', name, website }, null);
  return row;
}
