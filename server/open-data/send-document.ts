/**
 * How a text that is whole in memory is sent to anybody: gzipped or not, with a strong ETag for each, and 304 to whoever
 * has it already.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import { isKnown, tagOf } from './entity-tag.ts';

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
  ctx.status = 200;
  ctx.vary('Accept-Encoding');
  ctx.set('Cache-Control', `public, max-age=${maxAge}, no-transform`);
  if (isKnown(ctx, `"${tagOf(bytes)}${isGzipped ? '-gzip' : ''}"`)) return;
  if (isGzipped) ctx.set('Content-Encoding', 'gzip');
  ctx.body = isGzipped ? await compress(bytes) : bytes;
  ctx.set('Content-Type', mediaType);
}

/** Of a value as JSON that people read, too. */
export function jsonDocument(value: unknown, maxAge: number, mediaType = 'application/json'): TextDocument {
  return { text: `${JSON.stringify(value, null, 2)}\n`, mediaType, maxAge };
}
