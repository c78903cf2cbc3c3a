import { expect } from 'chai';
import fc from 'fast-check';
import { type CopiedColumns, copyOut } from '../../db/copy-out.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';

/** More bytes than one message of the protocol and one chunk of a socket. */
const LONG = 300_000;

describe('rows as bytes', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());

  const readText = (columns: CopiedColumns) => columns.bytes().toString();

  it('are what the query answers, in its order', async () => {
    const query = database.knex.raw(
      `select n::bigint << 40, n % 2 = 0, ? || n, ?::timestamptz = '2026-06-01 10:00Z', ? = any(?::text[])
         from generate_series(3, 1, -1) as n`,
      [`it's {"a":"\\n"} ☃ `, '2026-06-01T10:00:00Z', 'b', ['a', 'b']],
    );
    const rows = await copyOut(database.knex, query, (columns) => [
      columns.integer(),
      columns.boolean(),
      columns.text(),
      columns.boolean(),
      columns.boolean(),
    ]);
    expect(rows).to.deep.equal([
      [3 * 2 ** 40, false, `it's {"a":"\\n"} ☃ 3`, true, true],
      [2 * 2 ** 40, true, `it's {"a":"\\n"} ☃ 2`, true, true],
      [1 * 2 ** 40, false, `it's {"a":"\\n"} ☃ 1`, true, true],
    ]);
  });

  it('have a value that is bound as it was given, whatever a statement would make of it', async () => {
    const marks = fc.constantFrom("'", '\\', '?', '$1', '"', '--', ';', "\\'", '/*', ':a', '☃');
    const hostile = fc.array(fc.oneof(marks, fc.string()), { maxLength: 8 }).map((parts) => parts.join(''));
    const { knex } = database;
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (one, other) => {
        const query = knex.raw('select ?, ?::text[]', [one, [other] as never]);
        const [row] = await copyOut(
          knex,
          knex.raw('select a, b[1] from (?) as bound(a, b)', [query]),
          (columns) => [columns.text(), columns.text()],
        );
        expect(row).to.deep.equal([one, other]);
      }),
    );
  });

  it('stay as they are, whatever their length and what is read after them', async () => {
    const { knex } = database;
    const query = knex.raw('select repeat(chr(96 + n), ? / n) from generate_series(1, 26) as n', [LONG]);
    const rows = await copyOut(knex, query, (columns) => columns.bytes());
    await copyOut(knex, query, (columns) => columns.bytes());
    const wanted = Array.from({ length: 26 }, (_, index) =>
      String.fromCharCode(97 + index).repeat(Math.floor(LONG / (index + 1))),
    );
    expect(rows.map(String)).to.deep.equal(wanted);
  });

  it('are none when the query finds none', async () => {
    expect(await copyOut(database.knex, database.knex.raw(`select 'a' where false`), readText)).to.deep.equal(
      [],
    );
  });

  it('are those of the transaction that reads them', async () => {
    await database.knex.transaction(async (transaction) => {
      await transaction.raw(`create temporary table seen on commit drop as select 'here' as word`);
      const rows = await copyOut(transaction, transaction.raw('select seen.word from seen'), readText);
      expect(rows).to.deep.equal(['here']);
    });
  });

  it('fail as the database fails, also half-way, and leave the connection fit for use', async () => {
    const { knex } = database;
    const failing = `select repeat('x', 1000) || 1 / (n - 900) from generate_series(1, 1000) as n`;
    for (const sql of [failing, 'select nothing']) {
      let error: Error | undefined;
      await copyOut(knex, knex.raw(sql), readText).catch((reason) => {
        error = reason;
      });
      expect(error).to.be.instanceOf(Error);
    }
    expect(await copyOut(knex, knex.raw(`select 'on'`), readText)).to.deep.equal(['on']);
  });

  it('have integers of any width, and a word for no value', async () => {
    const query = database.knex.raw(
      `select -1::smallint, -70000, -5000000000, 9007199254740991, null::bigint, 7::bigint, null::text, 'a'`,
    );
    const rows = await copyOut(database.knex, query, (columns) => [
      ...Array.from({ length: 4 }, () => columns.integer()),
      ...Array.from({ length: 2 }, () => columns.integerOrNull()),
      ...Array.from({ length: 2 }, () => columns.textOrNull()),
    ]);
    expect(rows).to.deep.equal([[-1, -70000, -5e9, Number.MAX_SAFE_INTEGER, null, 7, null, 'a']]);
  });

  it('are refused where a value is missing, or does not fit a number', async () => {
    const { knex } = database;
    const refusal = (sql: string, read: (columns: CopiedColumns) => unknown) =>
      copyOut(knex, knex.raw(sql), read).then(() => '', String);
    expect(await refusal('select null::text', readText)).to.contain('has no value');
    expect(await refusal('select 9007199254740992', (columns) => columns.integer())).to.contain(
      'does not fit',
    );
  });
});
