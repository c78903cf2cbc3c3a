/**
 * Ids that are too long for the version they are sent in (OCPI 2.1.1 allows 39 characters, later versions 36).
 */
import { createHash } from 'node:crypto';

/** Longest id of OCPI 2.2 and later: CiString(36). */
const LONGEST_ID = 36;

/** Hexadecimal digits of the hash in an alias: 64 bits, so that two ids of one owner never meet. */
const HASH_DIGITS = 16;

/**
 * The id itself where it fits; otherwise an alias of 36 characters: its first 19, `-`, and 16 digits of the
 * SHA-256 of the id in lower case. It depends on nothing but the id, so it is the same on every pull (CV-11).
 */
export function shortId(id: string): string {
  if (id.length <= LONGEST_ID) return id;
  const hash = createHash('sha256').update(id.toLowerCase()).digest('hex').slice(0, HASH_DIGITS);
  return `${id.slice(0, LONGEST_ID - HASH_DIGITS - 1)}-${hash}`;
}
