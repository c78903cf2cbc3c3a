/**
 * How long the journal is kept, and how it is forgotten: the oldest entries first, in steps, so that what is left
 * has no gaps and a reader can tell whether it reaches back far enough (`db/reads/journal-reach.ts`).
 *
 * Guarantees: the newest entry stays, by which others know the journal again; nothing is forgotten that the rules
 * across objects have not followed yet; a partner that was not pushed what is forgotten is marked for resync by GET
 * first. Files and whatever else is made of the journal begin anew from the tables when it no longer reaches back to
 * them. Fails as the database fails; what was done till then stays done.
 */
import type { Knex } from 'knex';

/**
 * A week: who follows changes may be away for a long weekend. A busy country has 2.4 million entries a day, some 220
 * bytes each with their index, so that they come to 4 GB.
 */
export const JOURNAL_DAYS = 7;

/** Entries in one statement: some hundredths of a second on the embedded engine, which has one connection. */
const STEP = 10_000;

/** Forgets the entries from before a moment. Answers how many they were. */
export async function forgetChangesBefore(knex: Knex, moment: Date, now: Date): Promise<number> {
  for (let forgotten = 0; ; ) {
    const upTo = await nextToForget(knex, moment);
    if (upTo === null) return forgotten;
    await markPartnersBehind(knex, upTo, now);
    const { rowCount } = await knex.raw<{ rowCount: number }>(
      'delete from change where change.sequence <= ?',
      [upTo],
    );
    forgotten += rowCount;
    if (rowCount < STEP) return forgotten;
  }
}

/** The last of the oldest entries that may go; null when none may. */
async function nextToForget(knex: Knex, moment: Date): Promise<number | null> {
  const { rows } = await knex.raw<{ rows: { sequence: number | null }[] }>(
    `select max(oldest.sequence) as sequence
       from (select change.sequence, change.changed_at
               from change
              order by change.sequence
              limit ?) as oldest
      where oldest.changed_at < ?
        and oldest.sequence <= (select rule_round.sequence from rule_round)
        and oldest.sequence < (select journal_head.sequence from journal_head)`,
    [STEP, moment],
  );
  return rows[0]?.sequence ?? null;
}

/** Whoever holds the position: a living pusher gave up long before, and one that comes back finds the mark. */
async function markPartnersBehind(knex: Knex, upTo: number, now: Date): Promise<void> {
  await knex.raw(
    `update push_position
        set sequence      = :upTo,
            missed_since  = least(push_position.missed_since, missed.changed_at),
            resync_since  = :now,
            resync_reason = :reason
       from push_position as behind
      cross join lateral (
             select change.changed_at
               from change
              where change.sequence > behind.sequence
                and change.sequence <= :upTo
                and change.public
                and (change.kind = 'tariff') = (behind.module = 'tariffs')
              order by change.sequence
              limit 1
            ) as missed
      where push_position.connection_id = behind.connection_id
        and push_position.module = behind.module`,
    { upTo, now, reason: `It was not offered changes for ${JOURNAL_DAYS} days, and they are kept no longer` },
  );
}
