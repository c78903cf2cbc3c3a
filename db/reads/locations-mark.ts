/**
 * Whether any Location has been written since: one look at one row, for all who ask at the same time.
 *
 * A mark is the version of the head of the journal. Every transaction that writes a Location, be it a heartbeat, writes
 * the head as well (`0022-head-of-every-write.ts`) and keeps it locked until it commits. So heads come one after the
 * other in the order of commits, and who sees the same one twice has seen the same Locations twice. Numbers of
 * transactions return after four billion, and those that a failed primary took with it are given again: hence the
 * time and the position beside them.
 */
import type { Knex } from 'knex';
import { gathered } from '../gathered.ts';

/** A mark, as an expression of a query; with what else that query reads it is of one moment. */
export const MARK = `(select concat_ws(' ', head.xmin, head.sequence, head.changed_at) from journal_head as head)`;

/** Asks for the mark as it is now. */
export type MarkReader = () => Promise<string>;

export function markReader(knex: Knex): MarkReader {
  const read = gathered<'now', string>(async (asked) => {
    const { rows } = await knex.raw<{ rows: [{ mark: string }] }>(`select ${MARK} as mark`);
    return asked.map(() => rows[0].mark);
  });
  return () => read('now');
}
