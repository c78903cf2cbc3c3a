/** Pulls in every OCPI version from a platform that really answers, and from one that misbehaves. */
import { expect } from 'chai';
import { OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import type { RunReport } from '../../ingest/pull.ts';
import { churn } from '../simulator/churn.ts';
import { type CpoPlatform, type CpoPlatformOptions, startCpoPlatform } from '../simulator/cpo-platform.ts';
import type { FaultRule } from '../simulator/faults.ts';
import { type Fleet, makeFleet } from '../simulator/fleet.ts';
import { randomStream } from '../simulator/random.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openPullRig, type PullRig } from '../support/pull.ts';

const TNM = { country_code: 'NL', party_id: 'TNM', name: 'Simulated Charging' };
const PARTIES = [{ countryCode: 'NL', partyId: 'TNM' }];
const TOKEN = 'sealed:simulated-cpo-token';

describe('a pull in each version', () => {
  let database: TestDatabase;
  let rig: PullRig;
  let platform: CpoPlatform;
  let fleet: Fleet;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());

  beforeEach(async () => {
    await database.truncate();
    rig = await openPullRig(database, { limits: { headersMs: 500, idleMs: 500 } });
    fleet = makeFleet({ seed: 8, locations: 25, parties: [TNM], now: new Date('2026-06-07T12:00:00Z') });
  });
  afterEach(async () => {
    await platform.close();
    await rig.close();
    expect(rig.log.filter(({ level }) => level >= 50)).to.deep.equal([]);
  });

  async function start(version: string, options: CpoPlatformOptions = {}): Promise<void> {
    platform = await startCpoPlatform({ fleet, version, pageSize: 10, ...options });
    await rig.add({ url: platform.versionsUrl, sealedToken: TOKEN, parties: PARTIES });
  }

  async function pull(full: boolean, rule?: FaultRule): Promise<RunReport> {
    platform.faults.clear();
    if (rule) platform.faults.add(rule);
    const report = await rig.puller.run('cpo', { full });
    const { received, created, updated, unchanged, stale, rejected, failed } = report;
    expect(created + updated + unchanged + stale + rejected + failed).to.equal(received);
    return report;
  }

  const standing = () => database.knex('location').where({ vanished: false }).pluck('location_id');
  const whole = () => fleet.locations.length + fleet.tariffs.length;

  for (const version of OCPI_VERSIONS) {
    it(`PC-06, PC-07: a platform of ${version} is pulled in full, then for what changed, then in full again`, async () => {
      await start(version);
      expect(await pull(true)).to.include({ state: 'complete', received: whole(), created: whole() });
      expect(await pull(true)).to.include({ state: 'complete', received: whole(), unchanged: whole() });

      const later = new Date(rig.now.getTime() + 3_600_000);
      rig.now = later;
      const rates = { removed: 0, newLocation: 0, newTariff: 0, priceChange: 0 };
      const changes = churn(fleet, randomStream(1, 'churn'), 0.2, later, rates);
      platform.apply(changes);
      const changed = new Set(changes.evses.map(({ location }) => location.id));
      const report = await pull(false);
      expect(report.updated, JSON.stringify(report)).to.equal(changed.size);
      expect(report.created).to.equal(0);
      const [change] = changes.evses;
      const evse = await database
        .knex('evse')
        .join('location', 'location.id', 'evse.location')
        .where({ location_id: change?.location.id, uid: change?.evse.uid })
        .first('evse.status');
      expect(evse.status).to.equal(change?.evse.status);

      const [gone] = fleet.locations;
      platform.locations.delete(gone as object);
      expect(await pull(true)).to.include({ state: 'complete', removed: 1, rejected: 0 });
      expect(await standing()).to.have.length(fleet.locations.length - 1);
    });

    it(`PC-05, PC-10: faults of a platform of ${version} take nothing away, and the next try makes it whole`, async () => {
      await start(version);
      expect((await pull(true)).state).to.equal('complete');
      const [gone] = fleet.locations;
      platform.locations.delete(gone as object);
      for (const rule of [
        { fault: 'truncatedJson', path: 'offset=10' },
        { fault: 'ocpiError', path: 'offset=10' },
        { fault: 'slow', never: true, path: 'offset=20' },
        { fault: 'notFound', path: 'locations' },
        { fault: 'htmlInsteadOfJson', path: /versions/ },
        { fault: 'redirect', path: new RegExp(`${version}$`) },
      ] as const) {
        const report = await pull(true, rule);
        expect(['partial', 'failed'], rule.fault).to.include(report.state);
        expect(await standing(), rule.fault).to.have.length(fleet.locations.length);
      }
      const tried = await pull(true, {
        fault: 'tooManyRequests',
        retryAfter: 3,
        times: 1,
        path: 'offset=10',
      });
      expect(tried).to.include({ state: 'complete', removed: 1 });
      const twice = await pull(true, { fault: 'repeatingPage', path: 'locations' });
      expect(twice).to.include({ state: 'complete', removed: 0, rejected: 0 });
      expect(await standing()).to.have.length(fleet.locations.length - 1);
    });
  }

  it('VER-09: the highest version that both speak is pulled and remembered; another when it is named', async () => {
    await start('2.2.1', { extraVersions: ['2.0', '2.1', '2.2', '3.0'] });
    await pull(true);
    expect((await rig.sources.findByName('cpo'))?.memory.version).to.equal('2.2.1');
    expect(await database.knex('location').distinct('source_version').pluck('source_version')).to.deep.equal([
      '2.2.1',
    ]);
    const source = await rig.sources.findByName('cpo');
    await rig.sources.set(source?.id ?? 0, { version: '2.1.1' });
    expect(await pull(true)).to.include({ state: 'failed', received: 0, removed: 0 });
    expect((await rig.sources.findByName('cpo'))?.lastError).to.contain(
      'offers 2.0, 2.1, 2.2, 3.0, 2.2.1; we want 2.1.1',
    );
  });

  it('PC-12: objects of 2.1.1 belong to the party of their source; without one they are refused, and it is said why', async () => {
    await start('2.1.1');
    await pull(true);
    const owners = database.knex('location').distinct('country_code', 'party_id');
    expect(await owners).to.deep.equal([{ country_code: 'NL', party_id: 'TNM' }]);
    await rig.add({ name: 'nobody', url: platform.versionsUrl, sealedToken: TOKEN });
    const report = await rig.puller.run('nobody', { full: true });
    expect(report).to.include({ received: whole(), rejected: whole(), created: 0 });
    expect(report.problem).to.contain('give the source the one party that it speaks for (--party)');
  });
});
