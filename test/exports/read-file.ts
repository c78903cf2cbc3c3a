/**
 * Reads a published file back, whole, by its media type: with a reader that was not written beside the writer. A
 * format with a new media type adds its reader here, and is then held to the whole contract.
 */
import { deserialize } from 'flatgeobuf/lib/mjs/geojson.js';
import type { HeaderMeta } from 'flatgeobuf/lib/mjs/header-meta.js';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { parseCsvTable } from './parse-csv.ts';

export interface ReadFile {
  /** Features, OCPI objects or rows, in order. */
  readonly objects: readonly Record<string, unknown>[];
  /** All that the file holds as text that a person can read: the file itself when it is text. */
  readonly text: string;
}

type Reader = (bytes: Buffer) => ReadFile | Promise<ReadFile>;

const READERS: Readonly<Record<string, Reader>> = {
  'application/geo+json': readCollection,
  'application/json': readCollection,
  'application/geo+json-seq': readSequence,
  'text/csv': (bytes) => ({ objects: parseCsvTable(textOf(bytes)), text: textOf(bytes) }),
  'application/vnd.flatgeobuf': readFlatgeobuf,
  'application/vnd.apache.parquet': readParquet,
};

/** Media types that are bytes and no text. */
const BINARY: ReadonlySet<string> = new Set(['application/vnd.flatgeobuf', 'application/vnd.apache.parquet']);

/** Without parameters: `text/csv; charset=utf-8` is `text/csv`. */
function essence(mediaType: string): string {
  return mediaType.split(';')[0] ?? mediaType;
}

export function isBinary(mediaType: string): boolean {
  return BINARY.has(essence(mediaType));
}

/** Throws when the bytes are not what the media type says. */
export async function readFileOf(mediaType: string, bytes: Buffer): Promise<ReadFile> {
  const reader = READERS[essence(mediaType)];
  if (!reader) throw new Error(`give test/exports/read-file.ts a reader for ${essence(mediaType)}`);
  return reader(bytes);
}

function textOf(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function readCollection(bytes: Buffer): ReadFile {
  const text = textOf(bytes);
  const { features, data } = JSON.parse(text);
  return { objects: features ?? data, text };
}

/** RFC 8142: every text between a record separator and a line feed. */
function readSequence(bytes: Buffer): ReadFile {
  const text = textOf(bytes);
  const records = text === '' ? [] : text.split('\u001e');
  if (records.shift()) throw new Error('the sequence does not begin with a record separator');
  if (records.some((record) => !record.endsWith('\n'))) throw new Error('a record does not end with a line');
  return { objects: records.map((record) => JSON.parse(record)), text };
}

async function readFlatgeobuf(bytes: Buffer): Promise<ReadFile> {
  let header: HeaderMeta | undefined;
  const objects: Record<string, unknown>[] = [];
  const features = deserialize(new Uint8Array(bytes), {
    headerMetaFn: (meta: HeaderMeta) => {
      header = meta;
    },
  });
  // Their ids are their places in the file.
  for await (const { id: _, ...feature } of features) objects.push({ ...feature });
  return { objects, text: dump(header, objects) };
}

async function readParquet(bytes: Buffer): Promise<ReadFile> {
  const file = new Uint8Array(bytes).buffer;
  const metadata = parquetMetadata(file);
  const head = {
    says: Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value])),
    columns: parquetSchema(metadata).children.map(({ element }) => element),
    rows_by_group: metadata.row_groups.map(({ num_rows }) => num_rows),
  };
  const objects = await parquetReadObjects({ file });
  return { objects, text: dump(head, objects) };
}

/** A head of several lines, then an object a line. */
function dump(head: unknown, objects: readonly unknown[]): string {
  const lines = [
    JSON.stringify(head, writable, 1),
    ...objects.map((object) => JSON.stringify(object, writable)),
  ];
  return `${lines.join('\n')}\n`;
}

function writable(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
