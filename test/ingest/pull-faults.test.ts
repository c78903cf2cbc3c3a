import { expect } from 'chai';
import type { RunReport } from '../../ingest/pull.ts';
import { type CpoPlatform, startCpoPlatform } from '../simulator/cpo-platform.ts';
import { FAULTS, type FaultName, type FaultRule } from '../simulator/faults.ts';
import { makeFleet } from '../simulator/fleet.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openPullRig, type PullRig } from '../support/pull.ts';

const fleet = makeFleet({ seed: 7, locations: 25, now: new Date('2026-06-07T12:00:00Z') });
const LOCATIONS = fleet.locations.length;

/** Every pull is a full one of 25 Locations in pages of 10, into a registry that has them all and one more. */
describe('a pull from a platform that misbehaves', () => {
  let database: TestDatabase;
  let rig: PullRig;
  let platform: CpoPlatform;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    rig = await openPullRig(database, { limits: { headersMs: 300, idleMs: 300, unpackedBytes: 500_000 } });
    platform = await startCpoPlatform({ locations: fleet.locations, pageSize: 10 });
    await rig.add({
      options: { locationsUrl: platform.locationsUrl },
      sealedToken: 'sealed:simulated-cpo-token',
    });
    const doomed = { ...fleet.locations[0], id: 'GONE' };
    platform.locations.put(doomed);
    expect((await rig.puller.run('cpo')).state).to.equal('complete');
    platform.locations.delete(doomed);
    platform.clearRequests();
    rig.sleeps.length = 0;
    rig.log.length = 0;
  });

  afterEach(async () => {
    await platform.close();
    await rig.close();
    expect(rig.log.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  after(() => database.drop());

  const isGone = async () => {
    const row = await database.knex('location').where({ location_id: 'GONE' }).first('vanished');
    return row.vanished as boolean;
  };

  async function pullWith(rule?: FaultRule): Promise<RunReport> {
    if (rule) platform.faults.add(rule);
    const report = await rig.puller.run('cpo', { full: true });
    const { received, created, updated, unchanged, stale, rejected, failed } = report;
    expect(created + updated + unchanged + stale + rejected + failed).to.equal(received);
    return report;
  }

  /** The whole list came, and what it lacks was removed. */
  async function expectWhole(report: RunReport): Promise<void> {
    expect(report).to.include({ state: 'complete', removed: 1, rejected: 0 });
    expect(await isGone()).to.equal(true);
    const standing = await database.knex('location').where({ vanished: false }).pluck('id');
    expect(standing).to.have.length(LOCATIONS);
  }

  /** Something is missing: it says so, keeps what came, and removes nothing. */
  async function expectNothingRemoved(report: RunReport, state: string, problem: RegExp): Promise<void> {
    expect(report).to.include({ state, removed: 0 });
    expect(report.problem).to.match(problem);
    expect(await isGone()).to.equal(false);
    const source = await rig.sources.findByName('cpo');
    expect(source).to.include({ state, consecutiveFailures: 1 });
    expect(source?.lastError).to.equal(report.problem);
  }

  const page = 'offset=10';
  const cases: Record<FaultName, () => Promise<void>> = {
    tooManyRequests: async () => {
      await expectWhole(await pullWith({ fault: 'tooManyRequests', retryAfter: 7, times: 2, path: page }));
      expect(rig.sleeps).to.deep.equal([7_000, 7_000]);
    },
    randomServerError: async () => {
      await expectWhole(await pullWith({ fault: 'randomServerError', probability: 0.3 }));
      expect(rig.sleeps).not.to.deep.equal([]);
      platform.faults.clear();
      const report = await pullWith({ fault: 'randomServerError', path: page });
      expect(report).to.include({ state: 'partial', received: 10, unchanged: 10 });
    },
    slow: async () => {
      const report = await pullWith({ fault: 'slow', never: true, path: page });
      await expectNothingRemoved(report, 'partial', /no answer came in time/);
      platform.faults.clear();
      await expectWhole(await pullWith({ fault: 'slow', delay: 50 }));
    },
    truncatedJson: async () => {
      const report = await pullWith({ fault: 'truncatedJson', path: page });
      await expectNothingRemoved(
        report,
        'partial',
        /the JSON is not complete: it breaks off after \d elements/,
      );
      expect(report.received).to.equal(10);
      platform.faults.clear();
      await expectWhole(await pullWith({ fault: 'truncatedJson', reset: true, times: 1, path: page }));
    },
    unauthorized: async () => {
      const report = await pullWith({ fault: 'unauthorized', path: page });
      await expectNothingRemoved(report, 'partial', /the partner refused our token/);
      expect((await rig.sources.findByName('cpo'))?.brokenAt).to.deep.equal(rig.now);
    },
    notFound: async () => {
      await expectNothingRemoved(await pullWith({ fault: 'notFound' }), 'failed', /HTTP 404/);
      expect(platform.requests).to.have.length(1);
    },
    htmlInsteadOfJson: async () => {
      const report = await pullWith({ fault: 'htmlInsteadOfJson' });
      await expectNothingRemoved(
        report,
        'failed',
        /expected "\[" or "{", found "<" \(it was sent as text\/html\)/,
      );
    },
    ocpiError: async () => {
      const report = await pullWith({ fault: 'ocpiError', path: page });
      await expectNothingRemoved(report, 'partial', /OCPI status 3000: Generic server error/);
    },
    hugeBody: async () => {
      await expectNothingRemoved(
        await pullWith({ fault: 'hugeBody' }),
        'failed',
        /sends more than 500000 bytes/,
      );
    },
    redirect: async () => {
      const report = await pullWith({ fault: 'redirect' });
      await expectNothingRemoved(report, 'failed', /redirects to http:\/\/elsewhere\.invalid/);
    },
    wrongContentType: async () => {
      await expectWhole(await pullWith({ fault: 'wrongContentType' }));
    },
    onePerPage: async () => {
      await expectWhole(await pullWith({ fault: 'onePerPage' }));
      expect(platform.requests).to.have.length(LOCATIONS);
    },
    changingTotal: async () => {
      // One object is deleted at the front while the second page is fetched: it is the one that goes, besides.
      const report = await pullWith({ fault: 'changingTotal' });
      expect(platform.requests.map(({ query }) => query.get('offset'))).to.deep.equal([
        null,
        '10',
        '9',
        '19',
      ]);
      expect(report).to.include({ state: 'complete', removed: 1, received: LOCATIONS });
      const standing = await database.knex('location').where({ vanished: false }).pluck('location_id');
      expect(standing.sort()).to.deep.equal(fleet.locations.map(({ id }) => id).sort());
      platform.faults.clear();
      expect((await pullWith({ fault: 'changingTotal', direction: 'up' })).state).to.equal('complete');
    },
    repeatingPage: async () => {
      const report = await pullWith({ fault: 'repeatingPage' });
      await expectWhole(report);
      expect(report).to.include({ received: 2 * LOCATIONS, unchanged: 2 * LOCATIONS });
      platform.faults.clear();
      const endless = await pullWith({ fault: 'repeatingPage', self: true });
      expect(endless).to.include({ state: 'complete', received: LOCATIONS });
      expect(endless.problem).to.match(
        /the Link leads back to a page that was read already; went on by offset/,
      );
    },
    foreignLink: async () => {
      const report = await pullWith({ fault: 'foreignLink' });
      await expectWhole(report);
      expect(report.problem).to.match(/another origin, http:\/\/elsewhere\.invalid.*; went on by offset/);
      expect(platform.requests.map(({ query }) => query.get('offset'))).to.deep.equal([null, '10', '20']);
    },
  };

  for (const [fault, run] of Object.entries(cases)) {
    it(`${fault}: ${FAULTS[fault as FaultName].sentence}`, run);
  }

  it('PC-13: after an outage one pull brings the present state of what changed meanwhile', async () => {
    const { port } = new URL(platform.origin);
    await platform.close();
    expect((await rig.puller.run('cpo')).state).to.equal('failed');
    platform = await startCpoPlatform({ locations: fleet.locations, port: Number(port) });
    const later = (minutes: number) => new Date(rig.now.getTime() + minutes * 60_000).toISOString();
    for (const [minutes, name] of [
      [30, 'changed'],
      [60, 'changed again'],
    ] as const) {
      platform.locations.put({ ...fleet.locations[3], name, last_updated: later(minutes) });
    }
    rig.now = new Date(later(120));
    expect(await rig.puller.run('cpo')).to.include({ state: 'complete', received: 1, updated: 1 });
    const { name } = await database.knex('location').where({ location_id: fleet.locations[3]?.id }).first();
    expect(name).to.equal('changed again');
  });
});
