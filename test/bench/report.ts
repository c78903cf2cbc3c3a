/**
 * What a run of benchmarks says: a table for people, the same as JSON, and the page `docs/benchmarks.md` with both the
 * figures and all that is needed to get them again.
 */
import { cpus, totalmem } from 'node:os';
import { holds, type Result, type Spread } from './runner.ts';

/** Where and with what a run was made. */
export interface Circumstances {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly postgresql: string;
  readonly data: string;
}

export interface Report {
  readonly circumstances: Circumstances;
  readonly results: readonly Result[];
  readonly failures: readonly Failure[];
}

/** A case that could not be run, with why. */
export interface Failure {
  readonly name: string;
  readonly reason: string;
  /** The machine lacks something that the case needs: see `DoesNotApplyError`. */
  readonly isExcused: boolean;
}

export function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() || 'unknown processor';
  return `${processors.length} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
}

/** A row a case. */
export function tableOf({ results, failures }: Report): string {
  const rows = results.map((result) => {
    const { name, ours, beside, unit, ratio } = result;
    return [
      name,
      ours,
      beside,
      `${spread(ratio)}`,
      targetOf(result),
      holds(result) ? 'yes' : 'NO',
      `${rate(result.ourRate)} ${unit}/s`,
      `${rate(result.besideRate)} ${unit}/s`,
      megabytes(result.ourMegabytes),
      result.notes.join('; '),
    ];
  });
  const head = [
    'case',
    'ours',
    'beside',
    'ratio',
    'target',
    'holds',
    'our rate',
    'its rate',
    'memory',
    'also',
  ];
  const failed = failures.map(({ name, reason }) => `\nNot measured: ${name}: ${reason}`);
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ...failed].join('\n');
}

/** `docs/benchmarks.md`. */
export function pageOf(report: Report): string {
  const { date, commit, machine: hardware, node, postgresql, data } = report.circumstances;
  return `# Benchmarks

Made by \`npm run bench -- --write\`; not edited by hand. Each case stands beside its limit or a rival that does the
same in the same run on the same machine, by turns. A ratio is the middle of its pairs, with the least and the greatest
in brackets: *time* is our time a unit over the other's and should be small, *rate* is our units a second over the
other's and should be great. Memory is the most that our process had. Rates differ from machine to machine, ratios
hardly do. What a case does exactly is said in \`test/bench/cases\`.

* ${date}, commit \`${commit}\`
* ${hardware}; Node ${node}; PostgreSQL ${postgresql} on the same machine, with its settings as installed: every commit
  is on disk before it is answered
* data: ${data}

${tableOf(report)}

\`npm run bench\` runs all, \`npm run bench -- NAME\` one, \`--json\` prints the figures for programs. \`--short\` takes
quick cases on a made-up fleet, and fails when a ratio fell to half of what \`--short --write\` wrote down before.
`;
}

function targetOf({ target: { of, ratio, isStated } }: Result): string {
  if (isStated) return `${of}, stated`;
  return of === 'time' ? `time, at most ${ratio}` : `rate, at least ${Number(ratio.toFixed(3))}`;
}

function spread({ least, median, greatest }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`;
}

function rate({ median }: Spread): string {
  return median >= 100 ? Math.round(median).toLocaleString('en') : median.toFixed(1);
}

function megabytes(value: number | null): string {
  return value === null ? '' : `${Math.round(value)} MB`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
