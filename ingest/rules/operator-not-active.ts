/** The operator in an EVSE ID is registered, and the registration is in force. */
import { formatOperatorId } from '../../db/identifiers/operator-id.ts';
import { identifiedEvses } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

/** States in which a registration holds. Some registers state none: that is no fault of the operator. */
const IN_FORCE: ReadonlySet<string> = new Set(['ACTIVE', 'UNKNOWN']);

export const operatorNotActive: LocationRule = {
  on: 'location',
  id: 'operator-not-active',
  severity: 'warning',
  title: 'The registration of an operator ID is suspended or over',
  afir: 'B1',
  source: 'Regulation (EU) 2023/1804, Article 20(1)',
  meaning:
    'The register lists the operator of this ID, but as suspended, reserved, retired or no longer at all, so the ID ' +
    'may soon belong to somebody else.',
  mend: 'Renew the registration with its organisation, or move your EVSEs to an operator ID that is in force.',

  check(location, { operators }, found) {
    for (const { evse, path, id, received } of identifiedEvses(location)) {
      const states = operators
        .find(id)
        .filter(({ role }) => role === 'CPO')
        .map(({ status }) => status);
      if (states.length === 0 || states.some((status) => IN_FORCE.has(status))) continue;
      const message = `${formatOperatorId(id)} is registered as ${states.join(', ')}`;
      found({ path, message, received, evse });
    }
  },
};
