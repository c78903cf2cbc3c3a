import { expect } from 'chai';
import { freeIsNotFree } from '../../../ingest/rules/free-is-not-free.ts';
import { buildTariff } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('A Tariff that is called free and has a price', () => {
  const called = (text: string, price = 0.35) =>
    buildTariff({
      tariff_alt_text: [{ language: 'nl', text }],
      elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
    });

  it('is told, in any of the languages that were seen', () => {
    for (const text of ['Gratis laden', 'Free', 'kostenlos für alle']) {
      expect(pathsOf(freeIsNotFree, called(text))).to.deep.equal(['elements[0].price_components[0].price']);
    }
  });

  it('is not told without a price, or of another text', () => {
    expect(pathsOf(freeIsNotFree, called('Gratis laden', 0))).to.deep.equal([]);
    expect(pathsOf(freeIsNotFree, called('Normaal tarief'))).to.deep.equal([]);
    expect(pathsOf(freeIsNotFree, buildTariff())).to.deep.equal([]);
  });

  it('is not told of a text with figures, or with the word inside another one', () => {
    expect(pathsOf(freeIsNotFree, called('0.35 EUR per kWh. Parking: free'))).to.deep.equal([]);
    expect(pathsOf(freeIsNotFree, called('Freedom tariff'))).to.deep.equal([]);
    expect(pathsOf(freeIsNotFree, called('0 EUR, free'))).to.have.length(1);
  });
});
