/**
 * What is done with a registry that has grown, measured once a run and size: for its time, for its memory, and beside
 * the next greater size. On the registry itself: nothing is copied.
 */
import { join } from 'node:path';
import type { Bench, Sample } from '../bench-case.ts';
import { buildFiles } from '../files/full-build.ts';
import { connectProvider, serveRegistry } from '../http/access-point.ts';
import { startClient } from '../http/client.ts';
import { preparePatches } from '../http/patching.ts';
import { type EvseRow, PUSHABLE_EVSES } from '../http/pushes.ts';
import { onceARun } from '../once-a-run.ts';
import type { BenchRegistry } from '../registries.ts';
import { withClient } from '../registry-client.ts';
import { grownRegistry } from './grown-registry.ts';

/** What changes the registry comes last. */
export const GROWN_WAYS = ['ingest', 'crawl', 'build', 'patch'] as const;
export type GrownWay = (typeof GROWN_WAYS)[number];

const LIST = '/ocpi/2.2.1/sender/locations';
/** Of the feed, crawled of each size: as much work lets a process gather as much memory, and lasts as long. */
const CRAWLED_COPIES = 10;
/** Before the clock starts: requests to the list, and seconds of pushes. A server is slower in its first moments. */
const WARM_UP = { pages: 30, seconds: 2 };
/** More than are pushed in that time; so many random ones of the largest registry fit into memory. */
const PUSHED_EVSES = 50_000;
/** Seconds of pushes: long enough to meet cold parts of the largest registry. */
const SECONDS = 10;

export async function grownSample(bench: Bench, way: GrownWay, copies: number): Promise<Sample> {
  const { registry, ingest } = await grownRegistry(bench, copies);
  if (way === 'ingest') return ingest;
  const work = `${way} of ${copies === 1 ? 'the feed once' : `${copies} times the feed`}`;
  return onceARun(bench, work, () => {
    bench.say(work);
    return MEASURE[way](bench, registry, copies);
  });
}

const MEASURE = { crawl, build, patch };

async function build(bench: Bench, { url }: BenchRegistry): Promise<Sample> {
  return buildFiles(bench, { url, directory: join(bench.folder, 'files') });
}

async function crawl(bench: Bench, registry: BenchRegistry, copies: number): Promise<Sample> {
  const { origin, ...server } = await serveRegistry(bench, registry);
  const headers = await connectProvider(server);
  const client = startClient(bench);
  const path = `${LIST}?limit=1000`;
  const requests = Array(WARM_UP.pages).fill({ method: 'GET', path, headers, answerBegins: '{' });
  await client.load({ origin, connections: 1, seconds: WARM_UP.seconds, requests, isRepeated: false });
  let [seconds, units] = [0, 0];
  for (let crawled = 0; crawled < CRAWLED_COPIES; crawled += copies) {
    const once = await client.crawl({ origin, path, headers });
    seconds += once.seconds;
    units += once.objects;
  }
  return { seconds, units, peakMegabytes: await server.peakMegabytes() };
}

async function patch(bench: Bench, registry: BenchRegistry): Promise<Sample> {
  const server = await serveRegistry(bench, registry);
  const { rows: evses } = await withClient(registry, (session) =>
    session.query<EvseRow>(`${PUSHABLE_EVSES} limit ${PUSHED_EVSES}`),
  );
  const push = await preparePatches(server, startClient(bench), evses);
  await push(WARM_UP.seconds);
  return push(SECONDS);
}
