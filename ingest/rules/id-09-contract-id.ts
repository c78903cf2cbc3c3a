/**
 * ID-09: an EVSE ID has no check digit. Nothing is computed; what is told is a contract ID, which has one, standing
 * in its place.
 */
import { isContractId } from '../contract-id.ts';
import { evsesInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

export const contractId: LocationRule = {
  on: 'location',
  id: 'ID-09',
  severity: 'error',
  title: 'A contract ID stands where an EVSE ID belongs',
  afir: 'B1',
  source: 'BDEW and eMI3: EVSE IDs have no check digit; ISO 15118-2, Annex H',
  meaning:
    'The ID names a charging contract of a driver, not a point of charge. Contract IDs belong to people, and must ' +
    'never be published.',
  mend: 'Send the ID of the point of charge, with E after the operator ID, and without a check digit.',

  check(location, _context, found) {
    for (const { evse, path } of evsesInUse(location)) {
      if (!evse.evse_id || !isContractId(evse.evse_id)) continue;
      // The value is left out, of the part too: it may be that of a person.
      found({
        path: `${path}.evse_id`,
        message: 'reads like a contract ID',
        evse: { ...evse, evse_id: null },
      });
    }
  },
};
