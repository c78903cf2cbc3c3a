import { expect } from 'chai';
import { priceComponentsContradict } from '../../../ingest/rules/price-components-contradict.ts';
import { buildTariff } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('Components and restrictions that contradict each other', () => {
  const priced = (...prices: object[]) =>
    buildTariff({ elements: [{ price_components: prices.map((price) => ({ step_size: 1, ...price })) }] });
  const restricted = (restrictions: object) =>
    buildTariff({ elements: [{ ...buildTariff().elements[0], restrictions }] });

  it('are told: a second price for the same thing', () => {
    const tariff = priced(
      { type: 'ENERGY', price: 0.3 },
      { type: 'TIME', price: 3 },
      { type: 'ENERGY', price: 0.4 },
    );
    expect(pathsOf(priceComponentsContradict, tariff)).to.deep.equal(['elements[0].price_components[2]']);
  });

  it('are not told of different things, nor of the same in several elements', () => {
    const [element] = buildTariff().elements;
    const tariff = buildTariff({ elements: [{ ...element, restrictions: { max_kwh: 10 } }, element] });
    expect(pathsOf(priceComponentsContradict, tariff)).to.deep.equal([]);
    const both = priced({ type: 'ENERGY', price: 0.3 }, { type: 'TIME', price: 3 });
    expect(pathsOf(priceComponentsContradict, both)).to.deep.equal([]);
  });

  it('are told: limits between which nothing lies', () => {
    for (const what of ['kwh', 'current', 'power', 'duration']) {
      const limits = (least: number, most: number) =>
        restricted({ [`min_${what}`]: least, [`max_${what}`]: most });
      expect(pathsOf(priceComponentsContradict, limits(10, 11))).to.deep.equal([]);
      expect(pathsOf(priceComponentsContradict, limits(10, 10))).to.deep.equal(['elements[0].restrictions']);
    }
  });

  it('are told: days of which the last, which is excluded, is not after the first', () => {
    const days = (start_date: string, end_date: string) => restricted({ start_date, end_date });
    expect(pathsOf(priceComponentsContradict, days('2026-06-06', '2026-06-07'))).to.deep.equal([]);
    expect(pathsOf(priceComponentsContradict, days('2026-06-06', '2026-06-06'))).to.have.length(1);
  });

  it('are not told of one limit alone', () => {
    expect(
      pathsOf(priceComponentsContradict, restricted({ min_kwh: 10, start_date: '2026-06-06' })),
    ).to.deep.equal([]);
  });
});
