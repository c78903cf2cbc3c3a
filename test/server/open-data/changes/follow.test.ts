import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Copy, download, type FollowedBy, Follower, type Part } from '../../../support/follower.ts';
import { until } from '../../../support/push.ts';
import { DUTCH_BOX, FIJI_BOX, RegistryChurn } from '../../../support/registry-churn.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const OBJECTS = 24;
const STEPS = 150;

/** What a follower can hold to the letter. */
const PARTS: Readonly<Record<string, Part>> = {
  everything: {},
  'one party': { party: ['BE-ABC'] },
  'a box': { bbox: DUTCH_BOX },
  'a box across the antimeridian': { bbox: FIJI_BOX },
  'a box and a party': { bbox: DUTCH_BOX, party: ['NL-TNM'] },
  Tariffs: { kind: ['tariff'] },
  'Locations with their statuses': { kind: ['location', 'status'] },
};

/** A Feature without what a status changes. */
function staticPart([key, text]: [string, string]): unknown {
  const { geometry, properties } = JSON.parse(text);
  const { evses_available, evses_by_status, last_updated, changed_at, ...rest } = properties;
  const evses = properties.evses.map(({ status, last_updated, ...evse }: Record<string, unknown>) => evse);
  return { key, geometry, ...rest, evses };
}

describe('whoever follows the changes', function () {
  this.timeout(300_000);
  let server: TestServer;
  let churn: RegistryChurn;
  let directory: string;
  const stops: AbortController[] = [];
  let following: Promise<void>[] = [];

  beforeEach(async () => {
    server = await startTestServer();
    directory = await mkdtemp(join(tmpdir(), 'nap-follower-'));
    const owners = await Promise.all(
      ['NL-TNM', 'BE-ABC'].map(async (party) => ({
        party,
        client: (await server.addConnection(party, { parties: [party] })).client,
      })),
    );
    churn = new RegistryChurn(owners, { seed: 5, objects: OBJECTS });
    await churn.fill();
    await server.services.snapshots.build();
  });

  afterEach(async () => {
    for (const stop of stops) stop.abort();
    await Promise.all(following);
    following = [];
    await server.stop();
    await rm(directory, { recursive: true });
  });

  function startFollower(name: string, by: FollowedBy, part: Part): Follower {
    const stop = new AbortController();
    const follower = new Follower({ url: server.url, directory: join(directory, name), by, part });
    stops.push(stop);
    following.push(follower.follow(stop.signal));
    return follower;
  }

  const sorted = (copy: Copy) => [...copy].sort(([one], [other]) => (one < other ? -1 : 1));

  async function holdsWhatADownloadHolds(follower: Follower, part: Part, what: string): Promise<void> {
    const { copy } = await download(server.url, part);
    const expected = JSON.stringify(sorted(copy));
    await until(() => JSON.stringify(sorted(follower.copy)) === expected, 20_000).catch(() => undefined);
    expect(sorted(follower.copy), what).to.deep.equal(sorted(copy));
  }

  for (const by of ['pages', 'lines', 'stream'] as const) {
    it(`by ${by} holds, to the letter, what a fresh download holds, of whatever part`, async () => {
      const followers = Object.entries(PARTS).map(([what, part]) => ({
        ...{ what, part },
        follower: startFollower(what, by, part),
      }));
      await until(() => followers.every(({ follower }) => follower.downloads === 1));
      await churn.steps(STEPS);
      await server.services.snapshots.build();
      for (const { follower, part, what } of followers) await holdsWhatADownloadHolds(follower, part, what);
      expect(followers.map(({ follower }) => follower.downloads)).to.deep.equal(followers.map(() => 1));
      expect(server.log.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
    });
  }

  it('by kind static holds the same Locations, but for their statuses and times', async () => {
    const part: Part = { kind: ['static'] };
    const follower = startFollower('static', 'pages', part);
    await until(() => follower.downloads === 1);
    await churn.steps(STEPS);
    await server.services.snapshots.build();
    const { copy } = await download(server.url, part);
    const expected = JSON.stringify(sorted(copy).map(staticPart));
    const held = () => JSON.stringify(sorted(follower.copy).map(staticPart));
    await until(() => held() === expected, 20_000).catch(() => undefined);
    expect(sorted(follower.copy).map(staticPart)).to.deep.equal(sorted(copy).map(staticPart));
  });

  it('from the sequence of a file that was built while the registry changed misses nothing', async () => {
    const building = server.services.snapshots.build();
    await churn.steps(40);
    await building;
    const follower = startFollower('late', 'pages', {});
    await until(() => follower.downloads === 1);
    await churn.steps(20);
    await server.services.snapshots.build();
    await holdsWhatADownloadHolds(follower, {}, 'everything');
  });
});
