/**
 * Positions of the journal as they are written in URLs: a plain number, which is what files and events say, or the
 * opaque cursor of a `next`, which may come to carry more one day.
 */

/** Of what is in a cursor. */
const VERSION = '1';

/** Digits of a plain position, below 2^53. */
const PLAIN = /^\d{1,15}$/;
const CURSOR = /^[\w-]{1,60}$/;

export function cursorOf(position: number): string {
  return Buffer.from(`${VERSION}:${position}`).toString('base64url');
}

/** The position that a text says; null when it says none. */
export function readPosition(text: string): number | null {
  if (PLAIN.test(text)) return Number(text);
  if (!CURSOR.test(text)) return null;
  const [version, position = ''] = Buffer.from(text, 'base64url').toString('latin1').split(':');
  return version === VERSION && PLAIN.test(position) ? Number(position) : null;
}
