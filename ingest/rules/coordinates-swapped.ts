/** Latitude and longitude stand in their own fields. */
import { placeOf } from '../place.ts';
import type { LocationRule } from '../rule.ts';

export const coordinatesSwapped: LocationRule = {
  on: 'location',
  id: 'coordinates-swapped',
  severity: 'error',
  title: 'Latitude and longitude of a Location are swapped',
  afir: 'A7',
  source: 'Regulation (EU) 2025/655, item A7; OCPI 2.2.1, 8.4.13',
  meaning: 'As they stand, the coordinates lie outside the country; the other way round, they lie in it.',
  mend: 'Send latitude (north) as `latitude` and longitude (east) as `longitude`.',

  check(location, _context, found) {
    if (!placeOf(location)?.isSwapped) return;
    found({ path: 'coordinates', message: 'are swapped', received: location.coordinates });
  },
};
