import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import type { LocationFormat, PackedLocationFormat, TariffFormat } from '../../exports/format.ts';
import {
  createSnapshots,
  type SnapshotParts,
  type Snapshots,
  UnknownFormatError,
} from '../../exports/snapshots.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  type FixtureRegistry,
  openFixtureRegistry,
  storedLocation,
  storedTariff,
} from './fixture-registry.ts';

/** Made for these tests: ids, one a line. */
const ids: LocationFormat = {
  name: 'ids.txt',
  module: 'locations',
  mediaType: 'text/plain',
  title: 'Ids',
  description: 'The ids of all Locations.',
  dataSets: ['static'],
  separator: '',
  open: ({ sequence }) => `#${sequence}\n`,
  write: ({ location }) => `${location.id}\n`,
  close: () => 'end\n',
};

const tariffIds: TariffFormat = {
  ...ids,
  name: 'tariff-ids.txt',
  module: 'tariffs',
  write: ({ tariff }) => `${tariff.id}\n`,
};

/** Of the two formats: that of Locations has two views. */
const FILES = 3;

const HOUR = 60 * 60_000;

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('snapshots', () => {
  let database: TestDatabase;
  let registry: FixtureRegistry;
  let directory: string;
  let snapshots: Snapshots;
  let now: Date;
  let log: { level: number; msg: string; err?: { message: string } }[];

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    registry = await openFixtureRegistry(database);
    await registry.putLocation(storedLocation({ id: 'a' }));
    await registry.putTariff(storedTariff({ id: 't' }));
    directory = await mkdtemp(join(tmpdir(), 'nap-snapshots-'));
    now = new Date('2026-06-03T09:00:00Z');
    log = [];
    snapshots = make();
  });
  afterEach(() => rm(directory, { recursive: true }));

  function make(parts: Partial<SnapshotParts> = {}): Snapshots {
    return createSnapshots({
      knex: database.knex,
      directory,
      publication: { name: 'NAP', licence: 'CC0-1.0', attribution: 'NAP' },
      clock: () => now,
      logger: pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) }),
      formats: [ids, tariffIds],
      ...parts,
    });
  }

  async function text(of: Snapshots = snapshots, format = 'ids.txt'): Promise<string | null> {
    const snapshot = await of.current(format);
    return snapshot && readFile(snapshot.identity.path, 'utf8');
  }

  /** Of the view `raw`; the other one has tests of its own (`views.test.ts`). */
  async function states(work: Promise<{ format: string; view: string; state: string }[]>): Promise<string[]> {
    const reports = (await work).filter(({ view }) => view === 'raw');
    return reports.map(({ format, state }) => `${format} ${state}`).sort();
  }

  const errors = () => log.filter(({ level }) => level >= 50);

  describe('building', () => {
    it('makes every format, with the sequence, the time, sizes and hashes', async () => {
      expect(await snapshots.current('ids.txt')).to.equal(null);
      expect(await states(snapshots.build())).to.deep.equal(['ids.txt built', 'tariff-ids.txt built']);
      const snapshot = await snapshots.current('ids.txt');
      expect(await text()).to.equal('#2\na\nend\n');
      expect(snapshot).to.include({ sequence: 2, objects: 1, licence: 'CC0-1.0' });
      expect(snapshot?.generatedAt).to.deep.equal(now);
      expect(snapshot?.identity.bytes).to.equal(9);
      expect(snapshot?.identity.etag)
        .to.match(/^"[0-9a-f]{64}"$/)
        .and.not.equal(snapshot?.gzip.etag);
      expect((await stat(snapshot?.gzip.path ?? '')).size).to.equal(snapshot?.gzip.bytes);
    });

    it('makes one format when it is named, and refuses one that there is not', async () => {
      expect(await states(snapshots.build('ids.txt'))).to.deep.equal(['ids.txt built']);
      expect(await snapshots.current('tariff-ids.txt')).to.equal(null);
      const error = await snapshots.build('ids.xml').catch((thrown: Error) => thrown);
      expect(error).to.be.instanceOf(UnknownFormatError);
      expect((error as Error).message).to.equal(
        'there is no format "ids.xml"; there are ids.txt, tariff-ids.txt',
      );
    });

    it('reads the registry once for all formats of a module', async () => {
      const queries: string[] = [];
      const listen = ({ sql }: { sql: string }) => queries.push(sql);
      database.knex.on('query', listen);
      const both = make({ formats: [ids, { ...ids, name: 'more.txt' }] });
      await both.build();
      database.knex.removeListener('query', listen);
      // One batch with objects and one without.
      expect(queries.filter((sql) => /from location/.test(sql))).to.have.length(2);
      expect(await text(both, 'more.txt')).to.equal('#2\na\nend\n');
    });

    it('leaves nothing behind but what is published', async () => {
      await snapshots.build();
      await snapshots.build();
      expect(await readdir(join(directory, '.building'))).to.deep.equal([]);
    });

    it('removes the edition before, once nobody can be about to point to it', async () => {
      await snapshots.build('ids.txt');
      const before = await snapshots.current('ids.txt');
      const folder = join(before?.identity.path ?? '', '..');
      const past = new Date(Date.now() - HOUR);
      await utimes(folder, past, past);
      const reader = await open(before?.identity.path ?? '', 'r');
      await registry.putLocation(storedLocation({ id: 'b' }));
      await snapshots.build('ids.txt');
      expect(await stat(folder).catch(() => 'gone')).to.equal('gone');
      expect(await reader.readFile('utf8'), 'who reads it reads on').to.equal('#2\na\nend\n');
      await reader.close();
      expect(await text()).to.equal('#3\na\nb\nend\n');
    });

    it('removes the files of a format that there is no longer', async () => {
      await snapshots.build();
      const gone = join((await snapshots.current('tariff-ids.txt'))?.identity.path ?? '', '..');
      await utimes(gone, new Date(Date.now() - HOUR), new Date(Date.now() - HOUR));
      const fewer = make({ formats: [ids] });
      await fewer.build();
      expect(await snapshots.current('tariff-ids.txt')).to.equal(null);
      expect(await stat(gone).catch(() => 'gone')).to.equal('gone');
      expect(await text(fewer)).to.equal('#2\na\nend\n');
    });

    it('removes what a killed build has left, and not what another is building', async () => {
      const dead = join(directory, '.building', '4711-dead');
      const alive = join(directory, '.building', '4712-alive');
      await mkdir(join(dead, 'ids.txt'), { recursive: true });
      await mkdir(alive);
      await writeFile(join(dead, 'ids.txt', 'ids.txt'), 'half');
      const past = new Date(Date.now() - HOUR);
      for (const path of [['ids.txt', 'ids.txt'], ['ids.txt'], []])
        await utimes(join(dead, ...path), past, past);
      await snapshots.build();
      expect(await readdir(join(directory, '.building'))).to.deep.equal(['4712-alive']);
    });
  });

  describe('building when something changed', () => {
    it('does nothing when nothing did', async () => {
      expect(await states(snapshots.buildIfChanged())).to.deep.equal([
        'ids.txt built',
        'tariff-ids.txt built',
      ]);
      expect(await states(snapshots.buildIfChanged())).to.deep.equal([]);
      expect(await states(make().buildIfChanged()), 'another process').to.deep.equal([]);
    });

    it('builds all files, of one sequence, whatever it was that changed', async () => {
      await snapshots.build();
      await registry.putLocation(storedLocation({ id: 'b' }));
      expect(await states(snapshots.buildIfChanged())).to.deep.equal([
        'ids.txt built',
        'tariff-ids.txt built',
      ]);
      await registry.putTariff(storedTariff({ id: 'u' }));
      await snapshots.buildIfChanged();
      const listed = (await snapshots.list()).map(({ snapshot }) => snapshot?.sequence);
      expect(listed).to.deep.equal(Array(FILES).fill(4));
      expect([await text(), await text(snapshots, 'tariff-ids.txt')]).to.deep.equal([
        '#4\na\nb\nend\n',
        '#4\nt\nu\nend\n',
      ]);
    });

    it('builds what is a day old, has other terms, or is not whole', async () => {
      await snapshots.build();
      now = new Date(now.getTime() + 24 * HOUR + 1);
      expect(await states(snapshots.buildIfChanged())).to.have.length(2);
      const other = make({ publication: { name: 'NAP', licence: 'CC-BY-4.0', attribution: 'NAP' } });
      expect(await states(other.buildIfChanged())).to.have.length(2);
      await truncate((await other.current('ids.txt'))?.identity.path ?? '', 3);
      expect(await other.current('ids.txt')).to.equal(null);
      expect(await states(other.buildIfChanged())).to.have.length(2);
      expect(await text(other)).to.equal('#2\na\nend\n');
      await writeFile(join(directory, 'current.json'), '{"files":');
      expect(await states(other.buildIfChanged())).to.have.length(2);
      expect(errors()).to.deep.equal([]);
    });

    it('builds when the registry is behind the file: it was restored', async () => {
      await snapshots.build();
      await database.truncate();
      expect(await states(snapshots.buildIfChanged())).to.have.length(2);
      expect(await text()).to.equal('#0\nend\n');
    });

    it('is one build for all who ask at once', async () => {
      const [one, two] = await Promise.all([snapshots.buildIfChanged(), snapshots.buildIfChanged()]);
      expect(one).to.have.length(FILES).and.equal(two);
    });
  });

  describe('a build that fails', () => {
    let broken: (text: string) => string;
    const fragile: LocationFormat = {
      ...ids,
      name: 'fragile.txt',
      write: (object) => broken(String(ids.write(object))),
    };

    beforeEach(async () => {
      broken = (line) => line;
      snapshots = make({ formats: [ids, fragile] });
      await snapshots.build();
      for (const id of ['b', 'c', 'd']) await registry.putLocation(storedLocation({ id }));
      now = new Date('2026-06-03T10:00:00Z');
    });

    it('leaves the last good file in its place, with its age, and the other formats alone', async () => {
      broken = () => {
        throw new Error('no words for it');
      };
      expect(await states(snapshots.build())).to.deep.equal(['fragile.txt failed', 'ids.txt built']);
      expect(await text(snapshots, 'fragile.txt')).to.equal('#2\na\nend\n');
      expect((await snapshots.current('fragile.txt'))?.generatedAt).to.deep.equal(
        new Date('2026-06-03T09:00:00Z'),
      );
      expect(await text()).to.equal('#5\na\nb\nc\nd\nend\n');
      expect(errors().map(({ msg }) => msg)).to.include('a file of open data could not be built');
    });

    it('is none when one object in the registry cannot be written: it is left out and logged', async () => {
      broken = (line) => {
        if (line === 'b\n') throw new Error('no words for b');
        return line;
      };
      expect(await states(snapshots.build('fragile.txt'))).to.deep.equal(['fragile.txt built']);
      expect(await text(snapshots, 'fragile.txt')).to.equal('#5\na\nc\nd\nend\n');
      expect(errors().map(({ err }) => err?.message)).to.deep.equal(['no words for b']);
    });

    it('is none when one object of a pack cannot be written: the others are, from what they were', async () => {
      const packed: PackedLocationFormat = {
        ...{ name: 'packed.txt', module: 'locations', mediaType: 'text/plain', title: 'Packed' },
        ...{ description: 'The ids of all Locations, in packs.', dataSets: ['static'] },
        open: () => '',
        pack: async (entries, former) => {
          const lines = former ? Buffer.from(former.bytes).toString().split('\n') : [];
          const line = (entry: (typeof entries)[number]) =>
            'object' in entry ? broken(entry.object.location.id) : `${lines[entry.former]} kept`;
          return { bytes: Buffer.from(`${entries.map(line).join('\n')}\n`), note: '' };
        },
        close: () => 'end\n',
      };
      snapshots = make({ formats: [packed] });
      await snapshots.build();
      broken = (line) => {
        if (line === 'f') throw new Error('no words for f');
        return line;
      };
      for (const id of ['e', 'f']) await registry.putLocation(storedLocation({ id }));
      expect(await states(snapshots.buildIfChanged())).to.deep.equal(['packed.txt built']);
      expect(await text(snapshots, 'packed.txt')).to.equal('a kept\nb kept\nc kept\nd kept\ne\nend\n');
      expect(errors().map(({ err }) => err?.message)).to.deep.equal(['no words for f']);
    });

    it('is told in words, also when it is the database that fails', async () => {
      const knex = {
        raw: () => Promise.reject(new Error('the database is away')),
      } as unknown as typeof database.knex;
      const away = make({ knex });
      for (const reports of [await away.build(), await away.buildIfChanged()]) {
        expect(reports.map(({ state, problem }) => `${state}: ${problem}`)).to.deep.equal(
          Array(FILES).fill('failed: the database is away'),
        );
      }
      expect(await text(away), 'the last good file').to.equal('#2\na\nend\n');
    });

    it('is tried on demand for everybody who waits, and then not at once again', async () => {
      let tries = 0;
      const raw = async () => {
        tries += 1;
        throw new Error('the database is away');
      };
      const empty = join(directory, 'empty');
      const away = make({
        directory: empty,
        formats: [ids],
        knex: { raw } as unknown as typeof database.knex,
      });
      expect(await Promise.all([1, 2, 3].map(() => away.currentOrBuild('ids.txt')))).to.deep.equal([
        null,
        null,
        null,
      ]);
      expect(await away.currentOrBuild('ids.txt')).to.equal(null);
      expect(tries).to.equal(1);
    });
  });

  describe('on demand', () => {
    it('the first to ask has it built, and all who ask meanwhile get that build', async () => {
      const found = await Promise.all([1, 2, 3].map(() => snapshots.currentOrBuild('ids.txt')));
      expect(new Set(found.map((snapshot) => snapshot?.identity.path)).size).to.equal(1);
      expect(log.filter(({ msg }) => msg === 'a file of open data was built')).to.have.length(FILES);
      expect(await snapshots.currentOrBuild('no-such.txt')).to.equal(null);
    });
  });

  describe('two processes', () => {
    it('that build at once leave one whole file', async () => {
      const others = [make(), make(), make()];
      await Promise.all([snapshots, ...others].map((one) => one.build()));
      const current = await snapshots.current('ids.txt');
      expect(await text()).to.equal('#2\na\nend\n');
      expect(await text(others[0])).to.equal(await text());
      expect(current?.identity.bytes).to.equal(9);
      expect(errors()).to.deep.equal([]);
    });

    it('see at once what the other publishes, and what somebody removes', async () => {
      const other = make();
      for (const sequence of [2, 3]) {
        await other.build();
        expect(await snapshots.current('ids.txt')).to.include({ sequence });
        await registry.putLocation(storedLocation({ id: `after ${sequence}` }));
      }
      await rm((await snapshots.current('ids.txt'))?.gzip.path ?? '');
      expect(await snapshots.current('ids.txt')).to.equal(null);
      expect(await snapshots.currentOrBuild('ids.txt')).to.include({ sequence: 4 });
      await rm(join(directory, 'current.json'));
      expect(await snapshots.current('ids.txt')).to.equal(null);
    });

    it('an older build does not replace a newer one', async () => {
      const head = deferred<void>();
      const held = deferred<Map<string, string>>();
      const slow = make({
        readPartyNames() {
          head.resolve(); // asked for after the head
          return held.promise;
        },
      });
      const building = slow.build('ids.txt');
      await head.promise;
      await registry.putLocation(storedLocation({ id: 'b' }));
      now = new Date(now.getTime() + 1000);
      await snapshots.build('ids.txt');
      held.resolve(new Map());
      expect(await states(building)).to.deep.equal(['ids.txt superseded']);
      expect(await text()).to.equal('#3\na\nb\nend\n');
    });
  });

  it('a stop ends a build that is asked for, without an error in the log, and keeps what is published', async () => {
    await snapshots.build();
    const building = snapshots.build('ids.txt');
    await snapshots.close();
    expect(await states(building)).to.deep.equal(['ids.txt failed']);
    expect(await text()).to.equal('#2\na\nend\n');
    expect(await readdir(join(directory, '.building'))).to.deep.equal([]);
    expect(errors()).to.deep.equal([]);
  });
});
