// What a simulated platform answers: versions, version details, lists and objects of
// Locations and Tariffs, the two files, and the switchboard of faults. Guarantees one
// answer for each request, with the request's ids repeated; what it does not know is a
// 404 with an envelope, another method a 405. Fails only when delivery fails.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { CpoPlatformOptions, RecordedRequest } from './cpo-platform.ts';
import { deliver, sendChunks } from './deliver.ts';
import { actOnAnswer, actOnPage, FAULTS, type FaultPlan, type FaultRule } from './faults.ts';
import type { Answer, FaultAct, FaultRequest } from './faults-types.ts';
import { joinTexts, type ObjectStore } from './object-store.ts';
import { makePage, PagingError, type PagingSettings } from './paging.ts';

export interface SenderSettings {
  origin: string;
  mount: string;
  slash: string;
  version: string;
  extraVersions: readonly string[];
  token: string;
  tokenForm: NonNullable<CpoPlatformOptions['tokenForm']>;
  conditional: boolean;
  fileShape: NonNullable<CpoPlatformOptions['fileShape']>;
  fileNeedsToken: boolean;
  party: { country_code: string; party_id: string };
  control: boolean;
  paging: PagingSettings;
}

type Module = 'locations' | 'tariffs';

/** One request on its way through the Sender. */
interface Exchange {
  recorded: RecordedRequest;
  request: FaultRequest;
  acts: FaultAct[];
}

const MOST_BODY_BYTES = 32 * 1024 * 1024;
const FILE_CHUNK_BYTES = 1024 * 1024;

