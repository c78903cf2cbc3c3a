/**
 * How long ago the statuses that everybody sees were last told, over all EVSEs.
 */
import type { Knex } from 'knex';
import { EVSE_TIME } from '../registry/evse-times.ts';
import { IS_SHOWN } from './published.ts';

/** Seconds; null without EVSEs. */
export interface StatusAge {
  readonly p50_s: number | null;
  readonly p95_s: number | null;
}

/** Reads every EVSE: not for each request. */
export async function readStatusAge(knex: Knex, now: Date): Promise<StatusAge> {
  const age = `greatest(0, extract(epoch from ?::timestamptz - ${EVSE_TIME}))::float8`;
  const { rows } = await knex.raw<{ rows: StatusAge[] }>(
    `select round(percentile_cont(0.5)  within group (order by ${age}))::float8 as p50_s,
            round(percentile_cont(0.95) within group (order by ${age}))::float8 as p95_s
       from evse
       join location
         on location.id = evse.location
      where evse.status <> 'REMOVED'
        and ${IS_SHOWN.locations}`,
    [now, now] as never,
  );
  return rows[0] ?? { p50_s: null, p95_s: null };
}
