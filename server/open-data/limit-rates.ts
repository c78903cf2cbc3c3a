/**
 * How much one client may ask of what is public: so much that nobody who wants the data is held up, so little that one
 * program in a loop is not felt by others. Told with every answer (`RateLimit-Policy`, `RateLimit`: the IETF's
 * draft-ietf-httpapi-ratelimit-headers), in `/.well-known/nap.json` and in the OpenAPI document.
 *
 * Guarantees: a client that only asks whether something is new is not held up: a 304 costs nothing. Memory is bounded
 * in clients. Where only a proxy is seen, nobody is limited (`client-address.ts`). `/ocpi`, `/admin`, `/health` and
 * `/quality/mine` are not public and not limited here. Counts are those of one process.
 * Fails with 429 and Retry-After.
 */
import type { Middleware, ParameterizedContext } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { createClientAddress } from '../middleware/client-address.ts';
import { allowAnyOrigin } from './cors.ts';
import type { CostClass, RateLimit } from './rate-limits.ts';

/** What the middleware needs of the services of the process. */
export interface RateLimitServices {
  readonly rateLimits: readonly RateLimit[];
  readonly config: Pick<Config, 'trustedProxies'>;
}

/** Clients that are told apart at a time, a class: beyond, new ones are not limited until the next window. */
const CLIENT_LIMIT = 20_000;

/** Bytes of a part of a file that costs no more than a page: maps and analysts read big files in such parts. */
const SMALL_PART_BYTES = 4_000_000;

const PUBLIC = /^\/(?:data|changes|tiles|ogc|quality|openapi\.json|quality\.csv|\.well-known)(?:\/|$)/;
const PRIVATE = /^\/quality\/mine(?:\/|$)/;
/** Files of the registry, of today or of another day; not what describes them. */
const FILE = /^\/(?:data\/(?:daily\/[^/]+\/)?[^/]+|quality\.csv)\/?$/;
const NO_FILE = /^\/data\/(?:daily|schemas|catalogue\.(?:jsonld|ttl)|[^/]+-metadata\.json)\/?$/;

/** What a request costs; null: it is not limited. */
export function costClassOf(ctx: Pick<ParameterizedContext, 'method' | 'path' | 'get'>): CostClass | null {
  const { method, path } = ctx;
  if (method === 'OPTIONS' || !PUBLIC.test(path) || PRIVATE.test(path)) return null;
  if (method === 'GET' && FILE.test(path) && !NO_FILE.test(path)) {
    return isSmallPart(ctx.get('Range')) ? 'api' : 'download';
  }
  const isStream = path.startsWith('/changes') && ctx.get('Accept').includes('text/event-stream');
  return isStream ? 'stream' : 'api';
}

function isSmallPart(range: string): boolean {
  const [, start, end] = /^bytes=(\d*)-(\d+)$/.exec(range) ?? [];
  return end !== undefined && Number(end) - Number(start || 0) < SMALL_PART_BYTES;
}

/** For the whole application, before its routes. */
export function limitRates(
  { rateLimits, config }: RateLimitServices,
  { clientLimit = CLIENT_LIMIT }: { clientLimit?: number } = {},
): Middleware {
  const clientAddress = createClientAddress(config.trustedProxies);
  const counters = new Map(rateLimits.map((limit) => [limit.name, createCounter(limit, clientLimit)]));

  return async function limitRates(ctx, next) {
    const cost = costClassOf(ctx);
    const counter = cost && counters.get(cost);
    const client = counter && clientAddress(ctx.req);
    if (!counter || !client) return next();
    const { limit } = counter;
    const used = await counter.use(client);
    ctx.set('RateLimit-Policy', `"${limit.name}";q=${limit.requests};w=${limit.windowSeconds}`);
    if (used === null) return next();
    const seconds = Math.ceil(used.msBeforeNext / 1000);
    ctx.set('RateLimit', `"${limit.name}";r=${used.remainingPoints};t=${seconds}`);
    if (used.consumedPoints > limit.requests) {
      allowAnyOrigin(ctx);
      ctx.throw(
        429,
        `More than ${limit.requests} requests in ${limit.windowSeconds} s: ask again in ${seconds} s`,
        {
          headers: { 'Retry-After': String(seconds) },
        },
      );
    }
    await next();
    if (ctx.status === 304) await counter.giveBack(client);
  };
}

/** Counts the requests of each client. */
function createCounter(limit: RateLimit, clientLimit: number) {
  const limiter = new RateLimiterMemory({ points: limit.requests, duration: limit.windowSeconds });
  const windowMs = limit.windowSeconds * 1000;
  let windowStart = performance.now();
  let newClients = 0;

  /** Entries go after a window by themselves, so that there are never more than two windows' worth. */
  function hasRoom(): boolean {
    if (performance.now() - windowStart > windowMs) {
      windowStart = performance.now();
      newClients = 0;
    }
    newClients += 1;
    return newClients <= clientLimit;
  }

  return {
    limit,
    /** Null: the client is not counted. */
    async use(client: string): Promise<RateLimiterRes | null> {
      if ((await limiter.get(client)) === null && !hasRoom()) return null;
      try {
        return await limiter.consume(client);
      } catch (error) {
        if (error instanceof RateLimiterRes) return error;
        throw error;
      }
    },
    async giveBack(client: string): Promise<void> {
      await limiter.reward(client);
    },
  };
}
