/** ID-08: the ID of an EVSE names an EVSE, not the pool or station that it belongs to. */
import { identifiedEvses } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

export const notAnEvse: LocationRule = {
  on: 'location',
  id: 'ID-08',
  severity: 'warning',
  title: 'The ID of a pool or station stands where an EVSE ID belongs',
  afir: 'B1',
  source: 'eMI3; requirements, 5.2, rule 8',
  meaning:
    'After the operator, an EVSE ID has the letter E, the ID of a pool P and that of a station S. An EVSE under the ' +
    'ID of its pool or station cannot be told from the others there.',
  mend: 'Send the ID of the single point of charge, with E after the operator ID.',

  check(location, _context, found) {
    for (const { evse, path, id, received } of identifiedEvses(location)) {
      if (id.kind === 'evse') continue;
      found({ path, message: `is the ID of a ${id.kind}`, received, evse });
    }
  },
};
