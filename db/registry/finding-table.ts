/**
 * Findings of ingest: what was repaired or left out of an object. They open and close with the object's own
 * writes, in the same transaction. One open finding per object and rule.
 */
import type { Knex } from 'knex';
import type { Finding, Module, Owner } from '../model.ts';

/** What a write says of one object. */
export interface ObjectFindings {
  module: Module;
  owner: Owner;
  objectId: string;
  findings: readonly Finding[];
  /** `replace`: open findings that are not among these close; `add`: they stay. */
  mode: 'replace' | 'add';
}

/** Opens, refreshes and closes the findings of the objects of one batch. */
export async function writeFindings(
  transaction: Knex.Transaction,
  objects: readonly ObjectFindings[],
  now: Date,
): Promise<void> {
  if (objects.length === 0) {
    return;
  }
  const keys = objects.map((object) => ({ ...keyColumns(object), replaced: object.mode === 'replace' }));
  const findings = objects.flatMap((object) =>
    object.findings.map((finding) => ({ ...keyColumns(object), ...finding })),
  );
  await transaction.raw(WRITE_FINDINGS, [JSON.stringify(keys), JSON.stringify(findings), now, now, now]);
}

function keyColumns(object: ObjectFindings): object {
  return {
    module: object.module,
    country_code: object.owner.countryCode,
    party_id: object.owner.partyId,
    object_id: object.objectId,
  };
}

const WRITE_FINDINGS = `
with object as (
       select *
         from json_to_recordset(?) as o(
                module text, country_code text, party_id text, object_id text, replaced boolean)
     ),
     incoming as (
       select *
         from json_to_recordset(?) as i(
                module text, country_code text, party_id text, object_id text, rule text, severity text,
                path text, message text, occurrences integer)
     ),
     closed as (
       update finding
          set closed_at = ?
         from object
        where object.replaced
          and finding.closed_at is null
          and finding.producer = 'ingest'
          and finding.country_code = object.country_code
          and finding.party_id = object.party_id
          and finding.module = object.module
          and lower(finding.object_id) = lower(object.object_id)
          and not exists (select from incoming
                           where incoming.country_code = object.country_code
                             and incoming.party_id = object.party_id
                             and incoming.module = object.module
                             and incoming.object_id = object.object_id
                             and incoming.rule = finding.rule)
     )
insert into finding (producer, module, country_code, party_id, object_id, rule, severity, path, message,
                     occurrences, first_seen, last_seen)
select 'ingest', i.module, i.country_code, i.party_id, i.object_id, i.rule, i.severity, i.path, i.message,
       i.occurrences, ?, ?
  from incoming as i
on conflict (country_code, party_id, module, lower(object_id), rule) where closed_at is null
do update
   set severity    = excluded.severity,
       path        = excluded.path,
       message     = excluded.message,
       occurrences = excluded.occurrences,
       last_seen   = excluded.last_seen`;
