/**
 * The one reader of the environment. Every setting of the access point is a row of `SETTINGS`: its name,
 * what it is for, its default, what it may be. `nap serve --help` and the documentation print that table.
 *
 * What it guarantees: all problems are reported at once, each with the setting's name and what to write
 * instead; a `NAP_*` name that is not a setting is refused, so a slip of the pen cannot pass unnoticed; an
 * empty value counts as not set; no message ever holds a secret.
 *
 * It fails with a ConfigError.
 */
import { resolve } from 'node:path';
import type { Owner } from '../db/model.ts';

/** The settings of one process, checked. */
export interface Config {
  /** A PostgreSQL server; undefined: the embedded engine, in `dataDirectory`. */
  readonly databaseUrl: string | undefined;
  /** A read replica of it. */
  readonly databaseReadUrl: string | undefined;
  /** TCP port to listen on; 0: any free one. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Absolute path: the embedded database, the key of the secret box, published files, the admin socket. */
  readonly dataDirectory: string;
  /** Under which URL the world reaches us, without a slash at the end; undefined: as each request says. */
  readonly publicUrl: string | undefined;
  /** This access point's own party, in upper case. */
  readonly party: Owner;
  /** Its name, as people read it. */
  readonly name: string;
  /** Licence of everything published. */
  readonly licence: string;
  /** 32 bytes that seal the tokens of partners; undefined: a key file in the data directory. */
  readonly secretKey: Buffer | undefined;
  /** Opens /admin; undefined: nothing does, except the socket in the data directory. */
  readonly adminToken: string | undefined;
  /** Pulls and handshakes may call private addresses. */
  readonly allowPrivateUrls: boolean;
  /** What works but should not stay so in production, one sentence each. */
  readonly warnings: readonly string[];
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The values as the checks of the table return them. */
interface Values {
  DATABASE_URL: string | undefined;
  DATABASE_READ_URL: string | undefined;
  PORT: number;
  LOG_LEVEL: LogLevel;
  NAP_DATA_DIR: string;
  NAP_PUBLIC_URL: string | undefined;
  NAP_COUNTRY_CODE: string;
  NAP_PARTY_ID: string;
  NAP_NAME: string;
  NAP_LICENSE: string;
  NAP_SECRET_KEY: Buffer | undefined;
  NAP_ADMIN_TOKEN: string | undefined;
  NAP_ALLOW_PRIVATE_URLS: boolean;
}

/** One row of the table of settings. */
export interface Setting<T = unknown> {
  readonly name: string;
  /** What it is for, in one sentence. */
  readonly meaning: string;
  /** What it may be, in words. */
  readonly form: string;
  /** As one would write it; undefined: there is none. */
  readonly default: string | undefined;
  /** Its value is never shown. */
  readonly secret: boolean;
  /** From text to value. Throws an Error that says what is wanted, without quoting a secret. */
  readonly parse: (text: string) => T;
}

/** Shortest admin token: 16 characters drawn at random cannot be guessed over a network. */
const ADMIN_TOKEN_MINIMUM = 16;
/** Bytes of an AES-256 key. */
const SECRET_KEY_BYTES = 32;
/** Characters of NAP_NAME: it goes into file headers and page titles. */
const NAME_LIMIT = 100;
/** Characters of NAP_LICENSE: a name or a URL (OCPI's URL has 255). */
const LICENCE_LIMIT = 255;
/** No country has it (ISO 3166-1, user-assigned): nobody takes the default for a real party. */
const NO_COUNTRY = 'XX';
/** Stands in files until somebody says under which licence they are. */
const NO_LICENCE = 'not stated';

const rows: { [Name in keyof Values]: Omit<Setting<Values[Name]>, 'name'> } = {
  DATABASE_URL: {
    meaning: 'PostgreSQL 15 or newer with PostGIS; without it the embedded engine is used.',
    form: 'postgres://user:password@host:5432/database',
    default: undefined,
    secret: true,
    parse: parseDatabaseUrl,
  },
  DATABASE_READ_URL: {
    meaning: 'A read replica of it.',
    form: 'postgres://user:password@host:5432/database',
    default: undefined,
    secret: true,
    parse: parseDatabaseUrl,
  },
  PORT: {
    meaning: 'TCP port to listen on; 0 takes any free one.',
    form: '0 to 65535',
    default: '8080',
    secret: false,
    parse: parsePort,
  },
  LOG_LEVEL: {
    meaning: 'How much is logged.',
    form: LOG_LEVELS.join('|'),
    default: 'info',
    secret: false,
    parse: parseLogLevel,
  },
  NAP_DATA_DIR: {
    meaning: 'Folder for the embedded database, the key file, published files and the admin socket.',
    form: 'a path on a local disk',
    default: './data',
    secret: false,
    parse: (text) => resolve(text),
  },
  NAP_PUBLIC_URL: {
    meaning: 'URL under which the world reaches this server; without it, as each request says.',
    form: 'https://nap.example.org',
    default: undefined,
    secret: false,
    parse: parsePublicUrl,
  },
  NAP_COUNTRY_CODE: {
    meaning: "Country code of this access point's own OCPI party.",
    form: 'two letters (ISO 3166-1 alpha-2)',
    default: NO_COUNTRY,
    secret: false,
    parse: (text) => parseCode(text, /^[A-Z]{2}$/, 'two letters, e.g. NL'),
  },
  NAP_PARTY_ID: {
    meaning: "Party id of this access point's own OCPI party.",
    form: 'three letters or digits',
    default: 'NAP',
    secret: false,
    parse: (text) => parseCode(text, /^[A-Z0-9]{3}$/, 'three letters or digits, e.g. NAP'),
  },
  NAP_NAME: {
    meaning: 'Name of this access point, as people read it.',
    form: `at most ${NAME_LIMIT} characters`,
    default: 'National Access Point',
    secret: false,
    parse: (text) => parseText(text, NAME_LIMIT),
  },
  NAP_LICENSE: {
    meaning: 'Licence of everything that is published, named in every file.',
    form: 'an SPDX identifier or a URL, e.g. CC0-1.0',
    default: NO_LICENCE,
    secret: false,
    parse: (text) => parseText(text, LICENCE_LIMIT),
  },
  NAP_SECRET_KEY: {
    meaning: 'Seals the tokens of partners in the database; without it a key file in NAP_DATA_DIR does.',
    form: '32 bytes in base64, or 64 hex digits (make one: openssl rand -base64 32)',
    default: undefined,
    secret: true,
    parse: parseSecretKey,
  },
  NAP_ADMIN_TOKEN: {
    meaning: 'Bearer token of /admin; without it /admin is closed.',
    form: `at least ${ADMIN_TOKEN_MINIMUM} printable characters without blanks (make one: openssl rand -hex 32)`,
    default: undefined,
    secret: true,
    parse: parseAdminToken,
  },
  NAP_ALLOW_PRIVATE_URLS: {
    meaning: 'Pulls and handshakes may call private addresses.',
    form: 'true|false',
    default: 'false',
    secret: false,
    parse: parseBoolean,
  },
};

/** Whether the access point was given a party of its own: without one it can register with nobody. */
export function isOwnPartySet({ party }: Pick<Config, 'party'>): boolean {
  return party.countryCode !== NO_COUNTRY;
}

/** Every setting there is, in the order of the documentation. */
export const SETTINGS: readonly Setting[] = Object.entries(rows).map(([name, row]) => ({ name, ...row }));

/** What may differ from one command to another. */
export interface ConfigDefaults {
  /** Level when LOG_LEVEL is not set: a command for people is quieter than a server. */
  readonly logLevel?: LogLevel;
}

/** All that is wrong with the environment, at once. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const list = problems.map((problem) => `  ${problem}`).join('\n');
    super(`The settings in the environment cannot be used:\n${list}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings.
 *
 * @param environment default: the environment of this process
 * @throws ConfigError with all problems
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  defaults: ConfigDefaults = {},
): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    // A variable set to nothing is how shells and Compose files say "not set".
    const text = environment[setting.name]?.trim() || setting.default;
    try {
      values[setting.name] = text === undefined ? undefined : setting.parse(text);
    } catch (error) {
      problems.push(`${setting.name} ${(error as Error).message}`);
    }
  }
  problems.push(...unknownNames(Object.keys(environment)));
  const settings = values as unknown as Values;
  if (settings.DATABASE_READ_URL && !environment.DATABASE_URL) {
    problems.push('DATABASE_READ_URL is set without DATABASE_URL: a replica needs its primary');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const logLevel = environment.LOG_LEVEL?.trim() ? settings.LOG_LEVEL : defaults.logLevel;
  return toConfig(settings, logLevel ?? settings.LOG_LEVEL);
}

function toConfig(values: Values, logLevel: LogLevel): Config {
  return {
    databaseUrl: values.DATABASE_URL,
    databaseReadUrl: values.DATABASE_READ_URL,
    port: values.PORT,
    logLevel,
    dataDirectory: values.NAP_DATA_DIR,
    publicUrl: values.NAP_PUBLIC_URL,
    party: { countryCode: values.NAP_COUNTRY_CODE, partyId: values.NAP_PARTY_ID },
    name: values.NAP_NAME,
    licence: values.NAP_LICENSE,
    secretKey: values.NAP_SECRET_KEY,
    adminToken: values.NAP_ADMIN_TOKEN,
    allowPrivateUrls: values.NAP_ALLOW_PRIVATE_URLS,
    warnings: warningsOf(values),
  };
}

function warningsOf(values: Values): string[] {
  const warnings: string[] = [];
  if (values.NAP_COUNTRY_CODE === NO_COUNTRY) {
    warnings.push('NAP_COUNTRY_CODE is not set: partners see the country code XX, which no country has.');
  }
  if (values.NAP_LICENSE === NO_LICENCE) {
    warnings.push('NAP_LICENSE is not set: published files say that their licence is not stated.');
  }
  if (values.NAP_PUBLIC_URL === undefined) {
    warnings.push('NAP_PUBLIC_URL is not set: absolute URLs follow the Host header of each request.');
  } else if (values.NAP_PUBLIC_URL.startsWith('http:') && !isLocal(values.NAP_PUBLIC_URL)) {
    warnings.push('NAP_PUBLIC_URL is not https: partners would send their tokens in clear (AUTH-14).');
  }
  return warnings;
}

/** The table of settings as text, for `--help`. */
export function describeSettings(): string {
  return SETTINGS.map((setting) => {
    const standard = setting.default === undefined ? '' : ` Default: ${setting.default}.`;
    return `  ${setting.name}\n      ${setting.meaning}${standard}\n      ${setting.form}`;
  }).join('\n');
}

/** A database URL as it may be shown: without user, password or parameters. */
export function maskDatabaseUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//***@${host}${pathname}`;
  } catch {
    return '***';
  }
}

