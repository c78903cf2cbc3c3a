/**
 * Ids in the words of a version: shortened where they are too long for it, and named after their owner where the
 * version has no other place for that (LS-14).
 *
 * An alias depends on nothing but the owner and the id without case, so it is the same on every pull (CV-11), and
 * neither other objects nor other owners can change it.
 */
import { hash } from 'node:crypto';
import type { Owner } from '../../db/model.ts';
import type { IdClue } from './dialect.ts';

/** Longest id of OCPI 2.2 and later: CiString(36). */
const LONGEST_ID = 36;

/** Hexadecimal digits of the hash in an alias: 64 bits, so that two ids of one owner never meet. */
const HASH_DIGITS = 16;

const ENDS_IN_HASH = /-[0-9a-f]{16}$/;
const BEGINS_WITH_OWNER = /^([A-Z]{2})([A-Z0-9]{3})-(.+)$/s;

/** Characters of `NLTNM-`. */
const OWNER_PREFIX = 6;

/**
 * The text itself where it fits; otherwise its first characters, `-`, and 16 digits of the SHA-256 of the text in
 * lower case, as long as is allowed.
 */
export function shortId(id: string, longest: number = LONGEST_ID): string {
  if (id.length <= longest) return id;
  const digits = hash('sha256', id.toLowerCase(), 'hex').slice(0, HASH_DIGITS);
  return `${id.slice(0, longest - HASH_DIGITS - 1)}-${digits}`;
}

/** `NLTNM-id`, shortened where that is too long. */
export function namespacedId(owner: Owner, id: string, longest: number): string {
  return shortId(`${owner.countryCode}${owner.partyId}-${id}`, longest);
}

/** The way back from `shortId`. */
export function readShortId(id: string, longest: number = LONGEST_ID): IdClue {
  return { owner: null, id, alias: aliasClue(id, 0, longest, (_owner, known) => shortId(known, longest)) };
}

/** The way back from `namespacedId`; an id without an owner's name stands for nothing, so its clue is empty. */
export function readNamespacedId(text: string, longest: number): IdClue {
  const [, countryCode, partyId, id] = BEGINS_WITH_OWNER.exec(text) ?? [];
  if (countryCode === undefined || partyId === undefined || id === undefined) {
    return { owner: null, id: '', alias: null };
  }
  const alias = aliasClue(text, OWNER_PREFIX, longest, (owner, known) => namespacedId(owner, known, longest));
  return { owner: { countryCode, partyId }, id, alias };
}

function aliasClue(
  text: string,
  prefix: number,
  longest: number,
  aliasOf: (owner: Owner, id: string) => string,
): IdClue['alias'] {
  if (text.length !== longest || !ENDS_IN_HASH.test(text)) return null;
  return {
    start: text.slice(prefix, -HASH_DIGITS - 1).toLowerCase(),
    fits: (owner, id) => aliasOf(owner, id).toLowerCase() === text.toLowerCase(),
  };
}
