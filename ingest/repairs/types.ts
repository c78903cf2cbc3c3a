/** The right value in the wrong JSON type: numbers as strings, strings as numbers, one thing where a list belongs. */
import { type Step, takenAs } from './step.ts';

const NUMBER_TEXT = /^-?\d{1,15}(?:[.,]\d{1,15})?$/;

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !NUMBER_TEXT.test(value.trim())) return null;
  return Number(value.trim().replace(',', '.'));
}

/** The same value in the JSON type that the field has. */
export const repairTypes: Step = (place) => {
  const { types, rule, received } = place.finding;
  if (rule !== 'type') return false;
  // Nothing in a list is nothing: `tariff_ids: [null]`. An EVSE or a Connector that is null is a fault to be told.
  if (received === null) {
    const inValues = typeof place.key === 'number' && types.includes('string');
    return inValues
      ? place.set('repair:null-in-list', undefined, 'received null, left out of the list')
      : false;
  }
  if (types.includes('array') && received !== '' && (typeof received === 'string' || isObject(received))) {
    return place.set('repair:list-wrapped', [received], 'received one entry, taken as a list of one');
  }
  if (types.includes('string') && typeof received === 'number' && isExact(received, place.finding.typeName)) {
    return place.set('repair:number-to-string', String(received), takenAs(received, String(received)));
  }
  if (types.includes('boolean') && typeof received === 'string') {
    const text = received.trim().toLowerCase();
    if (text !== 'true' && text !== 'false') return false;
    return place.set('repair:boolean-spelling', text === 'true', takenAs(received, text === 'true'));
  }
  const number = types.includes('integer') || types.includes('number') ? asNumber(received) : null;
  if (number === null || !Number.isFinite(number)) return false;
  if (typeof received === 'string')
    return place.set('repair:string-to-number', number, takenAs(received, number));
  // An int of OCPI counts volts, amperes, watts or seconds: a fraction of one changes nothing. A weekday is no quantity.
  if (place.finding.typeName !== 'Quantity' || Math.abs(number) < 1) return false;
  return place.set('repair:number-rounded', Math.round(number), takenAs(received, Math.round(number)));
};

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Two long numeric ids can have become one number when the JSON was read, so only exact ones are taken. */
function isExact(value: number, typeName: string): boolean {
  return typeName === 'String' ? Number.isFinite(value) : Number.isSafeInteger(value);
}
