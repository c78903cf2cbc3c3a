/** ID-02: the country code of an EVSE ID is one that ISO 3166-1 assigns. */
import { identifiedEvses } from '../evses-in-use.ts';
import { toAlpha3 } from '../repairs/countries.ts';
import type { LocationRule } from '../rule.ts';

export const evseIdCountry: LocationRule = {
  on: 'location',
  id: 'ID-02',
  severity: 'error',
  title: 'The country code of an EVSE ID is none',
  afir: 'B1',
  source: 'ISO 3166-1; ISO 15118-2, Annex H',
  meaning: 'The first two letters of the ID are no country code, so no register can know its operator.',
  mend: 'Begin the ID with the code of the country whose registration organisation gave you your operator ID.',

  check(location, _context, found) {
    for (const { evse, path, id, received } of identifiedEvses(location)) {
      if (toAlpha3(id.countryCode) !== null) continue;
      found({ path, message: `begins with ${id.countryCode}, which is no country`, received, evse });
    }
  },
};
