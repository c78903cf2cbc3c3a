/**
 * The embedded engine beside the server, with the part of the feed that a small operator would have. Nothing is asked
 * of it but that people know what they choose: the figures are stated.
 */
import { join } from 'node:path';
import type { Bench, BenchCase, Rig, Sample, Side } from '../bench-case.ts';
import { buildFiles } from '../files/full-build.ts';
import { connectProvider, type ServedRegistry, serveRegistry } from '../http/access-point.ts';
import { type BenchClient, startClient } from '../http/client.ts';
import { loadSample } from '../http/load-sample.ts';
import { preparePatches } from '../http/patching.ts';
import type { EvseRow } from '../http/pushes.ts';
import { type FeedSender, startFeedSender } from '../ingest/feed-sender.ts';
import { addFeedSource, pullFeed } from '../ingest/pull.ts';
import type { BenchRegistry, EmbeddedRegistry } from '../registries.ts';

/** Of readers: as many as `page-of-100` has. */
const CONNECTIONS = 32;

const LIST = '/ocpi/2.2.1/sender/locations';
const SUCCESS = '{"status_code":1000,';

type EitherRegistry = EmbeddedRegistry | BenchRegistry;

/** An empty registry on each engine. */
function enginesOf({ registries }: Bench): readonly (() => Promise<EitherRegistry>)[] {
  return [() => registries.embedded(), () => registries.empty()];
}

async function openIngest(bench: Bench): Promise<Rig> {
  const sender = await startFeedSender(bench, bench.feed.small);
  const [ours, beside] = enginesOf(bench).map((newRegistry) => () => ingest(newRegistry, sender));
  return { ours: ours as Side, beside: beside as Side };
}

/** Without the start of the process, which takes longer than the ingest of so few. */
async function ingest(newRegistry: () => Promise<EitherRegistry>, sender: FeedSender): Promise<Sample> {
  const registry = await newRegistry();
  await addFeedSource(registry, sender);
  const { report, seconds, ...pull } = await pullFeed(registry, sender);
  await registry.drop();
  return {
    ...pull,
    seconds: report.seconds,
    note: `${seconds.toFixed(1)} s with start and end of the process`,
  };
}

/** A registry with the small feed on each engine, and what is done with it. */
async function openOnFilled(
  bench: Bench,
  prepare: (registry: EitherRegistry) => Promise<Side>,
): Promise<Rig> {
  const sender = await startFeedSender(bench, bench.feed.small);
  const sides: Side[] = [];
  for (const newRegistry of enginesOf(bench)) {
    const registry = await newRegistry();
    bench.atEnd(registry.drop);
    await addFeedSource(registry, sender);
    await pullFeed(registry, sender);
    sides.push(await prepare(registry));
  }
  await sender.stop();
  const [ours, beside] = sides;
  return { ours: ours as Side, beside: beside as Side };
}

/** The same for what is asked over HTTP. */
async function openServed(
  bench: Bench,
  prepare: (served: ServedRegistry, client: BenchClient, seconds: number) => Promise<Side>,
): Promise<Rig> {
  return openOnFilled(bench, async (registry) => {
    const served = await serveRegistry(bench, registry);
    return prepare(served, startClient(bench), bench.loadSeconds);
  });
}

async function patches(served: ServedRegistry, client: BenchClient, seconds: number): Promise<Side> {
  const push = await preparePatches(served, client, await listEvses(served));
  return () => push(seconds);
}

/** From the list for navigation providers, since nobody else may open the database of an embedded engine. */
async function listEvses(served: ServedRegistry): Promise<EvseRow[]> {
  const headers = await connectProvider(served);
  const response = await fetch(`${served.origin}${LIST}?limit=1000`, { headers });
  const { data } = (await response.json()) as { data: ListedLocation[] };
  return data.flatMap(({ country_code, party_id, id: location_id, evses = [] }) =>
    evses
      .filter(({ status }) => status !== 'REMOVED')
      .map(({ uid, status }) => ({ country_code, party_id, location_id, uid, status })),
  );
}

interface ListedLocation {
  readonly country_code: string;
  readonly party_id: string;
  readonly id: string;
  readonly evses?: readonly { readonly uid: string; readonly status: string }[];
}

async function pages(served: ServedRegistry, client: BenchClient, seconds: number): Promise<Side> {
  const { origin } = served;
  const headers = await connectProvider(served);
  const requests = [{ method: 'GET', path: `${LIST}?limit=100`, headers, answerBegins: SUCCESS }];
  return async () => {
    const order = { origin, connections: CONNECTIONS, seconds, requests, isRepeated: true };
    return loadSample(await client.load(order), await served.peakMegabytes());
  };
}

async function build(bench: Bench, registry: EitherRegistry): Promise<Side> {
  const dataDirectory = registry.environment.NAP_DATA_DIR as string;
  const database = 'url' in registry ? { url: registry.url } : { dataDirectory };
  const order = { ...database, directory: join(dataDirectory, 'bench-files') };
  return () => buildFiles(bench, order);
}

const STATED = {
  target: { of: 'time', ratio: 1, isStated: true },
  beside: 'the same on the server engine',
  section: 'The embedded engine',
  pairs: 3,
} as const;

export const cases: readonly BenchCase[] = [
  {
    ...STATED,
    name: 'embedded-ingest',
    ours: 'a small feed pulled into an empty registry on the embedded engine',
    unit: 'Locations',
    open: openIngest,
  },
  {
    ...STATED,
    name: 'embedded-patch',
    ours: 'PATCH of the status of EVSEs on the embedded engine, 64 connections',
    unit: 'requests',
    open: (bench) => openServed(bench, patches),
  },
  {
    ...STATED,
    name: 'embedded-page',
    ours: `GET of a page of 100 Locations on the embedded engine, ${CONNECTIONS} connections`,
    unit: 'requests',
    open: (bench) => openServed(bench, pages),
  },
  {
    ...STATED,
    name: 'embedded-build',
    ours: 'full build of GeoJSON and CSV on the embedded engine',
    unit: 'Locations',
    open: (bench) => openOnFilled(bench, (registry) => build(bench, registry)),
  },
];
