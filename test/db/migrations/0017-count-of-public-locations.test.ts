import { expect } from 'chai';
import { down, up } from '../../../db/migrations/0017-count-of-public-locations.ts';
import { fillFixtureRegistry, storedLocation } from '../../exports/fixture-registry.ts';
import { buildEvse } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('The number of public Locations that is kept', () => {
  let database: TestDatabase;
  let registry: Awaited<ReturnType<typeof fillFixtureRegistry>>;
  before(async () => {
    database = await openTestDatabase();
    registry = await fillFixtureRegistry(database);
  });
  after(() => database.drop());

  const kept = async () =>
    (
      await database
        .knex('public_location_count')
        .where('locations', '>', 0)
        .orderBy(['country_code', 'party_id'])
    ).map(({ country_code, party_id, locations }) => `${country_code}-${party_id} ${locations}`);

  /** As counting says, which is also what is kept. */
  async function counted(): Promise<string[]> {
    const { rows } = await database.knex.raw<{ rows: { count: string }[] }>(
      `select concat(location.country_code, '-', location.party_id, ' ', count(*)) as count
         from location
        where location.public
        group by location.country_code, location.party_id
        order by location.country_code, location.party_id`,
    );
    const counts = rows.map(({ count }) => count);
    expect(await kept()).to.deep.equal(counts);
    return counts;
  }

  it('follows Locations that come, are hidden, are shown again, and go', async () => {
    const before = await counted();
    expect(before).to.have.length.above(1);
    const put = (overrides: object) => registry.putLocation(storedLocation({ id: 'NEW', ...overrides }));
    await put({});
    const withNew = await counted();
    expect(withNew).to.not.deep.equal(before);
    await put({ name: 'another', last_updated: '2026-06-10T00:00:00Z' });
    expect(await counted()).to.deep.equal(withNew);
    await put({ publish: false, last_updated: '2026-06-11T00:00:00Z' });
    expect(await counted()).to.deep.equal(before);
    await put({ last_updated: '2026-06-12T00:00:00Z' });
    expect(await counted()).to.deep.equal(withNew);
    await put({ evses: [buildEvse({ status: 'REMOVED' })], last_updated: '2026-06-13T00:00:00Z' });
    expect(await counted()).to.deep.equal(before);
    await put({ last_updated: '2026-06-14T00:00:00Z' });
    await database.knex('location').where('location_id', 'NEW').delete();
    expect(await counted()).to.deep.equal(before);
  });

  it('begins with what is there', async () => {
    const before = await kept();
    await database.knex.transaction(async (transaction) => {
      await down(transaction);
      await up(transaction);
    });
    expect(await counted()).to.deep.equal(before);
  });
});
