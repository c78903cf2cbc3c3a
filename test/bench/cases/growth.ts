/**
 * What an object costs when there are three and ten times as many: ingest, crawl, PATCH and build of files, on
 * registries with the feed once, three times and ten times over, each beside the next smaller one. A tenth more a step
 * is what a deeper index may take. The memory of each size stands in its row; it is to be the same in all.
 *
 * A national feed ten times over takes an hour and ten gigabytes of disk.
 */
import { join } from 'node:path';
import type { Bench, BenchCase, Rig, Side } from '../bench-case.ts';
import { buildFiles } from '../files/full-build.ts';
import { type GrownRegistry, grownRegistry } from '../growth/grown-registries.ts';
import { connectProvider, type ServedRegistry, serveRegistry } from '../http/access-point.ts';
import { type BenchClient, startClient } from '../http/client.ts';
import { preparePatches } from '../http/patching.ts';
import { type EvseRow, PUSHABLE_EVSES } from '../http/pushes.ts';
import { withClient } from '../registry-client.ts';

/** Copies of the feed, and of what they stand beside. */
const STEPS = [
  { copies: 3, before: 1 },
  { copies: 10, before: 3 },
] as const;

const FIRST_PAGE = '/ocpi/2.2.1/sender/locations?limit=1000';
/** Seconds of a run of pushes: long enough to meet cold parts of the largest registry. */
const SECONDS = 10;

type Prepared = { readonly side: Side; close(): Promise<void> };
type Prepare = (grown: GrownRegistry, bench: Bench) => Promise<Prepared>;

async function prepareIngest({ ingest }: GrownRegistry): Promise<Prepared> {
  return { side: async () => ingest, close: async () => {} };
}

async function prepareBuild({ registry }: GrownRegistry, { folder }: Bench): Promise<Prepared> {
  const order = { url: registry.url, directory: join(folder, 'files') };
  return { side: () => buildFiles(order), close: async () => {} };
}

/** For what is asked over HTTP: a server that stays, as in production, on a registry of its own, which it may change. */
function served(prepare: (served: ServedGrown) => Promise<Side>): Prepare {
  return async (grown, { registries }) => {
    const registry = await registries.copyOf(grown.registry);
    const server = await serveRegistry(registry);
    const client = startClient();
    const query = (sql: string) => withClient(registry, async (session) => (await session.query(sql)).rows);
    return {
      side: await prepare({ ...server, client, query }),
      async close() {
        await client.stop();
        await server.stop();
        await registry.drop();
      },
    };
  };
}

interface ServedGrown extends ServedRegistry {
  readonly client: BenchClient;
  query(sql: string): Promise<unknown[]>;
}

async function prepareCrawl({ origin, client, ...server }: ServedGrown): Promise<Side> {
  const headers = await connectProvider(server);
  return async () => {
    const { seconds, objects } = await client.crawl({ origin, path: FIRST_PAGE, headers });
    return { seconds, units: objects, peakMegabytes: await server.peakMegabytes() };
  };
}

async function preparePushes({ client, query, ...server }: ServedGrown): Promise<Side> {
  const evses = (await query(PUSHABLE_EVSES)) as EvseRow[];
  return preparePatches(server, client, { evses, seconds: SECONDS });
}

/** Each as the cases of that name have it. */
const WAYS: readonly { name: string; does: string; unit: string; prepare: Prepare }[] = [
  { name: 'ingest', does: 'first ingest from a file', unit: 'Locations', prepare: prepareIngest },
  {
    name: 'crawl',
    does: 'crawl of all, 1,000 a page',
    unit: 'Locations',
    prepare: served(prepareCrawl),
  },
  { name: 'patch', does: 'PATCH of random EVSEs', unit: 'requests', prepare: served(preparePushes) },
  { name: 'build', does: 'full build of GeoJSON and CSV', unit: 'Locations', prepare: prepareBuild },
];

async function open(bench: Bench, prepare: Prepare, copies: number, before: number): Promise<Rig> {
  const beside = await prepare(await grownRegistry(bench, before), bench);
  const ours = await prepare(await grownRegistry(bench, copies), bench);
  return {
    ours: ours.side,
    beside: beside.side,
    async close() {
      await ours.close();
      await beside.close();
    },
  };
}

export const cases: readonly BenchCase[] = WAYS.flatMap(({ name, does, unit, prepare }) =>
  STEPS.map(
    ({ copies, before }): BenchCase => ({
      name: `growth-${name}-${copies}`,
      ours: `${does}, ${copies} times the feed`,
      beside: before === 1 ? 'the feed once' : `${before} times the feed`,
      unit,
      target: { of: 'time', ratio: 1.1 },
      pairs: 1,
      isInShort: false,
      isOnlyNamed: true,
      isWithoutWarmUp: true,
      open: (bench) => open(bench, prepare, copies, before),
    }),
  ),
);
