/**
 * Takes what an adapter pulls, batch after batch, into the pipeline, and counts. While batches are stored the next
 * ones are fetched and validated already, never more than a few: this process and the database work side by side.
 *
 * Guarantees: every received object counts once, by its outcome, also of batches that were under way when the intake
 * ended; when a batch as a whole cannot be handed in, its objects count as failed and the error ends the intake.
 */
import type { Module, Owner } from '../db/model.ts';
import type { OcpiVersion } from '../db/ocpi-version.ts';
import type { RunCounts } from '../db/partner-model.ts';
import type { PulledBatch, PullVerdict } from './adapter.ts';
import { isUnreadable } from './json-list.ts';
import type { Contributor, Pipeline, PulledReceipt } from './pipeline.ts';
import { SeenKeys } from './seen-keys.ts';

export interface Intake {
  /** Live. */
  readonly counts: RunCounts;
  /** Takes everything; gives the adapter's verdict. Rejects when `stop` is aborted, and aborts it on any failure. */
  takeAll(batches: AsyncGenerator<PulledBatch, PullVerdict>, stop: AbortController): Promise<PullVerdict>;
  /** Keys of what came, refused objects included. */
  seen(module: Module): Pick<SeenKeys, 'has'>;
  /** Objects that came and did not say which they are. */
  unidentified(module: Module): number;
  /** Whether something came that could not be stored. */
  hasFailed(module: Module): boolean;
}

export interface IntakeParts {
  readonly pipeline: Pick<Pipeline, 'takePulled'>;
  /** Who hands in what is written in this version. */
  readonly by: (version: OcpiVersion) => Contributor;
  readonly parties: readonly Owner[];
  readonly clock: () => Date;
  readonly onProgress: ((counts: Readonly<RunCounts>) => void) | undefined;
}

/** Milliseconds between two reports of progress: for a person to see that it goes on. */
const PROGRESS_INTERVAL_MS = 1_000;

/** Objects handed in at once: one transaction of the writer, about a megabyte of Locations. */
const BATCH_SIZE = 300;
/** Batches under way at once: one that the database writes, one that is applied and one that is validated. */
const BATCH_COUNT = 3;

interface ModuleTally {
  readonly seen: SeenKeys;
  unidentified: number;
  failed: number;
}

/** Makes the intake of one run. */
export function createIntake(parts: IntakeParts): Intake {
  const { pipeline, by, parties, clock, onProgress } = parts;
  const counts: RunCounts = {
    received: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    stale: 0,
    rejected: 0,
    failed: 0,
    removed: 0,
    findings: 0,
  };
  const tallies: Record<Module, ModuleTally> = { locations: newTally(), tariffs: newTally() };
  let lastProgress = clock().getTime();

  function count(module: Module, { outcome, findings, key }: PulledReceipt): void {
    const tally = tallies[module];
    counts[outcome.kind]++;
    counts.findings += findings.length;
    if (key === null) tally.unidentified++;
    else tally.seen.add(key);
    if (outcome.kind === 'failed') tally.failed++;
  }

  async function take({ module, version }: PulledBatch, objects: readonly unknown[]): Promise<void> {
    let receipts: PulledReceipt[];
    try {
      receipts = await pipeline.takePulled(by(version), module, objects.map(presentable), parties);
    } catch (error) {
      counts.received += objects.length;
      counts.failed += objects.length;
      tallies[module].failed += objects.length;
      throw error;
    }
    counts.received += objects.length;
    for (const receipt of receipts) count(module, receipt);
    report();
  }

  function report(): void {
    const now = clock().getTime();
    if (now - lastProgress < PROGRESS_INTERVAL_MS) return;
    lastProgress = now;
    onProgress?.({ ...counts });
  }

  return {
    counts,
    async takeAll(batches, stop) {
      const { signal } = stop;
      const underWay = new Set<Promise<void>>();
      let next = batches.next();
      try {
        for (;;) {
          const { value, done } = await next;
          signal.throwIfAborted();
          if (done) {
            await Promise.all(underWay);
            return value;
          }
          next = batches.next();
          // Its failure is met in the next round, after this batch.
          next.catch(() => undefined);
          for (let start = 0; start < value.objects.length; start += BATCH_SIZE) {
            if (underWay.size === BATCH_COUNT) await Promise.race(underWay);
            signal.throwIfAborted();
            const taken = take(value, value.objects.slice(start, start + BATCH_SIZE));
            underWay.add(taken);
            taken.then(
              () => underWay.delete(taken),
              (error) => stop.abort(error),
            );
          }
        }
      } catch (error) {
        // Ends the request that fetches ahead.
        stop.abort(error);
        throw error;
      } finally {
        await Promise.allSettled(underWay);
        // What was fetched ahead is let go; its own errors no longer matter.
        await next.catch(() => undefined);
        await batches.return(undefined as never).catch(() => undefined);
      }
    },
    seen: (module) => tallies[module].seen,
    unidentified: (module) => tallies[module].unidentified,
    hasFailed: (module) => tallies[module].failed > 0,
  };
}

function newTally(): ModuleTally {
  return { seen: new SeenKeys(), unidentified: 0, failed: 0 };
}

/** An element that could not be read goes in as a text, which the pipeline refuses and keeps for its owner. */
function presentable(object: unknown): unknown {
  return isUnreadable(object) ? `${object.reason}; it begins with ${object.excerpt}` : object;
}
