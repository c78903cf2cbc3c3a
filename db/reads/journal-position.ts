/**
 * Where somebody stands who follows the journal to keep a copy of what is public: what has changed since, and whether
 * the journal can still say so.
 */
import type { Knex } from 'knex';
import type { Module } from '../model.ts';

/** A position, with the time of its entry: two registries may count alike, but not at the same times. */
export interface JournalPosition {
  readonly sequence: number;
  /** Null where there is no such entry: nothing has changed yet, or it is no longer kept. */
  readonly changedAt: Date | null;
}

/** The newest entry. */
export async function readJournalPosition(knex: Knex): Promise<JournalPosition> {
  const { rows } = await knex.raw<{ rows: { sequence: number; changed_at: Date | null }[] }>(
    `select head.sequence, change.changed_at
       from journal_head as head
       left join change
         on change.sequence = head.sequence`,
  );
  const row = rows[0];
  if (!row) throw new Error('the table journal_head has no row: the database is not migrated, or damaged');
  return { sequence: row.sequence, changedAt: row.changed_at };
}

/**
 * Whether all that came after a position is still in the journal. False also where this is another registry, or an
 * older state of it, than the one in which the position was read.
 */
export async function isInJournal(knex: Knex, { sequence, changedAt }: JournalPosition): Promise<boolean> {
  if (changedAt === null) return false;
  const { rows } = await knex.raw<{ rows: { found: boolean }[] }>(
    `select exists (
              select
                from change
               where change.sequence = ?
                 and change.changed_at = ?
            ) as found`,
    [sequence, changedAt],
  );
  return rows[0]?.found ?? false;
}

/** The registry's numbers of the objects of a module that changed after a position, in no order. */
export async function readNumbersOfChanged(knex: Knex, module: Module, after: number): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { object: number }[] }>(
    `select distinct change.object
       from change
      where change.sequence > ?
        and (change.kind = 'tariff') = ?`,
    [after, module === 'tariffs'],
  );
  return rows.map(({ object }) => object);
}
