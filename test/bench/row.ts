/**
 * A result as programs read it: what `--json` prints and `docs/benchmarks.json` keeps. Each row says with what it was
 * made, so that rows of several runs stand together.
 */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Target } from './bench-case.ts';
import type { Result } from './runner.ts';

/** Where and with what a run was made. */
export interface Run {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  /** Null where no server was needed. */
  readonly postgresql: string | null;
  readonly data: string;
}

export interface Row {
  readonly case: string;
  /** What we do, and what stands beside it. */
  readonly ours: string;
  readonly beside: string;
  /** Of `value`, ours, and `limit`, that of the other: the middle of the pairs. */
  readonly unit: string;
  readonly value: number;
  readonly limit: number;
  readonly of: Target['of'];
  /** The middle of the pairs, the least and the greatest. */
  readonly ratio: number;
  readonly ratio_least: number;
  readonly ratio_greatest: number;
  /** Null for a figure that is only stated. */
  readonly target: number | null;
  readonly direction: 'at_most' | 'at_least';
  /** Milliseconds, where the target asks for them too. */
  readonly p99_ms: number | null;
  readonly p99_target_ms: number | null;
  readonly held: boolean;
  /** Megabytes, the most that our process had. */
  readonly rss_mb: number | null;
  readonly notes: readonly string[];
  readonly pairs: number;
  readonly minutes: number;
  readonly run: Run;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** To be asked at the start: the working tree may change meanwhile. */
export function describeRun(data: string): Omit<Run, 'postgresql'> {
  const processors = cpus();
  const model = processors[0]?.model.trim() || 'unknown processor';
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: `${processors.length} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    node: process.versions.node,
    data,
  };
}

/** With a plus when the working tree has something else, but for what a run itself writes; `unknown` without git. */
function commit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--', '.', ':!docs/benchmarks*') !== '';
    return git('rev-parse', '--short', 'HEAD') + (isChanged ? '+' : '');
  } catch {
    return 'unknown';
  }
}

export function toRow(result: Result, run: Run): Row {
  const { name, ours, beside, unit, target } = result.case;
  const { ratio, p99 } = result;
  return {
    ...{ case: name, ours, beside },
    unit: target.of === 'memory' ? 'MB' : `${unit}/s`,
    value: rounded(result.ours.median),
    limit: rounded(result.beside.median),
    of: target.of,
    ratio: rounded(ratio.median),
    ratio_least: rounded(ratio.least),
    ratio_greatest: rounded(ratio.greatest),
    target: target.isStated ? null : rounded(target.ratio),
    direction: target.of === 'rate' ? 'at_least' : 'at_most',
    p99_ms: p99 && rounded(p99.median),
    p99_target_ms: target.p99 ?? null,
    held: holds(target, ratio.median, p99?.median ?? null),
    rss_mb: result.ourMegabytes && Math.round(result.ourMegabytes),
    notes: result.notes,
    pairs: result.pairs,
    minutes: rounded(result.minutes),
    run,
  };
}

/** Whether the middle of the pairs is as the target asks. A figure that is only stated always holds. */
function holds(target: Target, ratio: number, p99: number | null): boolean {
  if (target.isStated) return true;
  const isFast = target.p99 === undefined || (p99 !== null && p99 < target.p99);
  return isFast && (target.of === 'rate' ? ratio >= target.ratio : ratio <= target.ratio);
}

/** More figures than a measurement has. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
