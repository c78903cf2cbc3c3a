/** ID-05: whether an EVSE ID is of the country that its Location is in. */
import { identifiedEvses } from '../evses-in-use.ts';
import { toAlpha3 } from '../repairs/countries.ts';
import type { LocationRule } from '../rule.ts';

export const evseIdOfAnotherCountry: LocationRule = {
  on: 'location',
  id: 'ID-05',
  severity: 'info',
  title: 'An EVSE ID is of another country than its Location',
  afir: null,
  source: 'requirements, 5.3: operating across borders is legal',
  meaning:
    'The operator was registered in another country than the one in which the EVSE stands. That is no fault.',
  mend: 'Nothing has to be mended, unless the country of the Location or the ID is wrong.',

  check(location, _context, found) {
    for (const { path, id, received } of identifiedEvses(location)) {
      const country = toAlpha3(id.countryCode);
      if (country === null || country === location.country) continue;
      found({ path, message: `is of ${country}, and stands in ${location.country}`, received });
    }
  },
};
