/** ID-07 and AFIR B1: an EVSE that drivers can use has an ID. */
import type { LocationRule } from '../rule.ts';

export const evseIdMissing: LocationRule = {
  on: 'location',
  id: 'ID-07',
  severity: 'error',
  title: 'An EVSE has no EVSE ID',
  afir: 'B1',
  source: 'Regulation (EU) 2025/655, item B1; Regulation (EU) 2023/1804, Article 20(2)(b)',
  meaning:
    'Every point of charge that the public can use has an identification code. Without it, it can be neither ' +
    'found again in other data nor told apart from its neighbours.',
  mend: 'Send `evse_id` with the ID that your ID registration organisation lets you give, e.g. NL*TNM*E1234.',

  check(location, _context, found) {
    if (!location.publish) return;
    for (const [index, evse] of (location.evses ?? []).entries()) {
      if (evse.status === 'REMOVED' || evse.evse_id) continue;
      found({ path: `evses[${index}].evse_id`, message: 'is missing', evse });
    }
  },
};
