/**
 * Tables as RFC 4180 wants them: comma, CRLF, quotes where needed, UTF-8 without a byte order mark; the first
 * line names the columns.
 *
 * Guarantees: no cell that a partner has written can run in a spreadsheet (OD-07), and every cell can be read
 * back as it was, but for one leading apostrophe:
 * - free text (`text`) that begins with = + - @, a tab or a carriage return gets the apostrophe;
 * - short texts that are often a number with a sign (`reference`: a floor "-1", a telephone number
 *   "+31 20 123 4567") get it unless they are only digits, blanks and ( ) . / -, which cannot do anything;
 * - identifiers and code words (`identifier`) stay as they are, since other files are joined by them, and DIN's
 *   EVSE IDs begin with "+"; only what no identifier is, one that begins with = @ tab or CR, or with a sign and
 *   has other characters than letters, digits and * . _ : / -, gets it;
 * - numbers, coordinates, times and booleans (`exact`) are never touched: a longitude of -4.5 is a number.
 */
import { stringify } from 'csv-stringify/sync';
import type { Column } from './format.ts';

export const CSV_MEDIA_TYPE = 'text/csv; charset=utf-8; header=present';

/** Stands between the items of a list within a cell (design, section 7). */
export const LIST_SEPARATOR = '|';

const DELIMITER = ',';
const RECORD_DELIMITER = '\r\n';

/** What a cell is quoted for. */
const QUOTED_FOR = /[",\r\n]/;

/** csv-stringify looks for the whole delimiter in a cell; a lone CR or LF would end a line for many readers too. */
const LINE_BREAK = /[\r\n]/;

const FORMULA_START = /^[=+\-@\t\r]/;
const SIGNED_NUMBER_OR_TELEPHONE = /^[+-][0-9 ()./-]*$/;
const NO_IDENTIFIER = /^[=@\t\r]|^[+-].*[^0-9A-Za-z*._:/-]/s;

export type CellKind = 'text' | 'reference' | 'identifier' | 'exact';

export type Cell = string | number | boolean | null | undefined | readonly string[];

/** A column and how its cells are guarded. */
export interface GuardedColumn extends Column {
  readonly kind: CellKind;
}

/** The line with the names of the columns. */
export function csvHeader(columns: readonly GuardedColumn[]): string {
  return toCsv([columns.map((column) => column.name)]);
}

/** Rows of cells in the order of the columns, as lines. An empty list of rows gives an empty string. */
export function csvRows(columns: readonly GuardedColumn[], rows: readonly (readonly Cell[])[]): string {
  return toCsv(rows.map((row) => row.map((cell, index) => toText(cell, columns[index]?.kind ?? 'text'))));
}

function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map(toLine).join('');
}

/**
 * Nothing in most rows is to be quoted, and to join them takes a fraction of what the library does. A row of one cell
 * is always the library's: an empty one is not an empty line.
 */
function toLine(row: readonly string[]): string {
  const isPlain = row.length > 1 && !row.some((cell) => QUOTED_FOR.test(cell));
  if (isPlain) return row.join(DELIMITER) + RECORD_DELIMITER;
  return stringify([row], { record_delimiter: RECORD_DELIMITER, quoted_match: LINE_BREAK });
}

function toText(cell: Cell, kind: CellKind): string {
  if (cell === null || cell === undefined) return '';
  if (Array.isArray(cell)) return cell.map((item) => guard(item, kind)).join(LIST_SEPARATOR);
  return guard(String(cell), kind);
}

function guard(text: string, kind: CellKind): string {
  return isDangerous(text, kind) ? `'${text}` : text;
}

function isDangerous(text: string, kind: CellKind): boolean {
  switch (kind) {
    case 'text':
      return FORMULA_START.test(text);
    case 'reference':
      return FORMULA_START.test(text) && !SIGNED_NUMBER_OR_TELEPHONE.test(text);
    case 'identifier':
      return NO_IDENTIFIER.test(text);
    case 'exact':
      return false;
  }
}
