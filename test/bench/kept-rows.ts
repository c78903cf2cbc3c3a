/**
 * `docs/benchmarks.json` and the page that is drawn from it. A run renews the rows of its cases and leaves the others;
 * rows of cases that are no more go.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BenchCase } from './bench-case.ts';
import { pageOf } from './page.ts';
import type { Row } from './row.ts';

export const DOCS = resolve(import.meta.dirname, '../../docs');

export async function readRows(folder = DOCS): Promise<Row[]> {
  const text = await readFile(`${folder}/benchmarks.json`, 'utf8').catch(() => '[]');
  return JSON.parse(text) as Row[];
}

/** @param cases all that there are, in the order of the page */
export async function writeRows(
  measured: readonly Row[],
  cases: readonly BenchCase[],
  folder = DOCS,
): Promise<void> {
  const all = [...measured, ...(await readRows(folder))];
  const rows = cases
    .map(({ name }) => all.find((row) => row.case === name))
    .filter((row) => row !== undefined);
  await writeFile(`${folder}/benchmarks.json`, `${JSON.stringify(rows, null, 2)}\n`);
  await writeFile(`${folder}/benchmarks.md`, pageOf(rows, cases));
}
