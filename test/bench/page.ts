/** What results look like for people: tables, and the page `docs/benchmarks.md` with all that is needed to repeat them. */
import type { BenchCase } from './bench-case.ts';
import { besideOcpdb } from './ocpdb.ts';
import type { Row, Run } from './row.ts';

const CASE_COLUMNS =
  'case, ours, beside, ratio, target, holds, our rate, its rate, memory, also, commit'.split(', ');
const OCPDB_COLUMNS = 'what, OCPDB 2.15, ours, times, target, holds, commit'.split(', ');

/** A row a case. */
export function tableOf(rows: readonly Row[]): string {
  return table(
    CASE_COLUMNS,
    rows.map((row) => [
      ...[row.case, row.ours, row.beside, spreadOf(row), targetOf(row), yes(row.held)],
      ...[figure(row.value, row.unit), figure(row.limit, row.unit)],
      row.rss_mb === null ? '' : `${row.rss_mb} MB`,
      [...(row.p99_ms === null ? [] : [`p99 ${Math.round(row.p99_ms)} ms`]), ...row.notes].join('; '),
      `\`${row.run.commit}\``,
    ]),
  );
}

/** `docs/benchmarks.md`. @param rows in the order of the cases */
export function pageOf(rows: readonly Row[], cases: readonly BenchCase[]): string {
  const sectionOf = (name: string) => cases.find((one) => one.name === name)?.section;
  const sections = [...new Set(cases.map(({ section }) => section))];
  const missing = cases.filter(({ name }) => rows.every((row) => row.case !== name));
  return [
    INTRODUCTION,
    rows.length > 0 ? runsOf(rows) : '',
    ...sections.flatMap((section) => {
      const own = rows.filter((row) => sectionOf(row.case) === section);
      return own.length === 0 ? [] : [...(section ? [`## ${section}`] : []), tableOf(own)];
    }),
    ocpdbSection(rows),
    missing.length > 0 ? `Not measured yet: ${missing.map(({ name }) => name).join(', ')}.` : '',
    COMMANDS,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const INTRODUCTION = `# Benchmarks

Made by \`npm run bench -- --write\`; not edited by hand. Each case stands beside its limit or a rival that does the
same in the same run on the same machine, by turns. A ratio is the middle of its pairs, with the least and the greatest
in brackets: *time* is our time a unit over the other's and should be small, *rate* is our units a second over the
other's and should be great, *memory* is ours over the other's. Memory is the most that our process had. Rates differ
from machine to machine, ratios hardly do. Where the client was near 100 % of a core with the other side, that side
could do more than is seen. What a case does exactly is said in \`test/bench/cases\`.`;

const COMMANDS = `\`npm run bench\` runs all but growth, \`npm run bench -- NAME\` one case or those whose names begin so,
\`--write\` renews their rows and leaves the others, \`--json\` prints the rows for programs (kept in
\`benchmarks.json\`). \`--short\` takes quick cases on a made-up fleet, and fails when a ratio fell to half of what
\`--short --write\` wrote down before (\`benchmarks-short.json\`).
`;

/** With what each commit was measured. */
function runsOf(rows: readonly Row[]): string {
  const lines = rows.map(({ run }) => runOf(run));
  const settings =
    'PostgreSQL is on the same machine, with its settings as installed: every commit is on disk before it is answered.';
  return `${[...new Set(lines)].join('\n')}\n\n${settings}`;
}

function runOf({ date, commit, machine, node, postgresql, data }: Run): string {
  const server = postgresql === null ? '' : `; PostgreSQL ${postgresql}`;
  return `* \`${commit}\`, ${date}: ${machine}; Node ${node}${server}; data: ${data}`;
}

function ocpdbSection(rows: readonly Row[]): string {
  const multiples = besideOcpdb(rows);
  if (multiples.length === 0) return '';
  const lines = multiples.map(({ what, theirs, row, times, target, held }) => [
    ...[what, figure(theirs, row.unit), figure(row.value, row.unit)],
    ...[times.toFixed(times < 10 ? 1 : 0), `at least ${target}`, yes(held), `\`${row.run.commit}\``],
  ]);
  return `## Beside OCPDB

OCPDB 2.15 took 8.9 s to import 1,000 Locations with 2,219 EVSEs and 17.9 s for the same again, on two cores with
PostgreSQL; not in the same run, so only for scale.

${table(OCPDB_COLUMNS, lines)}`;
}

function targetOf({ of, target, p99_target_ms: p99 }: Row): string {
  if (target === null) return `${of}, stated`;
  const ratio = `${of}, at ${of === 'rate' ? 'least' : 'most'} ${Number(target.toFixed(3))}`;
  return p99 === null ? ratio : `${ratio}; p99 under ${p99} ms`;
}

function spreadOf({ ratio, ratio_least: least, ratio_greatest: greatest, pairs }: Row): string {
  return pairs === 1 ? short(ratio) : `${short(ratio)} (${short(least)}–${short(greatest)})`;
}

/** Two figures after the point, and more where these would say nothing. */
function short(ratio: number): string {
  return ratio >= 0.1 || ratio === 0 ? ratio.toFixed(2) : ratio.toPrecision(2);
}

function figure(value: number, unit: string): string {
  return `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1)} ${unit}`;
}

function yes(isSo: boolean): string {
  return isSo ? 'yes' : 'NO';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
