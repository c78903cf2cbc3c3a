/**
 * Findings that open and close with an object's own writes, in the same transaction: those of `ingest`, what was
 * repaired or left out on the way in, and those of `check`, what the rules say of the object as it now stands.
 * One open finding per object, rule and part.
 */
import type { Knex } from 'knex';
import type { Finding, FindingPart, Module, Owner } from '../model.ts';
import { objectKey } from './mutation.ts';

/** What a write says of one object. */
export interface ObjectFindings {
  module: Module;
  owner: Owner;
  objectId: string;
  /** Of ingest. */
  findings: readonly Finding[];
  /** `replace`: open findings of ingest that are not among these close; `add`: they stay. */
  mode: 'replace' | 'add';
  /** Of the rules that were asked; they are all that these have to say. */
  checked: readonly Finding[];
  /** Those rules; null: all. What others found stays open. */
  askedRules: readonly string[] | null;
}

/**
 * Seconds after which an open finding that is seen again is written again for its `last_seen` alone: a pull that
 * brings new times for everything must not rewrite every finding.
 */
const SEEN_AGAIN_SECONDS = 3_600;

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
  const rows = objects.flatMap((object) => [
    ...object.findings.map((finding) => findingRow(object, 'ingest', finding)),
    ...object.checked.map((finding) => findingRow(object, 'check', finding)),
  ]);
  const askedAll = objects.filter((object) => object.askedRules === null).map(keyOf);
  const askedSome = objects.filter((object) => object.askedRules !== null);
  const askedRules = [...new Set(askedSome.flatMap((object) => object.askedRules ?? []))];
  await transaction.raw(WRITE_FINDINGS, [
    ...[JSON.stringify(rows), now, replaced, askedAll],
    ...[askedSome.map(keyOf), askedRules, now, now],
  ]);
}

function findingRow(object: ObjectFindings, producer: 'ingest' | 'check', finding: Finding): object {
  const { part, rule, severity, path, message, occurrences, received = null } = finding;
  return {
    object_key: keyOf(object),
    producer,
    module: object.module,
    country_code: object.owner.countryCode,
    party_id: object.owner.partyId,
    object_id: object.objectId,
    part_key: part ? partKey(part) : '',
    evse_uid: part?.evseUid ?? null,
    evse_id: part?.evseId ?? null,
    connector_id: part?.connectorId ?? null,
    rule,
    severity,
    path,
    message,
    received,
    occurrences,
  };
}

/** EVSE and Connector as they are compared. */
function partKey({ evseUid, connectorId }: FindingPart): string {
  return `${evseUid}${connectorId === null ? '' : `/${connectorId}`}`.toLowerCase();
}

/** Module, owner and id as they are compared. */
function keyOf(object: ObjectFindings): string {
  return `${object.module}/${objectKey(object.owner, object.objectId)}`;
}

/**
 * What becomes of a finding that is open already, for every statement that opens findings: it takes the new wording,
 * and is left alone where nothing but the moment differs. Without bindings, so that it stands in any statement.
 */
export const REFRESH_OPEN_FINDING = `\
on conflict (object_key, rule, part_key) where closed_at is null
do update
   set severity    = excluded.severity,
       evse_id     = excluded.evse_id,
       path        = excluded.path,
       message     = excluded.message,
       received    = excluded.received,
       occurrences = excluded.occurrences,
       last_seen   = excluded.last_seen
 where (finding.severity, finding.evse_id, finding.path, finding.message, finding.received, finding.occurrences)
       is distinct from
       (excluded.severity, excluded.evse_id, excluded.path, excluded.message, excluded.received,
        excluded.occurrences)
    or finding.last_seen < excluded.last_seen - interval '${SEEN_AGAIN_SECONDS} seconds'`;

const WRITE_FINDINGS = `
with incoming as (
       select *
         from json_to_recordset(?) as i(
                object_key text, producer text, module text, country_code text, party_id text, object_id text,
                part_key text, evse_uid text, evse_id text, connector_id text, rule text, severity text,
                path text, message text, received text, occurrences integer)
     ),
     closed as (
       update finding
          set closed_at = ?
        where (finding.producer = 'ingest' and finding.object_key = any(?::text[])
               or finding.producer = 'check' and finding.object_key = any(?::text[])
               or finding.producer = 'check' and finding.object_key = any(?::text[])
                                             and finding.rule = any(?::text[]))
          and finding.closed_at is null
          and not exists (select from incoming
                           where incoming.object_key = finding.object_key
                             and incoming.rule = finding.rule
                             and incoming.part_key = finding.part_key)
     )
insert into finding (object_key, producer, module, country_code, party_id, object_id, part_key, evse_uid, evse_id,
                     connector_id, rule, severity, path, message, received, occurrences, first_seen, last_seen)
select i.object_key, i.producer, i.module, i.country_code, i.party_id, i.object_id, i.part_key, i.evse_uid,
       i.evse_id, i.connector_id, i.rule, i.severity, i.path, i.message, i.received, i.occurrences, ?, ?
  from incoming as i
${REFRESH_OPEN_FINDING}`;
