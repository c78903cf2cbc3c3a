import { expect } from 'chai';
import { timePricedByTheMinute } from '../../../ingest/rules/time-priced-by-the-minute.ts';
import { buildTariff } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('Time that is priced by the minute', () => {
  const priced = (...prices: object[]) =>
    buildTariff({ elements: [{ price_components: prices.map((price) => ({ step_size: 1, ...price })) }] });

  it('is told', () => {
    const tariff = priced({ type: 'ENERGY', price: 0.05 }, { type: 'TIME', price: 0.05 });
    expect(pathsOf(timePricedByTheMinute, tariff)).to.deep.equal(['elements[0].price_components[1].price']);
  });

  it('is not told of a price of an hour, nor of time that costs nothing', () => {
    expect(
      pathsOf(timePricedByTheMinute, priced({ type: 'TIME', price: 3 }, { type: 'PARKING_TIME', price: 0 })),
    ).to.deep.equal([]);
  });

  it('is told below 20 cents an hour', () => {
    expect(pathsOf(timePricedByTheMinute, priced({ type: 'PARKING_TIME', price: 0.19 }))).to.have.length(1);
    expect(pathsOf(timePricedByTheMinute, priced({ type: 'PARKING_TIME', price: 0.2 }))).to.deep.equal([]);
  });

  it('is told by the currency, and not in one whose magnitude is not known', () => {
    const time = (currency: string) => ({ ...priced({ type: 'TIME', price: 1 }), currency });
    expect(pathsOf(timePricedByTheMinute, time('SEK'))).to.have.length(1);
    expect(pathsOf(timePricedByTheMinute, time('JPY'))).to.deep.equal([]);
  });
});
