/** Values on their way into columns. */
import { storableText } from './storable-text.ts';

/** A byte string in PostgreSQL's own notation, as it travels inside JSON. */
export function byteaText(bytes: Buffer | null): string | null {
  return bytes === null ? null : `\\x${bytes.toString('hex')}`;
}

/** OCPI's DateTime without `Z` is UTC all the same (3.1). */
export function timestampText(dateTime: string): string {
  return dateTime.endsWith('Z') ? dateTime : `${dateTime}Z`;
}

/** Text as a column can hold it. */
export function columnText(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : storableText(text);
}
