/**
 * Headers that keep browsers from doing with our answers what they are not for. A page of ours that needs more
 * (styles, a map) sets its own Content-Security-Policy.
 */
import type { Middleware } from 'koa';

/** Seconds: two years, as the preload lists want it. */
const TLS_ONLY_S = 63_072_000;

/** @param publicUrl an https address tells browsers to come by TLS only (AUTH-14) */
export function securityHeaders(parts: { publicUrl: string | undefined }): Middleware {
  const tls = parts.publicUrl?.startsWith('https:') ?? false;
  return async function securityHeaders(ctx, next) {
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    if (tls) ctx.set('Strict-Transport-Security', `max-age=${TLS_ONLY_S}`);
    await next();
  };
}
