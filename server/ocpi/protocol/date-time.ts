/**
 * A DateTime of OCPI 2.2.1 in a query parameter (LS-10): UTC with or without `Z`, with or without a fraction,
 * at most 25 characters. `+00:00` is not the same as UTC and is refused; in a query the plus arrives as a
 * blank anyway.
 */
const DATE_TIME =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,5})?Z?$/;
/** Characters: string(25). */
const LENGTH_LIMIT = 25;

/** The moment, to the millisecond (further digits are cut off); null when the text is no DateTime. */
export function parseDateTime(text: string): Date | null {
  const parts = DATE_TIME.exec(text);
  if (parts === null || text.length > LENGTH_LIMIT || parts[1] === '0000') return null;
  // Without Z, JavaScript would take the text as local time.
  const moment = new Date(text.endsWith('Z') ? text : `${text}Z`);
  // The 30th of February rolls over into March.
  return !Number.isNaN(moment.getTime()) && moment.getUTCDate() === Number(parts[3]) ? moment : null;
}
