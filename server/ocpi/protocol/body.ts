/**
 * The JSON body of a push (E3, ENV-06, ENV-08, ENV-20).
 *
 * Guarantees: never more than the limit of one in memory, nor more than the budget of all; nothing deeper than
 * the depth limit reaches our own recursive code (or JSON.parse); no key that could reach a prototype.
 * Refusals: 415 another type or encoding, 413 too large, 503/3000 too many at once, 400 unreadable, 200/2001
 * too deep.
 *
 * What is left of a refused body is thrown away by `server/middleware/unread-body.ts`.
 */
import type { IncomingMessage } from 'node:http';
import type { ParameterizedContext } from 'koa';
import { ClientGoneError } from '../../middleware/client-gone.ts';
import { bodyTooLarge, busy, invalidParameters, unreadableBody, unsupportedMediaType } from './envelope.ts';

/** Bytes. The largest Location of the whole Dutch feed (174 EVSEs) is 105 kB: fifty times that. */
export const BODY_LIMIT = 5_000_000;
/** Levels of objects and lists. A Location has nine; custom fields may nest further. */
export const DEPTH_LIMIT = 64;

/** Bytes of all bodies that wait for their answer: what a flood of pushes may take; fifty thousand of usual size. */
export const BODY_BUDGET = 100_000_000;

/** Reads and parses the body of a request. Throws an OcpiRefusal, or ClientGoneError when the caller hangs up. */
export type BodyReader = (ctx: ParameterizedContext) => Promise<unknown>;

/** Makes the reader of one application; what it has read counts against the budget until its answer is out. */
export function createBodyReader(budget = BODY_BUDGET): BodyReader {
  let held = 0;
  return async function readBody(ctx) {
    checkHeaders(ctx.req);
    let own = 0;
    ctx.res.once('close', () => {
      held -= own;
    });
    const bytes = await readBytes(ctx.req, (length) => {
      if (held + length > budget) throw busy();
      held += length;
      own += length;
    });
    return parseJson(bytes);
  };
}

function checkHeaders({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type !== undefined) {
    const [essence = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
    const charset = parameters
      .find((parameter) => parameter.startsWith('charset='))
      ?.slice('charset='.length);
    if (essence !== 'application/json') {
      throw unsupportedMediaType('A body must be application/json');
    }
    if (charset !== undefined && !/^"?(?:utf-?8|us-ascii)"?$/.test(charset)) {
      throw unsupportedMediaType('A JSON body must be in UTF-8');
    }
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    throw unsupportedMediaType('A body must be sent without Content-Encoding');
  }
  if (Number(headers['content-length'] ?? 0) > BODY_LIMIT) throw bodyTooLarge(BODY_LIMIT);
}

/** @param account is told each length before it is kept, and may throw */
function readBytes(request: IncomingMessage, account: (length: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (conclude: () => void) => {
      request.off('data', take).off('end', end).off('error', gone).off('close', gone);
      conclude();
    };
    const take = (chunk: Buffer) => {
      try {
        length += chunk.length;
        if (length > BODY_LIMIT) throw bodyTooLarge(BODY_LIMIT);
        account(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        request.pause();
        settle(() => reject(error));
      }
    };
    const end = () => settle(() => resolve(Buffer.concat(chunks, length)));
    const gone = () => settle(() => reject(new ClientGoneError()));
    request.on('data', take).on('end', end).on('error', gone).on('close', gone);
  });
}

/**
 * Parses JSON as a partner sent it.
 *
 * @throws OcpiRefusal 400 when it is no JSON in UTF-8, 200/2001 when it is nested too deeply
 */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes);
  if (text.trim() === '') throw unreadableBody('The body is empty; a JSON object is needed');
  if (deeperThan(bytes, DEPTH_LIMIT)) {
    throw invalidParameters(`The body is nested more than ${DEPTH_LIMIT} levels deep`);
  }
  try {
    return mayHoldPrototypeKey(text) ? JSON.parse(text, withoutPrototypeKey) : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unreadableBody(`The body is not JSON: ${error.message.slice(0, 200)}`);
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadableBody('The body is not valid UTF-8');
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts brackets outside strings. Right for any JSON; for what is not JSON, JSON.parse has the word. */
function deeperThan(bytes: Buffer, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
    }
  }
  return false;
}

/**
 * JSON.parse makes `__proto__` an ordinary own key, but whoever later copies keys by assignment would set a
 * prototype with it. No OCPI field has the name, so it is dropped; the second spelling is a JSON escape.
 */
function mayHoldPrototypeKey(text: string): boolean {
  return text.includes('__proto__') || text.includes('\\u00');
}

function withoutPrototypeKey(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
