// The objects that a simulated platform serves, kept as the JSON text that goes out,
// so that a page is texts joined and nothing is built up for each request. Rows stay
// in the order in which they came; a file that brings one key twice is served as it
// is, with both rows. Guarantees that what is read back is, byte for byte, what was
// put in (for a file) or its JSON (for an object). Fails when a file is not a list of
// JSON objects, with the path in the message.

import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { splitList } from './json-text.ts';

const gunzipAsync = promisify(gunzip);

/** One object as it is served. */
export interface StoredObject {
  key: string;
  id: string;
  /** Milliseconds; not a number when the owner gave no usable time. */
  lastUpdated: number;
  text: Buffer | string;
}

interface Identified {
  country_code?: unknown;
  party_id?: unknown;
  id?: unknown;
  last_updated?: unknown;
}

function describe(object: Identified, text: Buffer | string): StoredObject {
  const id = String(object.id ?? '');
  const key = `${object.country_code ?? ''}/${object.party_id ?? ''}/${id}`.toLowerCase();
  const written = String(object.last_updated ?? '');
  // OCPI times without a zone are in UTC; Date.parse() would take them as local.
  const zoned = /(Z|[+-]\d\d:\d\d)$/i.test(written) ? written : `${written}Z`;
  return { key, id, lastUpdated: Date.parse(zoned), text };
}

/** A list of objects of one module. */
export class ObjectStore {
  /** Counts changes; part of the ETag. */
  version = 0;
  /** When the list last changed. */
  changedAt = new Date();
  #rows: StoredObject[] = [];
  readonly #positions = new Map<string, number>();
  readonly #write: (object: object) => object;

  /** @param write what goes out for an object that is put in as such; it itself unless told */
  constructor(write: (object: object) => object = (object) => object) {
    this.#write = write;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** All rows in order. Not to be changed. */
  rows(): readonly StoredObject[] {
    return this.#rows;
  }

  /** Adds a row at the end, also when its key is there already. */
  append(object: object, text: Buffer | string = JSON.stringify(this.#write(object))): void {
    const row = describe(object, text);
    this.#positions.set(row.key, this.#rows.length);
    this.#rows.push(row);
    this.#changed();
  }

  /** Puts an object in the place of the one with its key, or at the end. */
  put(object: object): void {
    const row = describe(object, JSON.stringify(this.#write(object)));
    const position = this.#positions.get(row.key);
    if (position === undefined) {
      this.#positions.set(row.key, this.#rows.length);
      this.#rows.push(row);
    } else {
      this.#rows[position] = row;
    }
    this.#changed();
  }

  /** Takes an object out; false when there was none with the same owner and id. */
  delete(object: object): boolean {
    const { key } = describe(object, '');
    const rows = this.#rows.filter((row) => row.key !== key);
    if (rows.length === this.#rows.length) return false;
    this.#rows = rows;
    this.#positions.clear();
    for (const [position, row] of rows.entries()) this.#positions.set(row.key, position);
    this.#changed();
    return true;
  }

  /** Rows changed from `from` (inclusive) to `to` (exclusive), in order. */
  changedBetween(from: number | undefined, to: number | undefined): readonly StoredObject[] {
    if (from === undefined && to === undefined) return this.#rows;
    const least = from ?? Number.NEGATIVE_INFINITY;
    const most = to ?? Number.POSITIVE_INFINITY;
    return this.#rows.filter((row) => row.lastUpdated >= least && row.lastUpdated < most);
  }

  /** The first object with an id, whoever owns it: Sender paths carry no party. */
  byId(id: string): StoredObject | undefined {
    const wanted = id.toLowerCase();
    return this.#rows.find((row) => row.id.toLowerCase() === wanted);
  }

  /** Appends every object of a file (.json or .json.gz, bare list or envelope). */
  async load(path: string): Promise<void> {
    const read = await readFile(path);
    const bytes = path.endsWith('.gz') ? await gunzipAsync(read) : read;
    try {
      for (const text of splitList(bytes)) {
        const object: unknown = JSON.parse(text.toString('utf8'));
        if (typeof object !== 'object' || object === null) throw new TypeError('an element is no object');
        this.append(object, text);
      }
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #changed(): void {
    this.version += 1;
    this.changedAt = new Date();
  }
}

/** The JSON list of some rows. */
export function joinTexts(rows: readonly StoredObject[]): string {
  return `[${rows.map((row) => row.text.toString()).join(',')}]`;
}
