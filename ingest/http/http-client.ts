/**
 * The one HTTP client for calls to partners, through the guard, with every wait and size bounded.
 *
 * Guarantees: a URL and each redirect passes the guard, and so does the address that is connected to; redirects
 * stay on their origin; connect, headers, idle and total times are bounded; bodies are counted packed and
 * unpacked while they stream, so neither a huge nor a swollen one fills the memory; what may pass (connection
 * errors, 5xx, 429) is tried again with backoff, a bounded number of times; each try has its own X-Request-ID,
 * a logical operation one X-Correlation-ID (ENV-19). Headers and bodies that we send are never logged. A call
 * that must not happen twice asks for one try.
 *
 * Fails with HttpError in words for people; with the signal's reason when the caller gives up.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Agent, request } from 'undici';
import { unpackedBody } from './body.ts';
import { describeUrl } from './describe-url.ts';
import { describeFailure, HttpError, isWorthRetrying } from './http-error.ts';
import { delayBefore, parseRetryAfter, type Sleep, sleep as systemSleep } from './retry.ts';
import { createUrlGuard, type UrlGuard, UrlRefusedError } from './url-guard.ts';

/** Bounds of one request. */
export interface HttpLimits {
  /** Milliseconds until a connection stands. */
  readonly connectMs: number;
  /** Milliseconds until the headers of the answer are there. */
  readonly headersMs: number;
  /** Milliseconds between two pieces of the body. */
  readonly idleMs: number;
  /** Milliseconds for one try, from the request to the last byte. */
  readonly totalMs: number;
  /** Bytes of the body as sent. */
  readonly packedBytes: number;
  /** Bytes of the body unpacked. */
  readonly unpackedBytes: number;
  /** Tries of one request. */
  readonly tries: number;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  readonly url: string | URL;
  /** GET when nothing is said. */
  readonly method?: HttpMethod;
  /** JSON text, sent as application/json (ENV-08). */
  readonly body?: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One for all requests of a logical operation. */
  readonly correlationId: string;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<HttpLimits>;
  /** Further statuses whose answer is wanted, not an error: an OCPI envelope also comes with 404 or 405. */
  readonly accepts?: (status: number) => boolean;
}

export interface HttpAnswer {
  /** Where the answer came from in the end. */
  readonly url: URL;
  /** 2xx, 304, or one that the request accepts. */
  readonly status: number;
  /** Lower-case names; a repeated header is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unpacked. Fails while it is read with HttpError. */
  readonly body: AsyncIterable<Buffer>;
  /** Lets go of the connection; to be called whether the body was read or not. */
  close(): void;
}

export interface HttpClient {
  /** Asks once and reads the answer with `read`; the reading counts as part of the try, so it may run again. */
  ask<T>(request: HttpRequest, read: (answer: HttpAnswer) => Promise<T>): Promise<T>;
  /** Gets one answer to be streamed. What fails once its headers are there is not tried again. */
  stream(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpClientParts {
  readonly allowPrivateUrls: boolean;
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<HttpLimits>;
  /** For tests. */
  readonly sleep?: Sleep;
  readonly random?: () => number;
  readonly guard?: UrlGuard;
}

const MEBIBYTE = 1024 * 1024;

/** Enough for a slow partner's big page; CRED-23 asks for a connection within ten seconds. */
export const DEFAULT_LIMITS: HttpLimits = {
  connectMs: 10_000,
  headersMs: 60_000,
  idleMs: 30_000,
  totalMs: 300_000,
  packedBytes: 64 * MEBIBYTE,
  unpackedBytes: 64 * MEBIBYTE,
  tries: 4,
};

/** Redirects that are followed in a row: real servers need one or two. */
const REDIRECT_LIMIT = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Those after which a request is sent again with its method and body (RFC 9110, 15.4). */
const REPEATING_REDIRECTS: ReadonlySet<number> = new Set([307, 308]);

/** Connections to one origin: sources are crawled page after page, so more would only burden the partner. */
const CONNECTIONS_AN_ORIGIN = 4;

/** Bytes of an unwanted body that are read so that its connection can be used again. */
const DUMP_BYTES = 65_536;

/** Makes the client of a process. */
export function createHttpClient(parts: HttpClientParts): HttpClient {
  const { clock, logger, sleep = systemSleep, random = Math.random } = parts;
  const guard = parts.guard ?? createUrlGuard(parts);
  const usual: HttpLimits = { ...DEFAULT_LIMITS, ...parts.limits };
  const agent = new Agent({
    connections: CONNECTIONS_AN_ORIGIN,
    autoSelectFamily: true,
    connect: { timeout: usual.connectMs, lookup: guard.lookup },
  });

  async function withRetries<T>(
    asked: HttpRequest,
    limits: HttpLimits,
    attempt: () => Promise<T>,
  ): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        asked.signal?.throwIfAborted();
        if (!(error instanceof HttpError) || !isWorthRetrying(error) || failures >= limits.tries) throw error;
        const delay = delayBefore(failures, error.retryAfter, random());
        if (delay === null) throw error;
        logger.info(
          { correlationId: asked.correlationId, delay, failures },
          `${error.message}; trying again`,
        );
        await sleep(delay, asked.signal);
      }
    }
  }

  /** One request without redirects. */
  async function send(url: URL, asked: HttpRequest, limits: HttpLimits, signal: AbortSignal) {
    const requestId = randomUUID();
    const headers = {
      'user-agent': 'national-access-point',
      'accept-encoding': 'gzip',
      accept: 'application/json',
      ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...asked.headers,
      'x-request-id': requestId,
      'x-correlation-id': asked.correlationId,
    };
    try {
      const response = await request(url, {
        dispatcher: agent,
        method: asked.method ?? 'GET',
        body: asked.body ?? null,
        headers,
        signal,
        headersTimeout: limits.headersMs,
        bodyTimeout: limits.idleMs,
      });
      logger.debug(
        { url: describeUrl(url), status: response.statusCode, requestId, correlationId: asked.correlationId },
        'asked a partner',
      );
      // A body that is left half-read ends with an error; whoever reads it gets that from the reading.
      response.body.on('error', () => undefined);
      return { status: response.statusCode, headers: flatHeaders(response.headers), body: response.body };
    } catch (error) {
      throw failureOf(url, error, asked, signal);
    }
  }

  /** One try: the request, its redirects, and an answer that is a success. */
  async function attempt(asked: HttpRequest, limits: HttpLimits, signal: AbortSignal): Promise<HttpAnswer> {
    const first = await checked(guard, asked.url);
    let url = first;
    for (let redirects = 0; ; redirects++) {
      const { status, headers, body } = await send(url, asked, limits, signal);
      const isSuccess = (status >= 200 && status < 300) || status === 304;
      if (isSuccess || asked.accepts?.(status)) {
        const raw = withErrors(body, (error) => failureOf(url, error, asked, signal));
        const close = () => void body.destroy();
        try {
          const plain = unpackedBody(raw, headers['content-encoding'], limits, describeUrl(url));
          return { url, status, headers, body: plain, close };
        } catch (error) {
          close();
          throw error;
        }
      }
      await body.dump({ limit: DUMP_BYTES }).catch(() => undefined);
      const followed = (asked.method ?? 'GET') === 'GET' ? REDIRECTS : REPEATING_REDIRECTS;
      if (!followed.has(status)) throw statusError(url, status, headers, clock());
      if (redirects >= REDIRECT_LIMIT) {
        throw new HttpError('redirect', `${describeUrl(first)} redirects more than ${REDIRECT_LIMIT} times`);
      }
      url = await checked(guard, redirectTarget(url, headers.location));
    }
  }

  return {
    ask(asked, read) {
      const limits = { ...usual, ...asked.limits };
      return withRetries(asked, limits, () =>
        withinTotalTime(asked, limits, async (signal) => {
          const answer = await attempt(asked, limits, signal);
          try {
            return await read(answer);
          } finally {
            answer.close();
          }
        }),
      );
    },
    async stream(asked) {
      const limits = { ...usual, ...asked.limits };
      return withRetries(asked, limits, async () => {
        const time = startTotalTime(asked, limits);
        try {
          const answer = await attempt(asked, limits, time.signal);
          const close = () => {
            time.stop();
            answer.close();
          };
          return { ...answer, close };
        } catch (error) {
          time.stop();
          throw error;
        }
      });
    },
    close: () => agent.destroy(),
  };
}

