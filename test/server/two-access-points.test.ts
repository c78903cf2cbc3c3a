import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CpoPlatform, startCpoPlatform } from '../simulator/cpo-platform.ts';
import { makeFleet } from '../simulator/fleet.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type NapResult, type NapServer, runNap, startNap } from '../support/nap.ts';

const fleet = makeFleet({ seed: 5, locations: 60, now: new Date('2026-06-07T12:00:00Z') });

/** An access point as somebody runs it: a process, a database, a folder. */
interface AccessPoint {
  readonly server: NapServer;
  nap(...words: string[]): Promise<NapResult>;
  stop(): Promise<void>;
}

async function startAccessPoint(country: string): Promise<AccessPoint> {
  const database: TestDatabase = await openTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'nap-two-'));
  const port = await freePort();
  const environment = {
    PORT: String(port),
    // The command may run beside the server, and tells the partner where that is.
    NAP_PUBLIC_URL: `http://127.0.0.1:${port}`,
    NAP_DATA_DIR: directory,
    NAP_COUNTRY_CODE: country,
    NAP_NAME: `Access point of ${country}`,
    NAP_SECRET_KEY: '0'.repeat(64),
    NAP_ALLOW_PRIVATE_URLS: 'true',
    LOG_LEVEL: 'info',
    ...database.environment,
  };
  await database.close();
  const server = await startNap(environment);
  return {
    server,
    nap: (...words) => runNap([...words, '--json'], environment),
    async stop() {
      await server.stop();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('two access points side by side', function () {
  this.timeout(300_000);
  let dutch: AccessPoint;
  let belgian: AccessPoint;
  let platform: CpoPlatform;
  before(async () => {
    platform = await startCpoPlatform({ fleet, pageSize: 25 });
    dutch = await startAccessPoint('NL');
    belgian = await startAccessPoint('BE');
  });
  after(async () => {
    await belgian?.stop();
    await dutch?.stop();
    await platform?.close();
  });

  const counts = async ({ nap }: AccessPoint) => {
    const { locations, evses, connectors, tariffs } = (await nap('status')).json();
    return { locations, evses, connectors, tariffs };
  };

  it('register with each other by the command, and one pulls the whole registry of the other', async () => {
    const place = ['--url', platform.versionsUrl, '--token', platform.token];
    expect((await dutch.nap('source', 'add', 'cpo', ...place)).code).to.equal(0);
    expect((await dutch.nap('source', 'run', 'cpo')).json()).to.include({ state: 'complete' });

    const invited = await dutch.nap('connection', 'add', 'belgium', '--role', 'NSP', '--party', 'BE-NAP');
    const { token, versions_url: url } = invited.json<{ token: string; versions_url: string }>();
    const introduction = ['--role', 'HUB', '--party', 'NL-NAP', '--versions-url', url, '--token', token];
    const begun = await belgian.nap('connection', 'add', 'netherlands', ...introduction);
    expect(begun.code, begun.stdout + begun.stderr).to.equal(0);
    expect(begun.json()).to.deep.include({ token: null, token_kind: 'credentials' });

    const run = await belgian.nap('source', 'run', 'netherlands', '--full');
    expect(run.json(), run.stdout).to.include({ state: 'complete', failed: 0, rejected: 0 });
    expect(await counts(belgian)).to.deep.equal(await counts(dutch));
    expect(await counts(belgian)).to.include({ tariffs: fleet.tariffs.length });
    const seen = (await dutch.nap('connection', 'show', 'belgium')).json<{ state: string; peer: object }>();
    expect(seen).to.include({ state: 'registered' });
    expect(seen.peer).to.deep.include({
      roles: [{ role: 'NAP', party: 'BE-NAP', name: 'Access point of BE' }],
    });
  });

  it('CRED-05: tokens are replaced from either side, and the pull goes on', async () => {
    for (const [point, name] of [
      [belgian, 'netherlands'],
      [dutch, 'belgium'],
    ] as const) {
      const rotated = await point.nap('connection', 'rotate', name);
      expect(rotated.code, rotated.stdout).to.equal(0);
      const run = (await belgian.nap('source', 'run', 'netherlands', '--full')).json();
      expect(run).to.include({ state: 'complete', created: 0, updated: 0, rejected: 0 });
    }
  });

  it('CRED-07: one leaves, and the other knows it; nothing of what was pulled is lost', async () => {
    const before = await counts(belgian);
    const removed = await belgian.nap('connection', 'remove', 'netherlands');
    expect(removed.json()).to.deep.equal({ removed: 'netherlands', partner_problem: null });
    const seen = (await dutch.nap('connection', 'show', 'belgium')).json();
    expect(seen).to.include({ state: 'unregistered', peer: null });
    expect(await counts(belgian)).to.deep.equal(before);
    for (const { server } of [dutch, belgian]) {
      expect(server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
    }
  });
});
