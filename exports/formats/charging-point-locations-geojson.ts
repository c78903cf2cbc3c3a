/**
 * `/data/charging-point-locations.geojson`: Locations with the columns of the Dutch national file
 * `charging_point_locations.geojson`, for programs that read that one (docs/mapping/charging-point-locations.md).
 *
 * Guarantees: `availabilities` has an entry for each kind of connector (power, current, standard, format, Tariffs),
 * in the owner's order; it counts the EVSEs that have such a connector, and those of them that are AVAILABLE. An
 * EVSE with two kinds is in both, so the entries do not add up to the EVSEs of a Location. `open` is true where the
 * Location never closes and null everywhere else: a file cannot know the time at which it is read.
 */
import type { Connector, PowerType } from '../../db/model.ts';
import { type Position, toPosition } from '../feature.ts';
import { closeFeatureCollection, FEATURE_SEPARATOR, openFeatureCollection } from '../feature-collection.ts';
import type { LocationFormat } from '../format.ts';
import { textOrNull } from '../missing.ts';
import { locationFeatureId, operatorName } from '../names.ts';
import { powerInWatts } from '../power.ts';
import type { PublicLocation } from '../public-objects.ts';

/** OCPI's PowerType in the short words of the Dutch file, which tell the number of phases. */
const CURRENTS: Readonly<Record<PowerType, string>> = {
  AC_1_PHASE: 'AC1',
  AC_2_PHASE: 'AC2',
  AC_2_PHASE_SPLIT: 'AC2',
  AC_3_PHASE: 'AC3',
  DC: 'DC',
};

interface ConnectorKind {
  /** Watt; null when not known. */
  readonly power_max: number | null;
  readonly power_type: string;
  readonly connector_type: string;
  readonly connector_format: string;
  readonly tariff_ids: readonly string[];
}

interface Availability extends ConnectorKind {
  readonly total: number;
  readonly available: number;
}

interface AvailabilitiesFeature {
  readonly type: 'Feature';
  readonly id: string;
  readonly geometry: { readonly type: 'Point'; readonly coordinates: Position };
  readonly properties: {
    readonly open: true | null;
    readonly cpo_id: string;
    readonly address: string | null;
    readonly city: string | null;
    readonly country: string | null;
    readonly owner_name: string | null;
    readonly operator_name: string | null;
    readonly suboperator_name: string | null;
    readonly last_updated: string;
    readonly availabilities: readonly Availability[];
  };
}

export const chargingPointLocationsGeojson: LocationFormat = {
  name: 'charging-point-locations.geojson',
  module: 'locations',
  mediaType: 'application/geo+json',
  title: 'Locations as the Dutch file has them',
  description:
    'Every charging location as a GeoJSON Feature with the columns of the Dutch charging_point_locations.geojson: how many EVSEs there are of each kind of connector, and how many are free.',
  dataSets: ['static', 'dynamic'],
  standard:
    'https://docs.ndw.nu/en/data-uitwisseling/interface-beschrijvingen/dafne-api/dafne_api_consumer_pull/',
  open: openFeatureCollection,
  write: (object) => JSON.stringify(toAvailabilitiesFeature(object)),
  separator: FEATURE_SEPARATOR,
  close: closeFeatureCollection,
};

function toAvailabilitiesFeature(object: PublicLocation): AvailabilitiesFeature {
  const { location } = object;
  return {
    type: 'Feature',
    id: locationFeatureId(object),
    geometry: { type: 'Point', coordinates: toPosition(location.coordinates) },
    properties: {
      open: location.opening_times?.twentyfourseven === true ? true : null,
      cpo_id: location.party_id.toUpperCase(),
      address: textOrNull(location.address),
      city: textOrNull(location.city),
      country: textOrNull(location.country),
      owner_name: textOrNull(location.owner?.name),
      operator_name: operatorName(object),
      suboperator_name: textOrNull(location.suboperator?.name),
      last_updated: location.last_updated,
      availabilities: availabilitiesOf(object),
    },
  };
}

function availabilitiesOf({ evses }: PublicLocation): Availability[] {
  const counts = new Map<string, { kind: ConnectorKind; total: number; available: number }>();
  for (const { status, connectors } of evses) {
    const kinds = new Map(connectors.map(toKind).map((kind) => [JSON.stringify(kind), kind]));
    for (const [key, kind] of kinds) {
      const count = counts.get(key) ?? { kind, total: 0, available: 0 };
      count.total += 1;
      if (status === 'AVAILABLE') count.available += 1;
      counts.set(key, count);
    }
  }
  return [...counts.values()].map(({ kind, total, available }) => ({ total, available, ...kind }));
}

/** Tariffs are sorted: two connectors that name the same ones are of one kind, whatever the order. */
function toKind(connector: Connector): ConnectorKind {
  return {
    power_max: powerInWatts(connector),
    power_type: CURRENTS[connector.power_type],
    connector_type: connector.standard,
    connector_format: connector.format,
    tariff_ids: [...(connector.tariff_ids ?? [])].sort(),
  };
}
