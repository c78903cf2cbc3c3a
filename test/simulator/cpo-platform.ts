// A simulated CPO platform: an OCPI Sender of Locations and Tariffs on a loopback
// port, and the same data as files. It speaks node:http only and shares no code with
// the access point, so that a mistake there is not mirrored here. It records every
// request, and misbehaves only as its faults say. Guarantees: pages hold the owner's
// JSON as it came; response headers repeat the request's ids; `close()` ends every
// connection, also those that a fault never answers. Starting fails when the port is
// taken or a file cannot be read; a request never brings the platform down.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChurnResult } from './churn.ts';
import { deliver } from './deliver.ts';
import { FaultPlan } from './faults.ts';
import type { Fleet } from './fleet.ts';
import { ObjectStore } from './object-store.ts';
import type { PagingStyle } from './paging.ts';
import { readBody, Sender, type SenderSettings } from './sender.ts';
import { inWords } from './version-words.ts';
import type { Location, Tariff } from './wire.ts';

export interface CpoPlatformOptions {
  /**
   * The data: a fleet, lists of objects, or files (.json or .json.gz). A fleet is served in the words of the
   * version that is offered, the others as they are.
   */
  fleet?: Fleet;
  locations?: Iterable<object>;
  tariffs?: Iterable<object>;
  locationsFile?: string;
  tariffsFile?: string;
  /** Loopback port; a free one unless told. */
  port?: number;
  token?: string;
  /** How the token is expected in the header; both forms unless told. */
  tokenForm?: 'base64' | 'raw' | 'both';
  /** Path under which OCPI lives. */
  mount?: string;
  /** Whether the URLs given out for versions and modules end in a slash. */
  trailingSlash?: boolean;
  version?: string;
  /** Version numbers that are listed besides, but not served. */
  extraVersions?: readonly string[];
  pageSize?: number;
  paging?: PagingStyle;
  relativeLinks?: boolean;
  extraParameters?: Readonly<Record<string, string>>;
  /** ETag, Last-Modified and 304 on the OCPI lists too; the files always have them. */
  conditional?: boolean;
  /** What the files hold. */
  fileShape?: 'array' | 'envelope';
  /** Whether the files ask for the token. */
  fileNeedsToken?: boolean;
  /** Named in OCPI-from-* when the request has no OCPI-to-*. */
  party?: { country_code: string; party_id: string };
  /** Serves /simulator/faults, where faults can be switched over HTTP. */
  control?: boolean;
  /** Seed for faults with a probability. */
  seed?: number;
}

export interface RecordedRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  at: Date;
  /** HTTP status of the answer; null while, or if, it has none. */
  status: number | null;
}

export interface CpoPlatform {
  origin: string;
  versionsUrl: string;
  versionUrl: string;
  locationsUrl: string;
  tariffsUrl: string;
  files: { locations: string; locationsGzip: string; tariffs: string; tariffsGzip: string };
  token: string;
  /** The header that a client sends: with the token in Base64, or raw when the platform takes nothing else. */
  authorization: string;
  locations: ObjectStore;
  tariffs: ObjectStore;
  faults: FaultPlan;
  /** Every request since the start or the last clearRequests(), the newest 50,000. */
  requests: RecordedRequest[];
  clearRequests(): void;
  /** Serves what churn() changed. */
  apply(result: ChurnResult): void;
  close(): Promise<void>;
}

const MOST_RECORDED_REQUESTS = 50_000;

