/**
 * What the rows of EVSEs and connectors say, derived from the document of their Location here and nowhere else, and
 * which of them a write changes. Rows follow from the document, so that the one before says what they hold so far:
 * what is the same in both is not handed to the database. Pure.
 */
import { compactEvseId } from '../identifiers/evse-id.ts';
import { mapInStretches } from '../in-stretches.ts';
import type { Connector, Coordinates, Evse, Location } from '../model.ts';
import { connectorPower } from '../power.ts';
import { columnText } from './column-values.ts';
import { saysTheSame } from './says-the-same.ts';

/** A Location that is written. */
export interface WrittenLocation {
  readonly id: number;
  readonly document: Location;
  /** What its rows follow from so far; undefined when it is new. */
  readonly previous: Location | undefined;
}

/** What has to be done to the rows of some Locations. */
export interface RowChanges {
  /** Each as JSON. */
  readonly evses: string[];
  /** Of EVSEs of which nothing else changes. */
  readonly statuses: string[];
  readonly connectors: string[];
  /** Their connectors go with them. */
  readonly goneEvses: EvseKey[];
  readonly goneConnectors: ConnectorKey[];
}

export interface EvseKey {
  readonly location: number;
  readonly uidKey: string;
}

export interface ConnectorKey extends EvseKey {
  readonly connectorKey: string;
}

/** What the row of an EVSE follows from, its status and the place of its Location apart; it is given nothing else. */
const EVSE_FIELDS = [
  'uid',
  'evse_id',
  'capabilities',
  'parking_restrictions',
  'floor_level',
  'physical_reference',
  'coordinates',
] as const satisfies readonly (keyof Evse)[];

/** What the row of a Connector follows from; it is given nothing else. */
const CONNECTOR_FIELDS = [
  'id',
  'standard',
  'format',
  'power_type',
  'max_voltage',
  'max_amperage',
  'max_electric_power',
  'tariff_ids',
] as const satisfies readonly (keyof Connector)[];

/** In stretches, beside which others have their turn: see `in-stretches.ts`. */
export async function rowChanges(locations: readonly WrittenLocation[]): Promise<RowChanges> {
  const changes: RowChanges = { evses: [], statuses: [], connectors: [], goneEvses: [], goneConnectors: [] };
  await mapInStretches(locations, (location) => noteEvses(location, changes));
  return changes;
}

function noteEvses({ id, document, previous }: WrittenLocation, changes: RowChanges): void {
  const before = byKey(previous?.evses ?? [], ({ uid }) => uid);
  const hasMoved = previous !== undefined && !isSamePlace(previous.coordinates, document.coordinates);
  for (const evse of document.evses ?? []) {
    const uidKey = evse.uid.toLowerCase();
    const known = before.get(uidKey);
    before.delete(uidKey);
    if (hasMoved || !saysTheSame(evse, known, EVSE_FIELDS)) {
      changes.evses.push(evseRow(id, evse, document.coordinates));
    } else if (evse.status !== known?.status) {
      changes.statuses.push(JSON.stringify({ location: id, uid_key: uidKey, status: evse.status }));
    }
    noteConnectors({ location: id, uidKey }, evse, known, changes);
  }
  changes.goneEvses.push(...[...before.keys()].map((uidKey) => ({ location: id, uidKey })));
}

function noteConnectors(key: EvseKey, evse: Evse, previous: Evse | undefined, changes: RowChanges): void {
  if (previous && areStill(evse.connectors, previous.connectors)) return;
  const before = byKey(previous?.connectors ?? [], ({ id }) => id);
  for (const connector of evse.connectors) {
    const connectorKey = connector.id.toLowerCase();
    const known = before.get(connectorKey);
    before.delete(connectorKey);
    if (!saysTheSame(connector, known, CONNECTOR_FIELDS)) {
      changes.connectors.push(connectorRow(key, connector));
    }
  }
  changes.goneConnectors.push(...[...before.keys()].map((connectorKey) => ({ ...key, connectorKey })));
}

/** True when all Connectors come again as they were and in the order in which they were, as nearly always. */
function areStill(connectors: readonly Connector[], known: readonly Connector[]): boolean {
  return (
    connectors.length === known.length &&
    connectors.every((connector, place) => saysTheSame(connector, known[place], CONNECTOR_FIELDS))
  );
}

/** By ids as they are compared: without case. */
function byKey<T>(parts: readonly T[], idOf: (part: T) => string): Map<string, T> {
  return new Map(parts.map((part) => [idOf(part).toLowerCase(), part]));
}

function evseRow(
  location: number,
  evse: Pick<Evse, (typeof EVSE_FIELDS)[number] | 'status'>,
  coordinates: Coordinates,
): string {
  const place = position(coordinates);
  const own = position(evse.coordinates ?? coordinates);
  return JSON.stringify({
    location,
    uid_key: evse.uid.toLowerCase(),
    uid: evse.uid,
    evse_id: columnText(evse.evse_id),
    compact_id: compactEvseId(evse.evse_id),
    status: evse.status,
    capabilities: evse.capabilities ?? [],
    parking_restrictions: evse.parking_restrictions ?? [],
    floor_level: columnText(evse.floor_level),
    physical_reference: columnText(evse.physical_reference),
    ...own,
    // Where its Location stands it is found by that.
    stands_apart: own.longitude !== place.longitude || own.latitude !== place.latitude,
  });
}

function position({ latitude, longitude }: Coordinates): { longitude: number; latitude: number } {
  return { longitude: Number(longitude), latitude: Number(latitude) };
}

function isSamePlace(one: Coordinates, other: Coordinates): boolean {
  return one.latitude === other.latitude && one.longitude === other.longitude;
}

function connectorRow(
  { location, uidKey }: EvseKey,
  connector: Pick<Connector, (typeof CONNECTOR_FIELDS)[number]>,
): string {
  return JSON.stringify({
    location,
    uid_key: uidKey,
    connector_key: connector.id.toLowerCase(),
    connector_id: connector.id,
    standard: connector.standard,
    format: connector.format,
    power_type: connector.power_type,
    max_voltage: connector.max_voltage,
    max_amperage: connector.max_amperage,
    max_electric_power: connector.max_electric_power ?? null,
    max_power: connectorPower(connector),
    tariff_ids: connector.tariff_ids ?? [],
  });
}
