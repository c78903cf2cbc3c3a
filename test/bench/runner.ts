/**
 * Runs a case: opens it, runs both sides by turns, and says their ratio pair by pair, so that it holds also where the
 * speed of the machine drifts. The first pair warms up and is not counted, unless the case says that it needs none.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, BenchCase, Sample } from './bench-case.ts';

/** The least, the middle and the greatest. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly greatest: number;
}

export interface Result {
  readonly name: string;
  readonly ours: string;
  readonly beside: string;
  readonly unit: string;
  readonly target: BenchCase['target'];
  readonly pairs: number;
  /** As `target.of` says: see `Target`. */
  readonly ratio: Spread;
  /** Units a second. */
  readonly ourRate: Spread;
  readonly besideRate: Spread;
  /** The most memory in any run, in megabytes; null where a side is not a process of ours. */
  readonly ourMegabytes: number | null;
  readonly besideMegabytes: number | null;
  readonly notes: readonly string[];
}

/** Whether the middle ratio is as the target asks. A case that only states a figure always holds. */
export function holds({ target, ratio }: Result): boolean {
  if (target.isStated) return true;
  return target.of === 'time' ? ratio.median <= target.ratio : ratio.median >= target.ratio;
}

export async function runCase(one: BenchCase, bench: Bench): Promise<Result> {
  const folder = await mkdtemp(join(bench.folder, `${one.name}-`));
  const rig = await one.open({ ...bench, folder });
  try {
    const pairs: { ours: Sample; beside: Sample }[] = [];
    for (let turn = one.isWithoutWarmUp ? 1 : 0; turn <= one.pairs; turn += 1) {
      bench.signal.throwIfAborted();
      const pair = { ours: await rig.ours(), beside: await rig.beside() };
      const count = turn === 0 ? 'warm-up' : `${turn} of ${one.pairs}`;
      bench.say(`${one.name}, ${count}: ${ratioOf(one, pair).toFixed(2)}`);
      if (turn > 0) pairs.push(pair);
    }
    return toResult(one, pairs);
  } finally {
    await rig.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function toResult(one: BenchCase, pairs: readonly { ours: Sample; beside: Sample }[]): Result {
  const { name, ours, beside, unit, target } = one;
  const last = pairs.at(-1)?.ours.note;
  return {
    ...{ name, ours, beside, unit, target },
    pairs: pairs.length,
    ratio: spreadOf(pairs.map((pair) => ratioOf(one, pair))),
    ourRate: spreadOf(pairs.map((pair) => rateOf(pair.ours))),
    besideRate: spreadOf(pairs.map((pair) => rateOf(pair.beside))),
    ourMegabytes: greatestOf(pairs.map((pair) => pair.ours.peakMegabytes)),
    besideMegabytes: greatestOf(pairs.map((pair) => pair.beside.peakMegabytes)),
    notes: last ? [last] : [],
  };
}

function ratioOf({ target }: BenchCase, { ours, beside }: { ours: Sample; beside: Sample }): number {
  return target.of === 'time' ? rateOf(beside) / rateOf(ours) : rateOf(ours) / rateOf(beside);
}

function rateOf({ units, seconds }: Sample): number {
  return units / seconds;
}

function greatestOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const at = (index: number) => sorted[index] as number;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { least: at(0), median, greatest: at(sorted.length - 1) };
}
