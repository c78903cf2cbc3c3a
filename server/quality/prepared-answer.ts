/**
 * A JSON answer with its validators, and how it is sent: whole, gzipped or not, or 304 to whoever has it already.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import { decide } from '../open-data/conditions.ts';
import { tagOf } from '../open-data/entity-tag.ts';

export interface PreparedAnswer {
  readonly bytes: Buffer;
  readonly hash: string;
  readonly lastModified: Date;
  readonly sequence: number;
  /** Made when it is first asked for. */
  gzipped: Promise<Buffer> | undefined;
}

/** Seconds; whoever needs the newest asks with the ETag. */
const CACHE_CONTROL = 'public, max-age=10, no-transform';
/** Bytes below which gzip gains nothing. */
const LEAST_BYTES = 1_024;

const compress = promisify(gzip);

/** Of a report, which says when it was made and of which sequence. */
export function prepareAnswer<R extends { generated_at: string; sequence: number }>(
  report: R,
): PreparedAnswer {
  const bytes = Buffer.from(`${JSON.stringify(report)}\n`);
  const { sequence } = report;
  return {
    bytes,
    hash: tagOf(bytes),
    sequence,
    lastModified: new Date(report.generated_at),
    gzipped: undefined,
  };
}

/** Sends it to anybody. */
export async function sendPrepared(ctx: ParameterizedContext, prepared: PreparedAnswer): Promise<void> {
  const { bytes, lastModified, sequence } = prepared;
  const isGzipped = bytes.length >= LEAST_BYTES && ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
  const etag = `"${sequence}-${prepared.hash}${isGzipped ? '-gzip' : ''}"`;
  ctx.vary('Accept-Encoding');
  ctx.set('ETag', etag);
  ctx.set('Last-Modified', lastModified.toUTCString());
  ctx.set('Cache-Control', CACHE_CONTROL);
  ctx.set('NAP-Sequence', String(sequence));
  const decision = decide(ctx.method, ctx.req.headers, { etag, lastModified, bytes: bytes.length });
  if (decision.kind === 'precondition-failed')
    ctx.throw(412, 'The report is no longer the one that you have');
  if (decision.kind === 'not-modified') {
    ctx.status = 304;
    return;
  }
  ctx.type = 'application/json';
  if (isGzipped) ctx.set('Content-Encoding', 'gzip');
  prepared.gzipped ??= isGzipped ? compress(bytes) : undefined;
  ctx.body = isGzipped ? await prepared.gzipped : bytes;
}
