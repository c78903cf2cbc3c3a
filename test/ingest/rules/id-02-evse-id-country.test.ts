import { expect } from 'chai';
import { evseIdCountry } from '../../../ingest/rules/id-02-evse-id-country.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('ID-02: the country code of an EVSE ID', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is one that ISO 3166-1 assigns, or it is told', () => {
    expect(pathsOf(evseIdCountry, withIds('NL*TNM*E1', 'XX*TNM*E1', 'GB*TNM*E1'))).to.deep.equal([
      'evses[1].evse_id',
    ]);
  });

  it('is not UK, though everybody says so', () => {
    expect(pathsOf(evseIdCountry, withIds('UK*TNM*E1'))).to.have.length(1);
  });

  it('is not looked for in what cannot be read', () => {
    expect(pathsOf(evseIdCountry, withIds('XX.TNM.E1', undefined))).to.deep.equal([]);
  });
});
