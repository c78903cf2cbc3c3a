/**
 * What the registry shows to everybody: Locations that are published and not expired, and all Tariffs.
 *
 * Guarantees: a Location with `publish: false`, or whose EVSEs are all REMOVED, never leaves this module
 * (OD-01, OD-02, LR-20, LR-22). Objects come in keyset batches by id, each batch one query of its own: no
 * transaction is held open, and on the embedded engine other work goes on between batches. So a walk through
 * the registry is not one instant: every object is whole and as of its batch. Read the head BEFORE the first
 * batch: whatever changed up to that sequence is in the walk, and whoever follows the journal from there on
 * misses nothing (a change that the walk had already seen comes to them once more).
 * A batch is bounded in objects and in bytes, so that memory stays flat whatever partners send.
 * Fails as the database fails; the walk can then be begun again.
 */
import type { Knex } from 'knex';
import type { Module, Owner } from '../model.ts';
import { IS_SHOWN, PUBLISHED_DOCUMENT } from './published.ts';

/** Objects a batch: enough that the round trip does not count, few enough to let go every few milliseconds. */
const BATCH_OBJECTS = 200;

/** Bytes of documents a batch. A Location has 2 kB on average; this bounds the ones that have megabytes. */
const BATCH_BYTES = 4 * 1024 * 1024;

export interface PublicObject {
  /** The registry's own number, in order of creation. */
  readonly id: number;
  readonly owner: Owner;
  /** The owner's id, spelled as sent. */
  readonly objectId: string;
  /** Canonical JSON text, as the journal last told of it. */
  readonly document: string;
  /** OCPI versions that the document may be served to as it is. Empty for Tariffs: each version differs. */
  readonly asStored: readonly string[];
  /** Position in the journal of its last change. */
  readonly sequence: number;
  /** When the registry last changed it. */
  readonly changedAt: Date;
}

export interface Head {
  /** Position of the newest change. */
  readonly sequence: number;
  readonly changedAt: Date;
}

interface Row {
  id: number;
  country_code: string;
  party_id: string;
  object_id: string;
  document: string;
  as_stored: string[];
  sequence: number;
  changed_at: Date;
}

/** What differs between the two tables. Constants of ours, so they may stand in the text of a query. */
const TABLES: Readonly<Record<Module, { table: string; key: string; asStored: string }>> = {
  locations: { table: 'location', key: 'location_id', asStored: 'as_stored' },
  tariffs: { table: 'tariff', key: 'tariff_id', asStored: `'{}'::text[]` },
};

/** The position of the journal now. Zero in an empty registry. */
export async function readHead(knex: Knex): Promise<Head> {
  const { rows } = await knex.raw<{ rows: { sequence: number; changed_at: Date }[] }>(
    'select journal_head.sequence, journal_head.changed_at from journal_head',
  );
  const head = rows[0];
  if (!head) throw new Error('the table journal_head has no row: the database is not migrated, or damaged');
  return { sequence: head.sequence, changedAt: head.changed_at };
}

/** Which public objects are walked through; all when nothing is given. */
export interface Selection {
  /** Those of these numbers of the registry. */
  readonly among?: readonly number[];
}

/**
 * Walks through public objects of a module in order of creation, a batch at a time. The next batch is read
 * only when it is asked for, so a slow consumer slows the walk and holds nothing.
 */
export async function* readPublicObjects(
  knex: Knex,
  module: Module,
  { among }: Selection = {},
  batchObjects: number = BATCH_OBJECTS,
): AsyncGenerator<readonly PublicObject[], void, undefined> {
  const { table, key, asStored } = TABLES[module];
  // The length of a text is known without reading it, so the running sum costs next to nothing. The first
  // object of a batch has nothing before it: it always comes, however large.
  const query = `
    select batch.*
      from (
        select page.*,
               sum(octet_length(page.document)) over (order by page.id) - octet_length(page.document) as bytes_before
          from (
            select id,
                   country_code,
                   party_id,
                   ${key} as object_id,
                   ${PUBLISHED_DOCUMENT[module]} as document,
                   ${asStored} as as_stored,
                   sequence,
                   changed_at
              from ${table}
             where id > ?
               ${among ? 'and id = any(cast(? as bigint[]))' : ''}
               and ${IS_SHOWN[module]}
             order by id
             limit ?
          ) as page
      ) as batch
     where batch.bytes_before < ?
     order by batch.id`;
  const bounds = among ? [[...among]] : [];
  let after = 0;
  for (;;) {
    const { rows } = await knex.raw<{ rows: Row[] }>(query, [after, ...bounds, batchObjects, BATCH_BYTES]);
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(toPublicObject);
    after = last.id;
  }
}

function toPublicObject(row: Row): PublicObject {
  return {
    id: row.id,
    owner: { countryCode: row.country_code, partyId: row.party_id },
    objectId: row.object_id,
    document: row.document,
    asStored: row.as_stored,
    sequence: row.sequence,
    changedAt: row.changed_at,
  };
}
