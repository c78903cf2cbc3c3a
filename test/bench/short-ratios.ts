/** The ratios that the short version is held to: `docs/benchmarks-short.json`, written by `--short --write`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCS } from './kept-rows.ts';
import type { Row } from './row.ts';

const FILE = join(DOCS, 'benchmarks-short.json');

/** What is worse than this much worse is a fall, and no noise. */
const FALL = 2;

export type ShortRatios = Readonly<Record<string, number>>;

/** None when they were never written. */
export async function readShortRatios(): Promise<ShortRatios> {
  return JSON.parse(await readFile(FILE, 'utf8').catch(() => '{}')) as ShortRatios;
}

export async function writeShortRatios(rows: readonly Row[]): Promise<void> {
  const ratios = Object.fromEntries(rows.map((row) => [row.case, Number(row.ratio.toPrecision(3))]));
  await writeFile(FILE, `${JSON.stringify(ratios, null, 2)}\n`);
}

export function hasFallen({ case: name, ratio, direction }: Row, known: ShortRatios): boolean {
  const before = known[name];
  if (before === undefined) return false;
  return direction === 'at_most' ? ratio > before * FALL : ratio < before / FALL;
}
