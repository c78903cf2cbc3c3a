/**
 * Where a page begins, as it stands in the `next` and `prev` links. What is in it is nobody's business but ours, and
 * nothing but a position can be read from it.
 */

/** Number of an object, and a key below it where objects have parts. */
export type Position = readonly [id: number, part?: string];

export interface Cursor {
  readonly direction: 'after' | 'before';
  readonly position: Position;
}

/** Characters: a key has some dozens, and this is no way to send us a book. */
const LENGTH_LIMIT = 2_000;

export function formatCursor({ direction, position }: Cursor): string {
  return Buffer.from(JSON.stringify([direction === 'after' ? 1 : -1, ...position])).toString('base64url');
}

/** Null when the text is none of ours. */
export function parseCursor(text: string): Cursor | null {
  if (text.length > LENGTH_LIMIT || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(read) || read.length < 2 || read.length > 3) return null;
  const [sign, id, part] = read;
  if ((sign !== 1 && sign !== -1) || !Number.isSafeInteger(id) || id < 0) return null;
  // The database has no text with this character.
  if (part !== undefined && (typeof part !== 'string' || part.includes('\0'))) return null;
  return { direction: sign === 1 ? 'after' : 'before', position: part === undefined ? [id] : [id, part] };
}
