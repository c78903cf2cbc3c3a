import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BenchCase } from './bench-case.ts';
import { casesOf } from './cases.ts';
import { readRows, writeRows } from './kept-rows.ts';
import { type Row, toRow } from './row.ts';
import { hasFallen } from './short-ratios.ts';

const RUN = { date: '2026-06-02', machine: '2 × one', node: '20', postgresql: '15', data: 'a fleet' };

function benchCase(name: string, part: Partial<BenchCase> = {}): BenchCase {
  const target = { of: 'rate', ratio: 0.5 } as const;
  const open = () => Promise.reject(new Error('not to be run'));
  return { name, ours: 'we', beside: 'they', unit: 'requests', target, pairs: 3, open, ...part };
}

/** Three pairs, whose ratio is `ratio` in the middle, of a side that does 100 a second. */
function row(one: BenchCase, ratio: number, { commit = 'aaaaaaa', p99 = 10 } = {}): Row {
  const spread = (median: number) => ({ least: median / 2, median, greatest: median * 2 });
  const ours = spread(one.target.of === 'time' ? 100 / ratio : 100 * ratio);
  const result = { case: one, pairs: 3, ratio: spread(ratio), ours, beside: spread(100) };
  return toRow(
    { ...result, ourMegabytes: 200.4, p99: spread(p99), notes: ['a note'], minutes: 1.5 },
    { ...RUN, commit },
  );
}

describe('results of benchmarks', () => {
  const [first, second] = [benchCase('first'), benchCase('second', { section: 'Apart' })];
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-rows-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('of a run of some cases renew their rows, and leave the others with their own commit', async () => {
    await writeRows([row(first, 0.6), row(second, 0.7)], [first, second], folder);
    await writeRows([row(second, 0.4, { commit: 'bbbbbbb' })], [first, second], folder);
    const rows = await readRows(folder);
    expect(rows.map(({ case: name, ratio, held, run }) => [name, ratio, held, run.commit])).to.deep.equal([
      ['first', 0.6, true, 'aaaaaaa'],
      ['second', 0.4, false, 'bbbbbbb'],
    ]);
    const page = await readFile(join(folder, 'benchmarks.md'), 'utf8');
    expect(page).to.include(
      '| first | we | they | 0.60 (0.30–1.20) | rate, at least 0.5 | yes | 60.0 requests/s |',
    );
    expect(page).to.match(/## Apart\n\n(.*\n){2}\| second \| .* \| `bbbbbbb` \|\n/);
    expect(page).to.include('* `aaaaaaa`, 2026-06-02: 2 × one; Node 20; PostgreSQL 15; data: a fleet');
  });

  it('of a case that is no more are forgotten, and a case that was never measured is named', async () => {
    await writeRows([row(first, 0.6)], [first], folder);
    await writeRows([], [second], folder);
    expect(await readRows(folder)).to.deep.equal([]);
    expect(await readFile(join(folder, 'benchmarks.md'), 'utf8')).to.include('Not measured yet: second.');
  });

  it('hold only when answers also come in the time that the target names', () => {
    const strict = benchCase('strict', { target: { of: 'rate', ratio: 0.5, p99: 50 } });
    expect(row(strict, 0.6, { p99: 49 }).held).to.equal(true);
    expect(row(strict, 0.6, { p99: 51 }).held).to.equal(false);
  });

  it('are said as multiples of OCPDB where that has done the same', async () => {
    const pages = benchCase('page-of-100');
    await writeRows([row(pages, 6.7)], [pages], folder);
    const page = await readFile(join(folder, 'benchmarks.md'), 'utf8');
    expect(page).to.include(
      '| pages of 100 Locations | 33.0 requests/s | 670 requests/s | 20 | at least 20 | yes |',
    );
  });

  it('fell when a rate is under half of what it was, or a time more than twice', () => {
    const slow = benchCase('slow', { target: { of: 'time', ratio: 2 } });
    const known = { first: 0.6, slow: 2 };
    expect(hasFallen(row(first, 0.31), known)).to.equal(false);
    expect(hasFallen(row(first, 0.29), known)).to.equal(true);
    expect(hasFallen(row(slow, 3.9), known)).to.equal(false);
    expect(hasFallen(row(slow, 4.1), known)).to.equal(true);
    expect(hasFallen(row(second, 0.01), known)).to.equal(false);
  });
});

describe('benchmarks are named', () => {
  const cases = ['ingest', 'ingest-later', 'tile-6', 'tile-10'].map((name) => benchCase(name));
  const named = (asked: string) => casesOf(cases, asked).map(({ name }) => name);

  it('one by its name, several by how their names begin', () => {
    expect(named('ingest')).to.deep.equal(['ingest']);
    expect(named('ingest-')).to.deep.equal(['ingest-later']);
    expect(named('tile')).to.deep.equal(['tile-6', 'tile-10']);
    expect(named('crawl')).to.deep.equal([]);
  });
});
