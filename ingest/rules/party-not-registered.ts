/** The party that a Location belongs to is a registered CPO. */
import { formatOperatorId } from '../../db/identifiers/operator-id.ts';
import type { LocationRule } from '../rule.ts';

export const partyNotRegistered: LocationRule = {
  on: 'location',
  id: 'party-not-registered',
  severity: 'info',
  title: 'The party of a Location is in no register',
  afir: 'A1',
  source: 'OCPI 2.3.0, Credentials: party_id follows ISO 15118',
  meaning:
    'The country code and party id under which the Location is sent are in no register as a CPO, be it that none of ' +
    'the country was imported. OCPI asks for no link between the party and the IDs of its EVSEs, but who is behind ' +
    'the data can then only be told by asking.',
  mend: 'Register the party id with the registration organisation of its country, or send under one that is.',

  check(location, { operators, owner }, found) {
    if (operators.sequence === 0 || !location.publish) return;
    const id = { countryCode: owner.countryCode, operatorId: owner.partyId };
    if (operators.find(id).some(({ role }) => role === 'CPO')) return;
    found({
      path: 'party_id',
      message: operators.covers(id.countryCode)
        ? `${formatOperatorId(id)} is in no register as a CPO`
        : `${formatOperatorId(id)} is in no register, and none of ${id.countryCode} was imported`,
      received: owner.partyId,
    });
  },
};
