/** Small tools of the dialects: JSON objects field by field, without ever changing the one that is given. */
import { type Enumeration, isWordOf } from './words.ts';

export type Fields = Record<string, unknown>;

/** The object without these fields: a copy. Made without `delete`, after which an object is slow to read and write. */
export function without(object: object, fields: readonly string[]): Fields {
  const copy: Fields = {};
  for (const [field, value] of Object.entries(object)) {
    if (!fields.includes(field)) copy[field] = value;
  }
  return copy;
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
 * left out.
 */
export function renamed(
  object: object,
  names: Readonly<Record<string, string>>,
  leftOut: readonly string[] = [],
): Fields {
  const taken = Object.values(names);
  const copy: Fields = {};
  for (const [field, value] of Object.entries(object)) {
    if (!taken.includes(field) && !leftOut.includes(field)) copy[names[field] ?? field] = value;
  }
  return copy;
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
