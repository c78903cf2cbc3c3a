import { expect } from 'chai';
import { partyNotRegistered } from '../../../ingest/rules/party-not-registered.ts';
import { buildLocation } from '../../support/builders.ts';
import { type AskedWith, askRule } from '../../support/rules.ts';

describe('The party of a Location', () => {
  const registered: AskedWith<never>['registered'] = {
    'NL*TNM': [{ role: 'CPO', status: 'ACTIVE' }],
    'NL*MSP': [{ role: 'EMSP', status: 'ACTIVE' }],
  };
  const of = (countryCode: string, partyId: string) => ({ registered, owner: { countryCode, partyId } });

  it('is in a register as a CPO, or it is told', () => {
    expect(askRule(partyNotRegistered, buildLocation(), of('NL', 'TNM'))).to.deep.equal([]);
    expect(askRule(partyNotRegistered, buildLocation(), of('NL', 'XXX'))).to.have.length(1);
    expect(askRule(partyNotRegistered, buildLocation(), of('NL', 'MSP'))).to.have.length(1);
  });

  it('is told with the reason where none of its country was imported', () => {
    const [found] = askRule(partyNotRegistered, buildLocation(), of('US', 'TSL'));
    expect(found).to.deep.include({
      path: 'party_id',
      message: 'US*TSL is in no register, and none of US was imported',
      received: 'TSL',
    });
  });

  it('is not asked for without any register, nor of what is not published', () => {
    expect(askRule(partyNotRegistered, buildLocation({ party_id: 'XXX' }))).to.deep.equal([]);
    expect(askRule(partyNotRegistered, buildLocation({ publish: false }), of('NL', 'XXX'))).to.deep.equal([]);
  });
});
