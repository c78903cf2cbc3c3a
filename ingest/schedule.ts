/**
 * The one place where timed work is registered: each source's incremental and full pulls, and jobs of other
 * rooms, both those that are always there and those that a person adds and removes. Times are UTC.
 *
 * Guarantees: a job never overlaps itself, in this process nor (for sources, by their claim) in another; a full
 * pull that comes due during an incremental one follows it; a source whose token was refused is left alone until
 * a person acts (PC-10); sources start at a time of their own within a bounded splay, the same after a restart
 * (PC-09); what is added, changed or removed by another process is seen within a minute; `stop` ends what runs.
 *
 * A job that fails is logged and comes again at its next time.
 */
import { createHash } from 'node:crypto';
import { type Logger as CronLogger, createTask, type ScheduledTask } from 'node-cron';
import type { Logger } from 'pino';
import type { Source } from '../db/partner-model.ts';
import type { RunStore } from '../db/registry/run-store.ts';
import type { SourceStore } from '../db/registry/source-store.ts';
import { cronProblem } from './cron.ts';
import { type Sleep, sleep as systemSleep } from './http/retry.ts';
import { type Puller, SourceBusyError, SourceNotFoundError } from './pull.ts';

/** Timed work other than pulls. */
export interface ScheduledJob {
  readonly id: string;
  /** Cron expression. */
  readonly schedule: string;
  /** Once at the start, too. */
  readonly atStart?: boolean;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

export interface Scheduler {
  /** Frees what a dead process left claimed, and begins. */
  start(): Promise<void>;
  /** Begins nothing more, ends what runs, and waits for it for a bounded time. Safe to call twice. */
  stop(): Promise<void>;
  /** Takes note of sources and jobs that were added, changed or removed. */
  refresh(): Promise<void>;
}

export interface SchedulerParts {
  readonly sources: SourceStore;
  readonly runs: RunStore;
  readonly puller: Puller;
  readonly jobs?: readonly ScheduledJob[];
  /** Jobs that come and go, as they are now; one with another schedule is another job. */
  readonly changingJobs?: () => Promise<readonly ScheduledJob[]>;
  readonly logger: Logger;
  /** Off: every source starts at the very second of its schedule. For tests. */
  readonly splay?: boolean;
  readonly sleep?: Sleep;
  /** Cron expression of the looks at what other processes changed. */
  readonly refreshSchedule?: string;
}

const EVERY_MINUTE = '* * * * *';

/** Milliseconds of splay at the most; never more than half of the time between two pulls. */
const LONGEST_SPLAY_MS = 300_000;

/** Milliseconds that `stop` waits for what runs: an aborted pull ends after the batch in hand. */
const STOP_LIMIT_MS = 15_000;

/** Makes the scheduler of a process. */
export function createScheduler(parts: SchedulerParts): Scheduler {
  const { sources, runs, logger, jobs = [], refreshSchedule = EVERY_MINUTE } = parts;
  const { changingJobs = async () => [] } = parts;
  const timers: ScheduledTask[] = [];
  const sourceJobs = new Map<number, SourceJob>();
  const changingTimers = new Map<string, ScheduledTask>();
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let isStarted = false;

  /** Keeps what runs, so that `stop` can wait for it. */
  function track(work: Promise<unknown>, what: string): Promise<void> {
    const tracked = work
      .then(
        () => undefined,
        (error: unknown) => {
          if (!stopping.signal.aborted) logger.error({ err: error, job: what }, 'a scheduled job failed');
        },
      )
      .finally(() => running.delete(tracked));
    running.add(tracked);
    return tracked;
  }

  function every(schedule: string, id: string, work: () => Promise<unknown>): ScheduledTask {
    const problem = cronProblem(schedule);
    if (problem !== null) throw new Error(`The job ${id} cannot be scheduled: ${problem}`);
    const options = { name: id, noOverlap: true, timezone: 'UTC', logger: cronLogger(logger, id) };
    const task = createTask(schedule, () => track(work(), id), options);
    void task.start();
    return task;
  }

  async function refreshJobs(): Promise<void> {
    const present = new Map((await changingJobs()).map((job) => [`${job.id} ${job.schedule}`, job]));
    if (stopping.signal.aborted) return;
    for (const [key, timer] of changingTimers) {
      if (present.has(key)) continue;
      void timer.destroy();
      changingTimers.delete(key);
    }
    for (const [key, { id, schedule, run }] of present) {
      if (changingTimers.has(key)) continue;
      const problem = cronProblem(schedule);
      // It was checked when it was added; another version may have read it otherwise.
      if (problem !== null) logger.error({ job: id }, `a job is not run by schedule: ${problem}`);
      else
        changingTimers.set(
          key,
          every(schedule, id, () => run(stopping.signal)),
        );
    }
  }

  async function refreshSources(): Promise<void> {
    const present = await sources.list();
    if (stopping.signal.aborted) return;
    const known = new Map(present.map((source) => [source.id, source]));
    for (const [id, job] of sourceJobs) {
      if (job.isFor(known.get(id))) continue;
      job.stop(known.has(id) ? null : new Error('the source was removed'));
      sourceJobs.delete(id);
    }
    for (const source of present) {
      if (!sourceJobs.has(source.id))
        sourceJobs.set(source.id, new SourceJob(parts, source, every, stopping.signal));
    }
  }

  async function refresh(): Promise<void> {
    if (!isStarted || stopping.signal.aborted) return;
    await refreshSources();
    await refreshJobs();
  }

  return {
    async start() {
      if (isStarted) return;
      isStarted = true;
      const released = await sources.releaseVoidClaims();
      await runs.abandon(released);
      if (released.length > 0)
        logger.info({ sources: released }, 'freed sources that a dead process was pulling');
      for (const { id, schedule, run } of jobs) timers.push(every(schedule, id, () => run(stopping.signal)));
      timers.push(every(refreshSchedule, 'refresh of the sources and jobs', refresh));
      await refresh();
      for (const { id, run, atStart } of jobs) if (atStart) void track(run(stopping.signal), id);
    },
    async stop() {
      for (const timer of [...timers.splice(0), ...changingTimers.values()]) void timer.destroy();
      changingTimers.clear();
      stopping.abort(new Error('the access point stops'));
      for (const job of sourceJobs.values()) job.stop(null);
      sourceJobs.clear();
      if (!(await settled([...running], STOP_LIMIT_MS))) {
        logger.warn({ jobs: running.size }, 'stopped without waiting longer for scheduled work');
      }
    },
    refresh,
  };
}

/** The two timers of a source and what they share: one pull at a time, full ones first. */
class SourceJob {
  readonly #parts: SchedulerParts;
  readonly #source: Source;
  readonly #timers: ScheduledTask[];
  readonly #signal: AbortSignal;
  readonly #removed = new AbortController();
  #isRunning = false;
  #wantsFull = false;

