/**
 * What JSON Schema cannot say well: rules between fields, and notes on things that are accepted but worth telling.
 *
 * The rules look only at what has the right type and never throw, so they can run on an object that the schema
 * refuses too: a partner is told everything at once. One walk over the object, no copies: they run on every object
 * of every pull.
 */
import type { Pointer } from './validation-message.ts';

/** What a rule calls for each thing that it finds. */
export type Report = (rule: string, pointer: Pointer, phrase: string, value?: unknown) => void;

/** Rules that only some versions have. */
export interface VersionRules {
  /** 2.1.1: opening hours are either regular hours or round the clock, and the other one may be missing. */
  readonly hoursAreAChoice: boolean;
  /** 2.3.0: places to park, which EVSEs refer to. */
  readonly hasParking: boolean;
}

/** Where rules report to, and the enumerations that decide what is an unknown value of an optional list. */
export interface RuleContext {
  problem: Report;
  note: Report;
  knownValues: Readonly<Record<string, ReadonlySet<string>>>;
  rules: VersionRules;
}

type Fields = Record<string, unknown>;

/** A JSON object, to be read field by field; null for everything else. */
function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** ENV-15: values of an optional list that the version does not know are kept and noted. */
function noteUnknownValues(
  values: unknown,
  enumeration: string,
  pointer: Pointer,
  context: RuleContext,
): void {
  const list = listOf(values);
  const known = context.knownValues[enumeration];
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    if (typeof value === 'string' && known !== undefined && !known.has(value)) {
      context.note(
        'unknown-enum-value',
        [...pointer, index],
        `is no known ${enumeration} and is kept as it is`,
        value,
      );
    }
  }
}

/** Identifiers are CiStrings: two that differ in case only are the same one (ENV-13). */
function reportRepeatedIds(
  list: readonly unknown[],
  field: string,
  rule: string,
  pointer: Pointer,
  context: Pick<RuleContext, 'problem'>,
): void {
  if (list.length < 2) return;
  const seen = new Set<string>();
  for (let index = 0; index < list.length; index += 1) {
    const id = fieldsOf(list[index])?.[field];
    if (typeof id !== 'string' || id === '') continue;
    const key = id.toLowerCase();
    if (seen.has(key))
      context.problem(rule, [...pointer, index, field], 'must be unique (without case) in its list', id);
    seen.add(key);
  }
}

/** ENV-15: a standard of the allow-list is stored, but a closed enumeration of the version does not have it. */
function checkConnector(connector: Fields, pointer: Pointer, context: RuleContext): void {
  const { standard } = connector;
  if (typeof standard === 'string' && context.knownValues.AllowedStandard?.has(standard)) {
    context.note(
      'unknown-enum-value',
      [...pointer, 'standard'],
      'is no ConnectorType of this version but is on the allow-list',
      standard,
    );
  }
}

function checkEvse(evse: Fields, pointer: Pointer, context: RuleContext): void {
  if (evse.capabilities)
    noteUnknownValues(evse.capabilities, 'Capability', [...pointer, 'capabilities'], context);
  if (evse.parking_restrictions) {
    noteUnknownValues(
      evse.parking_restrictions,
      'ParkingRestriction',
      [...pointer, 'parking_restrictions'],
      context,
    );
  }
  const connectors = listOf(evse.connectors);
  reportRepeatedIds(connectors, 'id', 'unique-connector-id', [...pointer, 'connectors'], context);
  for (let index = 0; index < connectors.length; index += 1) {
    const connector = fieldsOf(connectors[index]);
    if (connector !== null) checkConnector(connector, [...pointer, 'connectors', index], context);
  }
}

/**
 * LR-28: a period ends later than it begins. 00:00 as its end is the end of the day; an earlier end is a night that
 * ends on the next day (the specification leaves the gap), accepted and noted; the same time twice says nothing.
 */
function checkRegularHours(hours: readonly unknown[], pointer: Pointer, context: RuleContext): void {
  for (let index = 0; index < hours.length; index += 1) {
    const { period_begin: begin, period_end: end } = fieldsOf(hours[index]) ?? {};
    if (typeof begin !== 'string' || typeof end !== 'string' || end === '00:00' || end === '24:00') continue;
    if (end === begin) {
      context.problem('LR-28', [...pointer, index, 'period_end'], 'must be later than period_begin', end);
    } else if (end < begin && begin.length === end.length) {
      context.note(
        'hours-across-midnight',
        [...pointer, index, 'period_end'],
        `is taken as a time of the day after ${begin}`,
        end,
      );
    }
  }
}

