/** The objects of a feed, one after the other: of a JSON list in a file, packed with gzip or not. */
import { createReadStream } from 'node:fs';
import { sniffedGunzip } from '../../ingest/http/body.ts';
import { elementValue } from '../../ingest/json-element.ts';
import { readJsonList } from '../../ingest/json-list.ts';

/** More than any of the feeds has unpacked. */
const FILE_BYTES = 1024 ** 3;

export async function* objectsOf(path: string): AsyncGenerator<unknown> {
  for await (const batch of readJsonList(sniffedGunzip(createReadStream(path), FILE_BYTES, path))) {
    yield* batch.map(elementValue);
  }
}
