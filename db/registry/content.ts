/**
 * When are two states of an object the same? When they differ in nothing but times, the order of EVSEs and
 * connectors, the order of keys, and the ways OCPI has of saying "nothing" (null, absent, empty list).
 *
 * Pure functions; the text they hash is never stored or shown.
 */
import { hash } from 'node:crypto';
import type { Evse, Location, Tariff } from '../model.ts';

const TIME_FIELD = 'last_updated';

/** SHA-256 of what a Location says, its times apart. */
export function locationContentHash(location: Location): Buffer {
  return sha256(locationText(location, true));
}

/** True when two states of a Location differ in no more than EVSE statuses (and times). */
export function sameButForStatuses(one: Location, other: Location): boolean {
  return locationText(one, false) === locationText(other, false);
}

/** Uids, as in the later state, of the EVSEs whose status became another. Both states have the same EVSEs. */
export function evsesWithOtherStatus(earlier: Location, later: Location): string[] {
  const before = new Map((earlier.evses ?? []).map(({ uid, status }) => [uid.toLowerCase(), status]));
  return (later.evses ?? [])
    .filter(({ uid, status }) => before.get(uid.toLowerCase()) !== status)
    .map(({ uid }) => uid);
}

/** True when the same EVSEs are shown: one that is REMOVED, or is so no longer, changes more than a status. */
export function showsSameEvses(one: Location, other: Location): boolean {
  return shownEvses(one) === shownEvses(other);
}

function shownEvses({ evses = [] }: Location): string {
  const uids = (evses ?? []).filter(({ status }) => status !== 'REMOVED').map(({ uid }) => uid.toLowerCase());
  return JSON.stringify(uids.sort());
}

/** SHA-256 of what a Tariff says, its time apart. The order of its elements is part of it (TR-11). */
export function tariffContentHash(tariff: Tariff): Buffer {
  return sha256(objectText(tariff, [TIME_FIELD]));
}

/** SHA-256 of a text: 32 bytes. */
export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

function locationText(location: Location, withStatuses: boolean): string {
  const evses = (location.evses ?? [])
    .map((evse) => [evse.uid.toLowerCase(), evseText(evse, withStatuses)] as const)
    .sort(byKey)
    .map(([, text]) => text);
  return `${objectText(location, [TIME_FIELD, 'evses'])}[${evses.join()}]`;
}

function evseText(evse: Evse, withStatuses: boolean): string {
  const connectors = evse.connectors
    .map((connector) => [connector.id.toLowerCase(), objectText(connector, [TIME_FIELD])] as const)
    .sort(byKey)
    .map(([, text]) => text);
  const without = withStatuses ? [TIME_FIELD, 'connectors'] : [TIME_FIELD, 'connectors', 'status'];
  return `${objectText(evse, without)}[${connectors.join()}]`;
}

function byKey(one: readonly [string, string], other: readonly [string, string]): number {
  return one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0;
}

function objectText(value: object, without: readonly string[] = []): string {
  let text = '{';
  for (const key of Object.keys(value).sort()) {
    if (without.includes(key)) {
      continue;
    }
    const field = (value as Record<string, unknown>)[key];
    if (isNothing(field)) {
      continue;
    }
    text += `${JSON.stringify(key)}:${valueText(field)},`;
  }
  return `${text}}`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(valueText).join()}]`;
  }
  return typeof value === 'object' && value !== null ? objectText(value) : JSON.stringify(value);
}

/** ENV-10: null, absent and an empty list say the same. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
