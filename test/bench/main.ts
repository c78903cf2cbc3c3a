/**
 * `npm run bench`: the benchmarks, all or those that are named. See `--help`.
 *
 * The status is 1 when a case could not be run, unless the machine lacks something that it needs, when the run was broken
 * off, or, in the short version, when a ratio fell to half of what is written down, twice, or is not among what is
 * written down. A target that is not reached is told and is no failure: this measures, it does not judge.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { BenchCase } from './bench-case.ts';
import { casesOf, discoverCases } from './cases.ts';
import { DoesNotApplyError } from './does-not-apply.ts';
import { findFeed } from './feed.ts';
import { readRows, writeRows } from './kept-rows.ts';
import { tableOf } from './page.ts';
import { createRegistries } from './registries.ts';
import { describeRun, type Row, toRow } from './row.ts';
import { runCase, type SharedBench } from './runner.ts';
import { hasFallen, readShortRatios, writeShortRatios } from './short-ratios.ts';

/**
 * Of a run of requests. V8 takes some ten seconds of pushes to compile what they need, so that with runs of three the
 * ratio still rose from the first pair to the last. What else a machine does comes in bursts, so the short version has
 * more and shorter runs, of which most pairs have both sides in the same weather.
 */
const LOAD_SECONDS = { usual: 6, short: 1 };

interface Options {
  readonly json?: true;
  readonly write?: true;
  /** `--short` as well. */
  readonly quick?: true;
  readonly list?: true;
  readonly cases?: string;
}

await new Command('bench')
  .description('Measures the access point beside its limits, on a PostgreSQL of its own, and prints ratios.')
  .argument(
    '[names...]',
    'cases, or how their names begin; when none is named, all but those that take very long',
  )
  .option('--json', 'print the figures as JSON')
  .option(
    '--write',
    'renew their rows in docs/benchmarks.md, or with --short the ratios that are compared with',
  )
  .option(
    '--short, --quick',
    'quick cases on a made-up fleet; fails when a ratio fell to half of what is written',
  )
  .option('--list', 'print the names of the cases')
  .addOption(
    new Option('--cases <folder>', 'take the cases of this folder instead of the own ones').conflicts(
      'write',
    ),
  )
  .action(main)
  .parseAsync();

async function main(names: string[], options: Options, command: Command): Promise<void> {
  const all = await discoverCases(options.cases && resolve(options.cases));
  const unknown = names.filter((name) => casesOf(all, name).length === 0);
  if (unknown.length > 0) command.error(`there is no case ${unknown.join(', ')}: see --list`);
  const cases = chosen(all, names, options).map((one) => (options.quick ? shortened(one) : one));
  if (options.list) return print(cases.map(({ name, ours, beside }) => `${name}: ${ours}, beside ${beside}`));
  const breakingOff = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Not once: who signals the whole group reaches this process again through npm and tsx, and a second one without
    // anybody to hear it would kill it before it has ended what it started.
    process.on(signal, () => {
      process.exitCode = 1;
      breakingOff.abort(new Error(`stopped by ${signal}`));
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'nap-bench-'));
  try {
    const rows = await runAll(cases, { folder, options, signal: breakingOff.signal });
    print([options.json ? JSON.stringify(rows, null, 2) : tableOf(rows)]);
    if (options.write) await (options.quick ? writeShortRatios(rows, all) : writeRows(rows, all));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function chosen(
  cases: readonly BenchCase[],
  names: readonly string[],
  { quick, list }: Options,
): readonly BenchCase[] {
  const named = new Set(names.flatMap((name) => casesOf(cases, name)));
  return cases.filter((one) => {
    const isWanted = names.length > 0 ? named.has(one) : list || !one.isOnlyNamed;
    return isWanted && (!quick || one.pairsInShort !== undefined);
  });
}

function shortened(one: BenchCase): BenchCase {
  return { ...one, pairs: one.pairsInShort ?? one.pairs };
}

async function runAll(
  cases: readonly BenchCase[],
  { folder, options: { quick, write }, signal }: { folder: string; options: Options; signal: AbortSignal },
): Promise<readonly Row[]> {
  const feed = await findFeed(folder, { isShort: quick === true });
  const registries = createRegistries({ folder, feed, signal, say });
  const loadSeconds = quick ? LOAD_SECONDS.short : LOAD_SECONDS.usual;
  const bench = { feed, registries, loadSeconds, folder, signal, say };
  say(`${cases.length} cases on ${feed.title}${quick ? '' : await expectedTime(cases)}`);
  try {
    const rows = await measure(cases, bench);
    return quick && !write ? await comparedWithBefore(rows, cases, bench) : rows;
  } finally {
    await registries.stop();
  }
}

/** By what they took when they were written down. */
async function expectedTime(cases: readonly BenchCase[]): Promise<string> {
  const before = (await readRows()).filter((row) => cases.some(({ name }) => name === row.case));
  if (before.length === 0) return '';
  const minutes = Math.ceil(before.reduce((sum, row) => sum + row.minutes, 0));
  return `; ${before.length} of them took ${minutes} min for docs/benchmarks.md, on ${before[0]?.run.data}`;
}

async function measure(cases: readonly BenchCase[], bench: SharedBench): Promise<Row[]> {
  const { feed, registries, signal } = bench;
  const run = describeRun(feed.title);
  const rows: Row[] = [];
  for (const one of cases) {
    if (signal.aborted) break;
    try {
      const result = await runCase(one, bench);
      rows.push(toRow(result, { ...run, postgresql: await registries.version() }));
    } catch (error) {
      say(`${one.name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
      if (!(error instanceof DoesNotApplyError)) process.exitCode = 1;
    }
  }
  return rows;
}

/** A case that fell gets a second try, since a machine that has other work may take half of it for a while. */
async function comparedWithBefore(
  rows: readonly Row[],
  cases: readonly BenchCase[],
  bench: SharedBench,
): Promise<readonly Row[]> {
  const known = await readShortRatios();
  if (known === null) {
    say('nothing to compare with: "npm run bench -- --short --write" writes it down');
    return rows;
  }
  for (const { case: name } of rows.filter((row) => known[row.case] === undefined)) {
    say(`${name} has nothing to compare with: "npm run bench -- --short --write" writes it down`);
    process.exitCode = 1;
  }
  const fallen = rows.filter((row) => hasFallen(row, known)).map((row) => row.case);
  if (fallen.length > 0) say(`${fallen.join(', ')} fell by half or more, and gets a second try`);
  const again = await measure(
    cases.filter(({ name }) => fallen.includes(name)),
    bench,
  );
  for (const row of again.filter((one) => hasFallen(one, known))) {
    say(`${row.case} fell: its ratio is ${row.ratio}, it was ${known[row.case]}`);
    process.exitCode = 1;
  }
  return rows.map((row) => again.find((second) => second.case === row.case) ?? row);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
