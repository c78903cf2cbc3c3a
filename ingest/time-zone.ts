/**
 * The time zone of a place, for Locations that may leave it unsaid (OCPI 2.1.1).
 *
 * A country with one zone says it, whatever the coordinates; elsewhere the nearest zone is looked up in the data that
 * the library ships. Pure; every place of the globe has a zone, those at sea one of the form `Etc/GMT+1`.
 */
import lookUp from '@photostructure/tz-lookup';
import { toAlpha3, zoneOf } from './repairs/countries.ts';

/** IANA name of the zone at a place of a country (ISO 3166-1). Throws a RangeError when it is not on the globe. */
export function zoneAt(country: string, latitude: number, longitude: number): string {
  const alpha3 = toAlpha3(country);
  return (alpha3 && zoneOf(alpha3, latitude, longitude)) || lookUp(latitude, longitude);
}
