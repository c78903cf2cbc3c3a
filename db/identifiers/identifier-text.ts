/**
 * An identifier as it is compared: without surrounding blanks, in compatibility form (NFKC), ASCII letters in
 * upper case (5.2, rule 1). Other letters keep their case: none of them belongs into an identifier, and changing
 * their case could turn one into ASCII. Never fails.
 */

/** Characters that are looked at: OCPI's evse_id has 48, people add blanks and labels. */
const LENGTH_LIMIT = 100;

/** ASCII without blanks: nearly every identifier, and none of these steps but the last changes it. */
const PLAIN = /^[!-~]*$/;

/** The text as it is compared; empty when it is longer than any identifier. */
export function identifierText(text: string): string {
  if (text.length > LENGTH_LIMIT) return '';
  if (PLAIN.test(text)) return text.toUpperCase();
  return text
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
