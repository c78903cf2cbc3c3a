/**
 * ID-09: an EVSE ID has no check digit. Nothing is computed; what is told is a contract ID, which has one, standing
 * in its place.
 */
import { evsesInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

/** ISO 15118 contract ID: country, provider, C, eight characters, and perhaps the check digit. */
const CONTRACT_ID = /^[A-Z]{2}-?[A-Z0-9]{3}-?C[A-Z0-9]{8}(-?[A-Z0-9])?$/i;

export const contractId: LocationRule = {
  on: 'location',
  id: 'ID-09',
  severity: 'warning',
  title: 'A contract ID stands where an EVSE ID belongs',
  afir: 'B1',
  source: 'BDEW and eMI3: EVSE IDs have no check digit; ISO 15118-2, Annex H',
  meaning:
    'The ID names a charging contract of a driver, not a point of charge. Contract IDs belong to people, and must ' +
    'never be published.',
  mend: 'Send the ID of the point of charge, with E after the operator ID, and without a check digit.',

  check(location, _context, found) {
    for (const { evse, path } of evsesInUse(location)) {
      if (!evse.evse_id || !CONTRACT_ID.test(evse.evse_id.trim())) continue;
      // The value is left out: it may be that of a person.
      found({ path: `${path}.evse_id`, message: 'reads like a contract ID', evse });
    }
  },
};
