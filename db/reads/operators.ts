/**
 * Who an operator ID belongs to, as the official registers say.
 *
 * Where several authorities list one ID and role, one entry holds: what is listed goes before what is listed no
 * more, a register of its own before the plain table, an active entry before others, then what was seen last.
 */
import type { Knex } from 'knex';
import { formatOperatorId, type OperatorId } from '../identifiers/operator-id.ts';
import type { Operator, OperatorRole, OperatorStatus } from '../model.ts';
import type { OperatorImport } from '../registry/operator-store.ts';

/** The entry that holds, and who else lists the same ID for the same role. */
export interface FoundOperator extends Operator {
  readonly alsoListedBy: readonly string[];
}

/** For what an ID is registered, and in which state. */
export interface Registration {
  readonly role: OperatorRole;
  readonly status: OperatorStatus;
  readonly name: string | null;
}

/** What the registry holds of one authority. */
export interface AuthorityCounts {
  /** The importer that brought it. */
  readonly register: string;
  readonly authority: string;
  /** Listed now. */
  readonly cpo: number;
  readonly emsp: number;
  /** Listed once. */
  readonly delisted: number;
  readonly lastSeen: Date;
}

/** The columns of a key, then the order in which entries of one key hold. */
const HOLDING_ORDER = `
       o.country_code, o.operator_id, o.role,
       o.status = 'DELISTED', o.register = 'table', o.status <> 'ACTIVE', o.last_seen desc, o.authority`;

interface Row {
  country_code: string;
  operator_id: string;
  role: OperatorRole;
  authority: string;
  status: OperatorStatus;
  name: string | null;
  website: string | null;
  first_seen: Date;
  last_seen: Date;
}

/** The entries of one ID, one a role. */
export async function findOperators(knex: Knex, id: OperatorId): Promise<FoundOperator[]> {
  const { rows } = await knex.raw<{ rows: (Row & { authorities: string[] })[] }>(
    `select distinct on (o.country_code, o.operator_id, o.role)
            o.country_code, o.operator_id, o.role, o.authority, o.status, o.name, o.website, o.first_seen, o.last_seen,
            array_agg(o.authority) filter (where o.status <> 'DELISTED')
              over (partition by o.country_code, o.operator_id, o.role) as authorities
       from operator as o
      where o.country_code = ?
        and o.operator_id = ?
      order by ${HOLDING_ORDER}`,
    [id.countryCode, id.operatorId],
  );
  return rows.map((row) => ({
    countryCode: row.country_code,
    operatorId: row.operator_id,
    role: row.role,
    authority: row.authority,
    status: row.status,
    name: row.name,
    website: row.website,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    alsoListedBy: (row.authorities ?? []).filter((authority) => authority !== row.authority).sort(),
  }));
}

/**
 * Which of these IDs are registered, with their roles and states, in one question however many they are.
 *
 * @returns by `NL*TNM`; what is in no register is not in it
 */
export async function readRegistrations(
  knex: Knex,
  ids: readonly OperatorId[],
): Promise<Map<string, Registration[]>> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select distinct on (o.country_code, o.operator_id, o.role)
            o.country_code, o.operator_id, o.role, o.status, o.name
       from unnest(?::text[], ?::text[]) as asked (country_code, operator_id)
       join operator as o
         on o.country_code = asked.country_code
        and o.operator_id = asked.operator_id
      order by ${HOLDING_ORDER}`,
    [ids.map(({ countryCode }) => countryCode), ids.map(({ operatorId }) => operatorId)],
  );
  return byId(rows);
}

/** All registrations at once, by `NL*TNM`: some ten thousand for the whole of Europe. */
export async function readAllRegistrations(knex: Knex): Promise<Map<string, Registration[]>> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select distinct on (o.country_code, o.operator_id, o.role)
            o.country_code, o.operator_id, o.role, o.status, o.name
       from operator as o
      order by ${HOLDING_ORDER}`,
  );
  return byId(rows);
}

/** A number that grows with every list that was taken in; 0 before the first. */
export async function readOperatorSequence(knex: Knex): Promise<number> {
  const { rows } = await knex.raw<{ rows: { sequence: number }[] }>(
    `select coalesce(max(operator_import.id), 0) as sequence
       from operator_import
      where operator_import.state = 'imported'`,
  );
  return rows[0]?.sequence ?? 0;
}

/** How much each authority lists. */
export async function readAuthorityCounts(knex: Knex): Promise<AuthorityCounts[]> {
  const { rows } = await knex.raw<{
    rows: (Omit<AuthorityCounts, 'lastSeen'> & { last_seen: Date })[];
  }>(
    `select o.register,
            o.authority,
            count(*) filter (where o.role = 'CPO'  and o.status <> 'DELISTED') as cpo,
            count(*) filter (where o.role = 'EMSP' and o.status <> 'DELISTED') as emsp,
            count(*) filter (where o.status = 'DELISTED')                      as delisted,
            max(o.last_seen)                                                   as last_seen
       from operator as o
      group by o.register, o.authority
      order by o.register, o.authority`,
  );
  return rows.map(({ last_seen: lastSeen, ...counts }) => ({ ...counts, lastSeen }));
}

/** How the last import of each register ended, and when one last went well. */
export interface LastImport extends OperatorImport {
  readonly lastGoodAt: Date | null;
}

/** The last import of each register that was ever read. */
export async function readLastImports(knex: Knex): Promise<LastImport[]> {
  const { rows } = await knex.raw<{ rows: LastImport[] }>(
    `select distinct on (i.register)
            i.id, i.register, i.origin, i.state, i.received, i.entries, i.created, i.updated, i.unchanged,
            i.delisted, i.malformed, i.findings, i.problem,
            i.started_at  as "startedAt",
            i.finished_at as "finishedAt",
            (select max(good.finished_at)
               from operator_import as good
              where good.register = i.register
                and good.state in ('imported', 'unchanged')) as "lastGoodAt"
       from operator_import as i
      order by i.register, i.id desc`,
  );
  return rows;
}

function byId(rows: readonly Row[]): Map<string, Registration[]> {
  const registrations = new Map<string, Registration[]>();
  for (const { country_code: countryCode, operator_id: operatorId, role, status, name } of rows) {
    const id = formatOperatorId({ countryCode, operatorId });
    const known = registrations.get(id);
    if (known) known.push({ role, status, name });
    else registrations.set(id, [{ role, status, name }]);
  }
  return registrations;
}
