import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CpoPlatform, startCpoPlatform } from '../simulator/cpo-platform.ts';
import { makeFleet } from '../simulator/fleet.ts';
import { crawlModule } from '../simulator/navigation-provider.ts';
import { type Pusher, startPusher } from '../simulator/pusher.ts';
import type { Location, Tariff } from '../simulator/wire.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type NapServer, runNap, startNap } from '../support/nap.ts';

const OWNER = { country_code: 'NL', party_id: 'TNM', name: 'Pusher' };
const PULLED = { country_code: 'BE', party_id: 'PLD', name: 'Pulled' };

/** Objects that must have been acknowledged before the server is killed: enough to be in the middle of it. */
const ACKNOWLEDGED_BEFORE_KILL = 150;

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

  it('has every object whose push was answered with success when it is started again', async () => {
    server = await startNap(environment);
    const add = ['connection', 'add', 'cpo', '--role', 'CPO', '--party', 'NL-TNM', '--static', '--json'];
    const added = await runNap(add, environment);
    expect(added.code, added.stderr).to.equal(0);
    const { token } = added.json<{ token: string }>();
    const fleet = makeFleet({
      seed: 7,
      locations: 400,
      parties: [OWNER],
      now: new Date('2026-06-01T00:00:00Z'),
    });
    pusher = await startPusher({
      versionsUrl: `${server.url}/ocpi/versions`,
      token,
      fleet,
      concurrency: 16,
      phases: ['locations', 'tariffs', 'statuses'],
    });
    const { ledger } = pusher;
    await waitUntil(() => ledger.acknowledgedCount >= ACKNOWLEDGED_BEFORE_KILL);
    await server.kill();
    await pusher.stop();

    server = await startNap(environment);
    const crawled = {
      locations: await crawlModule(`${server.url}/ocpi/versions`, 'locations', {
        token,
        parameters: { date_from: '2020-01-01T00:00:00Z' },
      }),
      tariffs: await crawlModule(`${server.url}/ocpi/versions`, 'tariffs', { token }),
    };
    expect(crawled.locations.ended).to.equal('last-page');
    const found = new Map(
      (['locations', 'tariffs'] as const).flatMap((module) =>
        crawled[module].objects.map(
          (object) => [`${module}/${object.id}`, object as unknown as Location] as const,
        ),
      ),
    );
    let compared = 0;
    for (const entry of ledger.entries.values()) {
      const object = entry.acknowledged ?? entry.unanswered;
      if (entry.acknowledged === null || object === null || !('id' in object)) continue;
      const stored = found.get(`${entry.module}/${object.id}`);
      expect(stored, `${entry.module}/${object.id}`).not.to.equal(undefined);
      if (entry.unanswered === null) {
        expect(stateOf(stored as Location)).to.deep.equal(stateOf(entry.acknowledged));
        compared += 1;
      }
    }
    expect(compared).to.be.at.least(ACKNOWLEDGED_BEFORE_KILL - 16);
    expect(server.log.filter((line) => line.level === 'error')).to.deep.equal([]);
  });

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
    const run = runNap(['source', 'run', 'pulled', '--json'], environment, kill.signal);
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
