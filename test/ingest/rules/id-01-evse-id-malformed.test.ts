import { expect } from 'chai';
import { evseIdMalformed } from '../../../ingest/rules/id-01-evse-id-malformed.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { askRule } from '../../support/rules.ts';

describe('ID-01: an EVSE ID that is not well-formed', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told of what reads like none, and of a wrong separator', () => {
    const found = askRule(evseIdMalformed, withIds('NL.SPI.ECO0001*2', 'NL-TNM-E1'));
    expect(found.map(({ path, received }) => [path, received])).to.deep.equal([
      ['evses[0].evse_id', 'NL.SPI.ECO0001*2'],
      ['evses[1].evse_id', 'NL-TNM-E1'],
    ]);
    expect(found[1]?.message).to.contain('NL*TNM*E1');
  });

  it('is not told of any grammar in any case, nor of an EVSE without an ID', () => {
    expect(
      askRule(evseIdMalformed, withIds('NL*TNM*E1', 'nltnme1', '+49*823*1234*5678', undefined)),
    ).to.deep.equal([]);
  });

  it('is told from the first character that is too many', () => {
    const longest = `NL*TNM*E${'1'.repeat(32)}`;
    expect(askRule(evseIdMalformed, withIds(longest))).to.deep.equal([]);
    expect(askRule(evseIdMalformed, withIds(`${longest}1`))).to.have.length(1);
  });

  it('is not told of what is removed or not published, nor of a contract ID, which is repeated nowhere', () => {
    const removed = buildLocation({ evses: [buildEvse({ status: 'REMOVED', evse_id: 'x' })] });
    expect(askRule(evseIdMalformed, removed)).to.deep.equal([]);
    expect(askRule(evseIdMalformed, { ...withIds('x'), publish: false })).to.deep.equal([]);
    expect(askRule(evseIdMalformed, withIds('NL-TNM-C12345678-X'))).to.deep.equal([]);
  });
});
