/**
 * A Tariff as one GeoJSON Feature: its properties are the Tariff, its geometry the places where it holds.
 *
 * Guarantees: the fields that OCPI names are always there, null when not given, and whatever else the Tariff has comes
 * with them; no geometry where nobody names it. The points may be fewer than `places`, which counts them all.
 */
import type { Tariff } from '../db/model.ts';
import type { Position } from './feature.ts';
import type { PublicTariff } from './public-objects.ts';

export interface TariffFeatureProperties extends Readonly<Record<string, unknown>> {
  readonly country_code: string;
  readonly party_id: string;
  readonly tariff_id: string;
  readonly currency: string;
  readonly type: string | null;
  readonly tax_included: Tariff['tax_included'];
  readonly elements: Tariff['elements'];
  /** Locations that are shown and have a Connector that names it. */
  readonly places: number;
  /** The owner's time. */
  readonly last_updated: string;
  /** When the registry last changed it. */
  readonly changed_at: string;
}

export interface TariffFeature {
  readonly type: 'Feature';
  /** `CC-PTY-tariffid`. */
  readonly id: string;
  readonly geometry: { readonly type: 'MultiPoint'; readonly coordinates: readonly Position[] } | null;
  readonly properties: TariffFeatureProperties;
}

/** Where a Tariff holds, and since when the registry has it so. */
export interface TariffPlaces {
  readonly places: number;
  readonly positions: readonly Position[];
  readonly changedAt: Date;
}

export function toTariffFeature(
  { tariff }: PublicTariff,
  { places, positions, changedAt }: TariffPlaces,
): TariffFeature {
  const { id, country_code, party_id, last_updated, ...said } = tariff;
  const countryCode = country_code.toUpperCase();
  const partyId = party_id.toUpperCase();
  return {
    type: 'Feature',
    id: `${countryCode}-${partyId}-${id}`,
    geometry: positions.length > 0 ? { type: 'MultiPoint', coordinates: positions } : null,
    properties: {
      country_code: countryCode,
      party_id: partyId,
      tariff_id: id,
      ...NOT_GIVEN,
      ...said,
      places,
      last_updated,
      changed_at: changedAt.toISOString(),
    },
  };
}

/** Optional fields of a Tariff in the order in which they are shown. */
const NOT_GIVEN = {
  currency: '',
  type: null,
  tax_included: 'N/A',
  tariff_alt_text: null,
  tariff_alt_url: null,
  min_price: null,
  max_price: null,
  elements: [],
  start_date_time: null,
  end_date_time: null,
} satisfies Partial<Tariff>;
