import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Adapter } from '../../ingest/adapter.ts';
import { UnreadableElement } from '../../ingest/json-list.ts';
import type { Pipeline } from '../../ingest/pipeline.ts';
import { SourceBusyError, SourceNotFoundError } from '../../ingest/pull.ts';
import { type CpoPlatform, startCpoPlatform } from '../simulator/cpo-platform.ts';
import { makeFleet } from '../simulator/fleet.ts';
import { buildLocation } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';
import { openPullRig, type PullRig } from '../support/pull.ts';

const fleet = makeFleet({ seed: 11, locations: 30, now: new Date('2026-06-07T12:00:00Z') });
const NOTHING = {
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  stale: 0,
  rejected: 0,
  failed: 0,
  removed: 0,
  findings: 0,
};

describe('one run of a source', () => {
  let database: TestDatabase;
  let rig: PullRig;
  let platform: CpoPlatform;
  let expectedErrors: number;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    expectedErrors = 0;
    rig = await openPullRig(database);
    platform = await startCpoPlatform({ fleet, pageSize: 10 });
  });

  afterEach(async () => {
    await platform.close();
    await rig.close();
    expect(rig.log.filter(({ level }) => level >= 50)).to.have.length(expectedErrors);
  });

  after(() => database.drop());

  const addPlatform = (more: object = {}) =>
    rig.add({ url: platform.versionsUrl, sealedToken: `sealed:${platform.token}`, ...more });
  const addLocations = (more: object = {}) =>
    rig.add({
      options: { locationsUrl: platform.locationsUrl },
      sealedToken: `sealed:${platform.token}`,
      ...more,
    });
  const run = (options: object = {}) => rig.puller.run('cpo', options);
  const statuses = async (locationId: string) => {
    const { document } = await database.knex('location').where({ location_id: locationId }).first('document');
    return JSON.parse(document).evses.map(({ status }: { status: string }) => status);
  };
  const standing = () => database.knex('location').where({ vanished: false }).pluck('location_id');

  it('counts every object once, and the second time finds them all unchanged', async () => {
    const source = await addPlatform();
    const objects = fleet.locations.length + fleet.tariffs.length;
    const first = await run();
    expect(first).to.include({ source: 'cpo', state: 'complete', received: objects, created: objects });
    expect(Object.keys(first)).to.deep.equal(['source', 'state', ...Object.keys(NOTHING), 'seconds']);
    const changes = await database.knex('change');
    const second = await run({ full: true });
    expect(second).to.include({ state: 'complete', received: objects, unchanged: objects, removed: 0 });
    expect(await database.knex('change')).to.deep.equal(changes);
    const [last, before] = await rig.runs.list(source.id, 10);
    expect(last).to.deep.include({ state: 'complete', full: true, startedAt: rig.now, finishedAt: rig.now });
    expect(last?.counts).to.deep.equal({ ...NOTHING, received: objects, unchanged: objects });
    expect(before?.counts.created).to.equal(objects);
  });

  it('PC-07: asks for what changed since the start of the last complete run, with an overlap', async () => {
    await addLocations();
    const dateFrom = () => platform.requests.at(-1)?.query.get('date_from');
    rig.now = new Date('2026-06-10T12:00:00Z');
    await run();
    expect(dateFrom()).to.equal(null);

    rig.now = new Date('2026-06-10T13:00:00Z');
    const changed = { ...fleet.locations[3], name: 'changed', last_updated: '2026-06-10T12:30:00Z' };
    platform.locations.put(changed);
    expect(await run()).to.include({ state: 'complete', received: 1, updated: 1, removed: 0 });
    expect(dateFrom()).to.equal('2026-06-10T11:50:00Z');

    rig.now = new Date('2026-06-10T14:00:00Z');
    platform.faults.add({ fault: 'ocpiError', times: 1 });
    expect((await run()).state).to.equal('failed');
    rig.now = new Date('2026-06-10T15:00:00Z');
    await run();
    expect(dateFrom()).to.equal('2026-06-10T12:50:00Z');
    await run({ full: true });
    expect(dateFrom()).to.equal(null);
  });

  it('PC-06: what an incremental pull lacks stays; what a complete full pull lacks becomes REMOVED', async () => {
    await addPlatform();
    await run();
    const [lost, stays] = fleet.locations;
    const [tariff] = fleet.tariffs;
    platform.locations.delete(lost as object);
    platform.tariffs.delete(tariff as object);
    expect(await run()).to.include({ state: 'complete', removed: 0 });
    expect(await standing()).to.include(lost?.id);

    expect(await run({ full: true })).to.include({ state: 'complete', removed: 2 });
    expect(new Set(await statuses(String(lost?.id)))).to.deep.equal(new Set(['REMOVED']));
    expect(await statuses(String(stays?.id))).to.deep.equal(stays?.evses.map(({ status }) => status));
    expect(await database.knex('tariff').where({ tariff_id: tariff?.id })).to.deep.equal([]);
  });

  it('PC-06: holds the removal when more would go than the source’s limit', async () => {
    await addLocations({ shrinkLimit: 0.1 });
    await run();
    for (const location of fleet.locations.slice(0, 4)) platform.locations.delete(location);
    const report = await run({ full: true });
    expect(report).to.include({ state: 'held', received: 26, removed: 0 });
    expect(report.problem).to.equal(
      '4 of 30 known locations were not in the list, more than the limit of 10 %: nothing was removed',
    );
    expect(await standing()).to.have.length(30);
    expect(await rig.sources.findByName('cpo')).to.include({ state: 'held', consecutiveFailures: 0 });

    platform.locations.put(fleet.locations[0] as object);
    expect(await run({ full: true })).to.include({ state: 'complete', removed: 3 });
  });

  it('PC-06: what came changed counts among the known, so that all may change and one be gone', async () => {
    await addLocations({ shrinkLimit: 0.1 });
    rig.now = new Date('2026-06-10T12:00:00Z');
    await run();
    const [lost, ...others] = fleet.locations;
    platform.locations.delete(lost as object);
    for (const location of others)
      platform.locations.put({ ...location, last_updated: '2026-06-10T12:30:00Z' });
    rig.now = new Date('2026-06-10T13:00:00Z');
    expect(await run({ full: true })).to.include({ state: 'complete', received: 29, removed: 1 });
  });

  it('PC-06: an empty list removes nothing', async () => {
    await addLocations();
    await run();
    for (const location of fleet.locations) platform.locations.delete(location);
    expect(await run({ full: true })).to.include({ state: 'held', received: 0, removed: 0 });
    expect(await standing()).to.have.length(30);
  });

  it('PC-05: a refused object is kept with its reasons, and neither deleted nor in the way of the others', async () => {
    await addLocations();
    await run();
    const [lost, broken] = fleet.locations;
    platform.locations.delete(lost as object);
    platform.locations.put({ ...broken, coordinates: null, last_updated: '2026-06-09T12:00:00Z' });
    const report = await run({ full: true });
    expect(report).to.include({ state: 'complete', received: 29, rejected: 1, unchanged: 28, removed: 1 });
    expect(await standing()).to.include(broken?.id);
    const [record] = await database.knex('rejected_record');
    expect(record).to.include({ object_id: broken?.id, reason: 'invalid' });
  });

  it('PC-06: as long as an object does not say which it is, nothing that is missing is removed', async () => {
    await addLocations();
    await run();
    const [lost, nameless] = fleet.locations;
    platform.locations.delete(lost as object);
    platform.locations.delete(nameless as object);
    platform.locations.append({ ...nameless, id: undefined });
    const report = await run({ full: true });
    expect(report).to.include({ state: 'held', rejected: 1, removed: 0 });
    expect(report.problem).to.contain('1 of its objects could not be identified: nothing was removed');
    expect(await standing()).to.have.length(30);
  });

  it('PC-08: an object of a party that the source does not speak for is refused', async () => {
    await addLocations({ parties: [{ countryCode: 'nl', partyId: 'tnm' }] });
    const report = await run();
    const ours = fleet.locations.filter(({ party_id }) => party_id === 'TNM').length;
    expect(ours).to.be.within(1, 29);
    expect(report).to.include({ state: 'complete', created: ours, rejected: 30 - ours });
    expect(await database.knex('rejected_record').distinct('reason').pluck('reason')).to.deep.equal([
      'foreign-party',
    ]);
  });

  it('CRED-22: a source of a connection speaks with the connection’s voice', async () => {
    const [{ id }] = await database
      .knex('connection')
      .insert({ name: 'cpo', role: 'CPO', token_hash: Buffer.alloc(32), token_kind: 'static' })
      .returning('id');
    await addLocations({ connectionId: id });
    expect((await run()).created).to.equal(30);
    expect(await database.knex('location').distinct('connection_id', 'source_id')).to.deep.equal([
      { connection_id: id, source_id: null },
    ]);
  });

  it('PC-10: a refused token marks the source broken, until a run by hand succeeds', async () => {
    await addLocations();
    platform.faults.add({ fault: 'unauthorized' });
    const report = await run();
    expect(report.state).to.equal('failed');
    expect(report.problem).not.to.contain(platform.token);
    expect((await rig.sources.findByName('cpo'))?.brokenAt).to.deep.equal(rig.now);
    expect(rig.log.some(({ level, msg }) => level === 40 && /refuses our token/.test(msg))).to.equal(true);
    platform.faults.clear();
    expect((await run()).state).to.equal('complete');
    expect((await rig.sources.findByName('cpo'))?.brokenAt).to.equal(null);
  });

  it('reads a file again only when it has changed, and asks for it when everything is wanted', async () => {
    await rig.add({ kind: 'ocpi-file', url: platform.files.locationsGzip });
    expect(await run()).to.include({ state: 'complete', created: 30 });
    expect(await run()).to.deep.equal({ source: 'cpo', state: 'complete', ...NOTHING, seconds: 0 });
    expect(await run({ full: true })).to.include({ state: 'complete', received: 30, unchanged: 30 });
    platform.locations.delete(fleet.locations[0] as object);
    expect(await run()).to.include({ state: 'complete', received: 29, removed: 1 });
  });

  it('does not take a file for known that was not stored whole', async () => {
    await rig.add({ kind: 'ocpi-file', url: platform.files.locations, shrinkLimit: 0 });
    await run();
    platform.locations.delete(fleet.locations[0] as object);
    expect((await run()).state).to.equal('held');
    expect(await run()).to.include({ state: 'held', received: 29 });
  });

  it('keeps what could not be read of a file for its owner to see', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nap-pull-'));
    try {
      const deep = `{"id":"deep","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
      const path = join(folder, 'file.json');
      await writeFile(path, `[${JSON.stringify(buildLocation())},${deep},5]`);
      await rig.add({ kind: 'ocpi-file', url: path });
      expect(await run()).to.include({ state: 'complete', received: 3, created: 1, rejected: 2 });
      const kept = await database.knex('rejected_record').pluck('document');
      expect(kept.join()).to.contain('element 2 is nested more than 64 levels deep; it begins with {');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('ends as the database fails in the middle: nothing is removed, and the counts add up', async () => {
    await addLocations();
    await run();
    await rig.close();
    let batches = 0;
    const wrap = (pipeline: Pipeline): Pipeline => ({
      ...pipeline,
      takePulled: async (...given) => {
        if (++batches === 2) throw new Error('the database is gone');
        return pipeline.takePulled(...given);
      },
    });
    rig = await openPullRig(database, { wrap });
    expectedErrors = 1;
    platform.locations.delete(fleet.locations[0] as object);
    const report = await run({ full: true });
    expect(report).to.include({ state: 'partial', received: 20, unchanged: 10, failed: 10, removed: 0 });
    expect(report.problem).to.equal('a fault of this access point; its log says more');
    expect(await standing()).to.have.length(30);
  });

  it('an object that fails to be stored keeps everything from being removed', async () => {
    await addLocations();
    await run();
    await rig.close();
    const wrap = (pipeline: Pipeline): Pipeline => ({
      ...pipeline,
      takePulled: async (...given) => {
        const receipts = await pipeline.takePulled(...given);
        const error = new Error('no room');
        return receipts.with(0, {
          ...(receipts[0] as (typeof receipts)[number]),
          outcome: { kind: 'failed', error },
        });
      },
    });
    rig = await openPullRig(database, { wrap });
    platform.locations.delete(fleet.locations[0] as object);
    const report = await run({ full: true });
    expect(report).to.include({ state: 'partial', failed: 3, removed: 0 });
    expect(report.problem).to.equal('3 of the objects could not be stored');
    expect(await standing()).to.have.length(30);
  });

  it('ends when it is told to stop, says so in both rows, and can be run again', async () => {
    const source = await addLocations();
    const controller = new AbortController();
    platform.faults.add({ fault: 'slow', never: true, path: 'offset=20' });
    const running = run({ signal: controller.signal });
    while (!platform.requests.some(({ url }) => url.includes('offset=20'))) await tick();
    controller.abort(new Error('shutting down'));
    const report = await running;
    expect(report).to.include({ state: 'partial', problem: 'stopped before its end' });
    expect(await rig.runs.last(source.id)).to.include({ state: 'partial', problem: report.problem });
    expect(await rig.sources.findByName('cpo')).to.include({ state: 'partial', consecutiveFailures: 0 });
    platform.faults.clear();
    expect(await run()).to.include({ state: 'complete', received: 30 });
  });

  it('PC-09: a second run of the same source is refused while one is under way, or waits for it', async () => {
    await addLocations();
    platform.faults.add({ fault: 'slow', delay: 100 });
    const first = run();
    const since = rig.now.toISOString();
    while (platform.requests.length === 0) await tick();
    const error = await failureOf(run());
    expect(error).to.be.instanceOf(SourceBusyError);
    expect(error.message).to.equal(
      `Source cpo is being pulled since ${since}. Try again when that has ended.`,
    );
    const second = run({ patience: 60_000, full: true });
    expect(await first).to.include({ state: 'complete', created: 30 });
    expect(await second).to.include({ state: 'complete', unchanged: 30 });
  });

  it('ends when its source is removed, and shows its progress until then', async () => {
    await rig.close();
    rig = await openPullRig(database, { renewalMs: 10 });
    const source = await addLocations();
    platform.faults.add({ fault: 'slow', never: true, path: 'offset=20' });
    const running = run();
    const progress = async () => (await rig.runs.last(source.id))?.counts.received;
    while ((await progress()) !== 20) await tick();
    await rig.sources.remove(source.id);
    expect(await running).to.include({
      state: 'partial',
      received: 20,
      problem: 'another run has taken over, or the source was removed',
    });
  });

  it('tells how far it is, at most once a second', async () => {
    await rig.close();
    // Pages are taken side by side, and two may end in one commit; here each ends before the next one begins.
    let before: Promise<unknown> = Promise.resolve();
    const wrap = (pipeline: Pipeline): Pipeline => ({
      ...pipeline,
      takePulled(...given) {
        const receipts = before.then(async () => {
          const taken = await pipeline.takePulled(...given);
          rig.now = new Date(rig.now.getTime() + 600);
          return taken;
        });
        before = receipts;
        return receipts;
      },
    });
    rig = await openPullRig(database, { wrap });
    await addLocations();
    const seen: number[] = [];
    await run({ onProgress: ({ received }: { received: number }) => seen.push(received) });
    expect(seen).to.deep.equal([20, 30]);
  });

  it('says that there is no such source', async () => {
    expect(await failureOf(rig.puller.run('nobody'))).to.be.instanceOf(SourceNotFoundError);
  });

  it('fails with words for a kind that is gone, and for a token that cannot be opened', async () => {
    await rig.add({ kind: 'ftp' });
    expect(await run()).to.include({ state: 'failed', problem: 'there is no adapter of kind ftp' });
    await addLocations({ name: 'sealed', sealedToken: 'otherwise' });
    expect(await rig.puller.run('sealed')).to.include({
      state: 'failed',
      problem: 'our token for it cannot be opened: it was sealed with another key',
    });
  });

  it('a fault of an adapter is ours: it is logged once, and the run has an end', async () => {
    await rig.close();
    const broken: Adapter = {
      kind: 'broken',
      description: 'Breaks.',
      validateOptions: () => [],
      modulesOf: () => ['locations'],
      async *pull() {
        const objects = [buildLocation(), new UnreadableElement('is odd', '{')];
        yield { module: 'locations', version: '2.2.1', objects };
        throw new TypeError('x is not a function');
      },
    };
    rig = await openPullRig(database, { adapters: new Map([['broken', broken]]) });
    expectedErrors = 1;
    const source = await rig.add({ kind: 'broken' });
    expect(await run()).to.include({ state: 'partial', received: 2, created: 1, rejected: 1 });
    expect((await rig.sources.findById(source.id))?.state).to.equal('partial');
  });
});

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
