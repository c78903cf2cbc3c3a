/** Times: an unmistakable moment or time of day that is written otherwise than OCPI writes it (requirements 3.1). */
import { parseDateTime } from '../schemas/formats.ts';
import { type Step, takenAs } from './step.ts';

const LOOSE_DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?\s?(?:([Zz])|([+-])(\d\d):?(\d\d)?)?$/;
const LOOSE_TIME_OF_DAY = /^(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)?$/;
const MINUTE = 60_000;

/**
 * The OCPI form of a moment in UTC, or null. Seconds may be missing, fractions are cut to milliseconds (the longest
 * that every receiver can take), offsets are converted. Without offset it is UTC, as OCPI has it.
 */
export function normaliseDateTime(text: string): string | null {
  const match = LOOSE_DATE_TIME.exec(text.trim());
  if (match === null) return null;
  const [
    ,
    date = '',
    minutes = '',
    seconds = ':00',
    fraction,
    ,
    sign,
    offsetHours = '0',
    offsetMinutes = '0',
  ] = match;
  const milliseconds = fraction === undefined ? '' : `.${fraction.slice(0, 3)}`;
  const local = `${date}T${minutes}${seconds}${milliseconds}Z`;
  const moment = parseDateTime(local);
  if (moment === null || Number(offsetHours) > 14 || Number(offsetMinutes) > 59) return null;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  if (offset === 0) return local;
  const utc = new Date(moment.getTime() - offset * MINUTE).toISOString();
  return milliseconds === '' ? utc.replace('.000Z', 'Z') : utc;
}

/** A moment that OCPI writes otherwise: microseconds, offsets, a blank for the T. */
export const repairDateTime: Step = (place) => {
  const { typeName, received } = place.finding;
  if (typeName !== 'DateTime' || typeof received !== 'string') return false;
  const text = normaliseDateTime(received);
  return text === null || text === received
    ? false
    : place.set('repair:time-spelling', text, takenAs(received, text));
};

/** LR-28: `24:00` is the end of the day, which OCPI writes `00:00`; it means nothing as a beginning. */
export const repairTimeOfDay: Step = (place) => {
  const { typeName, received } = place.finding;
  if (typeName !== 'TimeOfDay' || typeof received !== 'string') return false;
  const match = LOOSE_TIME_OF_DAY.exec(received.trim());
  if (match === null) return false;
  const text = `${(match[1] ?? '').padStart(2, '0')}:${match[2]}`;
  const isEnd = place.key === 'period_end' || place.key === 'end_time';
  if (text === '24:00' && isEnd) return place.set('repair:end-of-day', '00:00', takenAs(received, '00:00'));
  if (text > '23:59' || Number(match[2]) > 59) return false;
  return place.set('repair:time-of-day-spelling', text, takenAs(received, text));
};
