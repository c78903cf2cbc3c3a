/**
 * Reads what an operator asks for: options of the command line and JSON bodies of /admin come in the same
 * shape, with the names of the wire (`snake_case`), and are checked here once.
 *
 * Guarantees: all problems are told at once; a field that is not known is a problem, so a misspelt one never
 * passes unnoticed. Fails with AdminError `usage`.
 */
import type { Owner } from '../../db/model.ts';
import { AdminError } from './admin-error.ts';

/** A field's reader: from what was received to a value. Throws an Error that says what is wanted. */
export type Field<T> = (value: unknown) => T;

type Shape = Readonly<Record<string, Field<unknown>>>;
type Values<S extends Shape> = { [Name in keyof S]: ReturnType<S[Name]> };

/** Letters, digits, dot, dash, underscore: safe in URLs, shells, file names and log lines. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** As in EVSE IDs and in `nap quality`: country, separator, party; the separator may be left out. */
const PARTY = /^([A-Za-z]{2})[-*/]?([A-Za-z0-9]{3})$/;
/** Characters of a received value that a message quotes. */
const QUOTE_LIMIT = 100;
/** Characters of a partner's token: OCPI has 64, some partners have longer ones. */
const TOKEN_LIMIT = 1_000;
/** Characters of a URL or path. */
const URL_LIMIT = 2_000;

/**
 * Reads the fields of a wish; fields that are missing are given to their readers as undefined.
 *
 * @throws AdminError with all problems
 */
export function readInput<S extends Shape>(input: unknown, shape: S): Values<S> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AdminError('usage', 'a JSON object is wanted');
  }
  const given = input as Record<string, unknown>;
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(shape)) {
    try {
      // Own fields only: a name like "constructor" is none of them.
      values[name] = read(Object.hasOwn(given, name) ? (given[name] ?? undefined) : undefined);
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`);
    }
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(shape, name)) problems.push(`${name.slice(0, QUOTE_LIMIT)} is not known here`);
  }
  if (problems.length > 0) throw new AdminError('usage', problems.join('; '));
  return values as Values<S>;
}

/** Makes a reader of required values take missing ones as undefined. */
export function optional<T>(read: Field<T>): Field<T | undefined> {
  return (value) => (value === undefined ? undefined : read(value));
}

/** The same with a value for missing ones. */
export function withDefault<T>(read: Field<T>, standard: T): Field<T> {
  return (value) => (value === undefined ? standard : read(value));
}

/** Whether a connection or source can be called so. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** Name of a connection or source. */
export const name: Field<string> = (value) => {
  if (isName(value)) return value;
  throw new Error(
    `must be a name of letters, digits, dots, dashes and underscores, at most 64, received ${quote(value)}`,
  );
};

export function oneOf<const T extends string>(choices: readonly T[]): Field<T> {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw new Error(`must be one of ${choices.join(', ')}, received ${quote(value)}`);
  };
}

export const flag: Field<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw new Error(`must be true or false, received ${quote(value)}`);
};

/** A number from 0 to 1. */
export const share: Field<number> = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= 0 && number <= 1) return number;
  throw new Error(`must be a number from 0 to 1, received ${quote(value)}`);
};

/** Parties as a list or as one text: `NL-TNM,BE-TNM`. */
export const parties: Field<Owner[]> = (value) => {
  const texts = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(texts) || texts.length === 0) throw new Error(`must be a list such as NL-TNM,BE-TNM`);
  return texts.map(party);
};

/** One party: `NL-TNM`, in any case. */
export const party: Field<Owner> = (value) => {
  const match = typeof value === 'string' ? PARTY.exec(value.trim()) : null;
  if (!match) throw new Error(`must name parties like NL-TNM, received ${quote(value)}`);
  return { countryCode: (match[1] as string).toUpperCase(), partyId: (match[2] as string).toUpperCase() };
};

/** The message never quotes what was received. */
export const token: Field<string> = (value) => {
  if (typeof value === 'string' && value.length <= TOKEN_LIMIT && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new Error('must be a token of printable characters without blanks');
};

/** An http or https URL. It may hold a secret, so the message does not quote it. */
export const webUrl: Field<string> = (value) => {
  const text = plainText(value);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new Error('must be an http or https URL');
};

/** A URL, or a path of a file. */
export const urlOrPath: Field<string> = (value) => plainText(value);

/** A text that is checked by somebody else. */
export const text: Field<string> = (value) => plainText(value);

/** As people write it. */
export function formatParty(owner: Owner): string {
  return `${owner.countryCode}-${owner.partyId}`;
}

function plainText(value: unknown): string {
  // A NUL byte has no place in PostgreSQL's text, a line break none in a log line.
  if (typeof value === 'string' && value !== '' && value.length <= URL_LIMIT && !/\p{Cc}/u.test(value)) {
    return value;
  }
  throw new Error(`must be a text of at most ${URL_LIMIT} characters without control characters`);
}

function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, QUOTE_LIMIT);
}
