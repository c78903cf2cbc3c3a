/**
 * Locations with their EVSEs and connectors, on their way into rows.
 *
 * Most writes, of a status as of a later state of a feed, change times and statuses of a known Location and nothing
 * else. Then the columns that say what and where it is, and what it lacks, stay as they are: they are neither handed
 * over nor made again, and the row is updated without the question whether there is one.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { joinTexts, type TextPlace } from './column-values.ts';
import { rowChanges } from './evse-rows.ts';
import { writeEvses } from './evse-table.ts';
import { asLastTold, asLastToldTime, EVSE_TIMES_AS_LAST_TOLD } from './journal.ts';
import {
  LASTING_FIELDS,
  type LocationWrite,
  movingColumns,
  upsertLocations,
  WRITE_TIMES,
} from './location-table.ts';
import { saysTheSame } from './says-the-same.ts';

/** Writes Locations with their EVSEs and connectors: new ids are inserted, known ones replaced. */
export async function writeLocations(
  transaction: Knex.Transaction,
  writes: readonly LocationWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  const parts = writes.map(({ id, document, previous }) => ({ id, document, previous: previous?.document }));
  // While the database writes the Locations, the rows of their EVSEs are made here.
  const [, changes] = await Promise.all([writeRows(transaction, writes), rowChanges(parts)]);
  await writeEvses(transaction, changes);
}

async function writeRows(transaction: Knex.Transaction, writes: readonly LocationWrite[]): Promise<void> {
  const revisions = new Set(writes.filter(isRevision));
  if (revisions.size < writes.length) {
    await upsertLocations(
      transaction,
      writes.filter((write) => !revisions.has(write)),
    );
  }
  if (revisions.size > 0) await reviseLocations(transaction, [...revisions]);
}

/** True when a write changes no more than `movingColumns`. */
function isRevision({ document, previous, missingItems }: LocationWrite): boolean {
  return (
    previous !== undefined &&
    saysTheSame(document, previous.document, LASTING_FIELDS) &&
    isDeepStrictEqual(missingItems, previous.missingItems)
  );
}

async function reviseLocations(
  transaction: Knex.Transaction,
  writes: readonly LocationWrite[],
): Promise<void> {
  const documents = joinTexts(writes.map(({ documentText }) => documentText));
  const rows = writes.map((write, index) => movingColumns(write, documents.places[index] as TextPlace));
  await transaction.raw(REVISE_LOCATIONS, [documents.bytes, JSON.stringify(rows)]);
}

/** What comes in is called `excluded` as in an upsert, for the expressions that serve both. */
const REVISE_LOCATIONS = `
with excluded as materialized (
       select l.*,
              convert_from(substring(?::bytea from l.document_from for l.document_bytes), 'UTF8') as document
         from json_to_recordset(?) as l(
                id bigint, connection_id bigint, source_id bigint, source_version text, document_from integer,
                document_bytes integer, withdrawn_document text, as_stored text[],
                input_hash bytea, omitted_evses text[], vanished boolean, expired boolean, withheld boolean,
                withheld_across boolean, last_updated timestamptz, evse_keys text[], evse_times timestamptz[],
                received_at timestamptz, changed_at timestamptz, sequence bigint)
     ),
     written as (
       update location
          set connection_id      = excluded.connection_id,
              source_id          = excluded.source_id,
              source_version     = excluded.source_version,
              document           = excluded.document,
              published_document = ${asLastTold('location')},
              withdrawn_document = excluded.withdrawn_document,
              as_stored          = excluded.as_stored,
              input_hash         = excluded.input_hash,
              omitted_evses      = excluded.omitted_evses,
              vanished           = excluded.vanished,
              expired            = excluded.expired,
              withheld           = excluded.withheld,
              withheld_across    = excluded.withheld_across,
              last_updated       = excluded.last_updated,
              published_last_updated = ${asLastToldTime('location')},
              evse_keys          = excluded.evse_keys,
              evse_times         = excluded.evse_times,
              published_evse_times = ${EVSE_TIMES_AS_LAST_TOLD},
              received_at        = excluded.received_at,
              changed_at         = excluded.changed_at,
              sequence           = excluded.sequence
         from excluded
        where location.id = excluded.id
       returning location.id, location.changed_at, location.last_updated
     )
${WRITE_TIMES}`;
