import { expect } from 'chai';
import { notAnEvse } from '../../../ingest/rules/id-08-not-an-evse.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('ID-08: the ID of a pool or station where an EVSE ID belongs', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told', () => {
    expect(pathsOf(notAnEvse, withIds('NL*TNM*E1', 'NL*TNM*P1', 'nltnms1'))).to.deep.equal([
      'evses[1].evse_id',
      'evses[2].evse_id',
    ]);
  });

  it('is not told of an ID of DIN SPEC 91286, which has no letter', () => {
    expect(pathsOf(notAnEvse, withIds('+49*823*1234'))).to.deep.equal([]);
  });

  it('is told by the letter after the operator alone', () => {
    expect(pathsOf(notAnEvse, withIds('NL*PPP*EP1', 'NL*SSS*ES1'))).to.deep.equal([]);
  });
});
