/** The results for people: a line a row with a mark for each version, by section, and one line that sums up. */
import type { Outcome, RowResult, State } from './examiner.ts';
import type { Section } from './rows/row.ts';
import { OCPI_VERSIONS } from './rows/row.ts';

const MARKS: Readonly<Record<State, string>> = {
  passed: '✔',
  failed: '✘',
  different: '≠',
  'not covered': '·',
};
/** Characters of a reason on its line. */
const REASON_LENGTH = 300;

export type Counts = Readonly<Record<State, number>>;

/** How many rows ended in each state. */
export function countStates(results: readonly RowResult[]): Counts {
  const counts = { passed: 0, failed: 0, different: 0, 'not covered': 0 };
  for (const { state } of results) counts[state] += 1;
  return counts;
}

/** The heading of a section, above its rows. */
export function sectionLine({ title }: Section): string {
  return `\n${title}\n${'  '.repeat(1)}${OCPI_VERSIONS.join('  ')}`;
}

/** One row: `  ✔      ✔      ·      LR-01  MUST    title`, and below it what there is to say. */
export function rowLines({ row, state, outcomes }: RowResult): string {
  const marks = OCPI_VERSIONS.map((version) => {
    const outcome = outcomes[version];
    return (outcome ? MARKS[outcome.state] : ' ').padEnd(version.length);
  });
  const line = `  ${marks.join('  ')}  ${row.id.padEnd(7)} ${row.level.padEnd(6)} ${row.title}`;
  // A version that is not offered is told once; its dot says the rest, unless there is nothing but dots.
  const worthTelling = Object.entries(outcomes).filter(
    ([, outcome]) => state === 'not covered' || outcome.offered !== false,
  );
  return [line, ...reasonsOf(Object.fromEntries(worthTelling))].join('\n');
}

/** `120 passed, 2 failed, 1 different, 80 not covered, of 203 rows`. */
export function summaryLine(results: readonly RowResult[]): string {
  const parts = Object.entries(countStates(results)).map(([state, count]) => `${count} ${state}`);
  return `${parts.join(', ')}, of ${results.length} rows`;
}

/** The results as one JSON value. */
export function jsonOf(platform: string, results: readonly RowResult[]): object {
  return {
    platform,
    counts: countStates(results),
    rows: results.map(({ row: { id, level, title }, state, outcomes }) => ({
      id,
      level,
      title,
      state,
      versions: Object.fromEntries(
        Object.entries(outcomes).map(([version, outcome]) => [
          version,
          { state: outcome.state, ...(outcome.reason ? { reason: outcome.reason } : {}) },
        ]),
      ),
    })),
  };
}

/** Each reason once, with the versions that it is of. */
function reasonsOf(outcomes: RowResult['outcomes']): string[] {
  const byReason = new Map<string, string[]>();
  for (const [version, { state, reason }] of Object.entries(outcomes) as [string, Outcome][]) {
    if (state === 'passed' || reason === undefined) continue;
    const text = `${state}: ${reason.replace(/\s+/g, ' ').slice(0, REASON_LENGTH)}`;
    byReason.set(text, [...(byReason.get(text) ?? []), version]);
  }
  const indent = ' '.repeat(2 + OCPI_VERSIONS.join('  ').length + 2 + 8);
  return [...byReason].map(([text, versions]) => `${indent}${versions.join(', ')} ${text}`);
}
