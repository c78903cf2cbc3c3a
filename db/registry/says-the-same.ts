/** Whether what comes again says the same, in the fields from which its row follows. Pure. */
import { isDeepStrictEqual } from 'node:util';

/**
 * True when an object says in these fields what it said before; what a write leaves alone mostly is the very same object.
 * Of the ways to say nothing each is another here: then a row is written that need not be.
 */
export function saysTheSame<Said extends object>(
  now: Said,
  before: Said | undefined,
  fields: readonly (keyof Said)[],
): boolean {
  if (before === undefined || now === before) return now === before;
  return fields.every((field) => isSame(now[field], before[field]));
}

/** Nearly all are texts and numbers, for which the question to node costs more than the answer. */
function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && isDeepStrictEqual(one, other));
}
