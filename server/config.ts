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
import {
  ADMIN_TOKEN_MINIMUM,
  LOG_LEVELS,
  type LogLevel,
  parseAddressRanges,
  parseAdminToken,
  parseBoolean,
  parseCode,
  parseContact,
  parseDatabaseUrl,
  parseLogLevel,
  parsePort,
  parsePublicUrl,
  parseSecretKey,
  parseText,
} from './setting-values.ts';

export { LOG_LEVELS, type LogLevel };

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
  /** Whom to write to about the data: an e-mail address or a URL. */
  readonly contact: string | undefined;
  /** 32 bytes that seal the tokens of partners; undefined: a key file in the data directory. */
  readonly secretKey: Buffer | undefined;
  /** Opens /admin; undefined: nothing does, except the socket in the data directory. */
  readonly adminToken: string | undefined;
  /** Pulls and handshakes may call private addresses. */
  readonly allowPrivateUrls: boolean;
  /** Addresses and ranges of proxies that say for whom they ask, beyond those of private networks. */
  readonly trustedProxies: readonly string[];
  /** What works but should not stay so in production, one sentence each. */
  readonly warnings: readonly string[];
}

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
  NAP_CONTACT: string | undefined;
  NAP_SECRET_KEY: Buffer | undefined;
  NAP_ADMIN_TOKEN: string | undefined;
  NAP_ALLOW_PRIVATE_URLS: boolean;
  NAP_TRUSTED_PROXIES: readonly string[] | undefined;
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
  NAP_CONTACT: {
    meaning: 'Whom to write to about the data, named in the catalogue.',
    form: 'an e-mail address or a URL',
    default: undefined,
    secret: false,
    parse: parseContact,
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
  NAP_TRUSTED_PROXIES: {
    meaning: 'Public addresses of proxies whose X-Forwarded-For names the client, for rate limits.',
    form: 'addresses and ranges, e.g. 192.0.2.0/24,2001:db8::/32',
    default: undefined,
    secret: false,
    parse: parseAddressRanges,
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
    contact: values.NAP_CONTACT,
    secretKey: values.NAP_SECRET_KEY,
    adminToken: values.NAP_ADMIN_TOKEN,
    allowPrivateUrls: values.NAP_ALLOW_PRIVATE_URLS,
    trustedProxies: values.NAP_TRUSTED_PROXIES ?? [],
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
  if (values.NAP_CONTACT === undefined) {
    warnings.push('NAP_CONTACT is not set: the catalogue names nobody to write to about the data.');
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

function isLocal(url: string): boolean {
  return /^(?:localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}
