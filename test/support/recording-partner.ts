/**
 * A partner platform that really answers on loopback and records every request: the other side for tests of
 * handshakes in both directions, hubs, pushes to providers and pulls. It serves versions, details, credentials,
 * Sender lists and Receivers of the modules of its role, judges nothing, and misbehaves only where a test says
 * so with `override`. `stop()` ends every connection, also those that are never answered.
 *
 *     const provider = await startRecordingPartner({ role: 'NSP', parties: ['DE-NSP'] });
 *     ... the access point pushes ...
 *     await provider.waitFor('PUT', provider.endpoint('locations', 'RECEIVER'));
 *     expect(provider.received('locations', 'DE', 'ABC', 'LOC-1')).to.deep.equal(location);
 *
 * A test acts as the partner's own client with `OcpiClient` or `send` of `ocpi-client.ts`; `registerAt` of
 * `handshake.ts` is the partner's side of a handshake that it starts.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver } from '../simulator/deliver.ts';
import type { Answer } from '../simulator/faults-types.ts';
import { readBody } from '../simulator/sender.ts';
import { envelope, type OverrideAnswer, overridden, refusal } from './partner/answer.ts';
import {
  type Callback,
  type CredentialsObject,
  credentialsObject,
  PartnerCredentials,
  type PartnerIdentity,
} from './partner/credentials.ts';
import type { Kept } from './partner/kept-objects.ts';
import { endpointUrl, type Module, modulesOf, PartnerModules, versionDetails } from './partner/modules.ts';

export type { OverrideAnswer } from './partner/answer.ts';

/** One request as it came. */
export interface PartnerRequest {
  readonly method: string;
  /** Without the query, as it was sent: not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; undefined when it is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape.
  readonly json: any;
  /** The token as it was issued, when one was accepted. */
  readonly token: string | undefined;
  readonly at: Date;
  /** HTTP status of the answer; undefined while it has none, 0 when none will come. */
  status: number | undefined;
}

/** What a test puts in the place of an answer; undefined gives the usual one after all. */
export type Override =
  | OverrideAnswer
  | ((request: PartnerRequest) => OverrideAnswer | undefined | Promise<OverrideAnswer | undefined>);

export interface RecordingPartnerOptions {
  /** Whom it speaks for, e.g. `['DE-ABC']`. */
  readonly parties?: readonly string[];
  /** CPO unless told; decides which modules it offers. */
  readonly role?: string;
  readonly versions?: readonly string[];
  /** What callers must send; raw and in Base64 alike. */
  readonly token?: string;
  /** What its Senders give out. */
  readonly objects?: {
    readonly locations?: Iterable<object>;
    readonly tariffs?: Iterable<object>;
    readonly clients?: Iterable<object>;
  };
  /** Most objects in one page of its lists. */
  readonly pageSize?: number;
  /** `hub_party_id` of a 2.3.0 hub; that of its first party unless told. */
  readonly hubPartyId?: string;
  /** Whether POST and PUT credentials call the other side back before they answer. */
  readonly callsBack?: boolean;
}

export interface RecordingPartner {
  readonly url: string;
  readonly versionsUrl: string;
  /** The token that it was started with. */
  readonly token: string;
  /** All requests since the start or the last `clear()`. */
  readonly requests: readonly PartnerRequest[];
  /** What its version details list beside credentials; a test may change it. */
  modules: Module[];
  /** What its versions list; a test may change it. */
  versions: string[];
  /** Whether POST and PUT credentials call back; what came of it is in `callbacks`. */
  callsBack: boolean;
  readonly callbacks: readonly Callback[];
  /** Credentials that were given to it, the newest last. */
  readonly credentialsGiven: readonly CredentialsObject[];
  /** Its own credentials object with a token, as it would send it. */
  credentials(version: string, token: string): CredentialsObject;
  /** Where one of its modules lives; of its highest version unless told. */
  endpoint(identifier: string, role?: 'SENDER' | 'RECEIVER', version?: string): string;
  /** Requests of a method (any: `*`) whose path, or whole URL, begins so. */
  requestsTo(method: string, prefix: string): PartnerRequest[];
  /** Waits until so many such requests have been answered. Fails after `limitMs`. */
  waitFor(method: string, prefix: string, count?: number, limitMs?: number): Promise<PartnerRequest[]>;
  /** From now on a token works (as one of a finished registration, when told so). */
  acceptToken(token: string, registered?: boolean): void;
  /** From now on it does not. */
  refuseToken(token: string): void;
  /** Answers such requests otherwise, even without a token; the newest override counts. Returns the undoing. */
  override(method: string, prefix: string, instead: Override): () => void;
  /** What a Receiver holds now: an object, or a child of one. */
  received(module: 'locations' | 'tariffs' | 'hubclientinfo', ...path: string[]): Kept | undefined;
  /** Puts an object into a Sender list, new or changed. */
  give(module: 'locations' | 'tariffs' | 'hubclientinfo', object: object): void;
  /** Takes one out of it. */
  withdraw(module: 'locations' | 'tariffs' | 'hubclientinfo', object: object): void;
  /** Forgets the requests that came. */
  clear(): void;
  stop(): Promise<void>;
}

