/**
 * Who is calling: `Authorization: Token <x>` (AUTH-01 to AUTH-09, AUTH-13).
 *
 * `<x>` is the token itself or its Base64, with or without the line break that `echo` adds before encoding
 * (the specification's own examples have it). Which one is never judged by shape, since a plain token may be
 * valid Base64: every reading is hashed and looked up, and exactly one connection must fit.
 *
 * Guarantees: no token is logged, nor kept beyond its request (the credentials module repeats it to its owner,
 * AUTH-16); whatever the header holds, the answer is 401 or the request goes on. Nothing is remembered here: the connection store knows when its look-ups may be, so a token
 * that is rotated or removed is dead with the next request.
 *
 * There is no limit on failed attempts here: tokens are random beyond guessing, and behind a proxy all
 * callers share one address, so a limit by address would let one shut out the others.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { Connection } from '../../../db/partner-model.ts';
import type { ConnectionStore } from '../../../db/registry/connection-store.ts';
import { hashToken } from '../../secret-box.ts';
import { unauthorized } from './envelope.ts';

/** How a token was written. `base64-newline`: the Base64 of the token and a line break (AUTH-06). */
export type TokenForm = 'raw' | 'base64' | 'base64-newline';

interface Identity {
  readonly connection: Connection;
  readonly form: TokenForm;
  /** In clear. */
  readonly token: string;
}

/** Characters. A token has at most 64 (AUTH-11), its Base64 with a line break 88; longer fits nobody. */
const CREDENTIALS_LIMIT = 512;

/** Exactly one space, the scheme in any case (AUTH-03, AUTH-08). */
const HEADER = /^token ([\x21-\x7e]+)$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Puts the calling connection and its token into `ctx.state`, or refuses with 401. */
export function authenticate(parts: {
  connections: Pick<ConnectionStore, 'findByTokenHashes' | 'noteContact'>;
  logger: Logger;
}): Middleware {
  const { connections, logger } = parts;

  async function identify(credentials: string): Promise<Identity | null> {
    const candidates = readings(credentials);
    const found = await connections.findByTokenHashes(candidates.map((candidate) => candidate.hash));
    if (found.length > 1) {
      const names = found.map(({ connection }) => connection.name);
      logger.warn({ connections: names }, 'A token fits several connections in different readings: refused');
    }
    const [only] = found;
    if (only === undefined || found.length > 1) return null;
    const match = candidates.find(
      ({ hash }) => hash.length === only.hash.length && timingSafeEqual(hash, only.hash),
    );
    return match ? { connection: only.connection, form: match.form, token: match.text } : null;
  }

  return async function authenticate(ctx, next) {
    const header = ctx.get('Authorization');
    if (header === '') throw unauthorized('An Authorization header is needed: Token <your token>');
    const credentials = HEADER.exec(header)?.[1];
    if (credentials === undefined || credentials.length > CREDENTIALS_LIMIT) {
      throw unauthorized(
        'The Authorization header must read: Token, one space, your token (in Base64, except in OCPI 2.1.1)',
      );
    }
    const identity = await identify(credentials);
    if (identity === null) throw unauthorized('This token is not known here');
    ctx.state.connection = identity.connection;
    ctx.state.token = identity.token;
    try {
      await connections.noteContact(identity.connection.id, identity.form);
    } catch (error) {
      logger.warn({ err: error, connection: identity.connection.name }, 'A contact could not be noted');
    }
    await next();
  };
}

/** The readings of the credentials, with their SHA-256, in the order in which they are tried. */
export function readings(credentials: string): { form: TokenForm; text: string; hash: Buffer }[] {
  const texts: { form: TokenForm; text: string }[] = [{ form: 'raw', text: credentials }];
  const decoded = decodeBase64(credentials);
  if (decoded !== null) {
    const trimmed = decoded.replace(/[\r\n]+$/, '');
    if (trimmed === decoded) texts.push({ form: 'base64', text: decoded });
    // A token has no line break in it, so only the reading without can fit.
    else if (trimmed !== '') texts.push({ form: 'base64-newline', text: trimmed });
  }
  return texts.map(({ form, text }) => ({ form, text, hash: hashToken(text) }));
}

/** Made once: that costs more than a token's decoding. It keeps nothing between texts. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict RFC 4648, padded, of valid UTF-8; null for anything else. */
function decodeBase64(text: string): string | null {
  if (text === '' || !BASE64.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  // Also refuses stray bits in the last character, which Node ignores: one token, one spelling.
  if (bytes.toString('base64') !== text) return null;
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}
