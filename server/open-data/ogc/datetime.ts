/**
 * `datetime` of OGC API Features (Part 1, 7.15.4): a moment, or an interval whose ends are both part of it and either
 * of which may be open (`..` or nothing). Moments are RFC 3339; a date alone is that whole day in UTC.
 */

/** Both ends included; at least one is there. */
export interface Interval {
  readonly from?: Date;
  readonly to?: Date;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** A blank for T as RFC 3339 allows it; fractions of a second up to what clocks write. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const FORM =
  'must be a moment such as 2026-11-28T10:00:00Z, or an interval such as 2026-11-28T10:00:00Z/.. or ../2026-11-28T10:00:00Z';
const DAY_MS = 86_400_000;

/** The interval, or what is wrong with it. */
export function parseDatetime(text: string): Interval | string {
  const ends = text.split('/');
  if (ends.length > 2) return FORM;
  const [begin, end] = ends.map(parseEnd) as [End, End | undefined];
  if (begin === 'malformed' || end === 'malformed') return FORM;
  if (end === undefined) return begin === 'open' ? FORM : { from: begin.first, to: begin.last };
  if (begin === 'open' && end === 'open') return FORM;
  if (begin === 'open') return { to: (end as Span).last };
  if (end === 'open') return { from: begin.first };
  if (begin.first > end.last) return 'the interval ends before it begins';
  return { from: begin.first, to: end.last };
}

/** A moment is its own beginning and end; a day has a length. */
interface Span {
  readonly first: Date;
  readonly last: Date;
}

type End = Span | 'open' | 'malformed';

function parseEnd(text: string): End {
  if (text === '' || text === '..') return 'open';
  if (DATE.test(text)) {
    const first = validDate(`${text}T00:00:00Z`, text);
    return first ? { first, last: new Date(first.getTime() + DAY_MS - 1) } : 'malformed';
  }
  const [, date, time, fraction = '', zone] = DATE_TIME.exec(text) ?? [];
  if (date === undefined || time === undefined || zone === undefined) return 'malformed';
  const moment = validDate(`${date}T${time}${fraction}${zone.toUpperCase()}`, date);
  return moment ? { first: moment, last: moment } : 'malformed';
}

/** Null for days that the calendar has not, which Date would carry over into the next month. */
function validDate(text: string, day: string): Date | null {
  const midnight = new Date(`${day}T00:00:00Z`);
  const moment = new Date(text);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return exists && !Number.isNaN(moment.getTime()) ? moment : null;
}
