/**
 * OCPI DateTimes: which of two is older, and the rule that a parent is never older than its children.
 *
 * Works on the texts as owners sent them and gives back one of them, never a rewritten one (CV-14).
 */
import type { Connector, Evse, Location } from '../db/model.ts';

/**
 * How far ahead of our clock a `last_updated` may be before it is not trusted, in milliseconds: clocks of
 * partners differ by seconds, five minutes is what LR-26 allows.
 */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** Milliseconds since the epoch; a DateTime without `Z` is UTC (3.1). */
export function timeOf(dateTime: string): number {
  return Date.parse(dateTime.endsWith('Z') ? dateTime : `${dateTime}Z`);
}

/** The later of two DateTimes; the first when they are equal. */
export function laterOf(one: string, other: string): string {
  return isBefore(one, other) ? other : one;
}

/** True when a DateTime lies further in the future than clocks may differ (LR-26). */
export function isInFuture(dateTime: string, now: Date): boolean {
  return timeOf(dateTime) > now.getTime() + CLOCK_SKEW_MS;
}

/**
 * True when an update is older than what is stored (LR-25). A stored time that lies in the future orders
 * nothing, or one wrong clock would lock an object for good (LR-26).
 */
export function isOlder(incoming: string, stored: string, now: Date): boolean {
  return isBefore(incoming, stored) && !isInFuture(stored, now);
}

/** Characters of a DateTime up to its second, which everybody writes alike. */
const SECOND = 19;

/** Texts that are written alike are in the order of time: to compare those costs a tenth of reading two dates. */
function isBefore(one: string, other: string): boolean {
  if (one.length === other.length && one.endsWith('Z') === other.endsWith('Z')) return one < other;
  const second = one.slice(0, SECOND);
  const otherSecond = other.slice(0, SECOND);
  return second === otherSecond ? timeOf(one) < timeOf(other) : second < otherSecond;
}

/** The Connector's EVSE, not older than its connectors; the same object when it is not. */
export function liftEvse(evse: Evse): Evse {
  const newest = evse.connectors.reduce(
    (time: string, connector: Connector) => laterOf(time, connector.last_updated),
    evse.last_updated,
  );
  return newest === evse.last_updated ? evse : { ...evse, last_updated: newest };
}

/**
 * The Location with every parent at least as new as its children (3.3 rule 14, LR-04), and the path of the
 * first parent that was older, null when none was.
 */
export function liftLocation(location: Location): { location: Location; firstPath: string | null } {
  let firstPath: string | null = null;
  let newest = location.last_updated;
  const evses = location.evses?.map((evse, index) => {
    const lifted = liftEvse(evse);
    if (lifted !== evse) {
      firstPath ??= `evses[${index}].last_updated`;
    }
    newest = laterOf(newest, lifted.last_updated);
    return lifted;
  });
  if (newest !== location.last_updated) {
    firstPath = 'last_updated';
  }
  return firstPath === null || !evses
    ? { location, firstPath: null }
    : { location: { ...location, evses, last_updated: newest }, firstPath };
}
