/** A Location lies in the country that it names. */
import { BORDER_MARGIN_KM } from '../country-borders.ts';
import { placeOf } from '../place.ts';
import type { LocationRule } from '../rule.ts';

export const coordinatesOutsideCountry: LocationRule = {
  on: 'location',
  id: 'coordinates-outside-country',
  severity: 'error',
  title: 'A Location lies outside the country that it names',
  afir: 'A7',
  source: 'Regulation (EU) 2025/655, items A7 and A9; borders of Natural Earth',
  meaning: `The coordinates lie more than ${BORDER_MARGIN_KM} km outside the borders of the country, so drivers are led astray.`,
  mend: 'Correct the coordinates, or the country.',

  check(location, _context, found) {
    const place = placeOf(location);
    if (!place?.isOutside || place.isSwapped) return;
    found({
      path: 'coordinates',
      message: `lie outside ${location.country}`,
      received: location.coordinates,
    });
  },
};
