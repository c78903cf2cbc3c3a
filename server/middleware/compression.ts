/**
 * gzip for answers that are whole in memory, be it in `Pieces`, for clients that take it (LS-21). A page of a thousand
 * Dutch Locations shrinks from 1.8 MB to 0.15 MB in about 15 ms, on zlib's own threads.
 *
 * Other streams are left alone, and so is what has an ETag, a range or an encoding: a download chooses its own
 * representations.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Middleware } from 'koa';
import { Pieces } from './pieces.ts';

/** Bytes below which gzip gains nothing. */
const LEAST_BYTES = 1_024;
/** zlib level: 6 takes half as long again for 8 % less. */
const LEVEL = 4;
/** Headers of answers whose bytes are spoken for. */
const SPOKEN_FOR = ['Content-Encoding', 'Content-Range', 'ETag', 'Accept-Ranges'];

const compress = promisify(gzip);

export function compression(): Middleware {
  return async function compression(ctx, next) {
    await next();
    const { body } = ctx;
    const bytes = lengthInMemory(body);
    if (bytes === null || bytes < LEAST_BYTES) return;
    if (SPOKEN_FOR.some((name) => ctx.res.hasHeader(name))) return;
    ctx.vary('Accept-Encoding');
    // Reading what is not there costs as much as looking up a token.
    if (ctx.method === 'HEAD' || ctx.req.headers['accept-encoding'] === undefined) return;
    if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
    const type = ctx.response.get('Content-Type');
    ctx.body = await compress(body instanceof Pieces ? body.joined() : (body as string | Buffer), {
      level: LEVEL,
    });
    ctx.set('Content-Type', type);
    ctx.set('Content-Encoding', 'gzip');
  };
}

/** Bytes of a body that is whole in memory; null for any other. */
function lengthInMemory(body: unknown): number | null {
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (Buffer.isBuffer(body)) return body.length;
  return body instanceof Pieces ? body.bytes : null;
}
