/**
 * OCPDB 2.15, a known rival, for scale: what it did on two cores with PostgreSQL, as issue 6 tells it, beside what cases
 * measure here. Another machine, so that a multiple is a rough figure.
 */
import type { Row } from './row.ts';

interface Known {
  readonly what: string;
  /** The case that does the same. */
  readonly case: string;
  /** Of OCPDB, in the unit of the case. */
  readonly rate: number;
  readonly target: number;
}

const LOCATIONS = 1_000;

const KNOWN: readonly Known[] = [
  { what: 'import of Locations for the first time', case: 'ingest', rate: LOCATIONS / 8.9, target: 40 },
  { what: 'the same again, unchanged', case: 'ingest-unchanged', rate: LOCATIONS / 17.9, target: 300 },
  { what: 'pages of 100 Locations', case: 'page-of-100', rate: 33, target: 20 },
  { what: 'single Locations', case: 'one-location', rate: 164, target: 20 },
];

export interface Multiple {
  readonly what: string;
  readonly theirs: number;
  readonly row: Row;
  readonly times: number;
  readonly target: number;
  readonly held: boolean;
}

/** Of those whose case was measured. */
export function besideOcpdb(rows: readonly Row[]): Multiple[] {
  return KNOWN.flatMap(({ what, case: name, rate, target }) => {
    const row = rows.find((one) => one.case === name);
    if (!row) return [];
    const times = row.value / rate;
    return [{ what, theirs: rate, row, times, target, held: times >= target }];
  });
}
