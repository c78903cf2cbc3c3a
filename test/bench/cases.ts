/** The cases, found by their folder, and those of them that are asked for. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchCase } from './bench-case.ts';

const FOLDER = join(import.meta.dirname, 'cases');

/** @param folder of files that export `cases` */
export async function discoverCases(folder = FOLDER): Promise<BenchCase[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const modules = await Promise.all(files.map((file) => import(join(folder, file)) as Promise<CaseModule>));
  return modules.flatMap(({ cases }) => cases);
}

interface CaseModule {
  readonly cases: readonly BenchCase[];
}

/** Those of this name, or else those whose names begin so. */
export function casesOf(cases: readonly BenchCase[], asked: string): BenchCase[] {
  const exact = cases.filter(({ name }) => name === asked);
  return exact.length > 0 ? exact : cases.filter(({ name }) => name.startsWith(asked));
}
