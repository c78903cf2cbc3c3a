import { expect } from 'chai';
import { operatorOfAnotherParty } from '../../../ingest/rules/id-04-operator-of-another-party.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('ID-04: an EVSE ID of another operator than the party', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told, once for the Location', () => {
    expect(pathsOf(operatorOfAnotherParty, withIds('NL*TNM*E1', 'NL*GFX*E1', 'BE*TNM*E1'))).to.deep.equal([
      'evses[1].evse_id',
      'evses[2].evse_id',
    ]);
  });

  it('is not told of other spellings of the same', () => {
    expect(pathsOf(operatorOfAnotherParty, withIds('nltnme1', 'NL-TNM-E2', undefined))).to.deep.equal([]);
  });

  it('is told by the owner under which the Location is stored', () => {
    const owner = { countryCode: 'NL', partyId: 'GFX' };
    expect(pathsOf(operatorOfAnotherParty, withIds('NL*GFX*E1'), { owner })).to.deep.equal([]);
    expect(pathsOf(operatorOfAnotherParty, withIds('NL*TNM*E1'), { owner })).to.have.length(1);
  });
});
