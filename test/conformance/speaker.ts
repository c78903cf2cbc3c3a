/**
 * One party that speaks with the platform under examination: it discovers the platform's endpoints in its version
 * and calls them with its token. Black-box: no URL is made up, only joined to what was discovered. Fails with
 * NotCovered where the platform does not offer what is asked for.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Built, Overrides } from '../support/builders.ts';
import { authorizationOf } from '../support/handshake.ts';
import { type Data, type OcpiResponse, send } from '../support/ocpi-client.ts';
import { NotCovered } from './check.ts';
import { connectorOf, evseOf, locationOf, type Party, tariffOf } from './objects.ts';
import type { OcpiVersion } from './rows/row.ts';

export type Module = 'locations' | 'tariffs' | 'hubclientinfo' | 'credentials';
export type Side = 'SENDER' | 'RECEIVER';

/** Header of a call; a value of undefined leaves out one that is usually sent. */
export type CallHeaders = Readonly<Record<string, string | undefined>>;

export interface CallOptions {
  readonly headers?: CallHeaders;
  readonly body?: unknown;
}

/** Whom a speaker is. */
export interface Identity {
  /** Where the platform lists its versions, for this kind of partner. */
  readonly versionsUrl: string;
  readonly token: string;
  readonly version: OcpiVersion;
  readonly party: Party;
}

/** A party for a token of whom nobody said whose it is; it is in no request. */
export const NOBODY: Party = { country_code: 'XX', party_id: 'XXX' };

interface Endpoint {
  readonly identifier: string;
  readonly role?: Side;
  readonly url: string;
}

/** Pages that a crawl reads at most. */
const PAGE_LIMIT = 10_000;

/** Ids of objects begin so, and no two runs share one. */
const MARK = `CONF-${randomBytes(3).toString('hex')}`;
let count = 0;

/** An id that nobody has used. */
export function freshId(prefix = MARK): string {
  count += 1;
  return `${prefix}-${count}`;
}

export class Speaker {
  readonly identity: Identity;
  #endpoints: Promise<readonly Endpoint[]> | undefined;

  constructor(identity: Identity) {
    this.identity = identity;
  }

  get version(): OcpiVersion {
    return this.identity.version;
  }

  get party(): Party {
    return this.identity.party;
  }

  /** Whether it is known whose the token is. */
  get isNamed(): boolean {
    return this.party !== NOBODY;
  }

  /** The header that this version sends. */
  get authorization(): string {
    return authorizationOf(this.version, this.identity.token);
  }

