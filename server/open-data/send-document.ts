/**
 * How a text that is whole in memory is sent to anybody: gzipped or not, with a strong ETag for each, and 304 to whoever
 * has it already.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import { decide } from './conditions.ts';

export interface TextDocument {
  readonly text: string;
  readonly mediaType: string;
  /** Seconds that anybody may keep it. */
  readonly maxAge: number;
}

/** Bytes below which gzip gains nothing. */
const LEAST_BYTES = 1_024;

const compress = promisify(gzip);

/** Answers GET and HEAD. */
export async function sendDocument(
  ctx: ParameterizedContext,
  { text, mediaType, maxAge }: TextDocument,
): Promise<void> {
  const bytes = Buffer.from(text);
  const isGzipped = bytes.length >= LEAST_BYTES && ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  ctx.status = 200;
  ctx.vary('Accept-Encoding');
  ctx.set('Cache-Control', `public, max-age=${maxAge}, no-transform`);
  const etag = `"${hash}${isGzipped ? '-gzip' : ''}"`;
  ctx.set('ETag', etag);
  // It has no time of its own; Koa's `fresh` would send it again to pages that ask with a tag by `fetch`.
  const conditions = { 'if-none-match': ctx.get('If-None-Match') || undefined };
  const validators = { etag, bytes: bytes.length, lastModified: new Date(0) };
  if (decide(ctx.method, conditions, validators).kind === 'not-modified') {
    ctx.status = 304;
    return;
  }
  if (isGzipped) ctx.set('Content-Encoding', 'gzip');
  ctx.body = isGzipped ? await compress(bytes) : bytes;
  ctx.set('Content-Type', mediaType);
}

/** Of a value as JSON that people read, too. */
export function jsonDocument(value: unknown, maxAge: number, mediaType = 'application/json'): TextDocument {
  return { text: `${JSON.stringify(value, null, 2)}\n`, mediaType, maxAge };
}
