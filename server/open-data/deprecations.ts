/**
 * What will end: the one table that the policy (docs/deprecation.md) is carried out by. Whoever asks for something in
 * it is told by headers, `Deprecation` (RFC 9745) and `Sunset` (RFC 8594); programs find it in `/.well-known/nap.json`,
 * people on the page of `/data`.
 */
import type { Middleware } from 'koa';

export interface Deprecation {
  /** Path of what ends, or of that of which a part ends. All below it, if it ends with a slash. */
  readonly path: string;
  /** What ends, in words: "the column green_energy". */
  readonly what: string;
  /** When that was announced. */
  readonly deprecatedAt: Date;
  /** Until then it works: at least a year later. */
  readonly sunsetAt: Date;
  /** What to use instead, in words. */
  readonly instead: string;
}

/** Nothing is deprecated now. */
export const DEPRECATIONS: readonly Deprecation[] = [];

/** Where the policy and what is deprecated are read. */
const NOTICE = '/data#deprecation';

/** Tells it to whoever asks. For the whole application, before its routes. */
export function announceDeprecations(deprecations: readonly Deprecation[]): Middleware {
  return async function announceDeprecations(ctx, next) {
    const found = deprecations.filter(({ path }) =>
      path.endsWith('/') ? ctx.path.startsWith(path) : ctx.path === path,
    );
    if (found.length === 0) return next();
    const first = (times: Date[]) => new Date(Math.min(...times.map((time) => time.getTime())));
    const since = first(found.map(({ deprecatedAt }) => deprecatedAt));
    ctx.set('Deprecation', `@${Math.floor(since.getTime() / 1000)}`);
    ctx.set('Sunset', first(found.map(({ sunsetAt }) => sunsetAt)).toUTCString());
    await next();
    // Routes set links of their own.
    if (!ctx.headerSent) ctx.append('Link', `<${NOTICE}>; rel="deprecation"; type="text/html"`);
  };
}
