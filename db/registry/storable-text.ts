/**
 * What PostgreSQL's `text` can hold: NUL and halves of surrogate pairs, which JSON can carry, are replaced.
 */
const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with U+FFFD in place of what cannot be stored. */
export function storableText(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd');
}