/** Milliseconds that a test waits for a request, and between two looks. */
const WAIT_LIMIT_MS = 10_000;
const WAIT_STEP_MS = 10;

const DEFAULT_VERSIONS = ['2.2.1', '2.3.0'];

/** Everything that a partner is made of. */
interface Parts {
  readonly identity: PartnerIdentity & { readonly url: string };
  readonly partner: RecordingPartner;
  readonly credentials: PartnerCredentials;
  readonly modules: PartnerModules;
  readonly requests: PartnerRequest[];
  readonly overrides: { readonly method: string; readonly path: string; readonly instead: Override }[];
}

/** Starts a partner on a free loopback port. */
export async function startRecordingPartner(
  options: RecordingPartnerOptions = {},
): Promise<RecordingPartner> {
  let parts: Parts | undefined;
  const server = createServer((incoming, response) => {
    // The first request can only come after the server listens, and the parts are made.
    if (parts) void handle(parts, incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  parts = assemble(url, options, async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return parts.partner;
}

function assemble(url: string, options: RecordingPartnerOptions, stop: () => Promise<void>): Parts {
  const { parties = ['DE-ABC'], role = 'CPO', token = 'recording-partner-token' } = options;
  const hubPartyId = options.hubPartyId ?? parties[0]?.replace('-', '');
  const identity = { url, versionsUrl: `${url}/ocpi/versions`, parties, role, hubPartyId };
  const credentials = new PartnerCredentials(identity);
  credentials.tokens.set(token, false);
  credentials.callsBack = options.callsBack ?? false;
  const modules = new PartnerModules();
  if (options.pageSize) modules.pageSize = options.pageSize;
  const { locations = [], tariffs = [], clients = [] } = options.objects ?? {};
  for (const [module, objects] of Object.entries({ locations, tariffs, hubclientinfo: clients }))
    for (const object of objects) modules.given[module]?.append(object);

  const requests: PartnerRequest[] = [];
  const overrides: Parts['overrides'] = [];
  const requestsTo = (method: string, prefix: string) =>
    requests.filter((request) => matches(request, method, pathOf(url, prefix)));
  const partner: RecordingPartner = {
    url,
    versionsUrl: identity.versionsUrl,
    token,
    requests,
    modules: modulesOf(role),
    versions: [...(options.versions ?? DEFAULT_VERSIONS)],
    get callsBack() {
      return credentials.callsBack;
    },
    set callsBack(callsBack) {
      credentials.callsBack = callsBack;
    },
    callbacks: credentials.callbacks,
    credentialsGiven: credentials.given,
    credentials: (version, ofToken) => credentialsObject(identity, version, ofToken),
    endpoint: (identifier, ofRole = 'RECEIVER', version = partner.versions.at(-1) as string) =>
      endpointUrl(url, version, identifier, ofRole),
    requestsTo,
    waitFor: (method, prefix, count = 1, limitMs = WAIT_LIMIT_MS) =>
      waitUntil(
        () => requestsTo(method, prefix).filter(({ status }) => status !== undefined),
        count,
        limitMs,
        `${method} ${prefix}`,
      ),
    acceptToken: (accepted, registered = false) => void credentials.tokens.set(accepted, registered),
    refuseToken: (refused) => void credentials.tokens.delete(refused),
    override(method, prefix, instead) {
      const entry = { method, path: pathOf(url, prefix), instead };
      overrides.unshift(entry);
      return () => void overrides.splice(overrides.indexOf(entry), 1);
    },
    received: (module, ...path) =>
      modules.kept[module]?.get(module === 'hubclientinfo' ? [...path, ''] : path),
    give: (module, object) => modules.given[module]?.put(object),
    withdraw: (module, object) => void modules.given[module]?.delete(object),
    clear: () => void requests.splice(0),
    stop,
  };
  return { identity, partner, credentials, modules, requests, overrides };
}

/** Takes one request: records it, answers it, and never throws. */
async function handle(parts: Parts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const request = await record(parts, incoming);
    response.once('finish', () => {
      request.status = response.statusCode;
    });
    const answer = (await instead(parts, request)) ?? (await usual(parts, request, incoming.url ?? '/'));
    for (const [name, value] of Object.entries(echoes(request))) answer.headers[name] ??= value;
    if (answer.delivery === 'never') request.status = 0;
    await deliver(response, answer);
  } catch (error) {
    // Seen by whoever reads the answer; a partner that dies would only hide it.
    if (response.headersSent || response.destroyed) response.destroy();
    else await deliver(response, refusal(500, 3000, `The partner itself failed: ${(error as Error).stack}`));
  }
}

async function record(parts: Parts, incoming: IncomingMessage): Promise<PartnerRequest> {
  const at = new Date();
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const text = await readBody(incoming);
  const request: PartnerRequest = {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark)),
    headers: incoming.headers,
    text,
    json: parse(text),
    token: acceptedToken(parts.credentials.tokens, incoming.headers.authorization),
    at,
    status: undefined,
  };
  parts.requests.push(request);
  return request;
}

async function instead({ overrides }: Parts, request: PartnerRequest): Promise<Answer | undefined> {
  const found = overrides.find(({ method, path }) => matches(request, method, path));
  if (!found) return undefined;
  const given = typeof found.instead === 'function' ? await found.instead(request) : found.instead;
  return given && overridden(given);
}

async function usual(parts: Parts, request: PartnerRequest, target: string): Promise<Answer> {
  const { identity, partner, credentials, modules } = parts;
  const { method, token, json } = request;
  if (token === undefined) return refusal(401, 2000, 'Unknown token');
  const [ocpi, version = '', role = '', identifier = '', ...path] = request.path
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decodeURIComponent);
  if (ocpi !== 'ocpi') return refusal(404, 2000, 'Not found');
  if (version === 'versions') {
    const listed = partner.versions.map((one) => ({ version: one, url: `${identity.url}/ocpi/${one}` }));
    return envelope(listed);
  }
  if (!partner.versions.includes(version)) return refusal(404, 2000, 'Not found');
  if (role === '') return versionDetails(identity.url, version, ['credentials/SENDER', ...partner.modules]);
  if (role === 'credentials') return credentials.answer(version, method, token, json);
  return modules.answer(role, identifier, path, { method, target, json, url: identity.url });
}

