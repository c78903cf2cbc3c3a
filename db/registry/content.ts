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
  return sha256(locationText(location));
}

/** True when two states of a Location say the same, as their hashes do; quick where they have parts in common. */
export function sameContent(one: Location, other: Location): boolean {
  return sameLocations(one, other, [TIME_FIELD, 'connectors']);
}

/** True when two states of a Location differ in no more than EVSE statuses (and times). */
export function sameButForStatuses(one: Location, other: Location): boolean {
  return sameLocations(one, other, [TIME_FIELD, 'connectors', 'status']);
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

function locationText(location: Location): string {
  const evses = (location.evses ?? [])
    .map((evse) => [evse.uid.toLowerCase(), evseText(evse)] as const)
    .sort(byKey)
    .map(([, text]) => text);
  return `${objectText(location, [TIME_FIELD, 'evses'])}[${evses.join()}]`;
}

function evseText(evse: Evse): string {
  const connectors = evse.connectors
    .map((connector) => [connector.id.toLowerCase(), objectText(connector, [TIME_FIELD])] as const)
    .sort(byKey)
    .map(([, text]) => text);
  return `${objectText(evse, [TIME_FIELD, 'connectors'])}[${connectors.join()}]`;
}

function byKey(one: readonly [string, string], other: readonly [string, string]): number {
  return one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0;
}

function objectText(value: object, without: readonly string[] = []): string {
  let text = '{';
  for (const { name, quoted } of fieldNames(value)) {
    if (without.includes(name)) {
      continue;
    }
    const field = (value as Record<string, unknown>)[name];
    if (isNothing(field)) {
      continue;
    }
    text += `${quoted}:${valueText(field)},`;
  }
  return `${text}}`;
}

/** A text that JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function valueText(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join()}]`;
  return typeof value === 'object' && value !== null ? objectText(value) : String(value);
}

/** ENV-10: null, absent and an empty list say the same. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

interface FieldName {
  readonly name: string;
  /** As JSON. */
  readonly quoted: string;
}

/** Lists of names that are remembered; a hostile feed may invent more. */
const SHAPE_LIMIT = 1_000;

/** By the names as they stand in an object, a line each. */
const shapes = new Map<string, readonly FieldName[]>();

/** The names of an object's fields in their order, which is remembered: objects of a feed have few shapes. */
function fieldNames(value: object): readonly FieldName[] {
  const names = Object.keys(value);
  const shape = names.join('\n');
  const known = shapes.get(shape);
  // A name that holds a line break makes another number of names look the same.
  if (known?.length === names.length) return known;
  const sorted = names.toSorted().map((name) => ({ name, quoted: JSON.stringify(name) }));
  if (!names.some((name) => name.includes('\n'))) {
    if (shapes.size >= SHAPE_LIMIT) shapes.clear();
    shapes.set(shape, sorted);
  }
  return sorted;
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

/** Whether two lists have the same parts, whatever their order. What was not touched is the very same object. */
function sameParts<T>(
  one: readonly T[],
  other: readonly T[],
  idOf: (part: T) => string,
  areSame: (part: T, otherPart: T) => boolean,
): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  const others = new Map(other.map((part) => [idOf(part).toLowerCase(), part]));
  return one.every((part) => {
    const otherPart = others.get(idOf(part).toLowerCase());
    return otherPart !== undefined && (part === otherPart || areSame(part, otherPart));
  });
}

function sameFields(one: object, other: object, without: readonly string[]): boolean {
  const [fields, others] = [one, other] as Record<string, unknown>[];
  const isSame = (name: string) => without.includes(name) || sameValues(fields?.[name], others?.[name]);
  return Object.keys(one).every(isSame) && Object.keys(other).every(isSame);
}

function sameValues(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (isNothing(one) || isNothing(other)) return isNothing(one) && isNothing(other);
  return valueText(one) === valueText(other);
}
