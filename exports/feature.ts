/**
 * A Location as one GeoJSON Feature (RFC 7946), with the properties of the contract (design, section 7) in its
 * order and no others; the view `resolved` adds what an EVSE holds against.
 *
 * Guarantees: every property is there, null when not known; coordinates are numbers, longitude first (OD-04);
 * only EVSEs that are shown are counted. UNKNOWN is neither free nor occupied: `evses_available` counts
 * AVAILABLE alone, `evses_by_status` tells the rest.
 */
import type { Connector, Coordinates, Evse } from '../db/model.ts';
import type { HoldingEvse } from '../db/reads/twins.ts';
import { textOrNull } from './missing.ts';
import { locationFeatureId, operatorName } from './names.ts';
import { maxPowerInKilowatts, powerInKilowatts } from './power.ts';
import type { PublicLocation } from './public-objects.ts';

/** Longitude, latitude. */
export type Position = readonly [number, number];

export interface ConnectorProperties {
  readonly id: string;
  readonly standard: string;
  readonly format: string;
  readonly power_type: string;
  readonly max_power_kw: number | null;
  /** Empty: the tariff is unknown, which does not mean free (LR-24, TR-14). May name Tariffs that nobody sent. */
  readonly tariff_ids: readonly string[];
}

export interface EvseProperties {
  readonly uid: string;
  readonly evse_id: string | null;
  readonly status: string;
  readonly last_updated: string;
  /** Only where the EVSE has its own (OD-05). */
  readonly coordinates?: Position;
  readonly connectors: readonly ConnectorProperties[];
  /** In the view `resolved`, where others with the same EVSE ID are left out: `CC-PTY-locationid/uid` of these. */
  readonly twins?: readonly string[];
  /** Why this one holds against them; see the glossary. */
  readonly holds_by?: string;
}

export interface LocationProperties {
  readonly country_code: string;
  readonly party_id: string;
  readonly location_id: string;
  readonly name: string | null;
  readonly address: string | null;
  readonly postal_code: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly operator: string | null;
  readonly owner: string | null;
  readonly parking_type: string | null;
  readonly time_zone: string | null;
  readonly open_24_7: boolean | null;
  /** Of its strongest connector. */
  readonly max_power_kw: number | null;
  readonly evse_count: number;
  readonly evses_available: number;
  readonly evses_by_status: Readonly<Record<string, number>>;
  readonly evses: readonly EvseProperties[];
  /** The owner's time. */
  readonly last_updated: string;
  /** When the registry last changed it. */
  readonly changed_at: string;
}

export interface LocationFeature {
  readonly type: 'Feature';
  /** `CC-PTY-locationid`. */
  readonly id: string;
  readonly geometry: { readonly type: 'Point'; readonly coordinates: Position };
  readonly properties: LocationProperties;
}

export function toFeature(object: PublicLocation): LocationFeature {
  const { location, evses, changedAt, holding } = object;
  return {
    type: 'Feature',
    id: locationFeatureId(object),
    geometry: { type: 'Point', coordinates: toPosition(location.coordinates) },
    properties: {
      country_code: location.country_code.toUpperCase(),
      party_id: location.party_id.toUpperCase(),
      location_id: location.id,
      name: textOrNull(location.name),
      address: textOrNull(location.address),
      postal_code: textOrNull(location.postal_code),
      city: textOrNull(location.city),
      country: textOrNull(location.country),
      operator: operatorName(object),
      owner: textOrNull(location.owner?.name),
      parking_type: textOrNull(location.parking_type),
      time_zone: textOrNull(location.time_zone),
      open_24_7: location.opening_times?.twentyfourseven ?? null,
      max_power_kw: maxPowerInKilowatts(evses.flatMap(({ connectors }) => connectors)),
      evse_count: evses.length,
      evses_available: evses.filter((evse) => evse.status === 'AVAILABLE').length,
      evses_by_status: countByStatus(evses),
      evses: evses.map((evse) => toEvseProperties(evse, holding?.get(evse.uid.toLowerCase()))),
      last_updated: location.last_updated,
      changed_at: changedAt.toISOString(),
    },
  };
}

/** Longitude and latitude as numbers (OD-04). */
export function toPosition(coordinates: Coordinates): Position {
  return [Number(coordinates.longitude), Number(coordinates.latitude)];
}

function toEvseProperties(evse: Evse, held: HoldingEvse | undefined): EvseProperties {
  return {
    uid: evse.uid,
    evse_id: textOrNull(evse.evse_id),
    status: evse.status,
    last_updated: evse.last_updated,
    ...(evse.coordinates ? { coordinates: toPosition(evse.coordinates) } : {}),
    connectors: evse.connectors.map(toConnectorProperties),
    ...(held ? { twins: held.twins, holds_by: held.reason } : {}),
  };
}

function toConnectorProperties(connector: Connector): ConnectorProperties {
  return {
    id: connector.id,
    standard: connector.standard,
    format: connector.format,
    power_type: connector.power_type,
    max_power_kw: powerInKilowatts(connector),
    tariff_ids: connector.tariff_ids ?? [],
  };
}

/** In alphabetical order of the statuses, so that the same Location gives the same text whatever the order. */
function countByStatus(evses: readonly Evse[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of evses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
