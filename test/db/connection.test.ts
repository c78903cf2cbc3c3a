/** What every connection guarantees, on whichever engine this run is about. */
import { expect } from 'chai';
import { openDatabase } from '../../db/connection.ts';
import { openTestDatabase, type TestDatabase, testEngine } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';

describe(`A database connection (${testEngine})`, () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase({ empty: true });
    await database.knex.raw('create extension if not exists postgis');
    await database.knex.raw('create table number (id bigint primary key, label text not null)');
  });
  after(() => database.drop());
  beforeEach(() => database.knex.raw('truncate number'));

  async function first(sql: string, bindings: unknown[] = []): Promise<Record<string, unknown>> {
    const { rows } = await database.knex.raw(sql, bindings as never);
    return rows[0];
  }

  it('says which engine it is', () => {
    expect(database.engine).to.equal(testEngine);
  });

  it('returns bigint as a number, alone, in arrays and from count', async () => {
    const row = await first(
      `select 9007199254740991::int8 as big, array[[1, null], [3, 4]]::int8[] as list, count(*) from number`,
    );
    expect(row).to.deep.equal({
      big: 9007199254740991,
      list: [
        [1, null],
        [3, 4],
      ],
      count: 0,
    });
  });

  it('refuses a bigint that a number cannot hold instead of rounding it', async () => {
    const failure = await failureOf(first('select 9007199254740993::int8 as big'));
    expect(failure.message).to.include('9007199254740993');
    expect(await first('select 1 as one')).to.deep.equal({ one: 1 });
  });

  it('returns numeric as text and changes no global parser', async () => {
    expect(await first('select 1.50::numeric as price')).to.deep.equal({ price: '1.50' });
    const { default: pg } = await import('pg');
    expect(pg.types.getTypeParser(20, 'text')('5')).to.equal('5');
  });

  it('returns timestamptz as a Date and keeps milliseconds both ways', async () => {
    const instant = new Date('2026-03-29T01:30:00.123Z');
    const row = await first('select ?::timestamptz as instant, ?::timestamptz::text as text', [
      instant,
      instant,
    ]);
    expect(row.instant).to.deep.equal(instant);
    expect(row.text).to.equal('2026-03-29 01:30:00.123+00');
  });

  it('runs its sessions in UTC under the name nap', async () => {
    const row = await first(
      `select current_setting('timezone') as zone, current_setting('application_name') as name`,
    );
    expect(row).to.deep.equal({ zone: 'UTC', name: 'nap' });
  });

  it('keeps the code and constraint of an error, and goes on working', async () => {
    await database.knex.raw('insert into number values (?, ?)', [1, 'one']);
    const failure = await failureOf(database.knex.raw('insert into number values (?, ?)', [1, 'uno']));
    expect(failure.code).to.equal('23505');
    expect(failure.constraint).to.equal('number_pkey');
    expect((await failureOf(database.knex.raw('select * from nowhere where id = ?', [1]))).code).to.equal(
      '42P01',
    );
    expect((await failureOf(database.knex.raw('select ?::int / 0', [1]))).code).to.equal('22012');
    expect(await first('select label from number where id = ?', [1])).to.deep.equal({ label: 'one' });
  });

  it('rolls a transaction back on an error', async () => {
    const failure = await failureOf(
      database.knex.transaction(async (transaction) => {
        await transaction.raw('insert into number values (?, ?)', [1, 'one']);
        await transaction.raw('insert into number values (?, ?)', [1, 'again']);
      }),
    );
    expect(failure.code).to.equal('23505');
    expect(await first('select count(*) from number')).to.deep.equal({ count: 0 });
  });

  it('writes 20,000 rows with one unnest', async () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => index);
    const labels = ids.map((id) => `label ${id}, "quoted" \\ and {braced}`);
    await database.knex.raw('insert into number select * from unnest(?::int8[], ?::text[])', [ids, labels]);
    expect(await first('select count(*), sum(id)::int8 as sum from number')).to.deep.equal({
      count: 20_000,
      sum: 199_990_000,
    });
    expect(await first('select label from number where id = 19999')).to.deep.equal({ label: labels[19_999] });
  });

  it('takes and returns tens of megabytes in one query', async () => {
    const text = 'é'.repeat(12_500_000);
    const row = await first('select length(?::text) as length, ?::text as echo', [text, text]);
    expect(row.length).to.equal(text.length);
    expect(row.echo === text).to.equal(true);
  });

  it('streams rows outside and inside a transaction', async () => {
    await database.knex.raw(`insert into number select n, 'label ' || n from generate_series(1, 5000) n`);
    let seen = 0;
    for await (const row of database.knex('number').orderBy('id').stream()) {
      seen += 1;
      expect(row.id).to.equal(seen);
    }
    expect(seen).to.equal(5000);
    await database.knex.transaction(async (transaction) => {
      let inside = 0;
      for await (const _ of transaction('number').orderBy('id').stream({ batchSize: 100 })) inside += 1;
      expect(inside).to.equal(5000);
      const { rows } = await transaction.raw('select count(*) from number');
      expect(rows).to.deep.equal([{ count: 5000 }]);
    });
  });

  it('ends a stream that is left early without harm to the next query', async () => {
    await database.knex.raw(`insert into number select n, 'label ' || n from generate_series(1, 5000) n`);
    for await (const row of database.knex('number').orderBy('id').stream({ highWaterMark: 10 })) {
      if (row.id === 3) break;
    }
    expect(await first('select count(*) from number')).to.deep.equal({ count: 5000 });
  });

  it('reports an error in the middle of a stream and goes on working', async () => {
    await database.knex.raw(`insert into number select n, 'x' from generate_series(1, 500) n`);
    const failure = await failureOf(
      (async () => {
        const stream = database.knex.raw('select 1 / (400 - id) as broken from number order by id').stream();
        for await (const _ of stream);
      })(),
    );
    expect(failure.code).to.equal('22012');
    expect(await first('select count(*) from number')).to.deep.equal({ count: 500 });
  });

  it('knows geography, GeoJSON and projections', async () => {
    const row = await first(
      `select st_asgeojson(st_makepoint(?, ?)::geography) as json,
              round(st_distance(st_makepoint(4, 52)::geography, st_makepoint(5, 52)::geography)) as metres,
              round(st_x(st_transform(st_setsrid(st_makepoint(4, 52), 4326), 3857))) as x,
              st_astext(st_tileenvelope(0, 0, 0)) like 'POLYGON%' as tile`,
      [4.5, 52.25],
    );
    expect(row).to.deep.equal({
      json: '{"type":"Point","coordinates":[4.5,52.25]}',
      metres: 68_677,
      x: 445_278,
      tile: true,
    });
  });

  it('serves many queries asked at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => first('select ?::int as index', [index])),
    );
    expect(answers.map(({ index }) => index)).to.deep.equal(Array.from({ length: 50 }, (_, index) => index));
  });
});

