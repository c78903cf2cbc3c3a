/**
 * A Parquet file made of row groups that are written one by one and put together later, with the writer of the
 * library.
 *
 * Guarantees: a row group has the same bytes wherever it comes to stand: what the file must know of it (sizes, and
 * offsets from its own beginning) is a note in JSON, and the footer adds the place. Columns have no statistics: rows
 * stand in the order in which objects came in, so every range would be the whole range.
 */
import type { RowGroup, SchemaElement } from 'hyparquet';
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

/** One row group; there must be a row. */
export function packRows<Row>(columns: readonly ParquetColumn<Row>[], rows: readonly Row[]): Pack {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), statistics: false });
  // An index of pages would have to stand in the footer; the pages of so few rows need none.
  const columnData = columns.map(({ name, read }) => ({ name, data: rows.map(read), offsetIndex: false }));
  void writer.write({ columnData, rowGroupSize: rows.length });
  const [group] = writer.row_groups;
  if (!group || writer.row_groups.length > 1) throw new Error('rows did not come out as one row group');
  return {
    bytes: bytes.getBytes().slice(MAGIC.length),
    note: JSON.stringify(moved(group, -MAGIC.length), (_, value) =>
      typeof value === 'bigint' ? `${value}n` : value,
    ),
  };
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
  writer.row_groups = packs.map(({ offset, note }) => moved(readNote(note), offset));
  writer.num_rows = writer.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  void writer.finish();
  return bytes.getBytes().slice(MAGIC.length);
}

function schemaOf<Row>(columns: readonly ParquetColumn<Row>[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)];
}

function readNote(note: string): RowGroup {
  return JSON.parse(note, (_, value) =>
    typeof value === 'string' && BIG_INTEGER.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
}

/** The row group as it is described when its first byte stands that much further on. */
function moved(group: RowGroup, bytes: number): RowGroup {
  const by = BigInt(bytes);
  return {
    ...group,
    columns: group.columns.map((column) => {
      const { meta_data: chunk } = column;
      if (!chunk) throw new Error('a column chunk is not described');
      const { dictionary_page_offset: dictionary } = chunk;
      return {
        ...column,
        file_offset: column.file_offset + by,
        meta_data: {
          ...chunk,
          data_page_offset: chunk.data_page_offset + by,
          ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + by }),
        },
      };
    }),
  };
}
