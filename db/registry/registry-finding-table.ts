/**
 * Findings of the rules across objects (producer `registry`): one statement asks a rule of a set of objects, and opens,
 * refreshes and closes what it says of them under the policies of that moment. Between the question and its answer
 * nothing can change.
 *
 * A rule's select reads two relations that stand before it: `asked (id)`, the objects, and `moment (now)`. What it gives
 * twice for one part is counted in `occurrences`.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Severity } from '../model.ts';
import { REFRESH_OPEN_FINDING } from './finding-table.ts';

/** A rule, as far as its findings go. */
export interface AskedRule {
  readonly id: string;
  readonly severity: Severity;
  readonly scope: 'location' | 'tariff';
  readonly select: string;
}

/** Findings of one rule on one object, at most: a Location may have thousands of EVSEs with the same fault. */
const FINDING_LIMIT = 500;
/** Characters of a received value that a finding repeats. */
const RECEIVED_LIMIT = 200;

/** Asks one rule of the objects with these ids. What it no longer says of them is closed. */
export async function writeRegistryFindings(
  knex: Knex,
  rule: AskedRule,
  ids: readonly number[],
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  const { id, severity, scope, select } = rule;
  await knex.raw(statement(scope, select), { rule: id, severity, ids: [...ids], now });
}

/** Closes what rules across objects said of objects that are no more. */
export async function closeRegistryFindings(
  knex: Knex,
  objects: readonly { module: Module; owner: Owner; id: string }[],
  now: Date,
): Promise<void> {
  if (objects.length === 0) return;
  const keys = objects.map(
    ({ module, owner, id }) => `${module}/${owner.countryCode}/${owner.partyId}/${id.toLowerCase()}`,
  );
  await knex.raw(
    `update finding
        set closed_at = :now
      where finding.object_key = any(cast(:keys as text[]))
        and finding.producer = 'registry'
        and finding.closed_at is null`,
    { keys, now },
  );
}

/** Closes all that a rule said which is no longer among the rules. */
export async function closeFindingsOfOthers(knex: Knex, rules: readonly string[], now: Date): Promise<void> {
  await knex.raw(
    `update finding
        set closed_at = :now
      where finding.producer = 'registry'
        and finding.closed_at is null
        and finding.rule <> all(cast(:rules as text[]))`,
    { rules: [...rules], now },
  );
}

/** Parts of the statement by scope; constants of ours, so they may stand in its text. */
const SCOPES = {
  location: {
    table: 'location',
    module: 'locations',
    key: 'location_id',
    parts: `
         left join evse
           on evse.location = said.id
          and evse.uid_key = said.uid_key
         left join connector
           on connector.location = said.id
          and connector.uid_key = said.uid_key
          and connector.connector_key = said.connector_key`,
    columns: 'evse.uid as evse_uid, evse.evse_id, connector.connector_id',
  },
  tariff: {
    table: 'tariff',
    module: 'tariffs',
    key: 'tariff_id',
    parts: '',
    columns: 'null::text as evse_uid, null::text as evse_id, null::text as connector_id',
  },
} as const;

function statement(scope: AskedRule['scope'], select: string): string {
  const { table, module, key, parts, columns } = SCOPES[scope];
  return `
with asked as materialized (
       select distinct asked.id
         from unnest(cast(:ids as bigint[])) as asked (id)
     ),
     moment as (
       select cast(:now as timestamptz) as now
     ),
     subject as materialized (
       select object.id, object.country_code, object.party_id, object.${key} as object_id,
              '${module}/' || object.country_code || '/' || object.party_id || '/' || lower(object.${key}) as object_key
         from asked
         join ${table} as object
           on object.id = asked.id
     ),
     found as materialized (${select}
     ),
     said as (
       select found.*, subject.country_code, subject.party_id, subject.object_id, subject.object_key,
              coalesce(found.uid_key || coalesce('/' || found.connector_key, ''), '') as part_key
         from found
         join subject
           on subject.id = found.id
         left join policy as own
           on own.rule = :rule
          and own.country_code = subject.country_code
          and own.party_id = subject.party_id
         left join policy as usual
           on usual.rule = :rule
          and usual.country_code is null
        where coalesce(own.action, usual.action, 'note') <> 'off'
     ),
     counted as (
       select said.*,
              count(*) over part as occurrences,
              row_number() over (part order by said.path, said.message) as place,
              dense_rank() over (partition by said.object_key order by said.part_key) as part_number
         from said
       window part as (partition by said.object_key, said.part_key)
     ),
     incoming as materialized (
       select said.object_key, said.country_code, said.party_id, said.object_id, said.part_key, said.path,
              case when said.path = '' then said.message else said.path || ': ' || said.message end as message,
              left(said.received, ${RECEIVED_LIMIT}) as received, said.occurrences, ${columns}
         from counted as said${parts}
        where said.place = 1
          and said.part_number <= ${FINDING_LIMIT}
     ),
     closed as (
       update finding
          set closed_at = :now
        where finding.object_key in (select subject.object_key from subject)
          and finding.producer = 'registry'
          and finding.rule = :rule
          and finding.closed_at is null
          and not exists (select from incoming
                           where incoming.object_key = finding.object_key
                             and incoming.part_key = finding.part_key)
     )
insert into finding (object_key, producer, module, country_code, party_id, object_id, part_key, evse_uid, evse_id,
                     connector_id, rule, severity, path, message, received, occurrences, first_seen, last_seen)
select i.object_key, 'registry', '${module}', i.country_code, i.party_id, i.object_id, i.part_key, i.evse_uid,
       i.evse_id, i.connector_id, :rule, :severity, i.path, i.message, i.received, i.occurrences, :now, :now
  from incoming as i
${REFRESH_OPEN_FINDING}`;
}
