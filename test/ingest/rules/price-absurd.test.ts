import { expect } from 'chai';
import { priceAbsurd } from '../../../ingest/rules/price-absurd.ts';
import { buildTariff } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('An absurd price', () => {
  const priced = (...prices: object[]) =>
    buildTariff({ elements: [{ price_components: prices.map((price) => ({ step_size: 1, ...price })) }] });

  it('is told: negative, or in cents', () => {
    expect(
      pathsOf(priceAbsurd, priced({ type: 'ENERGY', price: 59 }, { type: 'FLAT', price: -1 })),
    ).to.deep.equal(['elements[0].price_components[0].price', 'elements[0].price_components[1].price']);
  });

  it('is told by what is paid for', () => {
    expect(
      pathsOf(priceAbsurd, priced({ type: 'FLAT', price: 59 }, { type: 'TIME', price: 59 })),
    ).to.deep.equal([]);
  });

  it('begins above the most that is thought possible', () => {
    for (const [type, most] of [
      ['ENERGY', 3],
      ['TIME', 120],
      ['PARKING_TIME', 120],
      ['FLAT', 200],
    ] as const) {
      expect(pathsOf(priceAbsurd, priced({ type, price: most }))).to.deep.equal([]);
      expect(pathsOf(priceAbsurd, priced({ type, price: most + 0.01 }))).to.have.length(1);
    }
  });

  it('is told by the currency, and not in one whose magnitude is not known', () => {
    const energy = (price: number, currency: string) => ({ ...priced({ type: 'ENERGY', price }), currency });
    expect(pathsOf(priceAbsurd, energy(7.5, 'SEK'))).to.deep.equal([]);
    expect(pathsOf(priceAbsurd, energy(34, 'SEK'))).to.have.length(1);
    expect(pathsOf(priceAbsurd, energy(80, 'JPY'))).to.deep.equal([]);
    expect(pathsOf(priceAbsurd, energy(-80, 'JPY'))).to.have.length(1);
  });
});
