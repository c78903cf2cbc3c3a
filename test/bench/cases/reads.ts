/**
 * Single answers to a navigation provider, as fast as they come over 32 connections: one Location, and a page of a
 * hundred. Beside it a Koa application that answers the same bytes to the same URLs from memory.
 */
import type { Bench, BenchCase, Rig } from '../bench-case.ts';
import { type AccessPoint, connectProvider, startAccessPoint } from '../http/access-point.ts';
import { type BenchClient, startClient } from '../http/client.ts';
import { startEmptyKoa } from '../http/empty-koa.ts';
import { loadSample } from '../http/load-sample.ts';

const CONNECTIONS = 32;
/** Different URLs that are asked for by turns. */
const DIFFERENT_LOCATIONS = 2_000;
const DIFFERENT_PAGES = 50;

const LIST = '/ocpi/2.2.1/sender/locations';
const SUCCESS = '{"status_code":1000,';

interface Reader {
  readonly accessPoint: AccessPoint;
  readonly client: BenchClient;
  readonly headers: Readonly<Record<string, string>>;
}

/** Random ones; their ids are unique per owner only, so that the owner is named. */
async function somePathsOfLocations({ accessPoint }: Reader): Promise<string[]> {
  const rows = await accessPoint.query<{ country_code: string; party_id: string; location_id: string }>(
    `select location.country_code, location.party_id, location.location_id
       from location
      where location.public
      order by md5(location.location_id)
      limit ${DIFFERENT_LOCATIONS}`,
  );
  return rows.map(({ country_code, party_id, location_id }) => {
    return `${LIST}/${encodeURIComponent(location_id)}?country_code=${country_code}&party_id=${party_id}`;
  });
}

/** As their Links have them, from all over the list. */
async function somePathsOfPages({ accessPoint, client, headers }: Reader): Promise<string[]> {
  const { pages } = await client.crawl({ origin: accessPoint.origin, path: `${LIST}?limit=100`, headers });
  const step = Math.max(1, Math.floor(pages.length / DIFFERENT_PAGES));
  return pages.filter((_, index) => index % step === 0).map(({ path }) => path);
}

async function open(bench: Bench, somePaths: (reader: Reader) => Promise<string[]>): Promise<Rig> {
  const accessPoint = await startAccessPoint(bench);
  const client = startClient(bench);
  const headers = await connectProvider(accessPoint);
  const paths = await somePaths({ accessPoint, client, headers });
  const answers = new Map<string, Buffer>();
  for (const path of paths) {
    const response = await fetch(`${accessPoint.origin}${path}`, { headers });
    answers.set(path, Buffer.from(await response.arrayBuffer()));
  }
  const koa = await startEmptyKoa(bench, answers);
  const requests = [...answers].map(([path, { length: answerBytes }]) => {
    return { method: 'GET', path, headers, answerBegins: SUCCESS, answerBytes };
  });
  const read = (origin: string) =>
    client.load({ origin, connections: CONNECTIONS, seconds: bench.loadSeconds, requests, isRepeated: true });
  return {
    ours: async () => loadSample(await read(accessPoint.origin), await accessPoint.peakMegabytes()),
    beside: async () => loadSample(await read(koa.origin), await koa.peakMegabytes()),
  };
}

export const cases: readonly BenchCase[] = [
  {
    name: 'one-location',
    ours: `GET of one Location, ${CONNECTIONS} connections`,
    beside: 'an empty Koa handler that answers the same bytes from memory',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 3 },
    pairs: 5,
    pairsInShort: 9,
    open: (bench) => open(bench, somePathsOfLocations),
  },
  {
    name: 'page-of-100',
    ours: `GET of a page of 100 Locations, ${CONNECTIONS} connections`,
    beside: 'an empty Koa handler that answers the same bytes from memory',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 3 },
    pairs: 5,
    pairsInShort: 9,
    open: (bench) => open(bench, somePathsOfPages),
  },
];
