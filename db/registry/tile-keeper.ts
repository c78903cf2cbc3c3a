/**
 * Keeps what vector tiles are made of (`tile_point`, `tile_cell`) equal to the registry, by following the journal. The
 * first time, and when the journal does not reach back to where it stood, it walks through all Locations; the journal
 * from before the walk on then mends what changed meanwhile.
 *
 * Guarantees: rows and position are committed together, in steps that are bounded in Locations, so a process that is
 * killed goes on where it was; of several processes one is at it at a time, the others let it be. Waits for no second
 * connection. Fails as the database fails; the next round goes on where this one ended.
 */
import type { Knex } from 'knex';
import { reachesBack } from '../reads/journal-reach.ts';
import { readHead } from '../reads/public-objects.ts';
import { refreshCells } from './tile-cell-table.ts';
import { refreshPoints } from './tile-point-table.ts';

/** Entries of the journal, or Locations of the walk, in a step: some tenths of a second, also for the one connection. */
const STEP_LIMIT = 2_000;

export interface TileKeeper {
  /**
   * Goes on to the end of the journal.
   *
   * @returns how many Locations were looked at
   */
  catchUp(signal?: AbortSignal): Promise<number>;
}

interface Head {
  sequence: number;
  walked_to: number | null;
}

interface Step {
  /** Locations that were looked at. */
  readonly locations: number;
  /** Nothing is left to do, or another process does it. */
  readonly isLast: boolean;
}

/** @param stepLimit for tests */
export function createTileKeeper({
  knex,
  stepLimit = STEP_LIMIT,
}: {
  knex: Knex;
  stepLimit?: number;
}): TileKeeper {
  async function takeStep(transaction: Knex.Transaction): Promise<Step> {
    const { rows } = await transaction.raw<{ rows: Head[] }>(
      'select tile_head.sequence, tile_head.walked_to from tile_head for update skip locked',
    );
    const head = rows[0];
    if (!head) return { locations: 0, isLast: true };
    if (head.walked_to !== null) return walk(transaction, head.sequence, head.walked_to, stepLimit);
    if (await reachesBack(transaction, head.sequence)) {
      return followJournal(transaction, head.sequence, stepLimit);
    }
    await saveHead(transaction, { ...head, walked_to: 0 });
    return { locations: 0, isLast: false };
  }

  return {
    async catchUp(signal) {
      for (let counted = 0; ; ) {
        if (signal?.aborted) return counted;
        const { locations, isLast } = await knex.transaction(takeStep);
        counted += locations;
        if (isLast) return counted;
      }
    },
  };
}

/** The next Locations by id. The position is that of the journal before the first of them was read. */
async function walk(
  transaction: Knex.Transaction,
  sequence: number,
  walkedTo: number,
  limit: number,
): Promise<Step> {
  const position = walkedTo === 0 ? (await readHead(transaction)).sequence : sequence;
  const { rows } = await transaction.raw<{ rows: { id: number }[] }>(
    'select location.id from location where location.id > ? order by location.id limit ?',
    [walkedTo, limit],
  );
  const ids = rows.map(({ id }) => id);
  await refreshCells(transaction, await refreshPoints(transaction, ids));
  const isOver = ids.length < limit;
  await saveHead(transaction, { sequence: position, walked_to: isOver ? null : (ids.at(-1) as number) });
  return { locations: ids.length, isLast: false };
}

/** What the next entries of the journal are about. */
async function followJournal(transaction: Knex.Transaction, sequence: number, limit: number): Promise<Step> {
  const { rows } = await transaction.raw<{
    rows: { up_to: number | null; entries: number; locations: number[] | null }[];
  }>(
    `select max(stretch.sequence) as up_to,
            count(*)              as entries,
            array_agg(distinct stretch.object) filter (where stretch.kind <> 'tariff') as locations
       from (
         select change.sequence, change.kind, change.object
           from change
          where change.sequence > ?
          order by change.sequence
          limit ?
       ) as stretch`,
    [sequence, limit],
  );
  const { up_to: upTo = null, entries = 0, locations = null } = rows[0] ?? {};
  if (upTo === null) return { locations: 0, isLast: true };
  const changed = locations ?? [];
  await refreshCells(transaction, await refreshPoints(transaction, changed));
  await saveHead(transaction, { sequence: upTo, walked_to: null });
  return { locations: changed.length, isLast: entries < limit };
}

async function saveHead(transaction: Knex.Transaction, head: Head): Promise<void> {
  await transaction('tile_head').update(head);
}
