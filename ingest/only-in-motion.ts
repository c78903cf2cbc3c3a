/**
 * Does a Location differ in no more than what moves all day, statuses and times? Rules about single objects and AFIR
 * items go by the rest, so that what they said of it before stays right; those that do not say so (`isAboutTime`).
 *
 * Exact: the same order, and the same way of saying nothing. Whether an EVSE is in use (REMOVED or not) and whether its
 * status is known (UNKNOWN or not) is no motion, since rules and items go by it. Pure, and quick where the states have
 * parts in common.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Evse, Location } from '../db/model.ts';

/** Statuses that make an EVSE another one for rules and items. */
const STANDING: ReadonlySet<string> = new Set(['REMOVED', 'UNKNOWN']);

export function onlyInMotion(before: Location, after: Location): boolean {
  return (
    sameFields(before, after, ['last_updated', 'evses']) && sameParts(before.evses, after.evses, sameEvses)
  );
}

function sameEvses(before: Evse, after: Evse): boolean {
  return (
    sameStanding(before.status, after.status) &&
    sameFields(before, after, ['last_updated', 'status', 'connectors']) &&
    sameParts(before.connectors, after.connectors, (connector, other) =>
      sameFields(connector, other, ['last_updated']),
    )
  );
}

function sameStanding(before: string, after: string): boolean {
  return before === after || (!STANDING.has(before) && !STANDING.has(after));
}

function sameParts<T>(
  before: readonly T[] | null | undefined,
  after: readonly T[] | null | undefined,
  areSame: (part: T, other: T) => boolean,
): boolean {
  if (before === after) return true;
  if (!before || !after || before.length !== after.length) return false;
  return before.every((part, place) => part === after[place] || areSame(part, after[place] as T));
}

/** @param without fields that may differ */
function sameFields(before: object, after: object, without: readonly string[]): boolean {
  const [fields, others] = [before, after] as Record<string, unknown>[];
  const names = Object.keys(before);
  return (
    names.length === Object.keys(after).length &&
    names.every(
      (name) =>
        Object.hasOwn(after, name) &&
        (without.includes(name) || isDeepStrictEqual(fields?.[name], others?.[name])),
    )
  );
}
