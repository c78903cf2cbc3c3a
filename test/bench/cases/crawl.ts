/**
 * A navigation provider's first pull: the list of all Locations, a thousand a page, followed by `Link` from the first
 * page to the last. In 2.2.1 it stands beside `COPY` of the same documents, the other versions beside 2.2.1, and its
 * last full page beside its first.
 */
import type { Bench, BenchCase, Rig, Sample } from '../bench-case.ts';
import { type AccessPoint, connectProvider, startAccessPoint } from '../http/access-point.ts';
import { type BenchClient, startClient } from '../http/client.ts';
import { startCopyOut } from '../http/copy-out.ts';
import type { CrawlResult } from '../http/crawl.ts';

const PAGE = 1_000;
/** A page is asked for so often in a run, and all of them, that it takes some seconds: less is mostly weather. */
const REPETITIONS = 600;
const CRAWLS = 4;
/** "The same" as far as a run can tell: pairs scatter by more than a twentieth around it. */
const SAME = 0.95;
const SUCCESS = '{"status_code":1000,';

/** The list of a version for those who read. */
const LISTS = {
  '2.1.1': '/ocpi/cpo/2.1.1/locations',
  '2.2.1': '/ocpi/2.2.1/sender/locations',
  '2.3.0': '/ocpi/2.3.0/sender/locations',
} as const;

type Version = keyof typeof LISTS;

/** The documents of such a list. */
const DOCUMENTS = 'select location.document from location where location.public order by location.id';

interface Provider {
  readonly accessPoint: AccessPoint;
  readonly client: BenchClient;
  /** Headers of its requests. */
  readonly headers: Readonly<Record<string, string>>;
  crawl(version: Version): Promise<CrawlResult>;
  /** Several crawls of all, as one sample; `unit` says what is counted of them. */
  crawls(version: Version, unit: 'objects' | 'bytes'): Promise<Sample>;
}

async function startProvider(bench: Bench): Promise<Provider> {
  const accessPoint = await startAccessPoint(bench);
  const client = startClient(bench);
  const headers = await connectProvider(accessPoint);
  const crawl = (version: Version) =>
    client.crawl({ origin: accessPoint.origin, path: `${LISTS[version]}?limit=${PAGE}`, headers });
  return {
    ...{ accessPoint, client, headers, crawl },
    async crawls(version, unit) {
      let [seconds, units] = [0, 0];
      for (let crawled = 0; crawled < CRAWLS; crawled += 1) {
        const once = await crawl(version);
        seconds += once.seconds;
        units += once[unit];
      }
      return { seconds, units, peakMegabytes: await accessPoint.peakMegabytes() };
    },
  };
}

async function openBesideCopy(bench: Bench): Promise<Rig> {
  const provider = await startProvider(bench);
  const { accessPoint } = provider;
  const psql = await startCopyOut(bench, accessPoint.registry.url);
  const [known] = await accessPoint.query<{ bytes: string }>(
    `select sum(octet_length(document)) as bytes from (${DOCUMENTS}) as listed`,
  );
  const megabytes = (bytes: number, times: number) => {
    const least = Number(known?.bytes) * times;
    if (bytes < least) throw new Error(`${bytes} bytes came of ${least}`);
    return bytes / 1e6;
  };
  return {
    async ours() {
      const sample = await provider.crawls('2.2.1', 'bytes');
      return { ...sample, units: megabytes(sample.units, CRAWLS) };
    },
    async beside() {
      const { seconds, bytes } = await psql.copy(DOCUMENTS);
      return { seconds, units: megabytes(bytes, 1), peakMegabytes: null };
    },
  };
}

async function openBeside221(bench: Bench, version: Version): Promise<Rig> {
  const provider = await startProvider(bench);
  return {
    ours: () => provider.crawls(version, 'objects'),
    beside: () => provider.crawls('2.2.1', 'objects'),
  };
}

async function openLastPage(bench: Bench): Promise<Rig> {
  const { accessPoint, client, headers, ...provider } = await startProvider(bench);
  // The very last page has what is left, so that it would be another amount of work.
  const full = (await provider.crawl('2.2.1')).pages.filter(({ objects }) => objects === PAGE);
  const repeat = async (page: CrawlResult['pages'][number] | undefined): Promise<Sample> => {
    if (!page) throw new Error(`the feed has less than ${PAGE} Locations`);
    const request = {
      method: 'GET',
      path: page.path,
      headers,
      answerBegins: SUCCESS,
      answerBytes: page.bytes,
    };
    const requests = Array(REPETITIONS).fill(request);
    const { origin } = accessPoint;
    const order = { origin, connections: 1, seconds: Number.POSITIVE_INFINITY, requests, isRepeated: false };
    const { seconds, answered, clientShare } = await client.load(order);
    return { seconds, units: answered, peakMegabytes: await accessPoint.peakMegabytes(), clientShare };
  };
  return { ours: () => repeat(full.at(-1)), beside: () => repeat(full[0]) };
}

export const cases: readonly BenchCase[] = [
  {
    name: 'crawl-2.2.1',
    ours: 'crawl of all Locations, 1,000 a page, OCPI 2.2.1',
    beside: 'COPY of the same documents to psql',
    unit: 'MB',
    target: { of: 'rate', ratio: 0.4 },
    pairs: 5,
    pairsInShort: 7,
    open: openBesideCopy,
  },
  {
    name: 'crawl-last-page',
    ours: 'the last full page of that crawl',
    beside: 'its first page',
    unit: 'pages',
    target: { of: 'time', ratio: 1.2 },
    pairs: 5,
    open: openLastPage,
  },
  {
    name: 'crawl-2.3.0',
    ours: 'the same crawl, OCPI 2.3.0',
    beside: 'OCPI 2.2.1',
    unit: 'Locations',
    target: { of: 'rate', ratio: SAME },
    pairs: 5,
    open: (bench) => openBeside221(bench, '2.3.0'),
  },
  {
    name: 'crawl-2.1.1',
    ours: 'the same crawl, OCPI 2.1.1',
    beside: 'OCPI 2.2.1',
    unit: 'Locations',
    target: { of: 'rate', ratio: 0.25 },
    pairs: 5,
    open: (bench) => openBeside221(bench, '2.1.1'),
  },
];
