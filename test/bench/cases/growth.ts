/**
 * What an object costs when there are three and ten times as many: ingest, crawl, build of files and PATCH, on
 * registries with the feed once, three times and ten times over, each beside the next smaller one. A tenth more a step
 * is what a deeper index may take. The memory of the process is to be the same, so that it too has a tenth.
 *
 * Each size is taken in and measured once, for all cases together: run them as one, `npm run bench -- growth`. Ten times
 * a national feed takes some ten gigabytes of disk.
 */
import type { BenchCase, Target } from '../bench-case.ts';
import { GROWN_WAYS, type GrownWay, grownSample } from '../growth/grown-sample.ts';

/** Copies of the feed, and of what they stand beside. */
const STEPS = [
  { copies: 3, before: 1 },
  { copies: 10, before: 3 },
] as const;

/** Each as the cases of that name have it. */
const WAYS: Readonly<Record<GrownWay, { does: string; unit: string }>> = {
  ingest: { does: 'first ingest from a file', unit: 'Locations' },
  crawl: { does: 'crawl of all, 1,000 a page', unit: 'Locations' },
  build: { does: 'full build of GeoJSON and CSV', unit: 'Locations' },
  patch: { does: 'PATCH of random EVSEs, 64 connections', unit: 'requests' },
};

function growthCase(way: GrownWay, { copies, before }: (typeof STEPS)[number], of: Target['of']): BenchCase {
  const { does, unit } = WAYS[way];
  return {
    name: of === 'memory' ? `growth-${way}-memory-${copies}` : `growth-${way}-${copies}`,
    ours: `${of === 'memory' ? 'memory of that: ' : ''}${does}, ${copies} times the feed`,
    beside: before === 1 ? 'the feed once' : `${before} times the feed`,
    unit,
    target: { of, ratio: 1.1 },
    section: 'Growth',
    pairs: 1,
    isOnlyNamed: true,
    isWithoutWarmUp: true,
    open: async (bench) => ({
      ours: () => grownSample(bench, way, copies),
      beside: () => grownSample(bench, way, before),
    }),
  };
}

export const cases: readonly BenchCase[] = GROWN_WAYS.flatMap((way) =>
  (['time', 'memory'] as const).flatMap((of) => STEPS.map((step) => growthCase(way, step, of))),
);
