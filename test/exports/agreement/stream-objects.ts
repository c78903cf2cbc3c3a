/**
 * The objects of a published file of any size, one after the other, in the memory of a few of them. It leans on what
 * our own files promise: JSON has an object a line, Parquet small row groups. `read-file.ts` reads strictly.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { deserialize } from 'flatgeobuf/lib/mjs/geojson.js';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

/** Begins a record of a GeoJSON Text Sequence. */
const RECORD_SEPARATOR = '\u001e';

export type Told = Record<string, unknown>;

/** By the end of the file's name. Throws for one that it has no reader for. */
export function streamObjects(path: string): AsyncIterable<Told> {
  if (path.endsWith('.csv')) return rowsOf(path);
  if (path.endsWith('.fgb')) return featuresOf(path);
  if (path.endsWith('.parquet')) return parquetRowsOf(path);
  if (/\.(geojson|geojsons|json)$/.test(path)) return linesOf(path);
  throw new Error(`give test/exports/agreement/stream-objects.ts a reader for ${path}`);
}

/** Lines that are an object; not the one that opens a collection or an envelope, nor the one that closes it. */
async function* linesOf(path: string): AsyncGenerator<Told> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const text = line.slice(line.startsWith(RECORD_SEPARATOR) ? 1 : 0).replace(/,$/, '');
    if (text.startsWith('{') && text.endsWith('}')) yield JSON.parse(text);
  }
}

async function* rowsOf(path: string): AsyncGenerator<Told> {
  yield* createReadStream(path).pipe(parse({ columns: true, record_delimiter: '\r\n' }));
}

async function* featuresOf(path: string): AsyncGenerator<Told> {
  const features = deserialize(Readable.toWeb(createReadStream(path)) as never);
  for await (const feature of features) yield { ...feature };
}

async function* parquetRowsOf(path: string): AsyncGenerator<Told> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    yield* await parquetReadObjects({ file, metadata, rowStart, rowEnd });
    rowStart = rowEnd;
  }
}
