/** What a run of requests is as a sample of a case: its units are requests. */
import type { Sample } from '../bench-case.ts';
import type { LoadResult } from './load.ts';

/** @param peakMegabytes of the server that was asked */
export function loadSample(
  { seconds, answered, p50, p99, clientShare }: LoadResult,
  peakMegabytes: number,
): Sample {
  return { seconds, units: answered, peakMegabytes, p99, clientShare, note: `p50 ${Math.round(p50)} ms` };
}
