/**
 * When are two states of an object the same? When they differ in nothing but times, the order of EVSEs and
 * connectors, the order of keys, and the ways OCPI has of saying "nothing" (null, absent, empty list).
 *
 * Pure, and quick where the states have parts in common: what a write leaves alone mostly is the very same object.
 */
import { hash } from 'node:crypto';
import type { Evse, Location, Status, Tariff } from '../model.ts';

const TIME_FIELD = 'last_updated';

/** True when two states of a Location say the same. */
export function sameContent(one: Location, other: Location): boolean {
  return sameLocations(one, other, [TIME_FIELD, 'connectors']);
}

/** True when two states of a Location differ in no more than EVSE statuses (and times). */
export function sameButForStatuses(one: Location, other: Location): boolean {
  return sameLocations(one, other, [TIME_FIELD, 'connectors', 'status']);
}

/** True when two states of a Tariff say the same. The order of its elements is part of it (TR-11). */
export function sameTariff(one: Tariff, other: Tariff): boolean {
  return sameFields(one, other, [TIME_FIELD]);
}

/** An EVSE whose status became another. */
export interface StatusChange {
  /** As in the later state. */
  readonly uid: string;
  readonly from: Status;
  readonly to: Status;
}

/** What became of the statuses of a Location. Both states have the same EVSEs. */
export function statusChanges(earlier: Location, later: Location): StatusChange[] {
  const before = new Map((earlier.evses ?? []).map(({ uid, status }) => [uid.toLowerCase(), status]));
  return (later.evses ?? []).flatMap(({ uid, status: to }) => {
    const from = before.get(uid.toLowerCase()) as Status;
    return from === to ? [] : { uid, from, to };
  });
}

/** SHA-256 of a text: 32 bytes. */
export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/** @param without fields of an EVSE that may differ */
function sameLocations(one: Location, other: Location, without: readonly string[]): boolean {
  return (
    sameFields(one, other, [TIME_FIELD, 'evses']) &&
    sameParts(
      one.evses ?? [],
      other.evses ?? [],
      ({ uid }) => uid,
      (evse, otherEvse) => sameEvses(evse, otherEvse, without),
    )
  );
}

function sameEvses(one: Evse, other: Evse, without: readonly string[]): boolean {
  return (
    sameFields(one, other, without) &&
    sameParts(
      one.connectors,
      other.connectors,
      ({ id }) => id,
      (connector, otherConnector) => sameFields(connector, otherConnector, [TIME_FIELD]),
    )
  );
}

/** Whether two lists have the same parts, whatever their order; mostly it is the same. */
function sameParts<T>(
  one: readonly T[],
  other: readonly T[],
  idOf: (part: T) => string,
  areSame: (part: T, otherPart: T) => boolean,
): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  const keyOf = (part: T) => idOf(part).toLowerCase();
  let byKey: Map<string, T> | undefined;
  return one.every((part, place) => {
    const there = other[place] as T;
    if (part === there) return true;
    const key = keyOf(part);
    if (keyOf(there) === key) return areSame(part, there);
    byKey ??= new Map(other.map((otherPart) => [keyOf(otherPart), otherPart]));
    const otherPart = byKey.get(key);
    return otherPart !== undefined && areSame(part, otherPart);
  });
}

/** @param without fields that may differ */
function sameFields(one: object, other: object, without: readonly string[] = []): boolean {
  return (
    Object.keys(one).every(
      (name) => without.includes(name) || sameValues(fieldOf(one, name), fieldOf(other, name)),
    ) &&
    Object.keys(other).every(
      (name) => without.includes(name) || Object.hasOwn(one, name) || isNothing(fieldOf(other, name)),
    )
  );
}

/** Its own, whatever the name: names come from outside. */
function fieldOf(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}

function sameValues(one: unknown, other: unknown): boolean {
  return one === other || (isNothing(one) ? isNothing(other) : sameWords(one, other));
}

/** Of two values one of which says something. In a list each entry says something, be it null. */
function sameWords(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (!Array.isArray(one)) return !Array.isArray(other) && sameFields(one, other);
  return (
    Array.isArray(other) &&
    one.length === other.length &&
    one.every((entry, index) => sameWords(entry, other[index]))
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** ENV-10: null, absent and an empty list say the same. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
