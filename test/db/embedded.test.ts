/** The embedded engine: what survives, what is refused, and what a client leaves behind. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { openDatabase } from '../../db/connection.ts';
import { type EmbeddedEngine, openEmbeddedEngine } from '../../db/embedded.ts';
import { startChild } from '../support/child.ts';
import { testEngine } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';

/** Acknowledged commits before the kill: enough for several pages and for one under way. */
const COMMITS_BEFORE_KILL = 150;

describe('The embedded engine', () => {
  let directory: string;

  before(function () {
    if (testEngine !== 'embedded') this.skip();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nap-embedded-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('loses no acknowledged commit when its process is killed, and reopens at once', async () => {
    const child = startChild('commit-forever', [], { NAP_DATA_DIR: directory });
    await child.line(`committed ${COMMITS_BEFORE_KILL}`);
    await child.kill();
    const database = await openDatabase({ dataDirectory: directory });
    try {
      const acknowledged = child.lines.length;
      const { rows } = await database.knex.raw('select count(*), min(number), max(number) from acknowledged');
      expect(rows[0].count).to.be.at.least(acknowledged);
      expect(rows[0].max).to.equal(rows[0].count);
      // Syncing is what makes this hold for a power cut too.
      const { rows: settings } = await database.knex.raw(
        `select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method,
                current_setting('synchronous_commit') as commit`,
      );
      expect(settings).to.deep.equal([{ fsync: 'on', method: 'fsync', commit: 'on' }]);
    } finally {
      await database.close();
    }
  });

  it('refuses a second process, and leaves nothing but its data when it is closed', async () => {
    const database = await openDatabase({ dataDirectory: directory, fsync: false });
    const line = await startChild('hold-data-directory', [], { NAP_DATA_DIR: directory }).line('refused');
    expect(line).to.include(directory);
    await database.knex.raw('create table kept as select 1 as one');
    await database.close();
    await database.close();
    expect(await readdir(directory)).to.deep.equal(['database']);
    const again = await openDatabase({ dataDirectory: directory, fsync: false });
    expect((await again.knex('kept').select()).length).to.equal(1);
    await again.close();
    expect((await failureOf(again.knex.raw('select 1'))).message).to.match(/closed|destroy|Unable/i);
  });

  it('does not take a half-made data directory for a whole one', async () => {
    await mkdir(join(directory, 'incoming-dead', 'database'), { recursive: true });
    await writeFile(join(directory, 'incoming-dead', 'database', 'PG_VERSION'), '18\n');
    const database = await openDatabase({ dataDirectory: directory, fsync: false });
    await database.knex.raw('select postgis_version()');
    await database.close();
    expect(await readdir(directory)).to.deep.equal(['database']);
  });

  it('refuses a data directory of another version, and one that is none', async () => {
    await mkdir(join(directory, 'database'));
    expect((await failureOf(openDatabase({ dataDirectory: directory }))).message).to.include('PG_VERSION');
    await writeFile(join(directory, 'database', 'PG_VERSION'), '17\n');
    expect((await failureOf(openDatabase({ dataDirectory: directory }))).message).to.match(
      /PostgreSQL 17, the embedded engine is PostgreSQL 18/,
    );
  });

  it('names the version of PostgreSQL that the packages really hold', async () => {
    const engine = await openEmbeddedEngine({ dataDirectory: directory, fsync: false });
    await engine.close();
    expect(await readFile(join(directory, 'database', 'PG_VERSION'), 'utf8')).to.equal('18\n');
  });
});

describe('Clients of the embedded engine', () => {
  let directory: string;
  let engine: EmbeddedEngine;

  before(async function () {
    if (testEngine !== 'embedded') this.skip();
    directory = await mkdtemp(join(tmpdir(), 'nap-clients-'));
    engine = await openEmbeddedEngine({ dataDirectory: directory, fsync: false });
  });
  after(async () => {
    await engine?.close();
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  async function client(): Promise<pg.Client> {
    const made = new pg.Client({ stream: () => engine.openStream() as never, ssl: false, user: 'postgres' });
    // A client that is cut off says so twice: to its query, which is looked at, and here.
    made.on('error', () => {});
    await made.connect();
    return made;
  }

  it('find no transaction, setting or prepared statement of the one before, however it left', async () => {
    const first = await client();
    await first.query('create table left_open (id int)');
    await first.query('begin');
    await first.query(`set application_name to 'first'`);
    await first.query({ name: 'mine', text: 'insert into left_open values ($1)', values: [1] });
    await first.query('create temporary table scratch (id int)');
    // Not `end()`: as a client goes whose connection broke.
    (first as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    const second = await client();
    const { rows } = await second.query(
      `select count(*)::int as rows, current_setting('application_name') as name,
              (select count(*)::int from pg_prepared_statements where name = 'mine') as prepared,
              to_regclass('scratch') as scratch from left_open`,
    );
    expect(rows).to.deep.equal([{ rows: 0, name: '', prepared: 0, scratch: null }]);
    await second.query('begin');
    await second.query('insert into left_open values (2)');
    await second.end();
    const third = await client();
    expect((await third.query('select * from left_open')).rows).to.deep.equal([]);
    await third.end();
  });

  it('find a working engine after one that left in the middle of a failed query', async () => {
    const first = await client();
    await first.query('begin');
    const failing = failureOf(first.query('select 1 / $1::int', [0]));
    await first.end();
    await failing;
    const second = await client();
    expect((await second.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await second.end();
  });

  it('are refused beside another, which is not disturbed', async () => {
    const first = await client();
    await first.query('begin');
    expect(await failureOf(client())).to.have.property('code', '53300');
    expect((await first.query('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await first.end();
  });

  it('are told when the engine is gone, during a query and afterwards', async () => {
    const own = await mkdtemp(join(tmpdir(), 'nap-gone-'));
    const database = await openDatabase({ dataDirectory: own, fsync: false });
    try {
      const recurse = () => database.knex.raw('select recurse(1)');
      await database.knex.raw(
        `create function recurse(n int) returns int language plpgsql as 'begin return recurse(n + 1); end'`,
      );
      // PostgreSQL's own limit comes first, and is an ordinary error.
      expect(await failureOf(recurse())).to.have.property('code', '54001');
      await database.knex.raw(`set max_stack_depth to '1GB'`);
      expect((await failureOf(recurse())).message).to.include('The embedded database stopped');
      const later = await failureOf(database.knex.raw('select 1'));
      expect(later.message).to.include('The embedded database stopped').and.not.to.include('recurse');
    } finally {
      await database.close();
      await rm(own, { recursive: true, force: true });
    }
  });
});
