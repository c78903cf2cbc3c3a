import { expect } from 'chai';
import * as step from '../../../db/migrations/0020-times-of-evses.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource, openTestPipeline } from '../../support/pipeline.ts';

describe('migration 0020', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());

  it('takes the times of EVSEs to their Location and back again, with those that the journal told', async () => {
    const { knex } = database;
    const { pipeline } = await openTestPipeline(database);
    const by = await addTestSource(database, 'cpo');
    const owner = { countryCode: 'NL', partyId: 'TNM' };
    const put = (id: string, uids: readonly string[], last_updated: string) => {
      const evses = uids.map((uid) => buildEvse({ uid, last_updated }));
      return pipeline.putLocation(by, owner, id, buildLocation({ id, evses, last_updated }));
    };
    await put('TOLD', ['b', 'B1', 'a'], '2026-06-01T12:00:00Z');
    await put('BEATS', ['b', 'a'], '2026-06-01T12:00:00Z');
    await put('BEATS', ['a', 'b'], '2026-06-02T12:00:00Z');
    await put('EMPTY', [], '2026-06-01T12:00:00Z');
    const times = () =>
      knex('location')
        .orderBy('location_id')
        .select('location_id', 'evse_keys', 'evse_times', 'published_evse_times');
    const before = await times();
    expect(before.map(({ evse_keys }) => evse_keys)).to.deep.equal([['a', 'b'], [], ['a', 'b', 'b1']]);
    expect(before.map(({ published_evse_times }) => published_evse_times?.length)).to.deep.equal([
      2,
      undefined,
      undefined,
    ]);
    await step.down(knex);
    const rows = await knex('evse').orderBy(['location', 'uid_key']).pluck('last_updated');
    expect(rows.map((time) => time.toISOString().slice(0, 10))).to.deep.equal([
      ...['2026-06-01', '2026-06-01', '2026-06-01'],
      ...['2026-06-02', '2026-06-02'],
    ]);
    await step.up(knex);
    expect(await times()).to.deep.equal(before);
  });
});
