/** A full build of GeoJSON and CSV in a process of its own, from nothing to published files, which are then removed. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Sample } from '../bench-case.ts';
import { startBenchProcess } from '../bench-process.ts';
import type { BuildOrder, BuildResult } from './build-process.ts';

const BUILD_PROCESS = join(import.meta.dirname, 'build-process.ts');

/** Units are Locations; `lines` are those of the table, its header included. */
export async function buildFiles(
  bench: Pick<Bench, 'atEnd'>,
  order: BuildOrder,
): Promise<Sample & Pick<BuildResult, 'lines'>> {
  const child = startBenchProcess<BuildOrder, BuildResult>(bench, BUILD_PROCESS);
  try {
    const { seconds, locations, lines } = await child.do(order);
    return { seconds, units: locations, lines, peakMegabytes: await child.peakMegabytes() };
  } finally {
    await child.stop();
    await rm(order.directory, { recursive: true, force: true });
  }
}
