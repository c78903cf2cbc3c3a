/**
 * When are two states of an object the same? When they differ in nothing but times, the order of EVSEs and
 * connectors, the order of keys, and the ways OCPI has of saying "nothing" (null, absent, empty list).
 *
 * Pure functions; the text they hash is never stored or shown.
 */
import { hash } from 'node:crypto';
import type { Connector, Evse, Location, Tariff } from '../model.ts';

/** SHA-256 of what a Location says, its times apart. */
export function locationContentHash(location: Location): Buffer {
  return sha256(locationText(location));
}

/** True when two states of a Location differ in no more than EVSE statuses (and times). */
export function sameButForStatuses(one: Location, other: Location): boolean {
  if (LOCATION.text(one) !== LOCATION.text(other)) return false;
  const [evses, others] = [inOrder(one.evses ?? [], uidOf), inOrder(other.evses ?? [], uidOf)];
  return (
    evses.length === others.length &&
    evses.every(
      (evse, place) =>
        evseText(evse, EVSE_BUT_FOR_STATUS) === evseText(others[place] as Evse, EVSE_BUT_FOR_STATUS),
    )
  );
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
  return sha256(TARIFF.text(tariff));
}

/** SHA-256 of a text: 32 bytes. */
export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

function locationText(location: Location): string {
  const evses = inOrder(location.evses ?? [], uidOf).map((evse) => evseText(evse, EVSE));
  return `${LOCATION.text(location)}[${evses.join()}]`;
}

function evseText(evse: Evse, words: ObjectTexts): string {
  const connectors = inOrder(evse.connectors, idOf).map((connector) => CONNECTOR.text(connector));
  return `${words.text(evse)}[${connectors.join()}]`;
}

const uidOf = ({ uid }: Evse) => uid.toLowerCase();
const idOf = ({ id }: Connector) => id.toLowerCase();

/** Their order in the list says nothing; that of their ids, without case, is the same in all states. */
function inOrder<T>(parts: readonly T[], keyOf: (part: T) => string): readonly T[] {
  if (parts.length < 2) return parts;
  return parts
    .map((part) => [keyOf(part), part] as const)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([, part]) => part);
}

/** The fields of an object in the order in which they are written. */
interface Shape {
  /** As they stand in the object. */
  readonly names: readonly string[];
  readonly fields: readonly { readonly name: string; readonly label: string }[];
}

/** Shapes that are remembered: a feed has some dozen, depending on which optional fields are there. */
const SHAPE_LIMIT = 64;

/**
 * The text of objects of one kind, whatever the order of their fields. Nearly all have the fields of one of the last:
 * to sort names anew for each object would take longer than all else. Each name is compared, so no made-up name can
 * pass for several.
 */
class ObjectTexts {
  readonly #without: readonly string[];
  readonly #shapes: Shape[] = [];

  constructor(...without: readonly string[]) {
    this.#without = without;
  }

  text(value: object): string {
    let text = '{';
    for (const { name, label } of this.#shapeOf(value).fields) {
      const field = (value as Record<string, unknown>)[name];
      if (!isNothing(field)) text += `${label}${valueText(field)},`;
    }
    return `${text}}`;
  }

  #shapeOf(value: object): Shape {
    const shapes = this.#shapes;
    const names = Object.keys(value);
    const place = shapes.findIndex((shape) => areSame(shape.names, names));
    const known = shapes[place];
    if (known === undefined) return this.#remember(names);
    if (place > 0) {
      // The frequent ones come to stand in front.
      shapes[place] = shapes[place - 1] as Shape;
      shapes[place - 1] = known;
    }
    return known;
  }

  #remember(names: readonly string[]): Shape {
    const fields = names
      .filter((name) => !this.#without.includes(name))
      .sort()
      .map((name) => ({ name, label: `${JSON.stringify(name)}:` }));
    const shape = { names, fields };
    if (this.#shapes.length === SHAPE_LIMIT) this.#shapes.pop();
    this.#shapes.push(shape);
    return shape;
  }
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}

const TIME_FIELD = 'last_updated';
const LOCATION = new ObjectTexts(TIME_FIELD, 'evses');
const EVSE = new ObjectTexts(TIME_FIELD, 'connectors');
const EVSE_BUT_FOR_STATUS = new ObjectTexts(TIME_FIELD, 'connectors', 'status');
const CONNECTOR = new ObjectTexts(TIME_FIELD);
const TARIFF = new ObjectTexts(TIME_FIELD);
/** What stands within any of them. */
const PART = new ObjectTexts();

/** Printable ASCII without quotation mark and backslash: stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function valueText(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join()}]`;
  return typeof value === 'object' && value !== null ? PART.text(value) : JSON.stringify(value);
}

/** ENV-10: null, absent and an empty list say the same. */
function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}
