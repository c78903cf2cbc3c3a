/**
 * What a request for Features selects, as SQL that the three collections share: places, times, owners; and how a page
 * of them is cut. A position is a key, never a count, so a page costs the same at any depth and neither skips nor
 * repeats an object while others change.
 *
 * Guarantees: values travel as bindings. A page is bounded in objects and in bytes, so it may hold fewer than were
 * asked for while more follow.
 */
import type { Owner } from '../model.ts';

/** Degrees; both edges belong to it. West is never east of east: what crosses the antimeridian is two boxes. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** What is absent selects nothing. Of a list, one must hold; of the members, all. */
export interface FeatureSelection {
  readonly boxes?: readonly Box[];
  /** Of the owner's `last_updated` as it is published; both ends included. */
  readonly from?: Date;
  readonly to?: Date;
  readonly owners?: readonly Owner[];
}

/** Of Locations and EVSEs. What concerns an EVSE and its Connector must hold of one EVSE, and of one Connector of it. */
export interface ChargingSelection extends FeatureSelection {
  /** Names of operators, in lower case. */
  readonly operators?: readonly string[];
  /** Connector standards, in upper case. */
  readonly standards?: readonly string[];
  /** Watt. */
  readonly leastPower?: number;
  readonly statuses?: readonly string[];
  /** Compact EVSE IDs. */
  readonly evseIds?: readonly string[];
}

export interface TariffSelection extends FeatureSelection {
  /** In upper case. */
  readonly currencies?: readonly string[];
  /** In upper case. */
  readonly types?: readonly string[];
}

/** Where a page begins, and which way it goes. */
export interface PageWish<Position> {
  readonly limit: number;
  /** Exclusive; neither: from the beginning. */
  readonly after?: Position;
  readonly before?: Position;
}

export interface Page<T> {
  /** In the order of the collection, whichever way the page was read. */
  readonly items: readonly T[];
  /** There are more in the direction in which the page was read. */
  readonly hasMore: boolean;
}

/** Bytes of documents in a page. A Location has 2 kB on average; this bounds the ones that have megabytes. */
const PAGE_BYTES = 8 * 1024 * 1024;

/** Conditions that are joined with `and`, with what they bind. */
export class Conditions {
  readonly bindings: Record<string, unknown> = {};
  readonly #texts: string[] = [];

  add(text: string, bindings: Record<string, unknown> = {}): this {
    this.#texts.push(text);
    Object.assign(this.bindings, bindings);
    return this;
  }

  get text(): string {
    return this.#texts.join('\n          and ') || 'true';
  }
}

/** Owners of the rows of a table; as comparisons, for the planner knows how many rows each owner has. */
export function addOwners(conditions: Conditions, table: string, { owners }: FeatureSelection): void {
  if (!owners) return;
  const texts = owners.map(
    (_, i) => `(${table}.country_code = :country${i} and ${table}.party_id = :party${i})`,
  );
  const bindings = owners.flatMap(({ countryCode, partyId }, i) => [
    [`country${i}`, countryCode],
    [`party${i}`, partyId],
  ]);
  conditions.add(`(${texts.join('\n            or ')})`, Object.fromEntries(bindings));
}

/** @param time as it is published */
export function addTimes(conditions: Conditions, time: string, { from, to }: FeatureSelection): void {
  if (from) conditions.add(`${time} >= :from`, { from });
  if (to) conditions.add(`${time} <= :to`, { to });
}

/** `last_updated` of rows of `location` or `tariff` as open data says it: see the migration `0015-features.ts`. */
export function publishedTime(table: string): string {
  return `coalesce(${table}.published_last_updated, ${table}.last_updated)`;
}

/** Rows of a table whose point lies in one of the boxes. */
export function addBoxes(conditions: Conditions, table: string, { boxes }: FeatureSelection): void {
  if (boxes) conditions.add(inBoxes(table, boxes), boxBindings(boxes));
}

