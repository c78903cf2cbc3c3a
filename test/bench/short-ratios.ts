/** The ratios that the short version is held to: `docs/benchmarks-short.json`, written by `--short --write`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchCase } from './bench-case.ts';
import { DOCS } from './kept-rows.ts';
import type { Row } from './row.ts';

const FILE = join(DOCS, 'benchmarks-short.json');

/** What is worse than this much worse is a fall, and no noise. */
const FALL = 2;

export type ShortRatios = Readonly<Record<string, number>>;

/** Null when they were never written. */
export async function readShortRatios(): Promise<ShortRatios | null> {
  return JSON.parse(await readFile(FILE, 'utf8').catch(() => 'null')) as ShortRatios | null;
}

/** Those that were measured; of the other cases the ratios stay. */
export async function writeShortRatios(rows: readonly Row[], cases: readonly BenchCase[]): Promise<void> {
  const known = (await readShortRatios()) ?? {};
  const ratios = cases
    .filter(({ pairsInShort }) => pairsInShort !== undefined)
    .map(({ name }) => [name, rows.find((row) => row.case === name)?.ratio ?? known[name]] as const)
    .filter(([, ratio]) => ratio !== undefined);
  await writeFile(FILE, `${JSON.stringify(Object.fromEntries(ratios), null, 2)}\n`);
}

export function hasFallen({ case: name, ratio, direction }: Row, known: ShortRatios): boolean {
  const before = known[name];
  if (before === undefined) return false;
  return direction === 'at_most' ? ratio > before * FALL : ratio < before / FALL;
}
