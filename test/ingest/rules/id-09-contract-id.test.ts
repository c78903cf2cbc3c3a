import { expect } from 'chai';
import { contractId } from '../../../ingest/rules/id-09-contract-id.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { askRule } from '../../support/rules.ts';

describe('ID-09: a contract ID where an EVSE ID belongs', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told, and repeated nowhere, for it may be that of a person', () => {
    const found = askRule(contractId, withIds('NL*TNM*E1', 'NL-TNM-C12345678-X', 'nltnmc12345678'));
    expect(found.map(({ path }) => path)).to.deep.equal(['evses[1].evse_id', 'evses[2].evse_id']);
    expect(JSON.stringify(found)).not.to.contain('12345678');
  });

  it('is not told of an EVSE whose own part begins with C', () => {
    expect(askRule(contractId, withIds('NL*TNM*EC12345678', undefined))).to.deep.equal([]);
  });

  it('has eight characters and perhaps a check digit, neither fewer nor more', () => {
    expect(askRule(contractId, withIds('NL-TNM-C1234567', 'NL-TNM-C1234567890'))).to.deep.equal([]);
    expect(askRule(contractId, withIds('NL-TNM-C12345678', 'NL-TNM-C123456789'))).to.have.length(2);
  });
});
