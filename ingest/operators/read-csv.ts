/**
 * A register's table as rows by the names of its columns. csv-parse does the reading; what is added is what to say
 * when the table is another one.
 *
 * Fails with RegisterError: an HTML page, nothing, another encoding, other columns, quotes that do not close.
 */
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { type RegisterDocument, RegisterError } from './operator-register.ts';
import { decodeText } from './read-json.ts';

/** One row of a table. */
export interface TableRow<Column extends string> {
  /** E.g. `line 12`: where it ends in the file. */
  readonly place: string;
  /** Null when the row has another number of cells than the head. */
  readonly cells: Readonly<Record<Column, string>> | null;
  /** How many cells it has. */
  readonly width: number;
}

/** Characters of one row: a name and an address have a few hundred. */
const ROW_LIMIT = 65_536;
/** Bytes handed to the parser at a time. */
const CHUNK = 65_536;

/** As csv-parse gives it with `info`. */
interface ParsedRecord {
  record: string[];
  info: { lines: number };
}

/**
 * Reads a table.
 *
 * @param columns names that its head must have, in any order; others are passed over
 */
export async function* readCsv<const Column extends string>(
  document: RegisterDocument,
  shape: { readonly delimiter: string; readonly columns: readonly Column[] },
): AsyncGenerator<TableRow<Column>, void> {
  const { where } = document;
  const bytes = await document.load();
  decodeText(bytes, where);
  const parser = Readable.from(chunksOf(bytes)).pipe(
    parse({
      ...{ bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
      ...{ trim: true, delimiter: shape.delimiter, max_record_size: ROW_LIMIT },
    }),
  );
  let head: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      if (head === undefined) {
        head = record;
        requireColumns(head, shape.columns, where);
      } else {
        const cells = record.length === head.length ? cellsOf(head, record, shape.columns) : null;
        yield { place: `line ${info.lines}`, cells, width: record.length };
      }
    }
  } catch (error) {
    if ((error as { code?: unknown }).code?.toString().startsWith('CSV_')) {
      throw new RegisterError(`${where} is no readable CSV: ${(error as Error).message}`);
    }
    throw error;
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK) yield bytes.subarray(start, start + CHUNK);
}

function requireColumns(head: readonly string[], columns: readonly string[], where: string): void {
  const missing = columns.filter((column) => !head.includes(column));
  if (missing.length === 0) return;
  const found = head.map((name) => `"${name.slice(0, 40)}"`).slice(0, 20);
  throw new RegisterError(
    `${where} has other columns than this register's: ${missing.map((name) => `"${name}"`).join(', ')} ` +
      `${missing.length === 1 ? 'is' : 'are'} missing; it has ${found.join(', ')}`,
  );
}

function cellsOf<Column extends string>(
  head: readonly string[],
  record: readonly string[],
  columns: readonly Column[],
): Record<Column, string> {
  return Object.fromEntries(columns.map((column) => [column, record[head.indexOf(column)] ?? ''])) as Record<
    Column,
    string
  >;
}
