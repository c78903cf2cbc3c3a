/**
 * How far files that are complete up to some sequence are behind the journal, in one question for all of them.
 */
import type { Knex } from 'knex';
import type { Module } from '../model.ts';

/** Up to where a file is complete. */
export interface ModulePosition {
  readonly module: Module;
  readonly sequence: number;
}

export interface JournalLag {
  /** Changes of the module after the position. */
  readonly behind: number;
  /** When the first of them was made; null when there is none. */
  readonly waitingSince: Date | null;
}

/** In the order asked. Reads the entries after the positions, which are few while files are built. */
export async function readJournalLags(
  knex: Knex,
  positions: readonly ModulePosition[],
): Promise<JournalLag[]> {
  const { rows } = await knex.raw<{ rows: { behind: number; waiting_since: Date | null }[] }>(
    `select count(change.sequence)  as behind,
            min(change.changed_at)  as waiting_since
       from unnest(?::bigint[], ?::boolean[]) with ordinality as asked (sequence, is_tariff, ordinal)
       left join change
         on change.sequence > asked.sequence
        and (change.kind = 'tariff') = asked.is_tariff
      group by asked.ordinal
      order by asked.ordinal`,
    [positions.map(({ sequence }) => sequence), positions.map(({ module }) => module === 'tariffs')] as never,
  );
  return rows.map((row) => ({ behind: row.behind, waitingSince: row.waiting_since }));
}