/** Ids as they came, and the routing headers turned round. */
function echoes({ headers }: PartnerRequest): Record<string, string> {
  const pairs = {
    'x-request-id': headers['x-request-id'],
    'x-correlation-id': headers['x-correlation-id'],
    'ocpi-to-country-code': headers['ocpi-from-country-code'],
    'ocpi-to-party-id': headers['ocpi-from-party-id'],
    'ocpi-from-country-code': headers['ocpi-to-country-code'],
    'ocpi-from-party-id': headers['ocpi-to-party-id'],
  };
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function acceptedToken(tokens: ReadonlyMap<string, boolean>, header: string | undefined): string | undefined {
  const sent = /^Token (\S+)$/i.exec(header ?? '')?.[1];
  if (sent === undefined) return undefined;
  return [sent, Buffer.from(sent, 'base64').toString('utf8')].find((token) => tokens.has(token));
}

function matches(request: PartnerRequest, method: string, path: string): boolean {
  return (method === '*' || request.method === method) && request.path.startsWith(path);
}

function pathOf(url: string, prefix: string): string {
  return prefix.startsWith(url) ? prefix.slice(url.length) : prefix;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function waitUntil(
  look: () => PartnerRequest[],
  count: number,
  limitMs: number,
  what: string,
): Promise<PartnerRequest[]> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = look();
    if (found.length >= count) return found;
    if (Date.now() > end) throw new Error(`${found.length} of ${count} requests ${what} in ${limitMs} ms`);
    await sleep(WAIT_STEP_MS);
  }
}
