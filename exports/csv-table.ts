/**
 * A table in words: a line a column, with its name, what its cells are, what they hold and where that comes from.
 * From these lines come the header, the rows, and what the catalogue says of the columns, so the three agree.
 */
import { type Cell, type CellKind, csvHeader, csvRows, type GuardedColumn, LIST_SEPARATOR } from './csv.ts';
import type { Datatype } from './format.ts';

/**
 * What the cells of a column are, in one word: a datatype that needs no guard, or the guard of a text (`csv.ts`).
 * `exact` is text with a grammar of its own that no spreadsheet runs, as a time of day; with `[]`, a list of texts.
 */
export type CellWord = Exclude<Datatype, 'string'> | CellKind | 'text[]' | 'identifier[]';

/** Name, what its cells are, what they hold (for people), and where that comes from. */
export type TableLine<Subject extends readonly unknown[]> = readonly [
  name: string,
  word: CellWord,
  description: string,
  read: (...subject: Subject) => Cell,
];

export interface CsvTable<Subject extends readonly unknown[]> {
  readonly columns: readonly GuardedColumn[];
  /** The line with the names of the columns. */
  header(): string;
  /** A row a subject; empty for none. */
  rows(subjects: readonly Subject[]): string;
}

export function csvTable<Subject extends readonly unknown[]>(
  lines: readonly TableLine<Subject>[],
): CsvTable<Subject> {
  const columns = lines.map(([name, word, description]) => ({ name, description, ...meaningOf(word) }));
  return {
    columns,
    header: () => csvHeader(columns),
    rows: (subjects) =>
      csvRows(
        columns,
        subjects.map((subject) => lines.map(([, , , read]) => read(...subject))),
      ),
  };
}

function meaningOf(word: CellWord): Pick<GuardedColumn, 'kind' | 'datatype' | 'separator'> {
  switch (word) {
    case 'text[]':
      return { kind: 'text', datatype: 'string', separator: LIST_SEPARATOR };
    case 'identifier[]':
      return { kind: 'identifier', datatype: 'string', separator: LIST_SEPARATOR };
    case 'text':
    case 'reference':
    case 'identifier':
    case 'exact':
      return { kind: word, datatype: 'string' };
    // Written by a partner, so it is guarded; an address begins with a letter and stays as it is.
    case 'anyURI':
      return { kind: 'identifier', datatype: word };
    default:
      return { kind: 'exact', datatype: word };
  }
}