async function withinTotalTime<T>(
  asked: HttpRequest,
  limits: HttpLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const time = startTotalTime(asked, limits);
  try {
    return await work(time.signal);
  } finally {
    time.stop();
  }
}

/** A signal that is aborted by the caller's own and when the total time is over. */
function startTotalTime(asked: HttpRequest, limits: HttpLimits): { signal: AbortSignal; stop(): void } {
  asked.signal?.throwIfAborted();
  const controller = new AbortController();
  const giveUp = () => controller.abort(asked.signal?.reason);
  const timer = setTimeout(() => {
    const seconds = Math.round(limits.totalMs / 1_000);
    const message = `${describeUrl(asked.url)}: the answer was not complete within ${seconds} s`;
    controller.abort(new HttpError('connection', message));
  }, limits.totalMs);
  asked.signal?.addEventListener('abort', giveUp, { once: true });
  const stop = () => {
    clearTimeout(timer);
    asked.signal?.removeEventListener('abort', giveUp);
  };
  return { signal: controller.signal, stop };
}

/** The same bytes, with errors as the caller knows them. */
async function* withErrors(
  body: AsyncIterable<Buffer>,
  toError: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw toError(error);
  }
}

async function checked(guard: UrlGuard, url: string | URL): Promise<URL> {
  try {
    return await guard.check(url);
  } catch (error) {
    if (error instanceof UrlRefusedError) throw new HttpError('refused', error.message);
    throw new HttpError('connection', `${describeUrl(url)}: ${describeFailure(error)}`, { cause: error });
  }
}

/** What a failed request or body means. An abort is the caller's reason, or that of the total time. */
function failureOf(url: URL, error: unknown, asked: HttpRequest, signal: AbortSignal): unknown {
  if (asked.signal?.aborted) return asked.signal.reason;
  if (signal.aborted) return signal.reason;
  if (error instanceof HttpError) return error;
  if (error instanceof UrlRefusedError) return new HttpError('refused', error.message);
  return new HttpError('connection', `${describeUrl(url)}: ${describeFailure(error)}`, { cause: error });
}

function redirectTarget(from: URL, location: string | undefined): URL {
  const target = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (target?.origin === from.origin) return target;
  const where = target ? describeUrl(target) : 'nowhere';
  throw new HttpError(
    'redirect',
    `${describeUrl(from)} redirects to ${where}: only redirects within an origin are followed. ` +
      'If that is where the data is, give its URL instead.',
  );
}

function statusError(
  url: URL,
  status: number,
  headers: Readonly<Record<string, string>>,
  now: Date,
): HttpError {
  const retryAfter = parseRetryAfter(headers['retry-after'], now);
  const when = retryAfter === null ? '' : `, and asks to come again in ${Math.ceil(retryAfter / 1_000)} s`;
  return new HttpError('status', `${describeUrl(url)} answered HTTP ${status}${when}`, {
    status,
    retryAfter,
  });
}

function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
