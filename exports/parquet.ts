/**
 * A Parquet file made of row groups that are written one by one and put together later, with the writer of the
 * library.
 *
 * Guarantees: a row group has the same bytes wherever it comes to stand: what the file must know of it (sizes, and
 * offsets from its own beginning) is a note in JSON, and the footer adds the place. Columns have no statistics: rows
 * stand in the order in which objects came in, so every range would be the whole range.
 */
import { createHash } from 'node:crypto';
import type { ColumnChunk, RowGroup, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Pack, PlacedPack } from './format.ts';

/** First and last bytes of the file. */
const MAGIC = new TextEncoder().encode('PAR1');

/** Whole numbers of 64 bits, which JSON has none of, stand in a note as text of this form. */
const BIG_INTEGER = /^[0-9]+n$/;

/** A column of the first level and its elements in the schema: one, or the tree of a list. */
export interface ParquetColumn<Row> {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
  readonly read: (row: Row) => unknown;
}

/** What stands before the first row group. */
export function openParquet(): Uint8Array {
  return MAGIC;
}

/** A row group as a note says it, and what its columns were made of: by that, a later one takes columns over. */
interface Note {
  readonly group: RowGroup;
  /** Of the values of each column of the first level, in order. */
  readonly digests: readonly string[];
}

/**
 * One row group; there must be a row. Columns whose values are those of the former group are taken over as they are
 * there: to encode them is most of the work, and where statuses change the other columns do not.
 */
export function packRows<Row>(
  columns: readonly ParquetColumn<Row>[],
  rows: readonly Row[],
  former: Pack | null,
): Pack {
  const known = former && readNote(former.note);
  const values = columns.map(({ read }) => rows.map(read));
  const digests = values.map(digestOf);
  const isKept = (index: number) => known?.digests[index] === digests[index];
  const encoded = encodeColumns(columns, values, (index) => !isKept(index));
  const chunks = columns.flatMap(({ name }, index) =>
    isKept(index) && known && former
      ? chunksOf(known.group, name, former.bytes)
      : chunksOf(encoded.group, name, encoded.bytes),
  );
  const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
  let offset = 0;
  const placed = chunks.map(({ chunk, start, bytes: { length } }) => {
    const there = movedChunk(chunk, BigInt(offset - start));
    offset += length;
    return there;
  });
  const group: RowGroup = {
    columns: placed,
    total_byte_size: placed.reduce(
      (sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n),
      0n,
    ),
    num_rows: BigInt(rows.length),
    total_compressed_size: BigInt(bytes.length),
  };
  return { bytes, note: writeNote({ group, digests }) };
}

/** Columns of one row group, one after the other, from the first byte on. */
function encodeColumns<Row>(
  columns: readonly ParquetColumn<Row>[],
  values: readonly unknown[][],
  isWanted: (index: number) => boolean,
): { group: RowGroup; bytes: Uint8Array } {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), statistics: false });
  // An index of pages would have to stand in the footer; the pages of so few rows need none.
  const columnData = columns
    .map(({ name }, index) => ({ name, data: values[index] as unknown[], offsetIndex: false }))
    .filter((_, index) => isWanted(index));
  const rows = values[0]?.length ?? 0;
  if (columnData.length > 0) void writer.write({ columnData, rowGroupSize: rows });
  if (writer.row_groups.length > 1) throw new Error('rows did not come out as one row group');
  const group = writer.row_groups[0] ?? { columns: [], total_byte_size: 0n, num_rows: BigInt(rows) };
  return { group: moved(group, -MAGIC.length), bytes: bytes.getBytes().slice(MAGIC.length) };
}

/** A column chunk, and where it begins in its group. */
interface PlacedChunk {
  readonly chunk: ColumnChunk;
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** The chunks of a column of the first level: one, or one a leaf of its tree. */
function chunksOf(group: RowGroup, name: string, bytes: Uint8Array): PlacedChunk[] {
  return group.columns
    .filter(({ meta_data }) => meta_data?.path_in_schema[0] === name)
    .map((chunk) => {
      const { dictionary_page_offset, data_page_offset, total_compressed_size } = metadataOf(chunk);
      const start = Number(dictionary_page_offset ?? data_page_offset);
      return { chunk, start, bytes: bytes.subarray(start, start + Number(total_compressed_size)) };
    });
}

/** A text that is another one for other values, points and times included. */
function digestOf(values: readonly unknown[]): string {
  const hash = createHash('sha1');
  if (values[0] instanceof Uint8Array) for (const value of values) hash.update(value as Uint8Array);
  // A value that is not given and one that is null are the same in a column.
  else hash.update(JSON.stringify(values));
  return hash.digest('base64url');
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
  writer.row_groups = packs.map(({ offset, note }) => moved(readNote(note).group, offset));
  writer.num_rows = writer.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  void writer.finish();
  return bytes.getBytes().slice(MAGIC.length);
}

function schemaOf<Row>(columns: readonly ParquetColumn<Row>[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)];
}

function writeNote(note: Note): string {
  return JSON.stringify(note, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}

function readNote(note: string): Note {
  return JSON.parse(note, (_, value) =>
    typeof value === 'string' && BIG_INTEGER.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
}

/** The row group as it is described when its first byte stands that much further on. */
function moved(group: RowGroup, bytes: number): RowGroup {
  return { ...group, columns: group.columns.map((chunk) => movedChunk(chunk, BigInt(bytes))) };
}

function movedChunk(chunk: ColumnChunk, by: bigint): ColumnChunk {
  const metadata = metadataOf(chunk);
  const { dictionary_page_offset: dictionary } = metadata;
  return {
    ...chunk,
    file_offset: chunk.file_offset + by,
    meta_data: {
      ...metadata,
      data_page_offset: metadata.data_page_offset + by,
      ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + by }),
    },
  };
}

function metadataOf({ meta_data: metadata }: ColumnChunk): NonNullable<ColumnChunk['meta_data']> {
  if (!metadata) throw new Error('a column chunk is not described');
  return metadata;
}
