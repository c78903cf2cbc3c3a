/**
 * A partner's bytes on their way in: counted as sent, unpacked, counted again. Generators over generators, so
 * memory stays flat and leaving early closes everything. What is too large or cannot be unpacked is an
 * HttpError; errors of the source pass through as they are.
 */
import { pipeline } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { HttpError } from './http-error.ts';

/** Bounds of a body. */
export interface ByteLimits {
  /** Bytes as sent. */
  readonly packedBytes: number;
  /** Bytes when unpacked. */
  readonly unpackedBytes: number;
}

type Chunks = AsyncIterable<Buffer>;

/** The first two bytes of any gzip file (RFC 1952). */
const GZIP_MAGIC = [0x1f, 0x8b];

const MEBIBYTE = 1024 * 1024;

/**
 * The body of an answer without its Content-Encoding. We offer gzip only; `deflate` is understood because some
 * send it unasked.
 *
 * @param where the URL or file in words
 * @throws HttpError when the encoding is another
 */
export function unpackedBody(
  body: Chunks,
  contentEncoding: string | undefined,
  limits: ByteLimits,
  where: string,
): AsyncGenerator<Buffer> {
  const encoding = (contentEncoding ?? '').trim().toLowerCase();
  const packed = counted(body, limits.packedBytes, where);
  switch (encoding) {
    case '':
    case 'identity':
      return counted(packed, limits.unpackedBytes, where);
    case 'gzip':
    case 'x-gzip':
      return counted(unpack(packed, createGunzip, where), limits.unpackedBytes, where);
    case 'deflate':
      return counted(unpack(packed, createInflate, where), limits.unpackedBytes, where);
    default:
      throw new HttpError(
        'encoding',
        `${where} packs its answer as "${encoding.slice(0, 40)}"; only gzip was offered`,
      );
  }
}

/** A file's bytes, unpacked when they are gzip, whatever its name or headers say. */
export async function* sniffedGunzip(
  chunks: Chunks,
  unpackedBytes: number,
  where: string,
): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    let head: Buffer = Buffer.alloc(0);
    while (head.length < GZIP_MAGIC.length) {
      const { value, done } = await iterator.next();
      if (done) break;
      head = Buffer.concat([head, value]);
    }
    const whole = withHead(head, iterator);
    const isGzip = GZIP_MAGIC.every((byte, index) => head[index] === byte);
    yield* counted(isGzip ? unpack(whole, createGunzip, where) : whole, unpackedBytes, where);
  } finally {
    await iterator.return?.();
  }
}

async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* counted(chunks: Chunks, limit: number, where: string): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limit) {
      const size = limit >= MEBIBYTE ? `${Math.round(limit / MEBIBYTE)} MiB` : `${limit} bytes`;
      throw new HttpError('too-large', `${where} sends more than ${size}: it was not read further`);
    }
    yield chunk;
  }
}

async function* unpack(
  chunks: Chunks,
  create: typeof createGunzip | typeof createInflate,
  where: string,
): AsyncGenerator<Buffer> {
  // What ends the source first is the reason; the unpacker's complaint about it is not.
  let sourceError: unknown;
  async function* source() {
    try {
      yield* chunks;
    } catch (error) {
      sourceError = error;
      throw error;
    }
  }
  const unpacker = create();
  pipeline(source, unpacker, () => {
    // Whoever reads the unpacker meets the error there.
  });
  try {
    yield* unpacker as Chunks;
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    const reason = error instanceof Error ? error.message : String(error);
    throw new HttpError('encoding', `${where}: the packed data cannot be unpacked (${reason})`, {
      cause: error,
    });
  }
}
