import { expect } from 'chai';
import { type MarkReader, markReader } from '../../../db/reads/locations-mark.ts';
import { fillFixtureRegistry, storedLocation } from '../../exports/fixture-registry.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('The mark of all Locations', () => {
  let database: TestDatabase;
  let registry: Awaited<ReturnType<typeof fillFixtureRegistry>>;
  let readMark: MarkReader;
  before(async () => {
    database = await openTestDatabase();
    registry = await fillFixtureRegistry(database);
    readMark = markReader(database.knex);
  });
  after(() => database.drop());

  /** Whether the mark is another one after that. */
  async function changesWith(write: () => Promise<unknown>): Promise<boolean> {
    const former = await readMark();
    await write();
    return (await readMark()) !== former;
  }

  const put = (overrides: object) => registry.putLocation(storedLocation({ id: 'MARKED', ...overrides }));
  const day = (number: number) => ({ last_updated: `2026-07-0${number}T00:00:00Z` });

  it('is another one after whatever writes a Location, by the writer or by hand', async () => {
    const { knex } = database;
    expect(await changesWith(() => put(day(1))), 'a new one').to.equal(true);
    expect(await changesWith(() => put(day(2))), 'a heartbeat').to.equal(true);
    expect(await changesWith(() => put({ ...day(3), name: 'Other' })), 'a change').to.equal(true);
    expect(await changesWith(() => knex.raw('update location set name = null')), 'by hand').to.equal(true);
    expect(await changesWith(() => knex('location').where('location_id', 'MARKED').delete())).to.equal(true);
  });

  it('is the same one while none is written', async () => {
    expect(await changesWith(async () => {})).to.equal(false);
    expect(await changesWith(() => database.knex('location').select('id'))).to.equal(false);
  });

  it('is the former one until the write is committed, and after one that was rolled back', async () => {
    const { knex, engine } = database;
    const former = await readMark();
    const transaction = await knex.transaction();
    await transaction.raw('update location set name = null');
    // The embedded engine has one connection, which the transaction holds.
    if (engine === 'server') expect(await readMark()).to.equal(former);
    await transaction.rollback();
    expect(await readMark()).to.equal(former);
  });
});
