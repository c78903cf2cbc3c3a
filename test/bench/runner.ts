/**
 * Runs a case: opens it, runs both sides by turns, and says their ratio pair by pair, so that it holds also where the
 * speed of the machine drifts. The first pair warms up and is not counted, unless the case says that it needs none.
 *
 * Guarantees: whatever the case started is ended when this returns or throws, also when `signal` breaks it off.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, BenchCase, Sample, Target } from './bench-case.ts';
import { Closers } from './closers.ts';

/** The least, the middle and the greatest. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly greatest: number;
}

export interface Result {
  readonly case: BenchCase;
  readonly pairs: number;
  /** As `target.of` says: see `Target`. */
  readonly ratio: Spread;
  /** Units a second; megabytes where the ratio is one of memory. */
  readonly ours: Spread;
  readonly beside: Spread;
  /** The most memory in any run, in megabytes; null where our side is not a process of ours. */
  readonly ourMegabytes: number | null;
  /** Of our side; null where no client waits for answers. */
  readonly p99: Spread | null;
  readonly notes: readonly string[];
  /** The whole case, with what others after it find prepared. */
  readonly minutes: number;
}

interface Pair {
  readonly ours: Sample;
  readonly beside: Sample;
}

/** What all cases of a run have in common; the rest is each case's own. */
export type SharedBench = Omit<Bench, 'folder' | 'atEnd'> & { readonly folder: string };

export async function runCase(one: BenchCase, bench: SharedBench): Promise<Result> {
  const folder = await mkdtemp(join(bench.folder, `${one.name}-`));
  const closers = new Closers();
  const start = performance.now();
  const work = measure(one, { ...bench, folder, atEnd: (end) => closers.add(end) });
  try {
    const pairs = await orAborted(work, bench.signal);
    return toResult(one, pairs, (performance.now() - start) / 60_000);
  } finally {
    const errors = await closers.closeAll();
    // Broken off, it fails once it misses what was ended; until then it may have started something.
    await work.catch(() => {});
    errors.push(...(await closers.closeAll()));
    for (const { message } of errors) bench.say(`${one.name} could not be ended properly: ${message}`);
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(one: BenchCase, bench: Bench): Promise<Pair[]> {
  const rig = await one.open(bench);
  const pairs: Pair[] = [];
  for (let turn = one.isWithoutWarmUp ? 1 : 0; turn <= one.pairs; turn += 1) {
    bench.signal.throwIfAborted();
    const pair = { ours: await rig.ours(), beside: await rig.beside() };
    const count = turn === 0 ? 'warm-up' : `${turn} of ${one.pairs}`;
    bench.say(`${one.name}, ${count}: ${ratioOf(one.target, pair).toPrecision(2)}`);
    if (turn > 0) pairs.push(pair);
  }
  return pairs;
}

/** The result of the work, unless the signal comes first. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const listening = new AbortController();
  const aborted = once(signal, 'abort', { signal: listening.signal }).then(() => signal.throwIfAborted());
  // Nobody waits for it once the work is done.
  aborted.catch(() => {});
  try {
    return (await Promise.race([work, aborted])) as Result;
  } finally {
    listening.abort();
  }
}

function toResult(one: BenchCase, pairs: readonly Pair[], minutes: number): Result {
  const { target } = one;
  const ours = pairs.map((pair) => pair.ours);
  const beside = pairs.map((pair) => pair.beside);
  const p99 = ours.map((sample) => sample.p99).filter((value) => value !== undefined);
  return {
    case: one,
    pairs: pairs.length,
    ratio: spreadOf(pairs.map((pair) => ratioOf(target, pair))),
    ours: spreadOf(ours.map((sample) => figureOf(target, sample))),
    beside: spreadOf(beside.map((sample) => figureOf(target, sample))),
    ourMegabytes: greatestOf(ours.map(({ peakMegabytes }) => peakMegabytes)),
    p99: p99.length > 0 ? spreadOf(p99) : null,
    notes: [ours.at(-1)?.note, clientNote(ours.at(-1), beside.at(-1))].filter((note) => note !== undefined),
    minutes,
  };
}

/** How busy the client was with each side, from which one sees what it hides. */
function clientNote(ours: Sample | undefined, beside: Sample | undefined): string | undefined {
  if (ours?.clientShare === undefined || beside?.clientShare === undefined) return undefined;
  const [one, other] = [ours, beside].map(({ clientShare = 0 }) => Math.round(100 * clientShare));
  return `client at ${one} and ${other} % of a core`;
}

function ratioOf({ of }: Pick<Target, 'of'>, pair: Pair): number {
  const [ours, beside] = [figureOf({ of }, pair.ours), figureOf({ of }, pair.beside)];
  return of === 'time' ? beside / ours : ours / beside;
}

function figureOf({ of }: Pick<Target, 'of'>, { units, seconds, peakMegabytes }: Sample): number {
  return of === 'memory' ? (peakMegabytes ?? Number.NaN) : units / seconds;
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