async function loadStores(options: CpoPlatformOptions): Promise<Pick<CpoPlatform, 'locations' | 'tariffs'>> {
  const { fleet, version = '2.2.1' } = options;
  const write = fleet && ((object: object) => inWords(version, object as Location | Tariff));
  const locations = new ObjectStore(write);
  const tariffs = new ObjectStore(write);
  for (const location of options.locations ?? fleet?.locations ?? []) locations.append(location);
  for (const tariff of options.tariffs ?? fleet?.tariffs ?? []) tariffs.append(tariff);
  if (options.locationsFile !== undefined) await locations.load(options.locationsFile);
  if (options.tariffsFile !== undefined) await tariffs.load(options.tariffsFile);
  return { locations, tariffs };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function settingsOf(options: CpoPlatformOptions, origin: string): SenderSettings {
  const mount = `/${(options.mount ?? '/ocpi').replace(/^\/+|\/+$/g, '')}`;
  const pageSize = options.pageSize ?? 100;
  if (!Number.isInteger(pageSize) || pageSize < 1)
    throw new RangeError(`pageSize ${pageSize} is not 1 or more`);
  return {
    origin,
    mount: mount === '/' ? '' : mount,
    slash: options.trailingSlash === true ? '/' : '',
    version: options.version ?? '2.2.1',
    extraVersions: options.extraVersions ?? [],
    token: options.token ?? 'simulated-cpo-token',
    tokenForm: options.tokenForm ?? 'both',
    conditional: options.conditional ?? false,
    fileShape: options.fileShape ?? 'array',
    fileNeedsToken: options.fileNeedsToken ?? false,
    party: options.party ?? { country_code: 'NL', party_id: 'TNM' },
    control: options.control ?? false,
    paging: {
      style: options.paging ?? 'link',
      pageSize,
      relativeLinks: options.relativeLinks ?? false,
      extraParameters: options.extraParameters ?? {},
    },
  };
}

/** Takes one request: records it, lets the Sender answer, and never throws. */
async function handle(
  sender: Sender,
  requests: RecordedRequest[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = incoming.url ?? '/';
  const parsed = new URL(url, 'http://127.0.0.1');
  const recorded: RecordedRequest = {
    method: incoming.method ?? 'GET',
    url,
    path: parsed.pathname,
    query: parsed.searchParams,
    headers: incoming.headers,
    body: '',
    at: new Date(),
    status: null,
  };
  requests.push(recorded);
  if (requests.length > MOST_RECORDED_REQUESTS) requests.shift();
  response.once('finish', () => {
    recorded.status = response.statusCode;
  });
  try {
    recorded.body = await readBody(incoming);
    await sender.answer(recorded, response);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    await deliver(response, {
      status: 500,
      headers: { 'content-type': 'text/plain' },
      body: `the simulator itself failed: ${error instanceof Error ? error.stack : String(error)}`,
      delay: 0,
      delivery: 'whole',
      share: 1,
      ceiling: 0,
    });
  }
}

/** Starts a platform; resolves when it takes requests. */
export async function startCpoPlatform(options: CpoPlatformOptions = {}): Promise<CpoPlatform> {
  const stores = await loadStores(options);
  const faults = new FaultPlan(options.seed);
  const requests: RecordedRequest[] = [];
  let sender: Sender | undefined;
  const server = createServer((incoming, response) => {
    // The first request can only come after listen() has resolved.
    if (sender) void handle(sender, requests, incoming, response);
  });
  const origin = await listen(server, options.port ?? 0);
  const settings = settingsOf(options, origin);
  sender = new Sender(settings, stores, faults);
  const { mount, slash, version, token } = settings;
  const written = options.tokenForm === 'raw' ? token : Buffer.from(token, 'utf8').toString('base64');
  return {
    ...stores,
    origin,
    versionsUrl: `${origin}${mount}/versions${slash}`,
    versionUrl: `${origin}${mount}/${version}${slash}`,
    locationsUrl: `${origin}${mount}/${version}/locations${slash}`,
    tariffsUrl: `${origin}${mount}/${version}/tariffs${slash}`,
    files: {
      locations: `${origin}/files/locations.json`,
      locationsGzip: `${origin}/files/locations.json.gz`,
      tariffs: `${origin}/files/tariffs.json`,
      tariffsGzip: `${origin}/files/tariffs.json.gz`,
    },
    token,
    authorization: `Token ${written}`,
    faults,
    requests,
    clearRequests: () => {
      requests.length = 0;
    },
    apply: (result) => {
      for (const { location } of result.evses) stores.locations.put(location);
      for (const location of result.newLocations) stores.locations.put(location);
      for (const tariff of result.tariffs) stores.tariffs.put(tariff);
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
