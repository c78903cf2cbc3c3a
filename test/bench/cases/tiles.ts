/**
 * A vector tile that is in no cache: read from the registry and encoded by us, beside `ST_AsMVT`, which makes the same
 * tile of the same rows within the database. Both are asked for over the same connection, one tile after the other, and
 * before that each tile is made both ways and compared, feature by feature.
 */
import { join } from 'node:path';
import type { Bench, BenchCase, Rig, Side } from '../bench-case.ts';
import { startBenchProcess } from '../bench-process.ts';
import type { TileOrder, TileResult } from '../tiles/tile-process.ts';

const TILE_PROCESS = join(import.meta.dirname, '../tiles/tile-process.ts');

const ZOOMS = [6, 10, 14];

export const cases: readonly BenchCase[] = ZOOMS.map((zoom) => ({
  name: `tile-${zoom}`,
  ours: `tile of zoom ${zoom}, uncached`,
  beside: 'ST_AsMVT of the same rows',
  unit: 'tiles',
  target: { of: 'time', ratio: 1.5 },
  pairs: 5,
  // Zoom 6 is made the same way as 10.
  ...(zoom > 6 ? { pairsInShort: 9 } : {}),
  open: (bench) => open(bench, zoom),
}));

async function open(bench: Bench, zoom: number): Promise<Rig> {
  const registry = await bench.registries.filled();
  bench.atEnd(registry.drop);
  const child = startBenchProcess<TileOrder, TileResult>(bench, TILE_PROCESS);
  await child.do({ kind: 'open', url: registry.url });
  const { features } = await child.do({ kind: 'compare', zoom });

  function side(kind: 'ours' | 'beside'): Side {
    return async () => {
      const made = await child.do({ kind, zoom });
      if (made.features !== features) throw new Error(`${made.features} features instead of ${features}`);
      // One process makes both; beside ours it only waits.
      const peakMegabytes = kind === 'ours' ? await child.peakMegabytes() : null;
      const note = `${Math.round(features / made.tiles)} features a tile`;
      return { seconds: made.seconds, units: made.tiles, peakMegabytes, note };
    };
  }

  return { ours: side('ours'), beside: side('beside') };
}
