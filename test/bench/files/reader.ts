/**
 * Reads one URL again and again over connections that are kept alive, and counts what comes: a process of its own
 * (`reader-process.ts`), the same for both sides. A body is read into one buffer and let go, which costs no more than
 * the kernel's copy of it.
 *
 * Fails for an answer that is not as expected.
 */
import { join } from 'node:path';
import type { Bench } from '../bench-case.ts';
import { type BenchProcess, startBenchProcess } from '../bench-process.ts';

export interface ReadOrder {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Requests over each of them, one after the other. */
  readonly requestsEach: number;
  readonly expected: {
    readonly status: number;
    /** Of the body. */
    readonly bytes: number;
  };
}

export interface ReadResult {
  /** From the first request to the end of the last answer; connections are open before. */
  readonly seconds: number;
  /** Of one processor, that the client itself took: near one, it is the client that is measured. */
  readonly clientShare: number;
}

export function startReader(bench: Pick<Bench, 'atEnd'>): BenchProcess<ReadOrder, ReadResult> {
  return startBenchProcess(bench, join(import.meta.dirname, 'reader-process.ts'));
}
