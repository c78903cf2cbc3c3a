/**
 * Runs the checks of rows against a platform, each once for each version, one after another and each within a
 * time limit. Guarantees an outcome for every row: passed, failed, different (a decision of this project that
 * does not bind others), or not covered with the reason.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Check, type Given, type Granted, type Need, NotCovered } from './check.ts';
import { CHECKS } from './checks.ts';
import type { Platform } from './platforms/platform.ts';
import { OCPI_VERSIONS, type OcpiVersion, type Row } from './rows/row.ts';

export type State = 'passed' | 'failed' | 'different' | 'not covered';

/** How a row went in one version. */
export interface Outcome {
  readonly state: State;
  /** What went otherwise, or why it was not covered. */
  readonly reason?: string;
  /** False when the platform does not list the version at all. */
  readonly offered?: boolean;
  /** The thrown error, for a stack. */
  readonly error?: unknown;
}

export interface RowResult {
  readonly row: Row;
  readonly state: State;
  readonly outcomes: Readonly<Partial<Record<OcpiVersion, Outcome>>>;
}

export interface Examiner {
  examine(row: Row): Promise<RowResult>;
}

/** Milliseconds for one check: with handshakes and pulls in it, a few seconds on a busy machine. */
const CHECK_LIMIT_MS = 50_000;

/** The worst outcome decides; what is covered outweighs what is not. */
const WEIGHT: readonly State[] = ['failed', 'different', 'passed', 'not covered'];

/** @param versions all three unless told */
export function createExaminer(
  platform: Platform,
  versions: readonly OcpiVersion[] = OCPI_VERSIONS,
): Examiner {
  const offered = new Map<OcpiVersion, Promise<boolean>>();
  const ran = new Map<Check, Map<OcpiVersion, Promise<Outcome>>>();

  function runOnce(check: Check, version: OcpiVersion): Promise<Outcome> {
    const ofCheck = ran.get(check) ?? new Map<OcpiVersion, Promise<Outcome>>();
    ran.set(check, ofCheck);
    const outcome = ofCheck.get(version) ?? run(platform, check, version);
    ofCheck.set(version, outcome);
    return outcome;
  }

  function isOffered(version: OcpiVersion): Promise<boolean> {
    const answer = offered.get(version) ?? platform.offers(version);
    offered.set(version, answer);
    return answer;
  }

  async function outcomeOf(row: Row, version: OcpiVersion): Promise<Outcome> {
    if (row.untestable) return { state: 'not covered', reason: row.untestable };
    const checks = CHECKS.filter(({ rows, versions: of }) => rows.includes(row.id) && of.includes(version));
    if (checks.length === 0) return { state: 'not covered', reason: 'there is no check of it yet' };
    if (!(await isOffered(version))) {
      return { state: 'not covered', reason: `${version} is not offered`, offered: false };
    }
    const outcomes: Outcome[] = [];
    for (const check of checks) outcomes.push(await runOnce(check, version));
    const worst = worstOf(outcomes);
    const isDifference = worst.state === 'failed' && row.level === 'DEC' && !platform.followsDecisions;
    return isDifference ? { ...worst, state: 'different' } : worst;
  }

  return {
    async examine(row) {
      const outcomes: Partial<Record<OcpiVersion, Outcome>> = {};
      for (const version of row.versions) {
        if (versions.includes(version)) outcomes[version] = await outcomeOf(row, version);
      }
      const found = Object.values(outcomes);
      const none: Outcome = { state: 'not covered', reason: `applies to ${row.versions.join(', ')} only` };
      return { row, state: worstOf(found.length > 0 ? found : [none]).state, outcomes };
    },
  };
}

async function run(platform: Platform, check: Check, version: OcpiVersion): Promise<Outcome> {
  try {
    const given: Partial<Given> = {};
    for (const need of check.needs) Object.assign(given, { [need]: await platform.give(need, version) });
    await within(CHECK_LIMIT_MS, check.run({ ...given, version } as Granted<Need>));
    return { state: 'passed' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { state: error instanceof NotCovered ? 'not covered' : 'failed', reason, error };
  }
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no end after ${limitMs} ms`);
  });
  // The one that loses the race must not end the process.
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((worst, outcome) =>
    WEIGHT.indexOf(outcome.state) < WEIGHT.indexOf(worst.state) ? outcome : worst,
  );
}
