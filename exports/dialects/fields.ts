/** Small tools of the dialects: JSON objects field by field, without ever changing the one that is given. */
import { type Enumeration, isWordOf } from './words.ts';

export type Fields = Record<string, unknown>;

/** The object without these fields: a copy. */
export function without(object: object, fields: ReadonlySet<string>): Fields {
  const copy: Fields = {};
  for (const field in object) {
    if (!fields.has(field)) put(copy, field, (object as Fields)[field]);
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

/** What fields are called in other words; null for those that are left out. */
export type OtherNames = ReadonlyMap<string, string | null>;

/** @param names an object that has one of the new names already loses that field */
export function otherNames(
  names: Readonly<Record<string, string>>,
  leftOut: readonly string[] = [],
): OtherNames {
  const gone = [...Object.values(names), ...leftOut].map((field) => [field, null] as const);
  return new Map<string, string | null>([...Object.entries(names), ...gone]);
}

/**
 * Gives fields their other names, each at the same place in the object: a copy. Nothing is deleted from it, which would
 * make it slow to read and write afterwards.
 */
export function renamed(object: object, names: OtherNames): Fields {
  const copy: Fields = {};
  for (const field in object) {
    const name = names.get(field);
    if (name !== null) put(copy, name ?? field, (object as Fields)[field]);
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