/** The body as text; a longer one than any OCPI object is an error. */
export async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY_BYTES) throw new Error(`a body of more than ${MOST_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

function makeAnswer(status: number, contentType: string, body: string): Answer {
  return {
    status,
    headers: { 'content-type': contentType },
    body,
    delay: 0,
    delivery: 'whole',
    share: 1,
    ceiling: 0,
  };
}

/** An envelope around data that is JSON text already. */
function envelope(dataText: string | undefined, status = 200, code = 1000, message = 'Success'): Answer {
  const data = dataText === undefined ? '' : `"data":${dataText},`;
  const rest = `"status_code":${code},"status_message":${JSON.stringify(message)}`;
  const timestamp = new Date().toISOString();
  return makeAnswer(status, 'application/json', `{${data}${rest},"timestamp":"${timestamp}"}`);
}

function refusal(status: number, code: number, message: string): Answer {
  return envelope(undefined, status, code, message);
}

export class Sender {
  readonly #settings: SenderSettings;
  readonly #stores: Readonly<Record<Module, ObjectStore>>;
  readonly #faults: FaultPlan;

  constructor(settings: SenderSettings, stores: Readonly<Record<Module, ObjectStore>>, faults: FaultPlan) {
    this.#settings = settings;
    this.#stores = stores;
    this.#faults = faults;
  }

  /** Answers one request. */
  async answer(recorded: RecordedRequest, response: ServerResponse): Promise<void> {
    if (this.#settings.control && recorded.path === '/simulator/faults') {
      await deliver(response, this.#switchboard(recorded));
      return;
    }
    const { method, url } = recorded;
    const request: FaultRequest = { method, url, absoluteUrl: `${this.#settings.origin}${url}` };
    const exchange: Exchange = { recorded, request, acts: this.#faults.select(request) };
    const file = /^\/files\/(locations|tariffs)\.json(\.gz)?$/.exec(recorded.path);
    if (file) {
      await this.#answerFile(exchange, file[1] as Module, file[2] !== undefined, response);
      return;
    }
    const answer = this.#route(exchange);
    Object.assign(answer.headers, this.#identifying(recorded));
    actOnAnswer(exchange.acts, answer, request);
    await deliver(response, answer);
  }

  #route(exchange: Exchange): Answer {
    const { recorded } = exchange;
    const { mount, version } = this.#settings;
    if (!this.#authorized(recorded)) return refusal(401, 2000, 'Invalid or missing token');
    if (!recorded.path.startsWith(`${mount}/`)) return refusal(404, 2000, 'Not found');
    // A trailing slash means the same; ids may contain any character, percent-encoded.
    const parts = recorded.path
      .slice(mount.length + 1)
      .replace(/\/$/, '')
      .split('/')
      .map(decodeURIComponent);
    const [first, module, id, evseUid, connectorId] = parts;
    if (recorded.method !== 'GET') return refusal(405, 2000, `${recorded.method} is not offered here`);
    if (first === 'versions' && parts.length === 1) return this.#versions();
    if (first !== version || parts.length > 5) return refusal(404, 2000, 'Not found');
    if (parts.length === 1) return this.#versionDetails();
    if (module === 'locations' || module === 'tariffs') {
      if (id === undefined) return this.#list(exchange, module);
      if (module === 'locations') return this.#object(id, evseUid, connectorId);
    }
    return refusal(404, 2000, 'Not found');
  }

  #versions(): Answer {
    const { origin, mount, slash, version, extraVersions } = this.#settings;
    const listed = [...extraVersions, version].map((number) => ({
      version: number,
      url: `${origin}${mount}/${number}${slash}`,
    }));
    return envelope(JSON.stringify(listed));
  }

  #versionDetails(): Answer {
    const { origin, mount, slash, version } = this.#settings;
    const endpoints = ['locations', 'tariffs'].map((identifier) => {
      const url = `${origin}${mount}/${version}/${identifier}${slash}`;
      // 2.1.1 knows no roles: a module is there or it is not.
      return version.startsWith('2.1') ? { identifier, url } : { identifier, role: 'SENDER', url };
    });
    return envelope(JSON.stringify({ version, endpoints }));
  }

  #list({ recorded, request, acts }: Exchange, module: Module): Answer {
    const store = this.#stores[module];
    const validators = this.#validators(store);
    if (this.#settings.conditional && this.#unchanged(recorded, store)) {
      return { ...makeAnswer(304, 'application/json', ''), headers: validators };
    }
    try {
      const page = makePage(store, this.#settings.paging, request, (view) => actOnPage(acts, view, request));
      const answer = envelope(joinTexts(page.rows));
      Object.assign(answer.headers, page.headers, this.#settings.conditional ? validators : {});
      return answer;
    } catch (error) {
      if (error instanceof PagingError) return refusal(200, 2001, error.message);
      throw error;
    }
  }

  #object(id: string, evseUid: string | undefined, connectorId: string | undefined): Answer {
    const unknown = refusal(404, 2003, 'Unknown Location, EVSE or Connector');
    const row = this.#stores.locations.byId(id);
    if (!row) return unknown;
    if (evseUid === undefined) return envelope(row.text.toString());
    const location = JSON.parse(row.text.toString()) as {
      evses?: { uid: string; connectors?: { id: string }[] }[];
    };
    const evse = location.evses?.find(({ uid }) => uid.toLowerCase() === evseUid.toLowerCase());
    if (!evse || connectorId === undefined) return evse ? envelope(JSON.stringify(evse)) : unknown;
    const connector = evse.connectors?.find((item) => item.id.toLowerCase() === connectorId.toLowerCase());
    return connector ? envelope(JSON.stringify(connector)) : unknown;
  }

  async #answerFile(
    exchange: Exchange,
    module: Module,
    gzip: boolean,
    response: ServerResponse,
  ): Promise<void> {
    const { recorded, request, acts } = exchange;
    const store = this.#stores[module];
    const answer = makeAnswer(200, gzip ? 'application/gzip' : 'application/json', '');
    Object.assign(answer.headers, this.#validators(store));
    let chunks: AsyncIterable<Buffer> | undefined;
    if (this.#settings.fileNeedsToken && !this.#authorized(recorded)) {
      Object.assign(answer, refusal(401, 2000, 'Invalid or missing token'));
    } else if (recorded.method !== 'GET' && recorded.method !== 'HEAD') {
      Object.assign(answer, refusal(405, 2000, `${recorded.method} is not offered here`));
    } else if (this.#unchanged(recorded, store)) {
      answer.status = 304;
    } else {
      const plain = Readable.from(this.#fileChunks(store));
      chunks = gzip ? plain.pipe(createGzip()) : plain;
    }
    const whole = { status: answer.status, body: answer.body, delivery: answer.delivery };
    actOnAnswer(acts, answer, request);
    if (chunks && (answer.delivery === 'cut' || answer.delivery === 'reset')) {
      answer.body = await collect(chunks);
      chunks = undefined;
    }
    const replaced = answer.status !== whole.status || answer.body !== whole.body;
    if (chunks && !replaced && answer.delivery === 'whole') await sendChunks(response, answer, chunks);
    else await deliver(response, answer);
  }

  /** The file in pieces of about a megabyte, so that 139 MB never stand in memory twice. */
  *#fileChunks(store: ObjectStore): Generator<Buffer> {
    const enveloped = this.#settings.fileShape === 'envelope';
    let text = enveloped ? '{"data":[' : '[';
    let first = true;
    for (const row of store.rows()) {
      text += `${first ? '' : ',\n'}${row.text.toString()}`;
      first = false;
      if (text.length < FILE_CHUNK_BYTES) continue;
      yield Buffer.from(text, 'utf8');
      text = '';
    }
    const end = `,"status_code":1000,"timestamp":"${store.changedAt.toISOString()}"}`;
    yield Buffer.from(`${text}]${enveloped ? end : ''}`, 'utf8');
  }

  #validators(store: ObjectStore): Record<string, string> {
    return { etag: this.#entityTag(store), 'last-modified': store.changedAt.toUTCString() };
  }

  #entityTag(store: ObjectStore): string {
    return `"${store.changedAt.getTime().toString(36)}-${store.version}"`;
  }

  /** Whether the client has this state; If-None-Match wins over If-Modified-Since. */
  #unchanged({ headers }: RecordedRequest, store: ObjectStore): boolean {
    const known = headers['if-none-match'];
    if (known !== undefined) return known.includes(this.#entityTag(store)) || known.trim() === '*';
    const since = Date.parse(headers['if-modified-since'] ?? '');
    return Math.floor(store.changedAt.getTime() / 1000) * 1000 <= since;
  }

  #authorized({ headers }: RecordedRequest): boolean {
    const { token, tokenForm } = this.#settings;
    const sent = /^Token (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (sent === undefined) return false;
    const encoded = Buffer.from(token, 'utf8').toString('base64');
    return (tokenForm !== 'base64' && sent === token) || (tokenForm !== 'raw' && sent === encoded);
  }

  /** The headers that an OCPI answer repeats or swaps. */
  #identifying({ headers }: RecordedRequest): Record<string, string> {
    const { party, version } = this.#settings;
    const own: Record<string, string> = {};
    const copy = (to: string, value: string | string[] | undefined): void => {
      if (typeof value === 'string') own[to] = value;
    };
    copy('x-request-id', headers['x-request-id']);
    copy('x-correlation-id', headers['x-correlation-id']);
    // 2.1.1 has no routing headers: whatever comes means nothing to it.
    if (version.startsWith('2.1') || headers['ocpi-from-party-id'] === undefined) return own;
    copy('ocpi-to-country-code', headers['ocpi-from-country-code']);
    copy('ocpi-to-party-id', headers['ocpi-from-party-id']);
    copy('ocpi-from-country-code', headers['ocpi-to-country-code'] ?? party.country_code);
    copy('ocpi-from-party-id', headers['ocpi-to-party-id'] ?? party.party_id);
    return own;
  }

  /** GET lists the faults, POST switches one on, DELETE all off. */
  #switchboard({ method, body }: RecordedRequest): Answer {
    const json = (status: number, value: unknown): Answer =>
      makeAnswer(status, 'application/json', `${JSON.stringify(value)}\n`);
    try {
      if (method === 'POST') this.#faults.add(JSON.parse(body) as FaultRule);
      else if (method === 'DELETE') this.#faults.clear();
      else if (method !== 'GET') return json(405, { error: 'GET, POST or DELETE' });
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : String(error) });
    }
    const known = Object.fromEntries(Object.entries(FAULTS).map(([name, fault]) => [name, fault.sentence]));
    return json(200, { active: this.#faults.list(), known });
  }
}
