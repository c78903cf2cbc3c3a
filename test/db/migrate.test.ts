/** Migrating: each step once, whoever starts at the same time, whatever died before. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../../db/connection.ts';
import { migrate } from '../../db/migrate.ts';
import { startChild } from '../support/child.ts';
import { openTestDatabase, type TestDatabase, testEngine } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';

const FIRST = `
export async function up(knex) {
  await knex.raw('create table step (name text primary key)');
  await knex.raw("insert into step values ('first')");
}
export async function down(knex) { await knex.raw('drop table step'); }
`;
/** Slow enough that a second process meets it at work. */
const SECOND = `
export async function up(knex) {
  await knex.raw('select pg_sleep(0.5)');
  await knex.raw("insert into step values ('second')");
}
`;
const BROKEN = `
export async function up(knex) {
  await knex.raw("insert into step values ('third')");
  await knex.raw('select 1 / 0');
}
`;

describe(`Migrating (${testEngine})`, () => {
  let database: TestDatabase;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-migrations-'));
    // What is beside them in a compiled folder, and what may lie around.
    await writeFile(join(folder, '0001-first.d.ts'), 'export {};');
    await writeFile(join(folder, 'README.md'), 'Not a migration');
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, '0002-second.js'), SECOND);
    await writeFile(join(folder, '0001-first.js'), FIRST);
    database = await openTestDatabase({ empty: true });
  });
  afterEach(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const steps = () => database.knex('step').orderBy('name').pluck('name');

  it('applies every step in order, once, with PostGIS before the first', async () => {
    expect(await migrate(database, { folder })).to.deep.equal({ applied: ['0001-first', '0002-second'] });
    expect(await migrate(database, { folder })).to.deep.equal({ applied: [] });
    expect(await steps()).to.deep.equal(['first', 'second']);
    await database.knex.raw('select postgis_version()');
  });

  it('records names without extension, so source and compiled files agree', async () => {
    await migrate(database, { folder });
    await rm(join(folder, '0001-first.js'));
    await writeFile(join(folder, '0001-first.ts'), FIRST);
    expect(await migrate(database, { folder })).to.deep.equal({ applied: [] });
  });

  it('keeps the steps before one that fails, nothing of that one, and goes on from there', async () => {
    await writeFile(join(folder, '0003-third.js'), BROKEN);
    expect((await failureOf(migrate(database, { folder }))).message).to.include('division by zero');
    expect(await steps()).to.deep.equal(['first', 'second']);
    const repaired = join(folder, 'repaired');
    await mkdir(repaired);
    await writeFile(join(repaired, 'package.json'), '{"type":"module"}');
    await writeFile(join(repaired, '0001-first.js'), FIRST);
    await writeFile(join(repaired, '0002-second.js'), SECOND);
    await writeFile(join(repaired, '0003-third.js'), BROKEN.replace('1 / 0', '1'));
    expect(await migrate(database, { folder: repaired })).to.deep.equal({ applied: ['0003-third'] });
  });

  it('is not stopped by a lock that a killed process left in the table of Knex', async () => {
    await migrate(database, { folder });
    await database.knex('knex_migrations_lock').update({ is_locked: 1 });
    await writeFile(join(folder, '0003-third.js'), BROKEN.replace('1 / 0', '1'));
    expect(await migrate(database, { folder })).to.deep.equal({ applied: ['0003-third'] });
  });

  it('refuses a database that a newer version migrated', async () => {
    await migrate(database, { folder });
    await rm(join(folder, '0002-second.js'));
    const failure = await failureOf(migrate(database, { folder }));
    expect(failure.message).to.include('0002-second').and.to.include('newer version');
  });

  it('applies each step once when called ten times at once', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => migrate(database, { folder })));
    expect(results.flatMap(({ applied }) => applied)).to.deep.equal(['0001-first', '0002-second']);
  });

  it('lets one of two processes that start at once do the work, and the other find it done', async function () {
    // The embedded engine lets only one of them in; that is the lock's own test.
    if (testEngine !== 'server') this.skip();
    const children = [1, 2, 3].map(() => startChild('migrate-once', [folder], database.environment));
    const lines = await Promise.all(children.map((child) => child.line('applied')));
    expect(lines.sort()).to.deep.equal(['applied ', 'applied ', 'applied 0001-first,0002-second']);
    expect(await Promise.all(children.map((child) => child.ended()))).to.deep.equal([0, 0, 0]);
    expect(await steps()).to.deep.equal(['first', 'second']);
  });

  it('goes on where a process was killed in the middle of a step', async () => {
    await writeFile(join(folder, '0003-slow.js'), SECOND.replace('0.5', '600').replace('second', 'slow'));
    await database.close();
    const child = startChild('migrate-once', [folder], database.environment);
    await child.line('log Applied a migration');
    await child.kill();
    await rm(join(folder, '0003-slow.js'));
    await writeFile(join(folder, '0003-third.js'), BROKEN.replace('1 / 0', '1'));
    const again = await openDatabase(database.settings);
    try {
      // A server notices a client that was killed only when it next writes to it; the lock ends with it.
      await again.knex.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where pid <> pg_backend_pid() and datname = current_database() and query ~ 'pg_sleep'`,
      );
      const { applied } = await migrate(again, { folder });
      expect(applied.at(-1)).to.equal('0003-third');
      expect(await again.knex('step').orderBy('name').pluck('name')).to.deep.equal([
        'first',
        'second',
        'third',
      ]);
    } finally {
      await again.close();
    }
  });
});

describe('Migrating a server that is not ready for it', () => {
  before(function () {
    if (testEngine !== 'server') this.skip();
  });

  it('says who has to create the extension when this user may not', async () => {
    const database = await openTestDatabase({ empty: true });
    const role = `nap_plain_${process.pid}`;
    try {
      await database.knex.raw(`create role ${role} login`);
      const url = new URL(database.settings.url ?? '');
      url.username = role;
      const plain = await openDatabase({ url: url.href, dataDirectory: tmpdir() });
      const failure = await failureOf(migrate(plain));
      await plain.close();
      expect(failure.message).to.include(role).and.to.include('create extension postgis');
    } finally {
      await database.knex.raw(`drop role if exists ${role}`);
      await database.drop();
    }
  });
});
