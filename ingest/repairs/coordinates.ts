/**
 * Coordinates that are no string, or not of the decimals that the version has (LR-30, requirements 3.2): the same
 * place, written as asked.
 */
import { type Step, takenAs } from './step.ts';

/** The most that any version has: a centimetre. */
const MOST_DECIMALS = 7;

/** Digits of a number without exponent; String(1e-7) would have one. */
function plainDecimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(MOST_DECIMALS) : text;
}

/** Writes a number, or a decimal text of another shape, as OCPI asks; says each thing that was done to it. */
export const repairCoordinates: Step = (place) => {
  const { typeName, received } = place.finding;
  if (typeName !== 'Latitude' && typeName !== 'Longitude') return false;
  if (typeof received !== 'string' && !(typeof received === 'number' && Number.isFinite(received)))
    return false;
  const spelled =
    typeof received === 'number'
      ? plainDecimal(received)
      : received
          .trim()
          .replace(',', '.')
          .replace(/^\+/, '')
          .replace(/^(-?)0+(?=\d)/, '$1');
  const match = /^(-?\d{1,3})(?:\.(\d*))?$/.exec(spelled);
  if (match === null || Math.abs(Number(spelled)) > (typeName === 'Latitude' ? 90 : 180)) return false;
  const [, whole = '', decimals = ''] = match;
  const { min, max } = place.settings.coordinateDecimals;
  const text = `${whole}.${decimals.slice(0, max).padEnd(min, '0')}`;
  if (text === received) return false;
  const message = takenAs(received, text);
  if (typeof received === 'number') place.set('repair:coordinates-as-string', text, message);
  else if (received !== spelled) place.set('repair:coordinates-spelling', text, message);
  if (decimals.length < min) place.set('repair:coordinates-padded', text, message);
  if (decimals.length > max) place.set('repair:coordinates-cut', text, message);
  return true;
};
