import { expect } from 'chai';
import { down, up } from '../../../db/migrations/0015-features.ts';
import * as evseTimes from '../../../db/migrations/0020-times-of-evses.ts';
import { fillFixtureRegistry, storedLocation, storedTariff } from '../../exports/fixture-registry.ts';
import { buildEvse } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

const TOLD = '2026-06-01T12:00:00.000Z';
const HEARTBEAT = '2026-06-09T00:00:00Z';

describe('The times that open data shows', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase();
    const registry = await fillFixtureRegistry(database);
    const evses = [buildEvse({ uid: 'still' }), buildEvse({ uid: 'beats' })];
    const location = storedLocation({ id: 'BEATS', evses });
    const tariff = storedTariff({ id: 'BEATS' });
    await registry.putLocation(location);
    await registry.putTariff(tariff);
    const later = { last_updated: HEARTBEAT };
    await registry.putLocation({
      ...location,
      document: { ...location.document, ...later, evses: [evses[0], { ...evses[1], ...later }] },
    });
    await registry.putTariff({ ...tariff, document: { ...tariff.document, ...later } });
  });
  after(() => database.drop());

  /** Rows that show another time than the newest, by what they are called. */
  async function shown(): Promise<Record<string, string>> {
    const { rows } = await database.knex.raw<{ rows: { name: string; time: Date }[] }>(
      `select location.location_id as name, location.published_last_updated as time from location
        union all
       select times.uid_key, nullif(times.published, times.newest)
         from location
        cross join unnest(location.evse_keys, location.evse_times, location.published_evse_times)
           as times (uid_key, newest, published)
        union all
       select 'tariff ' || tariff.tariff_id, tariff.published_last_updated from tariff`,
    );
    return Object.fromEntries(
      rows.filter(({ time }) => time !== null).map(({ name, time }) => [name, time.toISOString()]),
    );
  }

  const apart = () => database.knex('evse').where('stands_apart', true).pluck('uid');

  const wanted = { BEATS: TOLD, beats: TOLD, 'tariff BEATS': TOLD };

  it('are kept beside the newer ones that a heartbeat brings', async () => {
    expect(await shown()).to.deep.equal(wanted);
    expect(await apart()).to.deep.equal(['E1']);
  });

  it('are read from the published documents of what was there before they were kept', async () => {
    await database.knex.transaction(async (transaction) => {
      await evseTimes.down(transaction);
      await down(transaction);
      expect(await transaction.schema.hasColumn('evse', 'published_last_updated')).to.equal(false);
      await up(transaction);
      await evseTimes.up(transaction);
    });
    expect(await shown()).to.deep.equal(wanted);
    expect(await apart(), 'has coordinates of its own').to.deep.equal(['E1']);
  });
});
