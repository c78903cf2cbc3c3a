/**
 * The official operator IDs: takes in the whole list of an authority, and writes down how each import ended.
 *
 * Guarantees: a list is taken in whole or not at all, in one transaction; one that would lose too much or change
 * too much of what an authority listed before is refused, and what stood stays in force (the first list of an
 * authority has nothing to be measured by); what is no longer listed stays, as DELISTED; every change of a state
 * or name is kept. Two imports at once follow each other, readers wait for neither.
 */
import type { Knex } from 'knex';
import type { Operator } from '../model.ts';
import { storableText } from './storable-text.ts';

/** Share of an authority's entries that may be gone at once: more is a cut-off answer. */
export const DELISTED_LIMIT = 0.2;
/** Share whose state, name or website may be another at once: more is another list, or another reading of it. */
export const UPDATED_LIMIT = 0.5;

/** Findings that are kept of one import: beyond these a person has enough to begin with. */
const FINDING_LIMIT = 1_000;
/** Characters of a text in a finding or a problem. */
const TEXT_LIMIT = 500;

/** One entry as read from a list. */
export interface ListedOperator extends Omit<Operator, 'firstSeen' | 'lastSeen'> {
  /** The row as published, without names of persons. */
  readonly raw: string;
}

/** Something odd about one row of a list. */
export interface ImportFinding {
  /** E.g. `row 12`. */
  readonly place: string;
  readonly message: string;
  /** What stood there. */
  readonly received: string;
}

/** What is known of an import, however it ends. */
export interface ImportAttempt {
  /** The importer. */
  readonly register: string;
  /** File or URL, as it may be shown. */
  readonly origin: string;
  readonly startedAt: Date;
}

/** A whole list, read. No key of (country, id, role, authority) may be in it twice. */
export interface OperatorList extends ImportAttempt {
  /** Rows of the list. */
  readonly received: number;
  readonly entries: readonly ListedOperator[];
  /** Rows of which something could not be taken in. */
  readonly malformed: number;
  readonly findings: readonly ImportFinding[];
  /** A person says that it is right although much would change. */
  readonly isForced: boolean;
}

export type ImportState = 'imported' | 'unchanged' | 'refused' | 'failed';

/** How an import ended, as kept. Counts are of entries: a row may hold several. */
export interface OperatorImport extends ImportAttempt {
  readonly id: number;
  readonly state: ImportState;
  readonly received: number;
  readonly entries: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly delisted: number;
  readonly malformed: number;
  readonly findings: readonly ImportFinding[];
  readonly problem: string | null;
  readonly finishedAt: Date;
}

export interface OperatorStore {
  /** Takes a list in, or refuses it. */
  sync(list: OperatorList): Promise<OperatorImport>;
  /** The register says that its list is the one of the last import: its entries were seen again. */
  noteUnchanged(attempt: ImportAttempt, authorities: readonly string[]): Promise<OperatorImport>;
  /** The list could not be read. */
  noteFailure(attempt: ImportAttempt, problem: string): Promise<OperatorImport>;
  /** Forgets imports that ended before the moment, but for the last and the last good one of each register. */
  forgetImportsOlderThan(moment: Date): Promise<number>;
}

interface Comparison {
  authority: string;
  listed: number;
  created: number;
  updated: number;
  unchanged: number;
  delisted: number;
}

const NO_COUNTS = {
  received: 0,
  entries: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  delisted: 0,
  malformed: 0,
};

