/** Builds `locations.geojson` and `locations.csv` from nothing, in one pass, as compiled code: see `cases/build-files.ts`. */
import { createReadStream } from 'node:fs';
import { pino } from 'pino';
import { takeOrders } from '../bench-process.ts';
import { importCompiled } from '../compiled.ts';

export interface BuildOrder {
  /** Of the database; an embedded one when there is none. */
  readonly url?: string;
  /** Where the embedded engine keeps its data. */
  readonly dataDirectory?: string;
  /** Where the files are published; not there yet. */
  readonly directory: string;
}

export interface BuildResult {
  readonly seconds: number;
  readonly locations: number;
  /** Of the table, its header included. */
  readonly lines: number;
}

const PUBLICATION = { name: 'Benchmark', licence: 'CC0-1.0', attribution: 'Benchmark' };

takeOrders(build);

async function build({ url, directory, dataDirectory = directory }: BuildOrder): Promise<BuildResult> {
  const { openDatabase } =
    await importCompiled<typeof import('../../../db/connection.ts')>('db/connection.js');
  const { createSnapshots } =
    await importCompiled<typeof import('../../../exports/snapshots.ts')>('exports/snapshots.js');
  const { locationsGeojson } = await importCompiled<
    typeof import('../../../exports/formats/locations-geojson.ts')
  >('exports/formats/locations-geojson.js');
  const { locationsCsv } = await importCompiled<typeof import('../../../exports/formats/locations-csv.ts')>(
    'exports/formats/locations-csv.js',
  );
  const database = await openDatabase({ url, dataDirectory });
  const snapshots = createSnapshots({
    ...{ knex: database.knex, directory, publication: PUBLICATION, clock: () => new Date() },
    ...{ logger: pino({ level: 'warn' }), formats: [locationsGeojson, locationsCsv] },
  });
  try {
    const start = performance.now();
    const reports = await snapshots.build();
    const seconds = (performance.now() - start) / 1000;
    const failed = reports.find(({ state }) => state !== 'built');
    if (failed) throw new Error(`${failed.format} was not built: ${failed.problem ?? failed.state}`);
    const table = await snapshots.current(locationsCsv.name);
    if (!table) throw new Error('the table was built and is not there');
    return { seconds, locations: table.objects, lines: await countLines(table.identity.path) };
  } finally {
    await snapshots.close();
    await database.close();
  }
}

const LINE_FEED = 0x0a;

async function countLines(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1;
  }
  return lines;
}
