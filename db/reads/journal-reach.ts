/**
 * Whether the journal still holds all that came after a position. It is forgotten after a while
 * (`db/registry/journal-retention.ts`), the oldest first; whoever finds that it no longer reaches back to their
 * position cannot go on from there, and begins anew from the tables.
 */
import type { Knex } from 'knex';

/** Positions have no gaps: it reaches back when it has the one that follows. `head` is the position that was read. */
export const REACHES_BACK = (position: string, head: string): string =>
  `(${position} = ${head} or exists (select from change where change.sequence = ${position} + 1))`;

/** False also for a position that the journal has not reached: then it is of another registry, or of a later state. */
export async function reachesBack(knex: Knex, position: number): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { reaches: boolean }[] }>(
    `select ${REACHES_BACK('cast(:position as bigint)', 'journal_head.sequence')} as reaches from journal_head`,
    { position },
  );
  return rows[0]?.reaches ?? false;
}
