/**
 * What was refused, kept for its owner to see: one row a speaker and object, with the reasons of the last
 * refusal and how often it came. A record goes when the same speaker's object is taken in after all.
 *
 * Whether an object has a record is remembered in memory, so that taking in a good object costs no query.
 */
import type { Knex } from 'knex';
import type { Module, Refusal, Speaker } from '../model.ts';
import { sha256 } from './content.ts';
import { speakerColumns } from './location-table.ts';
import { storableText } from './storable-text.ts';

/** Characters of the refused input that are kept: enough to see the fault, bounded for a hostile sender. */
const DOCUMENT_LIMIT = 65_536;

/** Problems that are kept of one object: beyond these the sender has enough to begin with. */
const PROBLEM_LIMIT = 100;

/** Characters of an id that are kept: OCPI allows 36, a refused one may be anything. */
const ID_LIMIT = 200;

/** Characters of a code or message that are kept. */
const TEXT_LIMIT = 1_000;

export interface RejectedRecord {
  readonly speaker: Speaker;
  readonly module: Module;
  /** As far as they could be read. */
  readonly countryCode: string | null;
  readonly partyId: string | null;
  readonly objectId: string | null;
  readonly refusal: Refusal;
  /** The input as received, as JSON text. */
  readonly document: string;
}

export interface RejectedRecordStore {
  /** Keeps these refusals; one that is known already counts up. */
  keep(records: readonly RejectedRecord[]): Promise<void>;
  /** Forgets the refusals of objects that have been taken in since. */
  clear(speaker: Speaker, module: Module, keys: readonly string[]): Promise<void>;
  /** Deletes what has not been seen again since the given moment. */
  forgetOlderThan(moment: Date): Promise<number>;
}

/** Makes the store of this process and reads which objects have a record. */
export async function createRejectedRecordStore(parts: {
  knex: Knex;
  clock: () => Date;
}): Promise<RejectedRecordStore> {
  const { knex, clock } = parts;
  const known = new Set<string>();
  for (const row of await knex('rejected_record').select(
    'connection_id',
    'source_id',
    'module',
    'object_key',
  )) {
    known.add(memoryKey(speakerOf(row), row.module, row.object_key));
  }

  return {
    async keep(records) {
      const byKey = new Map(records.map((record) => [`${record.module} ${recordKey(record)}`, record]));
      if (byKey.size === 0) {
        return;
      }
      const now = clock();
      await knex.raw(KEEP, [now, now, JSON.stringify([...byKey.values()].map(row))]);
      for (const record of byKey.values()) {
        known.add(memoryKey(record.speaker, record.module, recordKey(record)));
      }
    },
    async clear(speaker, module, keys) {
      const gone = keys.filter((key) => known.has(memoryKey(speaker, module, key)));
      if (gone.length === 0) {
        return;
      }
      const { connection_id, source_id } = speakerColumns(speaker);
      await knex.raw(
        `delete from rejected_record
          where rejected_record.connection_id is not distinct from ?::bigint
            and rejected_record.source_id is not distinct from ?::bigint
            and rejected_record.module = ?
            and rejected_record.object_key = any(?::text[])`,
        [connection_id, source_id, module, gone],
      );
      for (const key of gone) {
        known.delete(memoryKey(speaker, module, key));
      }
    },
    async forgetOlderThan(moment) {
      return knex('rejected_record').where('last_seen', '<', moment).delete();
    },
  };
}

const KEEP = `
insert into rejected_record (connection_id, source_id, module, object_key, country_code, party_id, object_id,
                             reason, problems, document, first_seen, last_seen)
select r.connection_id, r.source_id, r.module, r.object_key, r.country_code, r.party_id, r.object_id,
       r.reason, r.problems, r.document, ?, ?
  from json_to_recordset(?) as r(
         connection_id bigint, source_id bigint, module text, object_key text, country_code text,
         party_id text, object_id text, reason text, problems jsonb, document text)
on conflict on constraint rejected_record_key_unique do update
   set reason      = excluded.reason,
       problems    = excluded.problems,
       document    = excluded.document,
       occurrences = rejected_record.occurrences + 1,
       last_seen   = excluded.last_seen`;

/** The key of an object when it can be read, else a hash of what came. */
function recordKey(record: RejectedRecord): string {
  return record.countryCode !== null && record.partyId !== null && record.objectId !== null
    ? `${record.countryCode}/${record.partyId}/${record.objectId.toLowerCase()}`.slice(0, ID_LIMIT)
    : sha256(record.document).toString('hex');
}

function row(record: RejectedRecord): object {
  return {
    ...speakerColumns(record.speaker),
    module: record.module,
    object_key: plainText(recordKey(record)),
    country_code: record.countryCode && plainText(record.countryCode),
    party_id: record.partyId && plainText(record.partyId),
    object_id: record.objectId && plainText(record.objectId),
    reason: record.refusal.reason,
    problems: record.refusal.problems.slice(0, PROBLEM_LIMIT).map((problem) => ({
      path: plainText(problem.path),
      rule: problem.rule,
      message: plainText(problem.message),
    })),
    document: storableText(record.document.slice(0, DOCUMENT_LIMIT)),
  };
}

/** A text of bounded length that can be stored: an id or a message needs no more. */
function plainText(text: string): string {
  return storableText(text).slice(0, TEXT_LIMIT);
}

function speakerOf(columns: { connection_id: number | null; source_id: number | null }): Speaker {
  return columns.connection_id === null
    ? { kind: 'source', id: columns.source_id as number }
    : { kind: 'connection', id: columns.connection_id };
}

function memoryKey(speaker: Speaker, module: Module, key: string): string {
  return `${speaker.kind} ${speaker.id} ${module} ${key}`;
}
