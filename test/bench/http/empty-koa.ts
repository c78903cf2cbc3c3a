/** A Koa application that does nothing, to stand beside our server: see `empty-koa-process.ts`. */
import { join } from 'node:path';
import type { Bench } from '../bench-case.ts';
import { startBenchProcess } from '../bench-process.ts';

/** Bodies of answers to GET, by path and query. */
export type Answers = ReadonlyMap<string, Buffer>;

export interface EmptyKoa {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly origin: string;
  peakMegabytes(): Promise<number>;
}

export async function startEmptyKoa(
  bench: Pick<Bench, 'atEnd'>,
  answers: Answers = new Map(),
): Promise<EmptyKoa> {
  const file = join(import.meta.dirname, 'empty-koa-process.ts');
  const child = startBenchProcess<Answers, string>(bench, file);
  const origin = await child.do(answers);
  return { origin, peakMegabytes: child.peakMegabytes };
}
