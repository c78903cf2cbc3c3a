/** What a run of requests is as a sample of a case: its units are requests. */
import type { Sample } from '../bench-case.ts';
import type { LoadResult } from './load.ts';

/** @param peakMegabytes of the server that was asked */
export function loadSample({ seconds, answered, p50, p99 }: LoadResult, peakMegabytes: number): Sample {
  const note = `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  return { seconds, units: answered, peakMegabytes, note };
}
