import { expect } from 'chai';
import { operatorNotActive } from '../../../ingest/rules/operator-not-active.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { type AskedWith, pathsOf } from '../../support/rules.ts';

describe('A registration that is not in force', () => {
  const registered: AskedWith<never>['registered'] = {
    'NL*TNM': [{ role: 'CPO', status: 'ACTIVE' }],
    'NL*MSP': [{ role: 'EMSP', status: 'ACTIVE' }],
    'NL*OLD': [{ role: 'CPO', status: 'DELISTED' }],
    'NL*SUS': [{ role: 'CPO', status: 'SUSPENDED' }],
    'NL*UNK': [{ role: 'CPO', status: 'UNKNOWN' }],
  };
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told: suspended, or no longer in its register', () => {
    const location = withIds('NL*TNM*E1', 'NL*OLD*E1', 'NL*SUS*E1');
    expect(pathsOf(operatorNotActive, location, { registered })).to.deep.equal([
      'evses[1].evse_id',
      'evses[2].evse_id',
    ]);
  });

  it('is not told where the register does not tell the state', () => {
    expect(pathsOf(operatorNotActive, withIds('NL*UNK*E1'), { registered })).to.deep.equal([]);
  });

  it('is not told of who never was registered, or only as an EMSP: of that, another rule speaks', () => {
    expect(pathsOf(operatorNotActive, withIds('NL*XXX*E1', 'NL*MSP*E1'), { registered })).to.deep.equal([]);
  });
});
