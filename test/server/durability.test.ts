import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CpoPlatform, startCpoPlatform } from '../simulator/cpo-platform.ts';
import { makeFleet } from '../simulator/fleet.ts';
import { ledgerKey } from '../simulator/ledger.ts';
import { crawlModule } from '../simulator/navigation-provider.ts';
import { type Pusher, startPusher } from '../simulator/pusher.ts';
import type { Location, Tariff } from '../simulator/wire.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type NapServer, runNap, startNap } from '../support/nap.ts';

const PULLED = { country_code: 'BE', party_id: 'PLD', name: 'Pulled' };

/** Answers of success of the kind in question before the server is killed: enough to be in the middle of it. */
const ACKNOWLEDGED_BEFORE_KILL = 150;

/** Requests in flight at once: each of them may be under way when the server is killed. */
const CONCURRENCY = 16;

/** The state of the objects that a test compares, without the order of keys. */
function stateOf(object: Location | Tariff): unknown {
  return 'evses' in object
    ? {
        id: object.id,
        evses: object.evses.map(({ uid, status, last_updated }) => ({ uid, status, last_updated })),
      }
    : { id: object.id, last_updated: object.last_updated };
}

describe('a server that is killed', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let environment: Record<string, string>;
  let dataDirectory: string;
  let server: NapServer | undefined;
  let pusher: Pusher | undefined;
  let platform: CpoPlatform | undefined;
  let token: string;

  before(async () => {
    database = await openTestDatabase();
    dataDirectory = await mkdtemp(join(tmpdir(), 'nap-durability-'));
    environment = {
      NAP_DATA_DIR: dataDirectory,
      NAP_SECRET_KEY: '0'.repeat(64),
      LOG_LEVEL: 'warn',
      NAP_ALLOW_PRIVATE_URLS: 'true',
      ...database.environment,
    };
    await database.close();
    server = await startNap(environment);
    const cpo = ['--role', 'CPO', '--party', 'NL-TNM,NL-CHG', '--static'];
    const added = await runNap(['connection', 'add', 'cpo', ...cpo, '--json'], environment);
    expect(added.code, added.stderr).to.equal(0);
    ({ token } = added.json<{ token: string }>());
  });

  after(async () => {
    await pusher?.stop();
    await server?.stop();
    await platform?.close();
    await database.drop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  async function waitUntil(condition: () => boolean): Promise<void> {
    const end = Date.now() + 60_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error('waited a minute in vain');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Everything of the registry by its key, expired Locations included. */
  async function crawl(): Promise<Map<string, Location | Tariff>> {
    const versionsUrl = `${server?.url}/ocpi/versions`;
    const parameters = { date_from: '2020-01-01T00:00:00Z' };
    const found = new Map<string, Location | Tariff>();
    for (const module of ['locations', 'tariffs'] as const) {
      const { ended, objects } = await crawlModule(versionsUrl, module, { token, parameters });
      expect(ended).to.equal('last-page');
      for (const object of objects as unknown as Location[]) found.set(ledgerKey(module, object), object);
    }
    return found;
  }

  for (const [what, locations, owner] of [
    ['new objects', 400, { country_code: 'NL', party_id: 'TNM', name: 'Pusher' }],
    ['changes of status', 100, { country_code: 'NL', party_id: 'CHG', name: 'Changer' }],
  ] as const) {
    it(`has every object whose push was answered with success when it is started again: ${what}`, async () => {
      const now = new Date('2026-06-01T00:00:00Z');
      const fleet = makeFleet({ seed: 7, locations, parties: [owner], now });
      pusher = await startPusher({
        versionsUrl: `${server?.url}/ocpi/versions`,
        token,
        fleet,
        concurrency: CONCURRENCY,
        phases: ['locations', 'tariffs', 'statuses'],
      });
      const { ledger, statistics } = pusher;
      const before = what === 'new objects' ? 0 : fleet.locations.length + fleet.tariffs.length;
      await waitUntil(() => statistics.acknowledged >= before + ACKNOWLEDGED_BEFORE_KILL);
      await server?.kill();
      await pusher.stop();

      server = await startNap(environment);
      const found = await crawl();
      let compared = 0;
      for (const [key, { acknowledged, unanswered }] of ledger.entries) {
        if (acknowledged === null) continue;
        const stored = found.get(key);
        expect(stored, key).not.to.equal(undefined);
        if (unanswered !== null) continue;
        expect(stateOf(stored as Location)).to.deep.equal(stateOf(acknowledged));
        compared += 1;
      }
      // In doubt is what was in flight, and what waits to be sent again: twice as much, then the pusher holds on.
      expect(compared).to.be.at.least(ledger.acknowledgedCount - 3 * CONCURRENCY);
      expect(server.log.filter((line) => line.level === 'error')).to.deep.equal([]);
    });
  }

  it('takes up a pull in the middle of which it was killed', async () => {
    platform = await startCpoPlatform({
      fleet: makeFleet({ seed: 8, locations: 300, parties: [PULLED], region: 'BE' }),
      pageSize: 20,
    });
    const slow = platform.faults.add({ fault: 'slow', delay: 300 });
    const add = ['source', 'add', 'pulled', '--kind', 'ocpi', '--url', platform.versionsUrl];
    const added = await runNap(
      [...add, '--token', platform.token, '--party', 'BE-PLD', '--json'],
      environment,
    );
    expect(added.code, added.stderr).to.equal(0);
    // With a database server the command itself pulls; on the embedded engine it asks the server to.
    const kill = new AbortController();
    const run = runNap(['source', 'run', 'pulled', '--json'], environment, { signal: kill.signal });
    const { requests } = platform;
    await waitUntil(() => requests.filter((request) => request.path.includes('locations')).length > 3);
    await server?.kill();
    kill.abort();
    await run;
    slow.remove();

    server = await startNap(environment);
    const again = await runNap(['source', 'run', 'pulled', '--json'], environment);
    const report = again.json<Record<string, number | string>>();
    expect(report, again.stderr).to.include({ state: 'complete', rejected: 0, failed: 0 });
    const total = 300 + platform.tariffs.size;
    expect(report.received).to.equal(total);
    expect(Number(report.created) + Number(report.unchanged) + Number(report.updated)).to.equal(total);
  });

  it('ends in order on SIGTERM and lets go of everything', async () => {
    expect(await server?.stop()).to.equal(0);
    server = undefined;
    const status = await runNap(['status', '--json'], environment);
    expect(status.code, status.stderr).to.equal(0);
    expect(status.json()).to.include({ engine: database.engine });
  });
});
