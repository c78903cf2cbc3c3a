/**
 * An EVSE as one GeoJSON Feature: where it stands itself, else where its Location stands, with what its Location says
 * beside its own.
 *
 * Guarantees: what it says is what the Feature of its Location says of it, in the same words (`feature.ts`); every
 * property is there, null or empty when not known.
 */
import type { Evse } from '../db/model.ts';
import { type EvseProperties, type LocationProperties, type Position, toFeature } from './feature.ts';
import { textOrNull } from './missing.ts';
import type { PublicLocation } from './public-objects.ts';

/** What the Feature of its Location says, in the same words. */
type PlaceProperties = Pick<
  LocationProperties,
  | 'country_code'
  | 'party_id'
  | 'location_id'
  | 'name'
  | 'address'
  | 'postal_code'
  | 'city'
  | 'country'
  | 'operator'
  | 'owner'
  | 'parking_type'
  | 'time_zone'
  | 'open_24_7'
  | 'changed_at'
>;

export interface EvseFeatureProperties
  extends Omit<EvseProperties, 'coordinates' | 'twins' | 'holds_by'>,
    PlaceProperties {
  /** Of its strongest connector. */
  readonly max_power_kw: number | null;
  readonly capabilities: readonly string[];
  readonly parking_restrictions: readonly string[];
  readonly floor_level: string | null;
  readonly physical_reference: string | null;
  /** Feature ids of other EVSEs that carry the same EVSE ID, the first few. */
  readonly same_evse_id: readonly string[];
  /** The owner's time of the Location; `last_updated` is that of the EVSE. */
  readonly location_last_updated: string;
}

export interface EvseFeature {
  readonly type: 'Feature';
  /** `CC-PTY-locationid-uid`. */
  readonly id: string;
  readonly geometry: { readonly type: 'Point'; readonly coordinates: Position };
  readonly properties: EvseFeatureProperties;
}

/** @param uidKey in lower case; null when the Location shows no such EVSE */
export function toEvseFeature(
  object: PublicLocation,
  uidKey: string,
  sameEvseId: readonly string[],
): EvseFeature | null {
  const evse = object.evses.find(({ uid }) => uid.toLowerCase() === uidKey);
  return evse ? featureOf(object, evse, sameEvseId) : null;
}

function featureOf(object: PublicLocation, evse: Evse, sameEvseId: readonly string[]): EvseFeature {
  const { id, geometry, properties: place } = toFeature({ ...object, evses: [evse] });
  const [said] = place.evses as [(typeof place.evses)[number]];
  return {
    type: 'Feature',
    id: `${id}-${evse.uid}`,
    geometry: said.coordinates ? { type: 'Point', coordinates: said.coordinates } : geometry,
    properties: {
      evse_id: said.evse_id,
      uid: said.uid,
      status: said.status,
      last_updated: said.last_updated,
      max_power_kw: place.max_power_kw,
      connectors: said.connectors,
      capabilities: evse.capabilities ?? [],
      parking_restrictions: evse.parking_restrictions ?? [],
      floor_level: textOrNull(evse.floor_level),
      physical_reference: textOrNull(evse.physical_reference),
      same_evse_id: sameEvseId,
      country_code: place.country_code,
      party_id: place.party_id,
      location_id: place.location_id,
      name: place.name,
      address: place.address,
      postal_code: place.postal_code,
      city: place.city,
      country: place.country,
      operator: place.operator,
      owner: place.owner,
      parking_type: place.parking_type,
      time_zone: place.time_zone,
      open_24_7: place.open_24_7,
      location_last_updated: place.last_updated,
      changed_at: place.changed_at,
    },
  };
}
