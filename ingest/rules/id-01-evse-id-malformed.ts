/** ID-01: an EVSE ID follows one of the grammars (requirements, 5.1). */
import { isWellFormed } from '../../db/identifiers/evse-id.ts';
import { isContractId } from '../contract-id.ts';
import { evseIdOf, evsesInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

export const evseIdMalformed: LocationRule = {
  on: 'location',
  id: 'ID-01',
  severity: 'error',
  title: 'An EVSE ID is not well-formed',
  afir: 'B1',
  source: 'ISO 15118-2, Annex H; eMI3; DIN SPEC 91286',
  meaning:
    'The ID follows neither the grammar of ISO 15118-2 (country, operator, E, and the outlet) nor the older one of ' +
    'DIN SPEC 91286, so its operator cannot be told from it and other systems will not find it.',
  mend: 'Write it as country code, operator ID, E and your own part, with * between them: NL*TNM*E1234.',

  check(location, _context, found) {
    for (const { evse, path } of evsesInUse(location)) {
      // Of contract IDs ID-09 speaks, which does not repeat them.
      if (!evse.evse_id || isContractId(evse.evse_id)) continue;
      const id = evseIdOf(evse);
      if (id && isWellFormed(id)) continue;
      const message = id
        ? `has a wrong separator; it should read ${id.display}`
        : 'does not read like an EVSE ID, such as NL*TNM*E1234';
      found({ path: `${path}.evse_id`, message, received: evse.evse_id, evse });
    }
  },
};
