/** Texts with line breaks, with blanks around them, or too long to be shown. Identifiers are never shortened. */
import { type Step, takenAs } from './step.ts';

/** Texts that still say what they say when their end is missing. A cut floor or bay number would send drivers astray. */
const CUTTABLE = new Set([
  'name',
  'address',
  'city',
  'state',
  'text',
  'supplier_name',
  'energy_product_name',
]);
const NOT_PRINTABLE = /[\p{Cc}\p{Cs}]+/gu;
/** Blanks, control characters, and the blanks without width that copying from a web page brings along. */
const BLANK = /[\s\p{Cc}\u200B-\u200D\uFEFF]/u;

/** Without blanks around it. Two walks, since a pattern for the end would take forever on a megabyte of blanks. */
function withoutBlanksAround(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANK.test(text.charAt(start))) start += 1;
  while (end > start && BLANK.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Blanks, line breaks and length. */
export const repairText: Step = (place) => {
  const { typeName, received, rule, limit } = place.finding;
  if (typeof received !== 'string' || typeName === 'Id') return false;
  const trimmed = withoutBlanksAround(received);
  if (
    trimmed !== received &&
    trimmed !== '' &&
    (rule === 'pattern' || rule === 'format' || rule === 'maxLength')
  ) {
    return place.set('repair:blanks-trimmed', trimmed, takenAs(received, trimmed));
  }
  if (typeName !== 'String') return false;
  if (rule === 'pattern') {
    const printable = received.replaceAll(NOT_PRINTABLE, ' ');
    return printable === received
      ? false
      : place.set('repair:control-characters', printable, takenAs(received, printable));
  }
  if (rule !== 'maxLength' || limit === null || !CUTTABLE.has(String(place.key))) return false;
  const cut = Array.from(received).slice(0, limit).join('').trimEnd();
  return place.set(
    'repair:text-cut',
    cut,
    `received ${Array.from(received).length} characters, cut to ${limit}`,
  );
};
