import { expect } from 'chai';
import { maintain } from '../../db/maintenance.ts';
import { buildLocation } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { addTestSource, openTestPipeline } from '../support/pipeline.ts';

describe('maintenance of the embedded engine', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });

  after(() => database.drop());

  it('tells the planner how many rows there are, whatever was rewritten before', async function () {
    if (database.engine === 'server') {
      this.skip();
    }
    const { pipeline } = await openTestPipeline(database);
    const by = await addTestSource(database, 'cpo');
    for (const day of ['1', '2', '3']) {
      const locations = Array.from({ length: 50 }, (_, index) =>
        buildLocation({ id: `L${index}`, name: day, last_updated: `2026-06-0${day}T00:00:00Z` }),
      );
      await pipeline.takePulled(by, 'locations', locations, []);
    }
    await maintain(database);
    const { rows } = await database.knex.raw("select reltuples from pg_class where relname = 'location'");
    expect(rows[0].reltuples).to.equal(50);
  });
});
