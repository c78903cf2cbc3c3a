/** The client of benchmarks over HTTP: it lives in a process of its own, and is the same for both sides. */
import { join } from 'node:path';
import type { Bench } from '../bench-case.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { CrawlOrder, CrawlResult } from './crawl.ts';
import type { LoadOrder, LoadResult } from './load.ts';

export interface BenchClient {
  load(order: Omit<LoadOrder, 'kind'>): Promise<LoadResult>;
  crawl(order: Omit<CrawlOrder, 'kind'>): Promise<CrawlResult>;
}

export function startClient(bench: Pick<Bench, 'atEnd'>): BenchClient {
  const file = join(import.meta.dirname, 'client-process.ts');
  const child: BenchProcess<LoadOrder | CrawlOrder, unknown> = startBenchProcess(bench, file);
  return {
    load: (order) => child.do({ kind: 'load', ...order }) as Promise<LoadResult>,
    crawl: (order) => child.do({ kind: 'crawl', ...order }) as Promise<CrawlResult>,
  };
}
