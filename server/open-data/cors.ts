/**
 * Open data is for pages of any origin: no key, no cookies, and the headers that a script needs to read.
 * Answers preflight requests itself.
 */
import type { Middleware, ParameterizedContext } from 'koa';

const METHODS = 'GET, HEAD, OPTIONS';

/** What a page may send beyond what browsers always allow. */
const REQUEST_HEADERS = 'Range, If-Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since';

/** What a page may read beyond what browsers always show. */
const RESPONSE_HEADERS = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Length',
  'Content-Range',
  'Deprecation',
  'ETag',
  'Link',
  'NAP-Sequence',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
].join(', ');

/** Seconds that a browser may remember a preflight: a day, the most that any of them honours. */
const PREFLIGHT_MAX_AGE = '86400';

/** Lets pages of any origin read the answer. */
export function allowAnyOrigin(ctx: Pick<ParameterizedContext, 'set'>): void {
  ctx.set('Access-Control-Allow-Origin', '*');
  ctx.set('Access-Control-Expose-Headers', RESPONSE_HEADERS);
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** For routes that are read only. Headers are set before anything is tried, so errors can be read too. */
export function anyOrigin(): Middleware {
  return async function anyOrigin(ctx, next) {
    allowAnyOrigin(ctx);
    if (ctx.method !== 'OPTIONS') return next();
    ctx.set('Allow', METHODS);
    if (ctx.get('Access-Control-Request-Method') !== '') {
      ctx.set('Access-Control-Allow-Methods', METHODS);
      ctx.set('Access-Control-Allow-Headers', REQUEST_HEADERS);
      ctx.set('Access-Control-Max-Age', PREFLIGHT_MAX_AGE);
    }
    ctx.status = 204;
  };
}

/** For whatever else is asked of a route that is read only. */
export function onlyReading(): Middleware {
  return function onlyReading(ctx) {
    ctx.throw(405, `${ctx.method} is not served here, only ${METHODS}`, { headers: { Allow: METHODS } });
  };
}
