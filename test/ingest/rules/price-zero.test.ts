import { expect } from 'chai';
import { priceZero } from '../../../ingest/rules/price-zero.ts';
import { buildTariff } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('A Tariff whose prices are all zero', () => {
  const priced = (...prices: object[]) =>
    buildTariff({ elements: [{ price_components: prices.map((price) => ({ step_size: 1, ...price })) }] });

  it('is told', () => {
    expect(
      pathsOf(priceZero, priced({ type: 'ENERGY', price: 0 }, { type: 'TIME', price: 0 })),
    ).to.deep.equal(['elements']);
  });

  it('is not told where anything costs something', () => {
    expect(
      pathsOf(priceZero, priced({ type: 'ENERGY', price: 0 }, { type: 'FLAT', price: 0.01 })),
    ).to.deep.equal([]);
  });

  it('is not told of the way in which the specification says "free"', () => {
    const free = { price_components: [{ type: 'FLAT', price: 0, step_size: 1 }] };
    const restricted = { ...free, restrictions: { max_kwh: 5 } };
    expect(pathsOf(priceZero, buildTariff({ elements: [free] }))).to.deep.equal([]);
    expect(pathsOf(priceZero, buildTariff({ elements: [{ ...free, restrictions: null }] }))).to.deep.equal(
      [],
    );
    expect(pathsOf(priceZero, buildTariff({ elements: [restricted] }))).to.have.length(1);
    const dated = { ...free, restrictions: { start_date: '2026-01-01', max_kwh: null } };
    expect(pathsOf(priceZero, buildTariff({ elements: [dated] }))).to.deep.equal([]);
    expect(pathsOf(priceZero, buildTariff({ elements: [free, free] }))).to.have.length(1);
  });
});
