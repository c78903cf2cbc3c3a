/**
 * A full build of `locations.geojson` and `locations.csv`, beside `COPY` of queries that make the same content.
 *
 * Ours makes more of it: both views of each file, each as it is and gzipped, with hashes and an index, and publishes
 * them. `COPY` writes the content of one view once, on the server itself, so that nothing goes over a connection.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Bench, BenchCase, Rig, Sample } from '../bench-case.ts';
import { FEATURES, TABLE } from '../files/equal-queries.ts';
import { buildFiles } from '../files/full-build.ts';

export const cases: readonly BenchCase[] = [
  {
    name: 'build-files',
    ours: 'full build of GeoJSON and CSV',
    beside: 'COPY of equal queries to files',
    unit: 'Locations',
    target: { of: 'time', ratio: 1.5 },
    pairs: 3,
    pairsInShort: 7,
    open,
  },
];

async function open(bench: Bench): Promise<Rig> {
  const registry = await bench.registries.filled();
  bench.atEnd(registry.drop);
  // Of the user that PostgreSQL runs as, which may not look into ours.
  const serverFolder = await mkdtemp(join(tmpdir(), 'nap-bench-copy-'));
  bench.atEnd(() => rm(serverFolder, { recursive: true, force: true }));
  await chmod(serverFolder, 0o777);
  const client = new pg.Client({ connectionString: registry.url });
  await client.connect();
  bench.atEnd(() => client.end());
  let built: Awaited<ReturnType<typeof buildFiles>> | null = null;

  async function build(): Promise<Sample> {
    built = await buildFiles(bench, { url: registry.url, directory: join(bench.folder, 'files') });
    return built;
  }

  async function copy(): Promise<Sample> {
    const start = performance.now();
    const features = await client.query(`copy (${FEATURES}) to '${join(serverFolder, 'features')}'`);
    const rows = await client.query(
      `copy (${TABLE}) to '${join(serverFolder, 'table')}' with (format csv, header)`,
    );
    const seconds = (performance.now() - start) / 1000;
    if (built?.units !== features.rowCount || built?.lines !== Number(rows.rowCount) + 1) {
      throw new Error(
        `the build has ${built?.units} Locations and ${built?.lines} lines, ` +
          `COPY ${features.rowCount} and ${rows.rowCount} without the header`,
      );
    }
    return { seconds, units: Number(features.rowCount), peakMegabytes: null };
  }

  return { ours: build, beside: copy };
}