/** LR-29: round-the-clock and regular hours exclude each other, and one of them must be there. */
function checkOpeningTimes(value: unknown, context: RuleContext): void {
  const times = fieldsOf(value);
  if (times === null) return;
  const hours = listOf(times.regular_hours);
  const pointer = ['opening_times', 'regular_hours'];
  if (times.twentyfourseven === false && hours.length === 0 && !isWrongList(times.regular_hours)) {
    context.problem(
      'LR-29',
      pointer,
      'must have at least one entry when twentyfourseven is false',
      times.regular_hours,
    );
  }
  const saysNothing = !isGiven(times.twentyfourseven) && !isGiven(times.regular_hours);
  if (context.rules.hoursAreAChoice && saysNothing) {
    context.problem('LR-29', pointer, 'must be there when twentyfourseven is not', times.regular_hours);
  }
  if (times.twentyfourseven === true && hours.length > 0) {
    context.problem('LR-29', pointer, 'must be absent when twentyfourseven is true', hours);
  }
  checkRegularHours(hours, pointer, context);
}

/** A value where a list belongs: the schema reports it, so a rule about the length of the list keeps silent. */
function isWrongList(value: unknown): boolean {
  return value !== undefined && value !== null && !Array.isArray(value);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** PublishTokenType (3.3 rule 5): one of three identifiers; a uid needs its type, a visual number its issuer. */
function checkPublishTokens(value: unknown, context: RuleContext): void {
  const tokens = listOf(value);
  for (let index = 0; index < tokens.length; index += 1) {
    const token = fieldsOf(tokens[index]);
    if (token === null) continue;
    const pointer = ['publish_allowed_to', index];
    if (!isGiven(token.uid) && !isGiven(token.visual_number) && !isGiven(token.group_id)) {
      context.problem('publish-token', pointer, 'must have one of uid, visual_number and group_id', token);
    }
    if (isGiven(token.uid) && !isGiven(token.type)) {
      context.problem('publish-token', [...pointer, 'type'], 'is required beside uid', token.type);
    }
    if (isGiven(token.visual_number) && !isGiven(token.issuer)) {
      context.problem(
        'publish-token',
        [...pointer, 'issuer'],
        'is required beside visual_number',
        token.issuer,
      );
    }
  }
}

/** LR-11 (3.3 rule 12): an EVSE's parking refers to a place of the same Location, and the places are told apart. */
export function checkParking(location: Fields, context: Pick<RuleContext, 'problem'>): void {
  const places = listOf(location.parking_places);
  reportRepeatedIds(places, 'id', 'unique-parking-id', ['parking_places'], context);
  const known = new Set(places.map((place) => String(fieldsOf(place)?.id).toLowerCase()));
  for (const [index, evse] of listOf(location.evses).entries()) {
    for (const [position, parking] of listOf(fieldsOf(evse)?.parking).entries()) {
      const id = fieldsOf(parking)?.parking_id;
      if (typeof id !== 'string' || known.has(id.toLowerCase())) continue;
      const pointer = ['evses', index, 'parking', position, 'parking_id'];
      context.problem('LR-11', pointer, 'must be the id of one of parking_places', id);
    }
  }
}

function checkLocation(location: Fields, context: RuleContext): void {
  if (context.rules.hasParking) checkParking(location, context);
  if (location.publish_allowed_to) {
    checkPublishTokens(location.publish_allowed_to, context);
    // LR-22: legal only with publish=false. Refusing would lose a Location for a list that changes nothing.
    if (location.publish === true && listOf(location.publish_allowed_to).length > 0) {
      context.note(
        'publish-allowed-to-ignored',
        ['publish_allowed_to'],
        'has no effect while publish is true',
      );
    }
  }
  if (location.facilities) noteUnknownValues(location.facilities, 'Facility', ['facilities'], context);
  if (location.opening_times) checkOpeningTimes(location.opening_times, context);
  const evses = listOf(location.evses);
  reportRepeatedIds(evses, 'uid', 'unique-evse-uid', ['evses'], context);
  for (let index = 0; index < evses.length; index += 1) {
    const evse = fieldsOf(evses[index]);
    if (evse !== null) checkEvse(evse, ['evses', index], context);
  }
}

/** TR-10: a reservation has only FLAT and TIME components; others are kept and noted. */
function checkTariff(tariff: Fields, context: RuleContext): void {
  const elements = listOf(tariff.elements);
  for (let index = 0; index < elements.length; index += 1) {
    const element = fieldsOf(elements[index]);
    if (element === null || !isGiven(fieldsOf(element.restrictions)?.reservation)) continue;
    const components = listOf(element.price_components);
    for (let position = 0; position < components.length; position += 1) {
      const type = fieldsOf(components[position])?.type;
      if (type !== 'ENERGY' && type !== 'PARKING_TIME') continue;
      const pointer = ['elements', index, 'price_components', position, 'type'];
      context.note(
        'reservation-dimension',
        pointer,
        'has no meaning for a reservation, which is priced by FLAT and TIME',
        type,
      );
    }
  }
}

/** Runs the rules of one kind of object. */
export function checkRules(kind: string, value: unknown, context: RuleContext): void {
  const fields = fieldsOf(value);
  if (fields === null) return;
  if (kind === 'location') checkLocation(fields, context);
  else if (kind === 'evse') checkEvse(fields, [], context);
  else if (kind === 'connector') checkConnector(fields, [], context);
  else if (kind === 'tariff') checkTariff(fields, context);
}
