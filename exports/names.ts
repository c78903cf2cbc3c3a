/** What a public Location and its operator are called, in every output. */
import { textOrNull } from './missing.ts';
import type { PublicLocation } from './public-objects.ts';

/** `CC-PTY-locationid`: the owner in upper case, the id as its owner spells it. */
export function locationFeatureId({ location }: Pick<PublicLocation, 'location'>): string {
  return `${location.country_code.toUpperCase()}-${location.party_id.toUpperCase()}-${location.id}`;
}

/** As the Location names it, else its party (OD-09); null when neither is known. */
export function operatorName({
  location,
  partyName,
}: Pick<PublicLocation, 'location' | 'partyName'>): string | null {
  return textOrNull(location.operator?.name) ?? textOrNull(partyName);
}
