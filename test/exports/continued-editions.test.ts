import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { pino } from 'pino';
import { resolveTwins } from '../../db/registry/twin-table.ts';
import { discoverFormats } from '../../exports/discover.ts';
import type { ExportFormat } from '../../exports/format.ts';
import { createSnapshots, type Snapshots } from '../../exports/snapshots.ts';
import { buildEvse } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  type FixtureRegistry,
  fillFixtureRegistry,
  openFixtureRegistry,
  storedLocation,
  storedTariff,
} from './fixture-registry.ts';

const NOW = new Date('2026-06-03T09:00:00Z');

/** Bytes of a gzip header without a name, and of its trailer. */
const GZIP_HEADER = 10;
const GZIP_TRAILER = 8;

/** A Location whose EVSE shares its ID with that of the others of its group. */
function put(number: number, group: number, overrides: Record<string, unknown> = {}) {
  const evse = buildEvse({
    uid: `E${number}`,
    evse_id: `NL*TNM*E${group}`,
    status: 'AVAILABLE',
    ...overrides,
  });
  return storedLocation({ id: `L${number}`, evses: [evse] });
}

type Step = (registry: FixtureRegistry, database: TestDatabase) => Promise<unknown>;

const number = fc.integer({ min: 0, max: 12 });
const group = fc.integer({ min: 0, max: 3 });
const status = fc.constantFrom('AVAILABLE', 'CHARGING', 'REMOVED', 'UNKNOWN');

/** What may happen to a registry between two builds. */
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(number, group, status).map(
    ([one, ids, state]): Step =>
      (registry) =>
        registry.putLocation(put(one, ids, { status: state })),
  ),
  number.map(
    (one): Step =>
      (registry) =>
        registry.putLocation(storedLocation({ id: `L${one}`, publish: false })),
  ),
  fc.tuple(number, group, fc.integer({ min: 1, max: 28 })).map(
    ([one, ids, day]): Step =>
      (registry) =>
        registry.putLocation(
          put(one, ids, { last_updated: `2026-05-${String(day).padStart(2, '0')}T00:00:00Z` }),
        ),
  ),
  fc.tuple(number, fc.string({ maxLength: 8 })).map(
    ([one, text]): Step =>
      (registry) =>
        registry.putTariff(storedTariff({ id: `T${one}`, tariff_alt_text: [{ language: 'en', text }] })),
  ),
  // Numbers far apart, so that segments and stretches begin and end between them.
  fc.constantFrom(1, 30, 700, 5_000).map(
    (skipped): Step =>
      (_registry, database) =>
        database.knex.raw(
          'update journal_head set last_location = last_location + ?, last_tariff = last_tariff + ?',
          [skipped, skipped],
        ),
  ),
  fc.constant((async (_registry, database) => {
    const { rows } = await database.knex.raw<{ rows: { id: number }[] }>('select id from location');
    await resolveTwins(
      database.knex,
      rows.map(({ id }) => id),
    );
  }) satisfies Step),
);

