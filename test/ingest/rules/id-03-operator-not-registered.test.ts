import { expect } from 'chai';
import { operatorNotRegistered } from '../../../ingest/rules/id-03-operator-not-registered.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { type AskedWith, pathsOf } from '../../support/rules.ts';

describe('ID-03: the operator of an EVSE ID', () => {
  const registered: AskedWith<never>['registered'] = {
    'NL*TNM': [{ role: 'CPO', status: 'ACTIVE' }],
    'NL*MSP': [{ role: 'EMSP', status: 'ACTIVE' }],
    'NL*OLD': [{ role: 'CPO', status: 'DELISTED' }],
    'NL*SUS': [{ role: 'CPO', status: 'SUSPENDED' }],
    'NL*UNK': [{ role: 'CPO', status: 'UNKNOWN' }],
  };
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is in a register as a CPO, or it is told', () => {
    const location = withIds('NL*TNM*E1', 'NL*XXX*E1', 'NL*MSP*E1');
    expect(pathsOf(operatorNotRegistered, location, { registered })).to.deep.equal([
      'evses[1].evse_id',
      'evses[2].evse_id',
    ]);
  });

  it('is known to a register that lists it no more: of that, another rule speaks', () => {
    expect(pathsOf(operatorNotRegistered, withIds('NL*OLD*E1'), { registered })).to.deep.equal([]);
  });

  it('is not asked for without a register, nor in a country of which none was imported', () => {
    expect(pathsOf(operatorNotRegistered, withIds('NL*XXX*E1'))).to.deep.equal([]);
    expect(pathsOf(operatorNotRegistered, withIds('FR*XXX*E1'), { registered })).to.deep.equal([]);
  });
});