function unknownNames(names: readonly string[]): string[] {
  const known = SETTINGS.map((setting) => setting.name);
  return names
    .filter((name) => name.startsWith('NAP_') && !known.includes(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      return `${name} is not a setting${near ? `; did you mean ${near}?` : ' of this version'}`;
    });
}

/** Differences in spelling that still count as a slip of the pen. */
const NEAR_MISS = 3;

/** The closest of some names, when it is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const best = ranked[0];
  return best && best.distance <= NEAR_MISS ? best.candidate : undefined;
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replace = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

function parseDatabaseUrl(text: string): string {
  const wanted = 'must read like postgres://user:password@host:5432/database';
  // A Unix socket is written as postgres://user@/database?host=/run/postgresql, which is no URL to WHATWG.
  if (!/^postgres(?:ql)?:\/\/\S+$/.test(text)) throw new Error(wanted);
  return text;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Error(`must be a port number from 0 to 65535, received "${text}"`);
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === text.toLowerCase());
  if (level) return level;
  throw new Error(`must be one of ${LOG_LEVELS.join(', ')}, received "${text}"`);
}

function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(`must be an http or https URL such as https://nap.example.org, received "${text}"`);
  }
  if (url.username || url.password) throw new Error('must not hold a user name or password');
  if (url.search || url.hash) throw new Error('must not hold a query or a fragment');
  return url.href.replace(/\/+$/, '');
}

function parseCode(text: string, form: RegExp, wanted: string): string {
  const code = text.toUpperCase();
  if (form.test(code)) return code;
  throw new Error(`must be ${wanted}, received "${text}"`);
}

function parseText(text: string, limit: number): string {
  if (text.length > limit) throw new Error(`must have at most ${limit} characters, received ${text.length}`);
  // Line breaks and other control characters would end a header or a line of CSV.
  if (/\p{Cc}/u.test(text)) throw new Error('must not hold control characters');
  return text;
}

function parseSecretKey(text: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const key = Buffer.from(text, 'base64');
  // Node's decoder skips what it does not know, so the length alone would pass a damaged key.
  const plain = text.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  if (key.length === SECRET_KEY_BYTES && key.toString('base64').replace(/=+$/, '') === plain) return key;
  throw new Error('must be 32 bytes in base64, or 64 hex digits; make one with: openssl rand -base64 32');
}

function parseAdminToken(text: string): string {
  if (text.length >= ADMIN_TOKEN_MINIMUM && /^[\x21-\x7e]+$/.test(text)) return text;
  throw new Error(
    `must have at least ${ADMIN_TOKEN_MINIMUM} printable characters without blanks; make one with: openssl rand -hex 32`,
  );
}

function parseBoolean(text: string): boolean {
  if (/^(?:true|1|yes|on)$/i.test(text)) return true;
  if (/^(?:false|0|no|off)$/i.test(text)) return false;
  throw new Error(`must be true or false, received "${text}"`);
}

function isLocal(url: string): boolean {
  return /^(?:localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}