describe('Opening a database that cannot be opened', () => {
  const url = (text: string) => openDatabase({ url: text, dataDirectory: '/nowhere' });

  it('names the setting, the place and the next step when nothing listens', async () => {
    // Port 1 of the loopback: reserved, and nothing of ours ever listens there.
    const failure = await failureOf(url('postgres://somebody:s3cret-word@127.0.0.1:1/registry'));
    expect(failure.message).to.match(/127\.0\.0\.1:1, database registry, user somebody/);
    expect(failure.message).to.include('Is PostgreSQL running');
    expect(failure.message).to.include('DATABASE_URL');
    expect(failure.code).to.equal('ECONNREFUSED');
    expect(JSON.stringify(failure) + failure.stack).not.to.include('s3cret-word');
  });

  it('does not repeat a URL that it cannot read', async () => {
    const failure = await failureOf(url('postgres://somebody:s3cret-word@host:notaport/x'));
    expect(failure.message).to.include('DATABASE_URL is not a PostgreSQL URL');
    expect(String(failure.stack) + String(failure.cause)).not.to.include('s3cret-word');
  });

  it('refuses a replica without its primary', async () => {
    const failure = await failureOf(openDatabase({ readUrl: 'postgres://x/y', dataDirectory: '/nowhere' }));
    expect(failure.message).to.include('DATABASE_READ_URL');
  });
});

describe('A read replica', () => {
  before(function () {
    if (testEngine !== 'server') this.skip();
  });

  it('is used for reads, refuses writes, and is named when it is not there', async () => {
    const database = await openTestDatabase({ empty: true });
    try {
      const settings = { ...database.settings, readUrl: database.settings.url };
      const both = await openDatabase(settings);
      expect(both.readKnex).not.to.equal(both.knex);
      expect((await failureOf(both.readKnex.raw('create table t (id int)'))).code).to.equal('25006');
      await both.close();
      const failure = await failureOf(openDatabase({ ...settings, readUrl: 'postgres://u@127.0.0.1:1/x' }));
      expect(failure.message).to.include('DATABASE_READ_URL');
    } finally {
      await database.drop();
    }
  });

  it('gives up on a database that does not exist with the way to make it', async () => {
    const missing = new URL(process.env.TEST_DATABASE_URL ?? '');
    missing.pathname = '/no_such_database';
    const failure = await failureOf(openDatabase({ url: missing.href, dataDirectory: '/nowhere' }));
    expect(failure.code).to.equal('3D000');
    expect(failure.message).to.include('createdb');
  });
});
