/**
 * `npm run bench`: the benchmarks, all or those that are named. See `--help`.
 *
 * The status is 1 when a case could not be run, unless the machine lacks something that it needs, or, in the short
 * version, when a ratio fell to half of what is written down. A target that is not reached is told and is no failure:
 * this measures, it does not judge.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { BenchCase } from './bench-case.ts';
import { DoesNotApplyError } from './does-not-apply.ts';
import { findFeed } from './feed.ts';
import { startRegistries } from './registries.ts';
import { type Failure, machine, pageOf, type Report, tableOf } from './report.ts';
import { type Result, runCase } from './runner.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CASES = join(import.meta.dirname, 'cases');
const PAGE = join(ROOT, 'docs/benchmarks.md');
const SHORT_RATIOS = join(ROOT, 'docs/benchmarks-short.json');

/** Of a ratio that is written down: what is worse than this much worse is a fall, and no noise. */
const FALL = 2;

interface Options {
  readonly json?: true;
  readonly write?: true;
  readonly short?: true;
  readonly list?: true;
}

await new Command('bench')
  .description('Measures the access point beside its limits, on a PostgreSQL of its own, and prints ratios.')
  .argument('[names...]', 'cases to run; when none is named all but those that take very long')
  .option('--json', 'print the figures as JSON')
  .option('--write', 'write docs/benchmarks.md, or with --short the ratios that are compared with')
  .option(
    '--short',
    'quick cases on a made-up fleet; fails when a ratio fell to half of what was written down',
  )
  .option('--list', 'print the names of the cases')
  .action(main)
  .parseAsync();

async function main(names: string[], options: Options): Promise<void> {
  const cases = chosen(await discoverCases(), names, options);
  if (options.list) return print(cases.map(({ name, ours, beside }) => `${name}: ${ours}, beside ${beside}`));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
  }
  const folder = await mkdtemp(join(tmpdir(), 'nap-bench-'));
  try {
    const report = await runAll(cases, { folder, options, signal: stopping.signal });
    print([options.json ? JSON.stringify(report, null, 2) : tableOf(report)]);
    if (options.write && !options.short) await writeFile(PAGE, pageOf(report));
    if (options.short) await compareOrWrite(report, options);
    if (report.failures.some(({ isExcused }) => !isExcused)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(
  cases: readonly BenchCase[],
  { folder, options, signal }: { folder: string; options: Options; signal: AbortSignal },
): Promise<Report> {
  const feed = await findFeed(folder, { isShort: options.short === true });
  say(`${cases.length} cases on ${feed.title}`);
  const registries = await startRegistries(folder, feed, say);
  const results: Result[] = [];
  const failures: Failure[] = [];
  try {
    for (const one of cases) {
      if (signal.aborted) break;
      try {
        results.push(await runCase(one, { feed, registries, folder, signal, say }));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        say(`${one.name} could not be measured: ${reason}`);
        failures.push({ name: one.name, reason, isExcused: error instanceof DoesNotApplyError });
      }
    }
  } finally {
    await registries.stop();
  }
  const circumstances = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim(),
    machine: machine(),
    node: process.versions.node,
    postgresql: registries.version,
    data: feed.title,
  };
  return { circumstances, results, failures };
}

async function discoverCases(): Promise<BenchCase[]> {
  const files = (await readdir(CASES)).filter((name) => name.endsWith('.ts')).sort();
  const modules = await Promise.all(files.map((file) => import(join(CASES, file)) as Promise<CaseModule>));
  return modules.flatMap(({ cases }) => cases);
}

interface CaseModule {
  readonly cases: readonly BenchCase[];
}

function chosen(
  cases: readonly BenchCase[],
  names: readonly string[],
  { short, list }: Options,
): BenchCase[] {
  const unknown = names.filter((name) => cases.every((one) => one.name !== name));
  if (unknown.length > 0) {
    throw new Error(
      `there is no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}`,
    );
  }
  return cases.filter(({ name, isInShort, isOnlyNamed }) => {
    const isWanted = names.length === 0 ? list || !isOnlyNamed : names.includes(name);
    return isWanted && (!short || isInShort);
  });
}

/** The short version: writes the ratios down, or fails when one is half as good as what is written. */
async function compareOrWrite({ results }: Report, { write }: Options): Promise<void> {
  if (write) {
    const ratios = Object.fromEntries(
      results.map(({ name, ratio }) => [name, Number(ratio.median.toFixed(3))]),
    );
    return writeFile(SHORT_RATIOS, `${JSON.stringify(ratios, null, 2)}\n`);
  }
  const text = await readFile(SHORT_RATIOS, 'utf8').catch(() => null);
  if (text === null) return say(`nothing to compare with: "npm run bench -- --short --write" writes it`);
  const known = JSON.parse(text) as Record<string, number>;
  for (const { name, ratio, target } of results) {
    const before = known[name];
    if (before === undefined) continue;
    const isFall = target.of === 'time' ? ratio.median > before * FALL : ratio.median < before / FALL;
    if (!isFall) continue;
    say(`${name} fell: its ratio is ${ratio.median.toFixed(2)}, it was ${before}`);
    process.exitCode = 1;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