/** Makes the store of this process. */
export function createOperatorStore(parts: { knex: Knex; clock: () => Date }): OperatorStore {
  const { knex, clock } = parts;
  return {
    sync: (list) =>
      knex.transaction(async (transaction) => {
        // Readers go on; another import waits for the end of this one.
        await transaction.raw('lock table operator in share row exclusive mode');
        await stage(transaction, list);
        const comparisons = (await transaction.raw<{ rows: Comparison[] }>(COMPARE)).rows;
        const problem = list.isForced ? null : refusalOf(comparisons);
        const now = clock();
        if (problem === null) await apply(transaction, list.register, now);
        const findings = [...list.findings, ...(await unnamedAuthorities(transaction, list.register))];
        const { register, origin, startedAt, received, malformed, isForced } = list;
        return logImport(transaction, isForced, {
          ...{ register, origin, startedAt, received, malformed, findings, problem },
          ...totals(comparisons),
          state: problem === null ? 'imported' : 'refused',
          entries: list.entries.length,
          finishedAt: now,
        });
      }),
    noteUnchanged: (attempt, authorities) =>
      knex.transaction(async (transaction) => {
        const now = clock();
        const unchanged = await transaction('operator')
          .whereIn('authority', [...authorities])
          .whereNot({ status: 'DELISTED' })
          .update({ last_seen: now });
        const counts = { ...NO_COUNTS, entries: unchanged, unchanged };
        const ended = { state: 'unchanged', findings: [], problem: null, finishedAt: now } as const;
        return logImport(transaction, false, { ...attempt, ...counts, ...ended });
      }),
    noteFailure: (attempt, problem) => {
      const ended = { state: 'failed', findings: [], problem, finishedAt: clock() } as const;
      return logImport(knex, false, { ...attempt, ...NO_COUNTS, ...ended });
    },
    async forgetImportsOlderThan(moment) {
      const { rows } = await knex.raw<{ rows: { id: number }[] }>(FORGET_IMPORTS, [moment]);
      return rows.length;
    },
  };
}

const STAGE = `
create temporary table operator_incoming (
  country_code text not null,
  operator_id  text not null,
  role         text not null,
  authority    text not null,
  status       text not null,
  name         text,
  website      text,
  raw          text not null,
  primary key (country_code, operator_id, role, authority)
) on commit drop`;

const FILL = `
insert into operator_incoming (country_code, operator_id, role, authority, status, name, website, raw)
select i.country_code, i.operator_id, i.role, i.authority, i.status, i.name, i.website, i.raw
  from json_to_recordset(?) as i(
         country_code text, operator_id text, role text, authority text, status text, name text,
         website text, raw text)`;

async function stage(transaction: Knex.Transaction, list: OperatorList): Promise<void> {
  await transaction.raw(STAGE);
  const rows = list.entries.map((entry) => ({
    country_code: entry.countryCode,
    operator_id: entry.operatorId,
    role: entry.role,
    authority: storableText(entry.authority),
    status: entry.status,
    name: entry.name === null ? null : storableText(entry.name),
    website: entry.website === null ? null : storableText(entry.website),
    raw: storableText(entry.raw),
  }));
  await transaction.raw(FILL, [JSON.stringify(rows)]);
}

/** Each authority's list beside what it listed before. */
const COMPARE = `
select coalesce(i.authority, o.authority)                        as authority,
       count(*) filter (where o.status <> 'DELISTED')            as listed,
       count(*) filter (where o.authority is null)               as created,
       count(*) filter (where i.authority = o.authority
                          and (i.status, i.name, i.website)
                              is distinct from (o.status, o.name, o.website)) as updated,
       count(*) filter (where i.authority = o.authority
                          and (i.status, i.name, i.website)
                              is not distinct from (o.status, o.name, o.website)) as unchanged,
       count(*) filter (where i.authority is null
                          and o.status <> 'DELISTED')            as delisted
  from operator_incoming as i
  full join (select operator.*
               from operator
              where operator.authority in (select operator_incoming.authority from operator_incoming)
            ) as o
    on o.country_code = i.country_code
   and o.operator_id = i.operator_id
   and o.role = i.role
   and o.authority = i.authority
 group by coalesce(i.authority, o.authority)
 order by authority`;

