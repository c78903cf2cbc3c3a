import { expect } from 'chai';
import * as step from '../../../db/migrations/0018-cheap-statuses.ts';
import { buildLocation } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource, openTestPipeline } from '../../support/pipeline.ts';

describe('migration 0018', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());

  it('knows the times of the Locations that are there already, and follows those that change', async () => {
    const { knex } = database;
    const { pipeline } = await openTestPipeline(database);
    const by = await addTestSource(database, 'cpo');
    const owner = { countryCode: 'NL', partyId: 'TNM' };
    await pipeline.putLocation(by, owner, 'L1', buildLocation({ id: 'L1' }));
    await step.down(knex);
    await step.up(knex);
    const times = async () => ({
      kept: await knex('location_time')
        .orderBy('location')
        .select('location as id', 'changed_at', 'last_updated'),
      meant: await knex('location').orderBy('id').select('id', 'changed_at', 'last_updated'),
    });
    const before = await times();
    expect(before.kept).to.have.length(1);
    expect(before.kept).to.deep.equal(before.meant);
    const patch = { status: 'CHARGING', last_updated: '2026-06-02T12:00:00Z' };
    await pipeline.patchEvse(by, owner, 'L1', 'EVSE-1', patch);
    await pipeline.putLocation(by, owner, 'L2', buildLocation({ id: 'L2' }));
    const after = await times();
    expect(after.kept).to.have.length(2);
    expect(after.kept).to.deep.equal(after.meant);
    expect(after.kept[0].changed_at).to.be.greaterThan(before.kept[0].changed_at);
  });
});
