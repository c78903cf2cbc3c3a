/**
 * A Parquet file made of row groups that are written one by one and put together later, with the reader and the
 * writer of the library. A row group is a pack: the rows of neighbouring objects.
 *
 * Guarantees: a row group has the same bytes wherever it comes to stand and whatever group it was made from: what the
 * file must know of it (sizes, and offsets from its own beginning) is a note, and the footer adds the place.
 */
import { createHash } from 'node:crypto';
import type { RowGroup } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Pack, PackEntry, PlacedPack } from './format.ts';
import {
  type Column,
  decodeColumns,
  encodeColumns,
  joinColumns,
  MAGIC,
  moved,
  type PlacedGroup,
  schemaOf,
} from './parquet-group.ts';

/** Whole numbers of 64 bits, which JSON has none of, stand in a note as text of this form. */
const BIG_INTEGER = /^[0-9]+n$/;

export interface ParquetColumn<Row> extends Column {
  /** It may change with every status; the others seldom do. */
  readonly isLive: boolean;
  readonly read: (row: Row) => unknown;
}

/** What stands before the first row group. */
export function openParquet(): Uint8Array {
  return MAGIC;
}

/** An object in a pack: how many rows it has, and a digest of all that stands in columns which are not live. */
type Entry = readonly [rows: number, digest: string];

/** The former pack, and where in it the rows of each of its objects begin. */
interface Former extends PlacedGroup {
  readonly entries: readonly Entry[];
  readonly starts: readonly number[];
}

/**
 * One row group; there must be a row. From the former one, columns are taken over as they are when nothing in them
 * changed; of the others the rows that did not change are read back. So the cost is that of what changed: where
 * statuses do, the live columns alone are written anew.
 *
 * @param entries each with at least one row
 */
export async function packRows<Row>(
  columns: readonly ParquetColumn<Row>[],
  entries: readonly PackEntry<readonly Row[]>[],
  former: Pack | null,
): Promise<Pack> {
  const known = former && toFormer(former);
  const now = entries.map((entry) => entryOf(columns, entry, known));
  const isSteady = known !== null && isSame(now, known.entries) && isInPlace(entries);
  const written = columns.filter(({ isLive }) => isLive || !isSteady);
  const names = written.map(({ name }) => name);
  const isKeeping = entries.some((entry) => 'former' in entry);
  const kept = known && isKeeping ? await decodeColumns(columns, known, names) : NO_VALUES;
  const values = new Map(
    written.map(({ name, read }) => [name, valuesOf(entries, read, kept.get(name) ?? [], known)]),
  );
  const rows = now.reduce((sum, [count]) => sum + count, 0);
  const encoded = encodeColumns(columns, values, rows);
  const { group, bytes } = joinColumns(columns, rows, (name) =>
    values.has(name) || !known ? encoded : known,
  );
  return { bytes, note: writeNote(group, now) };
}

const NO_VALUES: ReadonlyMap<string, unknown[]> = new Map();

function entryOf<Row>(
  columns: readonly ParquetColumn<Row>[],
  entry: PackEntry<readonly Row[]>,
  former: Former | null,
): Entry {
  if ('object' in entry) return [entry.object.length, digestOf(columns, entry.object)];
  const known = former?.entries[entry.former];
  if (!known) throw new Error(`the former pack has no object ${entry.former}`);
  return known;
}

/** A text that is another one for other values, points and times included. */
function digestOf<Row>(columns: readonly ParquetColumn<Row>[], rows: readonly Row[]): string {
  const steady = columns.filter(({ isLive }) => !isLive);
  // A value that is not given and one that is null are the same in a column.
  const values = rows.map((row) => steady.map(({ read }) => read(row)));
  return createHash('sha1').update(JSON.stringify(values)).digest('base64url');
}

function isSame(now: readonly Entry[], former: readonly Entry[]): boolean {
  return (
    now.length === former.length &&
    now.every(([rows, digest], index) => rows === former[index]?.[0] && digest === former[index]?.[1])
  );
}

/** Every object that is kept stands where it stood. */
function isInPlace(entries: readonly PackEntry<unknown>[]): boolean {
  return entries.every((entry, index) => !('former' in entry) || entry.former === index);
}

function valuesOf<Row>(
  entries: readonly PackEntry<readonly Row[]>[],
  read: (row: Row) => unknown,
  kept: readonly unknown[],
  former: Former | null,
): unknown[] {
  return entries.flatMap((entry) => {
    if ('object' in entry) return entry.object.map(read);
    const start = former?.starts[entry.former] ?? 0;
    return kept.slice(start, start + (former?.entries[entry.former]?.[0] ?? 0));
  });
}

/** The footer: schema, where the row groups are, and what the file says of itself. */
export function closeParquet<Row>(
  columns: readonly ParquetColumn<Row>[],
  packs: readonly PlacedPack[],
  says: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    kvMetadata: Object.entries(says).map(([key, value]) => ({ key, value })),
  });
  writer.row_groups = packs.map(({ offset, note }) => moved(readGroup(note), offset));
  writer.num_rows = writer.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  void writer.finish();
  return bytes.getBytes().slice(MAGIC.length);
}

function toFormer({ bytes, note }: Pack): Former {
  const entries = readEntries(note);
  let rows = 0;
  const starts = entries.map(([count]) => {
    rows += count;
    return rows - count;
  });
  return { group: readGroup(note), bytes, entries, starts };
}

/**
 * A line that describes the row group, which the footer asks for, and one that says what its rows are: by that, a later
 * pack takes over what did not change.
 */
function writeNote(group: RowGroup, entries: readonly Entry[]): string {
  const described = JSON.stringify(group, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  return `${described}\n${JSON.stringify(entries)}`;
}

function readGroup(note: string): RowGroup {
  return JSON.parse(note.slice(0, note.indexOf('\n')), (_, value) =>
    typeof value === 'string' && BIG_INTEGER.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
}

function readEntries(note: string): Entry[] {
  return JSON.parse(note.slice(note.indexOf('\n') + 1));
}