/** Why the list is not taken in, in a sentence for each authority; null when it is. */
function refusalOf(comparisons: readonly Comparison[]): string | null {
  const problems = comparisons.flatMap(({ authority, listed, updated, delisted }) => {
    const isGone = delisted > listed * DELISTED_LIMIT;
    const isOther = updated > listed * UPDATED_LIMIT;
    if (listed === 0 || !(isGone || isOther)) return [];
    const [count, what, limit] = isGone
      ? [delisted, 'would be gone', DELISTED_LIMIT]
      : [updated, 'would be changed', UPDATED_LIMIT];
    const shares = `${percent(count / listed)}, more than ${percent(limit)}`;
    return [`${count} of the ${listed} entries of ${authority} ${what} (${shares})`];
  });
  if (problems.length === 0) return null;
  return `${problems.join('; ')}. Nothing was changed. If the list is right, import it with --force.`;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

const HISTORY_OF_LISTED = `
insert into operator_history (country_code, operator_id, role, authority, field, before, after, changed_at)
select o.country_code, o.operator_id, o.role, o.authority, change.field, change.before, change.after, ?
  from operator_incoming as i
  join operator as o using (country_code, operator_id, role, authority)
 cross join lateral (values ('status', o.status, i.status),
                            ('name',   o.name,   i.name)) as change (field, before, after)
 where change.before is distinct from change.after`;

/** What its authority listed, and lists no more. */
const GONE = `
       o.status <> 'DELISTED'
   and o.authority in (select operator_incoming.authority from operator_incoming)
   and not exists (select
                     from operator_incoming as i
                    where i.country_code = o.country_code
                      and i.operator_id = o.operator_id
                      and i.role = o.role
                      and i.authority = o.authority)`;

const HISTORY_OF_GONE = `
insert into operator_history (country_code, operator_id, role, authority, field, before, after, changed_at)
select o.country_code, o.operator_id, o.role, o.authority, 'status', o.status, 'DELISTED', ?
  from operator as o
 where ${GONE}`;

const DELIST = `
update operator as o
   set status = 'DELISTED'
 where ${GONE}`;

const UPSERT = `
insert into operator (country_code, operator_id, role, authority, register, status, name, website, raw,
                      first_seen, last_seen)
select i.country_code, i.operator_id, i.role, i.authority, ?, i.status, i.name, i.website, i.raw, ?, ?
  from operator_incoming as i
on conflict on constraint operator_pk do update
   set register  = excluded.register,
       status    = excluded.status,
       name      = excluded.name,
       website   = excluded.website,
       raw       = excluded.raw,
       last_seen = excluded.last_seen`;

async function apply(transaction: Knex.Transaction, register: string, now: Date): Promise<void> {
  await transaction.raw(HISTORY_OF_LISTED, [now]);
  await transaction.raw(HISTORY_OF_GONE, [now]);
  await transaction.raw(DELIST);
  await transaction.raw(UPSERT, [register, now, now]);
}

/** A list that leaves an authority out says nothing about it: its entries stay, and a person is told. */
async function unnamedAuthorities(transaction: Knex.Transaction, register: string): Promise<ImportFinding[]> {
  const { rows } = await transaction.raw<{ rows: { authority: string; listed: number }[] }>(
    `select operator.authority, count(*) as listed
       from operator
      where operator.register = ?
        and operator.status <> 'DELISTED'
        and operator.authority not in (select operator_incoming.authority from operator_incoming)
      group by operator.authority
      order by operator.authority`,
    [register],
  );
  return rows.map(({ authority, listed }) => ({
    place: 'the list',
    message: `does not name the authority ${authority}: its entries (${listed}) stay as they were`,
    received: '',
  }));
}

function totals(comparisons: readonly Comparison[]) {
  const sum = (field: Exclude<keyof Comparison, 'authority'>) =>
    comparisons.reduce((total, comparison) => total + comparison[field], 0);
  return {
    created: sum('created'),
    updated: sum('updated'),
    unchanged: sum('unchanged'),
    delisted: sum('delisted'),
  };
}

async function logImport(
  knex: Knex,
  forced: boolean,
  ended: Omit<OperatorImport, 'id'>,
): Promise<OperatorImport> {
  const findings = ended.findings.slice(0, FINDING_LIMIT).map(({ place, message, received }) => ({
    place: plainText(place),
    message: plainText(message),
    received: plainText(received),
  }));
  const problem = ended.problem === null ? null : plainText(ended.problem);
  const { startedAt, finishedAt, ...same } = ended;
  const [row] = await knex('operator_import')
    .insert({
      ...same,
      ...{ forced, problem, started_at: startedAt, finished_at: finishedAt },
      origin: plainText(ended.origin),
      findings: JSON.stringify(findings),
    })
    .returning<{ id: number }[]>('id');
  return { ...ended, findings, problem, id: (row as { id: number }).id };
}

function plainText(text: string): string {
  return storableText(text.slice(0, TEXT_LIMIT));
}

const FORGET_IMPORTS = `
delete from operator_import
 where operator_import.finished_at < ?
   and operator_import.id not in (
         select max(i.id) from operator_import as i group by i.register, i.state = 'imported')
returning operator_import.id`;
