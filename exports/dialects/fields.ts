/** Small tools of the dialects: JSON objects field by field, without ever changing the one that is given. */
import { type Enumeration, isWordOf } from './words.ts';

export type Fields = Record<string, unknown>;

/** The object without these fields: a copy. */
export function without(object: object, fields: readonly string[]): Fields {
  return renamed(object, {}, fields);
}

/** Whether a field says something (ENV-10). */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Replaces a list of this object where there is one; null and absent stay as they are. */
export function changeList(holder: Fields, field: string, convert: (values: unknown[]) => unknown[]): void {
  const values = holder[field];
  if (Array.isArray(values)) holder[field] = convert(values);
}

/** Replaces a field of this object where it says something; null and absent stay as they are. */
export function changeField(holder: Fields, field: string, convert: (value: unknown) => unknown): void {
  if (isGiven(holder[field])) holder[field] = convert(holder[field]);
}

/**
 * Gives fields their other names, each at the same place in the object. What had such a name before is gone, and what is
 * left out. Nothing is deleted from a copy, which would be slow to read and write afterwards.
 */
export function renamed(
  object: object,
  names: Readonly<Record<string, string>>,
  leftOut: readonly string[] = [],
): Fields {
  const taken = Object.values(names);
  const copy: Fields = {};
  for (const [field, value] of Object.entries(object)) {
    if (taken.includes(field) || leftOut.includes(field)) continue;
    put(copy, Object.hasOwn(names, field) ? (names[field] as string) : field, value);
  }
  return copy;
}

/** A partner's field may have any name, also one that is more than a name when it is assigned. */
function put(holder: Fields, field: string, value: unknown): void {
  if (field !== '__proto__') holder[field] = value;
  else Object.defineProperty(holder, field, { value, enumerable: true, configurable: true, writable: true });
}

/** Leaves only known words in a list. */
export function keepWords(holder: Fields, field: string, words: Enumeration): void {
  changeList(holder, field, (values) => values.filter((value) => isWordOf(words, value)));
}

/** The first characters of a text, as OCPI counts them: code points. */
export function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return Array.from(text).slice(0, characters).join('').trimEnd();
}
