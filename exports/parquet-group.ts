/**
 * One row group of a Parquet file by itself: its columns as bytes, from its own beginning on, and the way back from
 * the bytes to the values. Columns of the first level are one chunk, or one a leaf of their tree.
 *
 * Guarantees: the same values give the same bytes, be they given or read back from a group.
 * Fails as the libraries do when bytes and description do not fit.
 */
import { type ColumnChunk, parquetRead, type RowGroup, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** First and last bytes of a file. */
export const MAGIC = new TextEncoder().encode('PAR1');

/** A column of the first level and its elements in the schema: one, or the tree of a list. */
export interface Column {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
}

/** Chunks one after the other; offsets in their descriptions count from the first byte. */
export interface PlacedGroup {
  readonly group: RowGroup;
  readonly bytes: Uint8Array;
}

/** A column chunk by itself, and where its description says that it begins. */
interface PlacedChunk {
  readonly chunk: ColumnChunk;
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Columns without statistics: rows stand in the order in which objects came in, so every range would be the whole. */
export function encodeColumns(
  columns: readonly Column[],
  values: ReadonlyMap<string, readonly unknown[]>,
  rows: number,
): PlacedGroup {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), statistics: false });
  // An index of pages would have to stand in the footer; the pages of so few rows need none.
  const columnData = [...values].map(([name, data]) => ({ name, data: [...data], offsetIndex: false }));
  if (columnData.length > 0) void writer.write({ columnData, rowGroupSize: rows });
  if (writer.row_groups.length > 1) throw new Error('rows did not come out as one row group');
  const group = writer.row_groups[0] ?? { columns: [], total_byte_size: 0n, num_rows: BigInt(rows) };
  return { group: moved(group, -MAGIC.length), bytes: bytes.getBytes().slice(MAGIC.length) };
}

/** The values of some columns, by name; what was not given is null. */
export async function decodeColumns(
  columns: readonly Column[],
  { group, bytes }: PlacedGroup,
  names: readonly string[],
): Promise<Map<string, unknown[]>> {
  const values = new Map<string, unknown[]>(names.map((name) => [name, []]));
  if (names.length === 0) return values;
  await parquetRead({
    // As it stands in a file, behind its first bytes: an offset of zero means none to the library.
    file: {
      byteLength: MAGIC.length + bytes.length,
      slice: (start, end = MAGIC.length + bytes.length) =>
        Uint8Array.from(bytes.subarray(start - MAGIC.length, end - MAGIC.length)).buffer,
    },
    metadata: {
      ...{ version: 2, metadata_length: 0, num_rows: group.num_rows },
      schema: schemaOf(columns),
      row_groups: [moved(group, MAGIC.length)],
    },
    columns: [...names],
    // A point is bytes; text says that it is text.
    utf8: false,
    onChunk: ({ columnName, columnData }) => {
      const column = values.get(columnName);
      for (const value of columnData) column?.push(value);
    },
  });
  return values;
}

/** A group of these columns in this order, each taken from the group that is named for it. */
export function joinColumns(
  columns: readonly Column[],
  rows: number,
  groupOf: (name: string) => PlacedGroup,
): PlacedGroup {
  const chunks = columns.flatMap(({ name }) => chunksOf(groupOf(name), name));
  const bytes = Buffer.concat(chunks.map((chunk) => chunk.bytes));
  let offset = 0;
  const placed = chunks.map(({ chunk, start, bytes: { length } }) => {
    const there = movedChunk(chunk, BigInt(offset - start));
    offset += length;
    return there;
  });
  const size = placed.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n);
  const group: RowGroup = {
    columns: placed,
    total_byte_size: size,
    num_rows: BigInt(rows),
    total_compressed_size: BigInt(bytes.length),
  };
  return { group, bytes };
}

/** The row group as it is described when its first byte stands that much further on. */
export function moved(group: RowGroup, bytes: number): RowGroup {
  return { ...group, columns: group.columns.map((chunk) => movedChunk(chunk, BigInt(bytes))) };
}

export function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)];
}

function chunksOf({ group, bytes }: PlacedGroup, name: string): PlacedChunk[] {
  return group.columns
    .filter(({ meta_data }) => meta_data?.path_in_schema[0] === name)
    .map((chunk) => {
      const { dictionary_page_offset, data_page_offset, total_compressed_size } = metadataOf(chunk);
      const start = Number(dictionary_page_offset ?? data_page_offset);
      return { chunk, start, bytes: bytes.subarray(start, start + Number(total_compressed_size)) };
    });
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
