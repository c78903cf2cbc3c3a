/** ID-03: the operator in an EVSE ID is in an official register. */
import { formatOperatorId } from '../../db/identifiers/operator-id.ts';
import { identifiedEvses } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

export const operatorNotRegistered: LocationRule = {
  on: 'location',
  id: 'ID-03',
  severity: 'warning',
  title: 'The operator of an EVSE ID is in no register',
  afir: 'B1',
  source: 'Regulation (EU) 2023/1804, Article 20(1)',
  meaning:
    'Operator IDs are given out by one registration organisation a country. An ID whose operator it does not list ' +
    'as a CPO may be made up, or belong to somebody else. Nothing is said of countries of which no register was ' +
    'imported.',
  mend: 'Register as a CPO with the registration organisation of the country in the ID, or correct the ID.',

  check(location, { operators }, found) {
    for (const { evse, path, id, received } of identifiedEvses(location)) {
      if (!operators.covers(id.countryCode)) continue;
      if (operators.find(id).some(({ role }) => role === 'CPO')) continue;
      found({ path, message: `${formatOperatorId(id)} is in no register as a CPO`, received, evse });
    }
  },
};
