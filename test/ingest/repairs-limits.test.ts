import { expect } from 'chai';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { toAlpha3, zoneOf } from '../../ingest/repairs/countries.ts';
import { isTimeZone } from '../../ingest/schemas/formats.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../support/builders.ts';

/** Microseconds of the processor: unlike the clock's, they do not grow when others use the machine. */
function cpuTimeOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/**
 * An eighth of the work is done first, so that it also pays for compiling. In proportion, the whole costs eight times
 * as much; if it grew with the square, sixty-four times.
 */
function expectProportion(cost: (size: number) => number, size: number): void {
  const eighth = cost(size / 8);
  expect(cost(size) / Math.max(eighth, 1_000)).to.be.below(32);
}

describe('the limits of repairs', () => {
  it('counts what was repaired by rule and tells the first place and both values', () => {
    const evses = [buildEvse({ uid: 7 }), buildEvse({ uid: 8 })];
    expect(ocpi221.repair('location', buildLocation({ evses })).repairs).to.deep.equal([
      {
        rule: 'repair:number-to-string',
        path: 'evses[0].uid',
        occurrences: 2,
        message: 'evses[0].uid: received 7, taken as "7"',
      },
    ]);
  });

  it('touches nothing that conforms in an object that does not', () => {
    const location = buildLocation({
      city: 5,
      name: ' Hotel ',
      time_zone: 'UTC',
      last_updated: '2026-06-01T12:00:00',
    });
    expect(ocpi221.repair('location', location).value).to.deep.equal({ ...location, city: '5' });
  });

  it('never invents a status, a power type, coordinates, an owner or a country', () => {
    const location = buildLocation({
      country_code: undefined,
      party_id: undefined,
      country: undefined,
      coordinates: undefined,
      evses: [
        buildEvse({
          status: undefined,
          connectors: [buildConnector({ power_type: undefined, standard: 'CCS' })],
        }),
      ],
    });
    expect(ocpi221.repair('location', location)).to.deep.equal({ value: location, repairs: [] });
  });

  it('never shortens, trims or rounds an identifier', () => {
    for (const id of ['x'.repeat(37), `${' '.repeat(36)}x`, 2 ** 60, 1.5]) {
      const location = buildLocation({ id });
      expect(ocpi221.repair('location', location).value).to.equal(location);
    }
  });

  it('leaves a Tariff refused whose restriction, limit or validity cannot be read: without it the price is another', () => {
    const component = { type: 'ENERGY', price: 1, step_size: 1 };
    for (const overrides of [
      { type: 'MEMBERS' },
      { max_price: { excl_vat: 'much' } },
      { end_date_time: 'soon' },
      { elements: [{ price_components: [component], restrictions: { min_duration: 'x' } }] },
      { elements: [{ price_components: [component], restrictions: { day_of_week: ['HOLIDAY'] } }] },
      { elements: [{ price_components: [{ ...component, vat: 'x' }] }] },
    ]) {
      const tariff = buildTariff(overrides);
      expect(ocpi221.repair('tariff', tariff), JSON.stringify(overrides)).to.deep.equal({
        value: tariff,
        repairs: [],
      });
    }
  });

  it('leaves a bare CCS refused, for it is two plugs', () => {
    expect(ocpi221.repair('connector', buildConnector({ standard: 'CCS' })).repairs).to.deep.equal([]);
  });

  it('leaves the time zone refused where a country has several and the coordinates do not settle it', () => {
    const location = buildLocation({ country: 'USA', time_zone: null });
    expect(ocpi221.repair('location', location).value).to.equal(location);
  });

  it('costs no more than in proportion to the blanks of a text', () => {
    const cost = (length: number) => {
      const location = buildLocation({ name: `x${' '.repeat(length)}x` });
      return cpuTimeOf(() => {
        const { repairs } = ocpi221.repair('location', location);
        expect(repairs.map(({ rule }) => rule)).to.deep.equal(['repair:text-cut']);
      });
    };
    expectProportion(cost, 1_000_000);
  });

  it('costs no more than in proportion to repeated EVSEs', () => {
    const cost = (length: number) => {
      const evses = Array.from({ length }, (_, index) => buildEvse({ uid: String(index % (length / 2)) }));
      return cpuTimeOf(() => {
        const { value, repairs } = ocpi221.repair('location', buildLocation({ evses }));
        expect((value as { evses: unknown[] }).evses).to.have.length(length / 2);
        expect(repairs[0]?.occurrences).to.equal(length / 2);
      });
    };
    expectProportion(cost, 8_000);
  });

  it('costs no more than in proportion to the nulls of a list', () => {
    const cost = (length: number) => {
      const connector = buildConnector({ tariff_ids: Array.from({ length }, () => null) });
      return cpuTimeOf(() => {
        expect(ocpi221.repair('connector', connector).value).to.deep.equal(
          buildConnector({ tariff_ids: [] }),
        );
      });
    };
    expectProportion(cost, 160_000);
  });

  it('is not led astray by anything that is no object', () => {
    for (const value of [null, 5, 'x', [], [buildLocation()]]) {
      expect(ocpi221.repair('location', value)).to.deep.equal({ value, repairs: [] });
    }
  });
});

describe('countries', () => {
  it('knows alpha-2 and alpha-3 codes in any case', () => {
    expect(['NL', 'nld ', 'gb', 'XK', 'ZZZ', ''].map(toAlpha3)).to.deep.equal([
      'NLD',
      'NLD',
      'GBR',
      null,
      null,
      null,
    ]);
  });

  it('places divided countries by their coordinates, and names zones that exist', () => {
    expect(zoneOf('PRT', 37.7, -25.7)).to.equal('Atlantic/Azores');
    expect(zoneOf('PRT', 32.6, -16.9)).to.equal('Atlantic/Madeira');
    expect(zoneOf('PRT', 38.7, -9.1)).to.equal('Europe/Lisbon');
    expect(zoneOf('ESP', 40.4, -3.7)).to.equal('Europe/Madrid');
    expect(zoneOf('FRA', 48.9, 2.4)).to.equal('Europe/Paris');
    expect(zoneOf('FRA', -21.1, 55.5)).to.equal(null);
    expect(zoneOf('ESP', Number.NaN, Number.NaN)).to.equal(null);
    for (const country of ['DEU', 'GBR', 'NOR', 'DNK', 'LTU', 'TUR']) {
      expect(isTimeZone(zoneOf(country, 0, 0) ?? ''), country).to.equal(true);
    }
  });
});