describe('an edition that is made from the one before', () => {
  let database: TestDatabase;
  let registry: FixtureRegistry;
  let directory: string;
  let formats: ExportFormat[];
  let log: { level: number; msg: string }[];

  before(async () => {
    database = await openTestDatabase();
    formats = await discoverFormats();
  });
  after(() => database.drop());
  beforeEach(begin);
  afterEach(() => rm(directory, { recursive: true }));

  async function begin(): Promise<void> {
    await database.truncate();
    registry = await openFixtureRegistry(database);
    directory = await mkdtemp(join(tmpdir(), 'nap-continued-'));
    log = [];
  }

  function open(folder: string, now = NOW): Snapshots {
    return createSnapshots({
      knex: database.knex,
      directory: join(directory, folder),
      publication: { name: 'NAP', licence: 'CC0-1.0', attribution: 'NAP' },
      clock: () => now,
      logger: pino({ level: 'info' }, { write: (line: string) => log.push(JSON.parse(line)) }),
      formats,
    });
  }

  /** Every file, as it is and gzipped, by its name. */
  async function filesOf(snapshots: Snapshots): Promise<Map<string, Buffer>> {
    const files = new Map<string, Buffer>();
    for (const { format, view, snapshot } of await snapshots.list()) {
      const identity = await readFile(snapshot?.identity.path ?? '');
      const gzip = await readFile(snapshot?.gzip.path ?? '');
      const inflated = inflateRawSync(gzip.subarray(GZIP_HEADER, -GZIP_TRAILER));
      expect(inflated.equals(identity), `${format.name} is one member that unpacks to the file`).to.equal(
        true,
      );
      files.set(`${format.name} ${view}`, identity);
    }
    return files;
  }

  async function expectSameAsAnew(continued: Snapshots): Promise<void> {
    await rm(join(directory, 'anew'), { recursive: true, force: true });
    const anew = open('anew');
    for (const { format, state } of await anew.build()) expect(state, format).to.equal('built');
    const expected = await filesOf(anew);
    for (const [name, bytes] of await filesOf(continued)) {
      if (bytes.equals(expected.get(name) ?? Buffer.alloc(0))) continue;
      expect(bytes.toString('latin1'), name).to.equal(expected.get(name)?.toString('latin1'));
    }
  }

  it('is to the byte what it would be if every object were written anew, whatever happened in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(steps, { maxLength: 6 }), { maxLength: 4 }), async (rounds) => {
        await rm(directory, { recursive: true });
        await begin();
        const continued = open('continued');
        for (const round of [[], ...rounds]) {
          for (const step of round) await step(registry, database);
          for (const { state, problem } of await continued.buildIfChanged()) {
            expect(state, problem).to.equal('built');
          }
        }
        await expectSameAsAnew(continued);
        expect(log.filter(({ level }) => level >= 40)).to.deep.equal([]);
      }),
      { numRuns: 25 },
    );
  });

  it('asks the registry for what changed, and for nothing else', async () => {
    await database.truncate();
    registry = await fillFixtureRegistry(database);
    const pieces = formats.filter((format) => 'write' in format);
    const snapshots = createSnapshots({
      ...{ knex: database.knex, directory, clock: () => NOW, formats: pieces },
      publication: { name: 'NAP', licence: 'CC0-1.0', attribution: 'NAP' },
      logger: pino({ level: 'silent' }),
    });
    await snapshots.build();
    await registry.putLocation(put(1, 1));
    const asked: unknown[] = [];
    const listen = ({ sql, bindings }: { sql: string; bindings: unknown[] }) => {
      if (/\bfrom (location|tariff)\b[\s\S]*order by id/.test(sql)) asked.push(bindings.find(Array.isArray));
    };
    database.knex.on('query', listen);
    await snapshots.buildIfChanged();
    database.knex.removeListener('query', listen);
    const { rows } = await database.knex.raw(`select id from location where location_id = 'L1'`);
    expect(new Set(asked.flat())).to.deep.equal(new Set([rows[0].id]));
  });

  it('is made anew, and only the file concerned, where the former file cannot be used', async () => {
    await registry.putLocation(put(1, 1));
    const snapshots = open('continued');
    await snapshots.build();
    const damaged = await snapshots.current('locations.csv');
    await writeFile(
      damaged?.indexPath ?? '',
      'no index'.padEnd((await readFile(damaged?.indexPath ?? '')).length),
    );
    await registry.putLocation(put(2, 2));
    const reports = await snapshots.buildIfChanged();
    expect(new Set(reports.map(({ state }) => state))).to.deep.equal(new Set(['built']));
    expect(log.filter(({ level }) => level >= 40).map(({ msg }) => msg)).to.deep.equal([
      'a file is made anew, the former cannot be used',
    ]);
    await expectSameAsAnew(snapshots);
  });

  it('is made anew when the journal no longer reaches back, or is that of another registry', async () => {
    await registry.putLocation(put(1, 1));
    const snapshots = open('continued');
    await snapshots.build();
    await registry.putLocation(put(2, 2));
    await database.knex.raw('delete from change where sequence <= 1');
    await snapshots.buildIfChanged();
    await expectSameAsAnew(snapshots);
    await database.truncate();
    registry = await openFixtureRegistry(database);
    for (const one of [3, 4, 5]) await registry.putLocation(put(one, one));
    await snapshots.buildIfChanged();
    await expectSameAsAnew(snapshots);
  });

  it('is made anew once a day', async () => {
    await registry.putLocation(put(1, 1));
    await open('continued').build();
    const later = open('continued', new Date(NOW.getTime() + 24 * 60 * 60_000 + 1));
    await later.buildIfChanged();
    const current = await later.current('locations.csv');
    expect(current?.basis.wholeAt).to.deep.equal(current?.generatedAt);
    await registry.putLocation(put(2, 2));
    const soon = open('continued', new Date(NOW.getTime() + 25 * 60 * 60_000));
    await soon.buildIfChanged();
    const next = await soon.current('locations.csv');
    expect(next?.basis.wholeAt, 'the one after is made from it').to.deep.equal(current?.basis.wholeAt);
  });

  it('leaves the day before behind, as it was last, for a week', async () => {
    await registry.putLocation(put(1, 1));
    const day = (number: number) => new Date(NOW.getTime() + number * 24 * 60 * 60_000);
    for (let today = 0; today < 9; today += 1) {
      await registry.putLocation(put(1, today, { status: 'CHARGING' }));
      await open('continued', day(today)).buildIfChanged();
      await registry.putLocation(put(1, today, { status: 'AVAILABLE' }));
      await open('continued', new Date(day(today).getTime() + 60_000)).buildIfChanged();
    }
    const snapshots = open('continued', day(9));
    const days = await snapshots.days();
    expect(days.map(({ day }) => day)).to.deep.equal(
      [10, 9, 8, 7, 6, 5, 4].map((of) => `2026-06-${String(of).padStart(2, '0')}`),
    );
    const download = await snapshots.dailyFile('2026-06-10', 'locations.csv');
    const bytes = await readFile(download?.path ?? '');
    const text = inflateRawSync(bytes.subarray(GZIP_HEADER, -GZIP_TRAILER)).toString();
    expect(text).to.contain('NL*TNM*E7').and.to.contain('AVAILABLE');
    expect(download?.file).to.include({ sequence: 17, objects: 1 });
    expect(await snapshots.dailyFile('2026-06-10', '../current.json')).to.equal(null);
    expect(await snapshots.dailyFile('../..', 'locations.csv')).to.equal(null);
  });

  it('fails rather than take over a former file that is shorter than it says', async () => {
    await registry.putLocation(put(1, 1));
    const snapshots = open('continued');
    await snapshots.build();
    const current = await snapshots.current('locations.geojson');
    await appendFile(current?.identity.path ?? '', 'more');
    expect(await snapshots.current('locations.geojson'), 'it is not whole').to.equal(null);
    await snapshots.buildIfChanged();
    await expectSameAsAnew(snapshots);
  });
});
