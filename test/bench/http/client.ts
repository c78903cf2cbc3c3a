/** The client of benchmarks over HTTP: it lives in a process of its own, and is the same for both sides. */
import { join } from 'node:path';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';
import type { CrawlOrder, CrawlResult } from './crawl.ts';
import type { LoadOrder, LoadResult } from './load.ts';

export interface BenchClient {
  load(order: Omit<LoadOrder, 'kind'>): Promise<LoadResult>;
  crawl(order: Omit<CrawlOrder, 'kind'>): Promise<CrawlResult>;
  stop(): Promise<void>;
}

export function startClient(): BenchClient {
  const file = join(import.meta.dirname, 'client-process.ts');
  const child: BenchProcess<LoadOrder | CrawlOrder, unknown> = startBenchProcess(file);
  return {
    load: (order) => child.do({ kind: 'load', ...order }) as Promise<LoadResult>,
    crawl: (order) => child.do({ kind: 'crawl', ...order }) as Promise<CrawlResult>,
    stop: () => child.stop(),
  };
}
