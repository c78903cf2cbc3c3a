/**
 * The string formats that the OCPI schemas name: what a pattern cannot say. A day must exist in the calendar, a
 * time zone in the time zone database, a coordinate on the globe.
 *
 * Pure and fast: each runs once for every such field of a feed with hundreds of thousands of them. Nothing here
 * throws; what cannot be read is null or false.
 */

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,5})?Z?$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const ABSOLUTE_URL = /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/i;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** More names than the time zone database has, so only a stream of nonsense ever empties the cache. */
const MAX_CACHED_ZONES = 2000;
const knownZones = new Map<string, boolean>();

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (DAYS_IN_MONTH[month - 1] ?? 0) + (leap ? 1 : 0);
}

/** The number in two or four digits of a text whose shape is already known: cheaper than Number(text.slice()). */
function digits(text: string, from: number, length: number): number {
  let value = 0;
  for (let index = from; index < from + length; index += 1) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}

/** True unless the text begins with the shape of a date that no calendar has; the shape itself is the pattern's business. */
export function isRealDate(text: string): boolean {
  const date = text.length > 10 ? text.slice(0, 10) : text;
  return !DATE.test(date) || isCalendarDay(digits(date, 0, 4), digits(date, 5, 2), digits(date, 8, 2));
}

/**
 * An OCPI DateTime (2.2.1 types; requirements 3.1) as a moment, or null when it is not one. A missing Z means UTC:
 * `new Date('2015-06-29T20:39:09')` would read it in the zone of this machine.
 */
export function parseDateTime(text: string): Date | null {
  if (text.length > 25 || !DATE_TIME.test(text) || !isRealDate(text)) return null;
  return new Date(text.endsWith('Z') ? text : `${text}Z`);
}

/** OCPI URL: absolute, http or https, without blanks. */
export function isAbsoluteUrl(text: string): boolean {
  return ABSOLUTE_URL.test(text);
}

/** Whether a name stands in the time zone database. `Intl` is asked once a name: it costs more than all else here. */
export function isTimeZone(name: string): boolean {
  const known = knownZones.get(name);
  if (known !== undefined) return known;
  let resolves = false;
  // Newer engines also take offsets such as +01:00, which are no names and know no summer time.
  if (name.length <= 255 && /^[A-Za-z]/.test(name)) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name });
      resolves = true;
    } catch {
      resolves = false;
    }
  }
  if (knownZones.size >= MAX_CACHED_ZONES) knownZones.clear();
  knownZones.set(name, resolves);
  return resolves;
}

/** Within a range; true for a text that is no number, for that is the pattern's business. */
function within(limit: number): (text: string) => boolean {
  return (text) => !(Math.abs(Number(text)) > limit);
}

/** Format name in the schemas -> check. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'ocpi-date': isRealDate,
  'ocpi-date-time': isRealDate,
  'ocpi-latitude': within(90),
  'ocpi-longitude': within(180),
  'ocpi-time-zone': isTimeZone,
  'ocpi-url': isAbsoluteUrl,
};
