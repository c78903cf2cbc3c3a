import { expect } from 'chai';
import { evseIdOfAnotherCountry } from '../../../ingest/rules/id-05-evse-id-of-another-country.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('ID-05: an EVSE ID of another country than its Location', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told', () => {
    expect(pathsOf(evseIdOfAnotherCountry, withIds('NL*TNM*E1', 'BE*TNM*E1'))).to.deep.equal([
      'evses[1].evse_id',
    ]);
  });

  it('is told by calling codes, too', () => {
    expect(pathsOf(evseIdOfAnotherCountry, withIds('+31*823*1', '+49*823*1'))).to.deep.equal([
      'evses[1].evse_id',
    ]);
  });

  it('is not told of what is no country at all', () => {
    expect(pathsOf(evseIdOfAnotherCountry, withIds('XX*TNM*E1'))).to.deep.equal([]);
  });
});