  constructor(
    parts: SchedulerParts,
    source: Source,
    every: (schedule: string, id: string, work: () => Promise<unknown>) => ScheduledTask,
    signal: AbortSignal,
  ) {
    this.#parts = parts;
    this.#source = source;
    this.#signal = AbortSignal.any([signal, this.#removed.signal]);
    const { name, schedule, fullSchedule } = source;
    this.#timers = [
      { expression: fullSchedule, isFull: true },
      { expression: schedule, isFull: false },
    ].flatMap(({ expression, isFull }) => {
      const problem = cronProblem(expression);
      if (problem !== null) {
        // It was checked when the source was added; another version may have read it otherwise.
        parts.logger.error({ source: name }, `a source is not pulled by schedule: ${problem}`);
        return [];
      }
      const timer: ScheduledTask = every(expression, `pull of ${name}`, () => this.#due(isFull, timer));
      return [timer];
    });
  }

  /** Whether it still does what this source asks for. */
  isFor(source: Source | undefined): boolean {
    const { name, schedule, fullSchedule } = this.#source;
    return source?.name === name && source.schedule === schedule && source.fullSchedule === fullSchedule;
  }

  /** Begins nothing more; with a reason, ends the pull that runs. */
  stop(reason: Error | null): void {
    for (const timer of this.#timers) void timer.destroy();
    if (reason) this.#removed.abort(reason);
  }

  async #due(isFull: boolean, timer: ScheduledTask): Promise<void> {
    this.#wantsFull ||= isFull;
    // The one that runs sees to it afterwards.
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#splay(timer);
      do {
        const full = this.#wantsFull;
        this.#wantsFull = false;
        await this.#pull(full);
      } while (this.#wantsFull && !this.#signal.aborted);
    } catch (error) {
      // Being told to stop is no failure.
      if (!this.#signal.aborted) throw error;
    } finally {
      this.#isRunning = false;
    }
  }

  async #splay(timer: ScheduledTask): Promise<void> {
    const { splay = true, sleep = systemSleep } = this.#parts;
    if (!splay) return;
    const [first, second] = timer.getNextRuns(2);
    const interval = first && second ? second.getTime() - first.getTime() : 0;
    await sleep(splayOf(this.#source.name, interval), this.#signal);
  }

  async #pull(full: boolean): Promise<void> {
    const { sources, puller, logger } = this.#parts;
    const { id, name } = this.#source;
    const now = await sources.findById(id);
    if (!now) return;
    if (now.brokenAt) {
      logger.debug({ source: name }, 'not pulled: the partner refused our token');
      return;
    }
    try {
      await puller.run(name, { full, signal: this.#signal });
    } catch (error) {
      if (error instanceof SourceNotFoundError) return;
      if (!(error instanceof SourceBusyError)) throw error;
      logger.info({ source: name, full }, 'not pulled: another process pulls it');
    }
  }
}

/** Milliseconds that a source waits after its time comes: by its name, so that all spread and each stays put. */
export function splayOf(name: string, intervalMs: number): number {
  const bound = Math.min(LONGEST_SPLAY_MS, Math.floor(intervalMs / 2));
  return bound <= 0 ? 0 : createHash('sha256').update(name).digest().readUInt32BE(0) % bound;
}

/** Whether all has ended within the time. */
async function settled(work: readonly Promise<void>[], limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([Promise.all(work).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** node-cron's own words go where all others go; a tick that was missed or overlaps is nothing to act on. */
function cronLogger(logger: Logger, job: string): CronLogger {
  const say = (message: string | Error) => logger.debug({ job }, String(message));
  return { info: say, warn: say, error: say, debug: say };
}