  /** Calls an absolute URL, with this speaker's token and ids unless the options say otherwise. */
  call(method: string, url: string, { headers = {}, body }: CallOptions = {}): Promise<OcpiResponse> {
    const ids = { 'X-Request-ID': randomUUID(), 'X-Correlation-ID': randomUUID() };
    const wanted = { Authorization: this.authorization, ...ids, ...headers };
    const sent = Object.fromEntries(
      Object.entries(wanted).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    const { origin } = new URL(url);
    return send(origin, method, url.slice(origin.length), {
      headers: sent,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The same party with another token. */
  withToken(token: string): Speaker {
    return new Speaker({ ...this.identity, token });
  }

  /** The versions that the platform lists. */
  async versions(): Promise<readonly { readonly version: string; readonly url: string }[]> {
    const response = await this.call('GET', this.identity.versionsUrl);
    if (!Array.isArray(response.body?.data))
      throw new Error(`No versions at ${this.identity.versionsUrl}: ${response.status} ${response.text}`);
    return response.body.data;
  }

  /** URL of this version's details. */
  async detailsUrl(): Promise<string> {
    const listed = (await this.versions()).find(({ version }) => version === this.version);
    if (!listed) throw new NotCovered(`${this.version} is not offered`);
    return listed.url;
  }

  async endpoints(): Promise<readonly Endpoint[]> {
    this.#endpoints ??= this.#discover();
    return this.#endpoints;
  }

  async #discover(): Promise<readonly Endpoint[]> {
    const response = await this.call('GET', await this.detailsUrl());
    const endpoints = response.body?.data?.endpoints;
    if (!Array.isArray(endpoints)) throw new Error(`No details: ${response.status} ${response.text}`);
    return endpoints;
  }

  /** URL of a module's side. In 2.1.1 a list of versions is on one side as a whole. */
  async endpoint(module: Module, side: Side): Promise<string> {
    const found = (await this.endpoints()).find(
      ({ identifier, role }) =>
        identifier === module && (module === 'credentials' || this.version === '2.1.1' || role === side),
    );
    if (!found) throw new NotCovered(`${module} (${side}) is not offered in ${this.version}`);
    return found.url;
  }

  /** URL of an object at the platform's Receiver. */
  async receiver(module: Module, ids: readonly string[], party: Party = this.party): Promise<string> {
    return join(await this.endpoint(module, 'RECEIVER'), [party.country_code, party.party_id, ...ids]);
  }

  /** URL of a list or object at the platform's Sender. */
  async sender(module: Module, ids: readonly string[] = []): Promise<string> {
    return join(await this.endpoint(module, 'SENDER'), ids);
  }

  async push(
    method: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST',
    module: Module,
    ids: readonly string[],
    body?: unknown,
    headers: CallHeaders = {},
  ): Promise<OcpiResponse> {
    return this.call(method, await this.receiver(module, ids), { body, headers });
  }

  put(module: Module, ids: readonly string[], body: unknown, headers?: CallHeaders): Promise<OcpiResponse> {
    return this.push('PUT', module, ids, body, headers);
  }

  patch(module: Module, ids: readonly string[], body: unknown, headers?: CallHeaders): Promise<OcpiResponse> {
    return this.push('PATCH', module, ids, body, headers);
  }

  /** What the platform holds of this speaker's own. */
  read(module: Module, ids: readonly string[], headers?: CallHeaders): Promise<OcpiResponse> {
    return this.push('GET', module, ids, undefined, headers);
  }

  /** The data of it. */
  async own(module: Module, ids: readonly string[]): Promise<Data> {
    const { status, body, text } = await this.read(module, ids);
    if (status !== 200) throw new Error(`GET ${ids.join('/')}: ${status} ${text.slice(0, 300)}`);
    return body.data;
  }

  /** One page of what the platform gives out. */
  async list(module: Module, query = '', headers: CallHeaders = {}): Promise<OcpiResponse> {
    return this.call('GET', `${await this.sender(module)}${query}`, { headers });
  }

  /** A single object of it. */
  async object(ids: readonly string[], query = '', headers: CallHeaders = {}): Promise<OcpiResponse> {
    return this.call('GET', `${await this.sender('locations', ids)}${query}`, { headers });
  }

  /** Follows the links to the end. `meanwhile` runs after each page but the last. */
  async crawl(module: Module, query = '', meanwhile?: () => Promise<void>): Promise<Crawl> {
    const pages: OcpiResponse[] = [];
    let next: string | undefined = `${await this.sender(module)}${query}`;
    while (next !== undefined) {
      const page: OcpiResponse = await this.call('GET', next);
      if (!Array.isArray(page.body?.data))
        throw new Error(`${next}: ${page.status} ${page.text.slice(0, 300)}`);
      pages.push(page);
      if (pages.length > PAGE_LIMIT) throw new Error(`A crawl of ${module} does not end`);
      next = nextOf(page);
      if (next !== undefined) await meanwhile?.();
    }
    return { pages, objects: pages.flatMap(({ body }) => body.data) };
  }

  connector(overrides?: Overrides): Built {
    return connectorOf(this.version, overrides);
  }

  evse(overrides?: Overrides): Built {
    return evseOf(this.version, overrides);
  }

  location(overrides: Overrides = {}): Built {
    return locationOf(this.version, this.party, { id: freshId(), ...overrides });
  }

  tariff(overrides: Overrides = {}): Built {
    return tariffOf(this.version, this.party, { id: freshId(), ...overrides });
  }

  /** Puts a Location of two EVSEs, E1 and E2; gives back its id. */
  async stored(overrides: Overrides = {}): Promise<string> {
    const evses = [this.evse({ uid: 'E1' }), this.evse({ uid: 'E2' })];
    return this.#put('locations', this.location({ name: 'Station', evses, ...overrides }));
  }

  /** Puts a Tariff; gives back its id. */
  async storedTariff(overrides: Overrides = {}): Promise<string> {
    return this.#put('tariffs', this.tariff(overrides));
  }

  async #put(module: Module, object: Built): Promise<string> {
    const response = await this.put(module, [object.id], object);
    if (response.body?.status_code !== 1000)
      throw new Error(`PUT ${object.id}: ${response.status} ${response.text.slice(0, 300)}`);
    return object.id;
  }
}

export interface Crawl {
  readonly pages: readonly OcpiResponse[];
  readonly objects: readonly Data[];
}

/** The target of `rel="next"`, as it stands. */
export function nextOf({ headers }: OcpiResponse): string | undefined {
  return /<([^>]+)>\s*;\s*rel="?next"?/i.exec(headers.link ?? '')?.[1];
}

function join(url: string, ids: readonly string[]): string {
  return [url.replace(/\/$/, ''), ...ids.map(encodeURIComponent)].join('/');
}
