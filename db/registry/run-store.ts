/**
 * The runs of all sources: one row a run, begun before the first request and finished however it ended, with
 * its counts. A run's counts are also written while it goes on, so that others see its progress.
 */
import type { Knex } from 'knex';
import type { RunCounts, RunState } from '../partner-model.ts';

/** One run as it is kept. */
export interface Run {
  readonly id: number;
  readonly sourceId: number;
  readonly full: boolean;
  readonly state: RunState;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly counts: RunCounts;
  readonly problem: string | null;
}

export interface RunStore {
  /** Begins a run; gives its id. */
  start(sourceId: number, full: boolean): Promise<number>;
  /** Writes what has been counted so far. */
  progress(runId: number, counts: RunCounts): Promise<void>;
  /** Ends a run. */
  finish(
    runId: number,
    state: Exclude<RunState, 'running'>,
    counts: RunCounts,
    problem?: string | null,
  ): Promise<void>;
  /** Ends the runs of a source that a dead process left behind. */
  abandon(sourceIds: readonly number[]): Promise<number>;
  /** The newest run of a source. */
  last(sourceId: number): Promise<Run | undefined>;
  /** The newest runs of a source first. */
  list(sourceId: number, limit: number): Promise<Run[]>;
  /** Deletes the runs that began before the given moment and have ended. */
  forgetOlderThan(moment: Date): Promise<number>;
}

/** Characters of a problem that are kept. */
const PROBLEM_LIMIT = 2_000;

interface RunRow extends RunCounts {
  id: number;
  source_id: number;
  full: boolean;
  state: RunState;
  started_at: Date;
  finished_at: Date | null;
  problem: string | null;
}

/** Makes the store. */
export function createRunStore(parts: { knex: Knex; clock: () => Date }): RunStore {
  const { knex, clock } = parts;

  const list: RunStore['list'] = async (sourceId, limit) => {
    const rows = await knex<RunRow>('ingest_run')
      .where({ source_id: sourceId })
      .orderBy('id', 'desc')
      .limit(limit);
    return rows.map(fromRow);
  };

  return {
    async start(sourceId, full) {
      const [row] = await knex('ingest_run')
        .insert({ source_id: sourceId, full, state: 'running', started_at: clock() })
        .returning<{ id: number }[]>('id');
      return (row as { id: number }).id;
    },
    async progress(runId, counts) {
      await knex('ingest_run').where({ id: runId, state: 'running' }).update(countColumns(counts));
    },
    async finish(runId, state, counts, problem = null) {
      await knex('ingest_run')
        .where({ id: runId })
        .update({
          state,
          finished_at: clock(),
          problem: problem === null ? null : problem.slice(0, PROBLEM_LIMIT),
          ...countColumns(counts),
        });
    },
    async abandon(sourceIds) {
      return knex('ingest_run')
        .whereIn('source_id', [...sourceIds])
        .where({ state: 'running' })
        .update({ state: 'failed', finished_at: clock(), problem: 'the process that pulled it ended' });
    },
    async last(sourceId) {
      const [run] = await list(sourceId, 1);
      return run;
    },
    list,
    async forgetOlderThan(moment) {
      return knex('ingest_run').where('started_at', '<', moment).whereNot({ state: 'running' }).delete();
    },
  };
}

function countColumns(counts: RunCounts): RunCounts {
  const { received, created, updated, unchanged, stale, rejected, failed, removed, findings } = counts;
  return { received, created, updated, unchanged, stale, rejected, failed, removed, findings };
}

function fromRow(row: RunRow): Run {
  return {
    id: row.id,
    sourceId: row.source_id,
    full: row.full,
    state: row.state,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    counts: countColumns(row),
    problem: row.problem,
  };
}
