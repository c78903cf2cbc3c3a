/** Nobody charges a car at 0 north, 0 east. */
import { placeOf } from '../place.ts';
import type { LocationRule } from '../rule.ts';

export const coordinatesNullIsland: LocationRule = {
  on: 'location',
  id: 'coordinates-null-island',
  severity: 'error',
  title: 'A Location lies at null island',
  afir: 'A7',
  source: 'Regulation (EU) 2025/655, item A7',
  meaning:
    'Zero stands where the coordinates were not known, so the Location is drawn in the Gulf of Guinea.',
  mend: 'Send the coordinates of the Location.',

  check(location, _context, found) {
    if (!placeOf(location)?.isNullIsland) return;
    found({ path: 'coordinates', message: 'are zero', received: location.coordinates });
  },
};
