/**
 * Findings of ingest: what was repaired or left out of an object. They open and close with the object's own
 * writes, in the same transaction. One open finding per object and rule.
 */
import type { Knex } from 'knex';
import type { Finding, Module, Owner } from '../model.ts';
import { objectKey } from './mutation.ts';

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
  const replaced = objects.filter((object) => object.mode === 'replace').map(keyOf);
  const findings = objects.flatMap((object) =>
    object.findings.map((finding) => ({
      object_key: keyOf(object),
      module: object.module,
      country_code: object.owner.countryCode,
      party_id: object.owner.partyId,
      object_id: object.objectId,
      ...finding,
    })),
  );
  await transaction.raw(WRITE_FINDINGS, [JSON.stringify(findings), now, replaced, now, now]);
}

/** Module, owner and id as they are compared. */
function keyOf(object: ObjectFindings): string {
  return `${object.module}/${objectKey(object.owner, object.objectId)}`;
}

const WRITE_FINDINGS = `
with incoming as (
       select *
         from json_to_recordset(?) as i(
                object_key text, module text, country_code text, party_id text, object_id text, rule text,
                severity text, path text, message text, occurrences integer)
     ),
     closed as (
       update finding
          set closed_at = ?
        where finding.object_key = any(?::text[])
          and finding.closed_at is null
          and finding.producer = 'ingest'
          and not exists (select from incoming
                           where incoming.object_key = finding.object_key
                             and incoming.rule = finding.rule)
     )
insert into finding (object_key, producer, module, country_code, party_id, object_id, rule, severity, path,
                     message, occurrences, first_seen, last_seen)
select i.object_key, 'ingest', i.module, i.country_code, i.party_id, i.object_id, i.rule, i.severity, i.path,
       i.message, i.occurrences, ?, ?
  from incoming as i
on conflict (object_key, rule) where closed_at is null
do update
   set severity    = excluded.severity,
       path        = excluded.path,
       message     = excluded.message,
       occurrences = excluded.occurrences,
       last_seen   = excluded.last_seen`;
