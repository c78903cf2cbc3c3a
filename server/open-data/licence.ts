/**
 * Where the text of a licence is read.
 */

/** What SPDX allows in an identifier. */
const SPDX_IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9.+-]*$/;

/** The URL of a licence given as a URL or as an SPDX identifier; null for anything else. */
export function licenceUrl(licence: string): string | null {
  if (/^https?:/i.test(licence)) return URL.canParse(licence) ? new URL(licence).href : null;
  return SPDX_IDENTIFIER.test(licence) ? `https://spdx.org/licenses/${licence}.html` : null;
}