/** Whether a point is in one of the boxes: found by an index, then compared. */
export function inBoxes(table: string, boxes: readonly Box[]): string {
  return `${nearBoxes(table, boxes)} and ${exactlyInBoxes(table, boxes)}`;
}

/** What an index tells, which compares rounded numbers. */
export function nearBoxes(table: string, boxes: readonly Box[]): string {
  const texts = boxes.map((_, i) => {
    const edges = ['west', 'south', 'east', 'north'].map((edge) => `cast(:${edge}${i} as float8)`);
    return `${table}.geometry && st_makeenvelope(${edges.join(', ')}, 4326)`;
  });
  return `(${texts.join(' or ')})`;
}

/** As one condition, for the planner would take each comparison for a further narrowing of what the box has narrowed. */
export function exactlyInBoxes(table: string, boxes: readonly Box[]): string {
  const point = `${table}.geometry`;
  const texts = boxes.map(
    (_, i) => `st_x(${point}) >= :west${i} and st_x(${point}) <= :east${i}
                  and st_y(${point}) >= :south${i} and st_y(${point}) <= :north${i}`,
  );
  return `coalesce(${texts.join('\n               or ')}, false)`;
}

/** What the three above bind. */
export function boxBindings(boxes: readonly Box[]): Record<string, number> {
  const edges = boxes.flatMap((box, i) =>
    Object.entries(box).map(([edge, degrees]) => [`${edge}${i}`, degrees]),
  );
  return Object.fromEntries(edges);
}

/** Connectors of one EVSE; the alias of both tables is their name. */
export function addConnectors(conditions: Conditions, selection: ChargingSelection): void {
  const { standards, leastPower } = selection;
  if (!standards && leastPower === undefined) return;
  const wanted = new Conditions()
    .add('connector.location = evse.location')
    .add('connector.uid_key = evse.uid_key');
  if (standards) {
    wanted.add('upper(connector.standard) = any(cast(:standards as text[]))', { standards });
  }
  if (leastPower !== undefined) wanted.add('connector.max_power >= :leastPower', { leastPower });
  conditions.add(
    `exists (select from connector
                 where ${wanted.text})`,
    wanted.bindings,
  );
}

/** What a selection says of an EVSE itself; the alias is the table's name. */
export function addEvse(conditions: Conditions, { statuses, evseIds }: ChargingSelection): void {
  conditions.add(`evse.status <> 'REMOVED'`);
  if (statuses) conditions.add('evse.status = any(cast(:statuses as text[]))', { statuses });
  if (evseIds) conditions.add('evse.compact_id = any(cast(:evseIds as text[]))', { evseIds });
}

/** Operators of the rows of `location`. */
export function addOperators(conditions: Conditions, { operators }: ChargingSelection): void {
  if (operators) {
    conditions.add('lower(location.operator_name) = any(cast(:operators as text[]))', { operators });
  }
}

/** The rows of a page, which have a `document` or null, cut where it has enough bytes; `found` counts what was there. */
export function withinBytes(rows: string, order: string): string {
  return `
select cut.*
  from (
         select page_row.*,
                count(*) over () as found,
                coalesce(sum(octet_length(page_row.document)) over (order by ${order} rows unbounded preceding), 0)
                - coalesce(octet_length(page_row.document), 0) as bytes_before
           from (${rows}) as page_row
       ) as cut
 where cut.bytes_before < ${PAGE_BYTES}
 order by ${order}`;
}

/** What was read with one row more than the limit. */
export function pageOf<Row extends { found: number }, T>(
  rows: readonly Row[],
  { limit, before }: PageWish<unknown>,
  item: (row: Row) => T | null,
): Page<T> {
  const shown = rows.slice(0, limit);
  const inOrder = before === undefined ? shown : shown.toReversed();
  return {
    items: inOrder.flatMap((row) => item(row) ?? []),
    hasMore: (rows[0]?.found ?? 0) > shown.length,
  };
}
