/** Where a published Location lies, and the mistakes that would make every other statement about it wrong. */
import type { Location } from '../db/model.ts';
import { isInCountry } from './country-borders.ts';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly isNullIsland: boolean;
  /** Outside the country that it names; never for null island. */
  readonly isOutside: boolean;
  /** Outside the country as it stands, inside with latitude and longitude exchanged. */
  readonly isSwapped: boolean;
}

/** Degrees around zero that are nobody's place: 11 km of open sea. */
const NULL_ISLAND = 0.1;

/** Several rules ask for the same Location one after the other. */
const known = new WeakMap<Location, Place | null>();

/** Null when it is not published. */
export function placeOf(location: Location): Place | null {
  let place = known.get(location);
  if (place === undefined) {
    place = location.publish ? read(location) : null;
    known.set(location, place);
  }
  return place;
}

function read({ country, coordinates }: Location): Place {
  const latitude = Number(coordinates.latitude);
  const longitude = Number(coordinates.longitude);
  const isNullIsland = Math.abs(latitude) < NULL_ISLAND && Math.abs(longitude) < NULL_ISLAND;
  const isOutside = !isNullIsland && isInCountry(country, latitude, longitude) === false;
  const isSwapped =
    isOutside && Math.abs(longitude) <= 90 && isInCountry(country, longitude, latitude) === true;
  return { latitude, longitude, isNullIsland, isOutside, isSwapped };
}
