/**
 * What a segment of pieces is put together from: runs of pieces that follow each other, kept from the former segment
 * or written anew, each with the separators between its pieces.
 */
import type { Segment } from './file-index.ts';

export interface Run {
  readonly objects: readonly number[];
  /** Of each of its pieces. */
  readonly lengths: readonly number[];
  readonly bytes: Buffer;
}

/** What is to stay of a former segment: cut wherever one of these objects, in ascending order, goes or comes. */
export function keptRuns(segment: Segment, bytes: Buffer, separator: number, cuts: readonly number[]): Run[] {
  const kept: { objects: number[]; lengths: number[]; from: number; to: number }[] = [];
  let isCut = true;
  let cut = 0;
  let offset = segment.isLed ? separator : 0;
  segment.objects.forEach((id, index) => {
    const from = offset;
    const length = segment.lengths[index] as number;
    offset += length + separator;
    for (; (cuts[cut] ?? Number.POSITIVE_INFINITY) < id; cut += 1) isCut = true;
    const run = kept.at(-1);
    if (cuts[cut] === id) {
      isCut = true;
    } else if (isCut || !run) {
      kept.push({ objects: [id], lengths: [length], from, to: from + length });
      isCut = false;
    } else {
      run.objects.push(id);
      run.lengths.push(length);
      run.to = from + length;
    }
  });
  return kept.map(({ from, to, ...run }) => ({ ...run, bytes: bytes.subarray(from, to) }));
}

/** Runs, given in any order, as one, with a separator before it where the segment is led by one. */
export function joinRuns(runs: readonly Run[], separator: Buffer, isLed: boolean): Run {
  const ordered = [...runs].sort((a, b) => (a.objects[0] as number) - (b.objects[0] as number));
  const parts = ordered.flatMap(({ bytes }, index) => (index > 0 || isLed ? [separator, bytes] : [bytes]));
  return {
    objects: ordered.flatMap(({ objects }) => objects),
    lengths: ordered.flatMap(({ lengths }) => lengths),
    bytes: Buffer.concat(parts),
  };
}
