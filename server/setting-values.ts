/**
 * What a setting may be: one function a kind of value, from the text of the environment to the value. Each throws an
 * Error that says what is wanted and quotes what was received, unless that could be a secret.
 */
import { parseAddressRange } from './middleware/client-address.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Shortest admin token: 16 characters drawn at random cannot be guessed over a network. */
export const ADMIN_TOKEN_MINIMUM = 16;
/** Bytes of an AES-256 key. */
const SECRET_KEY_BYTES = 32;

export function parseDatabaseUrl(text: string): string {
  const wanted = 'must read like postgres://user:password@host:5432/database';
  // A Unix socket is written as postgres://user@/database?host=/run/postgresql, which is no URL to WHATWG.
  if (!/^postgres(?:ql)?:\/\/\S+$/.test(text)) throw new Error(wanted);
  return text;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Error(`must be a port number from 0 to 65535, received "${text}"`);
}

export function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === text.toLowerCase());
  if (level) return level;
  throw new Error(`must be one of ${LOG_LEVELS.join(', ')}, received "${text}"`);
}

export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(`must be an http or https URL such as https://nap.example.org, received "${text}"`);
  }
  if (url.username || url.password) throw new Error('must not hold a user name or password');
  if (url.search || url.hash) throw new Error('must not hold a query or a fragment');
  return url.href.replace(/\/+$/, '');
}

export function parseCode(text: string, form: RegExp, wanted: string): string {
  const code = text.toUpperCase();
  if (form.test(code)) return code;
  throw new Error(`must be ${wanted}, received "${text}"`);
}

export function parseText(text: string, limit: number): string {
  if (text.length > limit) throw new Error(`must have at most ${limit} characters, received ${text.length}`);
  // Line breaks and other control characters would end a header or a line of CSV.
  if (/\p{Cc}/u.test(text)) throw new Error('must not hold control characters');
  return text;
}

export function parseSecretKey(text: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const key = Buffer.from(text, 'base64');
  // Node's decoder skips what it does not know, so the length alone would pass a damaged key.
  const plain = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (key.length === SECRET_KEY_BYTES && key.toString('base64').replace(/=+$/, '') === plain) return key;
  throw new Error('must be 32 bytes in base64, or 64 hex digits; make one with: openssl rand -base64 32');
}

export function parseAdminToken(text: string): string {
  if (text.length >= ADMIN_TOKEN_MINIMUM && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new Error(
    `must have at least ${ADMIN_TOKEN_MINIMUM} printable characters without blanks; make one with: openssl rand -hex 32`,
  );
}

export function parseBoolean(text: string): boolean {
  if (/^(?:true|1|yes|on)$/i.test(text)) return true;
  if (/^(?:false|0|no|off)$/i.test(text)) return false;
  throw new Error(`must be true or false, received "${text}"`);
}

/** Written as it is published: an e-mail address without `mailto:`, or a URL. */
export function parseContact(text: string): string {
  const isEmail = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(text) && !text.includes(':');
  if (isEmail) return text;
  if (/^https?:/.test(text) && URL.canParse(text)) return new URL(text).href;
  throw new Error(`must be an e-mail address or an http(s) URL, received "${text}"`);
}

export function parseAddressRanges(text: string): string[] {
  return text.split(',').map((range) => parseAddressRange(range.trim()));
}
