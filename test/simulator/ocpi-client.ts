// The little that the simulator's clients share: headers of a request, reading an
// envelope, and finding a module's URL through the versions endpoint. Guarantees that
// every call is bounded in time and that each request has an X-Request-ID of its own.
// An answer of any status is returned, not thrown; no answer at all (connection
// refused or reset, time over) throws undici's error.

import { randomUUID } from 'node:crypto';
import { type Dispatcher, request } from 'undici';

export type TokenForm = 'base64' | 'raw';

export interface PartyId {
  country_code: string;
  party_id: string;
}

export interface CallOptions {
  token?: string | undefined;
  /** Base64 unless told, as 2.2 and newer ask for. */
  tokenForm?: TokenForm | undefined;
  method?: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  body?: string;
  headers?: Readonly<Record<string, string>> | undefined;
  from?: PartyId | undefined;
  to?: PartyId | undefined;
  correlationId?: string;
  /** For the whole call, in milliseconds. */
  timeout?: number | undefined;
  dispatcher?: Dispatcher;
  signal?: AbortSignal;
}

export interface OcpiAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The body as it came. */
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  /** The envelope's status_code; null when there is none. */
  statusCode: number | null;
  /** The envelope's data. */
  data: unknown;
}

const DEFAULT_TIMEOUT_MILLISECONDS = 30_000;

/** The value of the Authorization header. */
export function authorization(token: string, form: TokenForm = 'base64'): string {
  return `Token ${form === 'raw' ? token : Buffer.from(token, 'utf8').toString('base64')}`;
}

function headersOf(options: CallOptions): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': randomUUID(),
    'x-correlation-id': options.correlationId ?? randomUUID(),
  };
  if (options.token !== undefined) headers.authorization = authorization(options.token, options.tokenForm);
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.from) {
    headers['ocpi-from-country-code'] = options.from.country_code;
    headers['ocpi-from-party-id'] = options.from.party_id;
  }
  if (options.to) {
    headers['ocpi-to-country-code'] = options.to.country_code;
    headers['ocpi-to-party-id'] = options.to.party_id;
  }
  return { ...headers, ...options.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of HTML or a body cut short: the caller sees the text.
    return undefined;
  }
}

/** One call; whatever answer comes is returned. */
export async function callOcpi(url: string, options: CallOptions = {}): Promise<OcpiAnswer> {
  const expiry = AbortSignal.timeout(options.timeout ?? DEFAULT_TIMEOUT_MILLISECONDS);
  const {
    statusCode: status,
    headers,
    body,
  } = await request(url, {
    method: options.method ?? 'GET',
    headers: headersOf(options),
    body: options.body ?? null,
    signal: options.signal ? AbortSignal.any([options.signal, expiry]) : expiry,
    ...(options.dispatcher ? { dispatcher: options.dispatcher } : {}),
  });
  const text = await body.text();
  const json = parse(text);
  const isObject = typeof json === 'object' && json !== null;
  const envelope = isObject ? (json as { status_code?: unknown; data?: unknown }) : {};
  const statusCode = typeof envelope.status_code === 'number' ? envelope.status_code : null;
  return { status, headers, text, json, statusCode, data: envelope.data };
}

export interface Endpoint {
  identifier: string;
  role?: string;
  url: string;
}

export interface Discovery {
  version: string;
  endpoints: Endpoint[];
}

function refuse(url: string, answer: OcpiAnswer, wanted: string): Error {
  const start = answer.text.slice(0, 200);
  return new Error(
    `${url} gave no ${wanted}: HTTP ${answer.status}, status_code ${answer.statusCode}: ${start}`,
  );
}

/** Follows the versions URL to the endpoints of one version. */
export async function discoverEndpoints(
  versionsUrl: string,
  options: CallOptions & { version?: string | undefined },
): Promise<Discovery> {
  const wanted = options.version ?? '2.2.1';
  const versions = await callOcpi(versionsUrl, options);
  if (!Array.isArray(versions.data)) throw refuse(versionsUrl, versions, 'versions');
  const listed = versions.data as { version: string; url: string }[];
  const found = listed.find(({ version }) => version === wanted);
  if (!found) {
    throw new Error(
      `${versionsUrl} does not list ${wanted}, but ${listed.map((item) => item.version).join(', ')}`,
    );
  }
  const details = await callOcpi(found.url, options);
  const { endpoints } = (details.data ?? {}) as { endpoints?: unknown };
  if (!Array.isArray(endpoints)) throw refuse(found.url, details, 'endpoints');
  return { version: wanted, endpoints: endpoints as Endpoint[] };
}

/** The URL of a module, without a slash at its end; undefined when it is not offered. */
export function endpointUrl(
  { endpoints }: Discovery,
  identifier: string,
  role: 'SENDER' | 'RECEIVER',
): string | undefined {
  const offered = (endpoint: Endpoint): boolean =>
    // 2.1.1 has no roles.
    endpoint.identifier === identifier && (endpoint.role === undefined || endpoint.role === role);
  return endpoints.find(offered)?.url.replace(/\/$/, '');
}
