import { expect } from 'chai';
import { createRunStore, type RunStore } from '../../../db/registry/run-store.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource } from '../../support/pipeline.ts';

const COUNTS = {
  received: 21,
  created: 1,
  updated: 2,
  unchanged: 3,
  stale: 4,
  rejected: 5,
  failed: 6,
  removed: 7,
  findings: 8,
};

describe('the store of runs', () => {
  let database: TestDatabase;
  let runs: RunStore;
  let source: number;
  let now: Date;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    now = new Date('2026-06-10T12:00:00Z');
    runs = createRunStore({ knex: database.knex, clock: () => now });
    source = (await addTestSource(database, 'ndw')).speaker.id;
  });

  after(() => database.drop());

  it('keeps a run from its start to its end', async () => {
    const id = await runs.start(source, true);
    expect(await runs.last(source)).to.deep.include({
      id,
      full: true,
      state: 'running',
      startedAt: now,
      finishedAt: null,
    });
    await runs.progress(id, { ...COUNTS, received: 10 });
    expect((await runs.last(source))?.counts.received).to.equal(10);
    now = new Date('2026-06-10T12:05:00Z');
    await runs.finish(id, 'partial', COUNTS, 'page 3 is missing');
    expect(await runs.last(source)).to.deep.equal({
      id,
      sourceId: source,
      full: true,
      state: 'partial',
      startedAt: new Date('2026-06-10T12:00:00Z'),
      finishedAt: now,
      counts: COUNTS,
      problem: 'page 3 is missing',
    });
    await runs.progress(id, { ...COUNTS, received: 99 });
    expect((await runs.last(source))?.counts.received).to.equal(21);
  });

  it('lists the newest first', async () => {
    const ids = [
      await runs.start(source, false),
      await runs.start(source, false),
      await runs.start(source, true),
    ];
    expect((await runs.list(source, 2)).map(({ id }) => id)).to.deep.equal([ids[2], ids[1]]);
    expect(await runs.last(source + 1)).to.equal(undefined);
  });

  it('ends what a dead process left behind', async () => {
    const ended = await runs.start(source, false);
    await runs.finish(ended, 'complete', COUNTS);
    await runs.start(source, false);
    expect(await runs.abandon([source])).to.equal(1);
    expect(await runs.last(source)).to.include({
      state: 'failed',
      problem: 'the process that pulled it ended',
    });
    expect(await runs.abandon([])).to.equal(0);
  });

  it('forgets old runs, but not one that goes on', async () => {
    const old = await runs.start(source, false);
    await runs.finish(old, 'complete', COUNTS);
    const running = await runs.start(source, false);
    now = new Date('2026-06-12T12:00:00Z');
    expect(await runs.forgetOlderThan(new Date('2026-06-11T00:00:00Z'))).to.equal(1);
    expect((await runs.list(source, 10)).map(({ id }) => id)).to.deep.equal([running]);
  });
});
