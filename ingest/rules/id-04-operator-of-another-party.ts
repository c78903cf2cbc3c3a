/** ID-04: whether the operator in an EVSE ID is the party that sends it. */
import { formatOperatorId } from '../../db/identifiers/operator-id.ts';
import { identifiedEvses } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

export const operatorOfAnotherParty: LocationRule = {
  on: 'location',
  id: 'ID-04',
  severity: 'info',
  title: 'An EVSE ID is of another operator than the party that sends it',
  afir: null,
  source: 'OCPI 2.2.1, 7.4 (there is no link between party and EVSE ID); CRED-20',
  meaning:
    'The EVSE is sent by one party under the ID of another: usual for platforms that serve several operators, and ' +
    'no fault. It helps to find out who really sends an EVSE that comes twice.',
  mend: 'Nothing has to be mended. If the ID is not yours to use, correct it.',

  check(location, { owner }, found) {
    for (const { path, id, received } of identifiedEvses(location)) {
      if (id.countryCode === owner.countryCode && id.operatorId === owner.partyId) continue;
      const message = `is of ${formatOperatorId(id)}, sent by ${owner.countryCode}*${owner.partyId}`;
      found({ path, message, received });
    }
  },
};
