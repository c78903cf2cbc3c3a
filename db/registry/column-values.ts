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

/** Where a text stands among joined ones, as `substring` counts: from 1. */
export interface TextPlace {
  readonly from: number;
  readonly bytes: number;
}

/**
 * Long texts on their way into a statement, beside the JSON of their rows: inside it each would be escaped here and
 * read character by character there.
 */
export function joinTexts(texts: readonly string[]): { bytes: Buffer; places: TextPlace[] } {
  let from = 1;
  const places = texts.map((text) => {
    const place = { from, bytes: Buffer.byteLength(text) };
    from += place.bytes;
    return place;
  });
  return { bytes: Buffer.from(texts.join('')), places };
}
