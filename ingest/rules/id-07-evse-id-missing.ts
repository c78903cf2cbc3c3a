/** ID-07 and AFIR B1: an EVSE that drivers can use has an ID. */
import { evsesInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

export const evseIdMissing: LocationRule = {
  on: 'location',
  id: 'ID-07',
  severity: 'error',
  title: 'An EVSE has no EVSE ID',
  afir: 'B1',
  source: 'Regulation (EU) 2025/655, item B1; Regulation (EU) 2023/1804, Article 20(2)(b)',
  meaning:
    'Every point of charge that the public can use has an identification code. Without it, it can neither be ' +
    'found again in other data nor be told from its neighbours.',
  mend: 'Send `evse_id` with an ID under the operator ID that you are registered with, e.g. NL*TNM*E1234.',

  check(location, _context, found) {
    for (const { evse, path } of evsesInUse(location)) {
      if (!evse.evse_id) found({ path: `${path}.evse_id`, message: 'is missing', evse });
    }
  },
};
