/**
 * Opening hours of a Location in the words of OpenStreetMap, which the French schema uses too: `24/7`, or
 * `Mo-Fr 08:00-18:00,Sa 10:00-12:00`. Local times, as the owner gives them (OD-08). Exceptions (feasts, works) are
 * not told: the words have no place for them.
 */
import type { Hours } from '../db/model.ts';

/** By OCPI's weekday, 1 to 7. */
const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;

interface RegularHours {
  readonly weekday: number;
  readonly period_begin: string;
  readonly period_end: string;
}

/** Null when they are not known: no hours at all, or "not always" and nothing else. */
export function openingHours(hours: Hours | null | undefined): string | null {
  if (!hours) return null;
  if (hours.twentyfourseven) return '24/7';
  const periods = Array.isArray(hours.regular_hours) ? (hours.regular_hours as RegularHours[]) : [];
  const daysByPeriod = new Map<string, Set<number>>();
  for (const { weekday, period_begin, period_end } of periods) {
    const period = `${period_begin}-${period_end}`;
    daysByPeriod.set(period, (daysByPeriod.get(period) ?? new Set()).add(weekday));
  }
  const rules = [...daysByPeriod].flatMap(([period, days]) =>
    stretches(days).map((days) => `${days} ${period}`),
  );
  return rules.length === 0 ? null : rules.join(',');
}

/** Days in a row as one: Monday to Friday, and Sunday, are `Mo-Fr` and `Su`. */
function stretches(days: ReadonlySet<number>): string[] {
  const found: string[] = [];
  for (let first = 1; first <= DAYS.length; first += 1) {
    if (!days.has(first)) continue;
    let last = first;
    while (days.has(last + 1)) last += 1;
    found.push(first === last ? nameOf(first) : `${nameOf(first)}-${nameOf(last)}`);
    first = last;
  }
  return found;
}

function nameOf(weekday: number): string {
  return DAYS[weekday - 1] ?? '';
}
