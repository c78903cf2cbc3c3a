/** What a dialect says of the Tariffs that it cannot express is what it does, and what the registry keeps of them. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Tariff } from '../../../db/model.ts';
import { tariffObstacles } from '../../../db/registry/tariff-obstacles.ts';
import { EXPORT_DIALECTS } from '../../../exports/dialects/dialects.ts';

const NOW = new Date('2026-06-01T12:00:00Z');

const component = fc.record(
  {
    type: fc.constantFrom('ENERGY', 'FLAT', 'TIME', 'PARKING_TIME'),
    price: fc.integer({ min: 0, max: 500 }).map((cents) => cents / 100),
    step_size: fc.integer({ min: 0, max: 900 }),
    vat: fc.constantFrom<number | null>(0, 9, 21, null),
  },
  { requiredKeys: ['type', 'price', 'step_size'] },
);

const restrictions = fc.record(
  {
    max_power: fc.integer({ min: 1, max: 350 }),
    min_current: fc.option(fc.integer({ min: 1, max: 63 })),
    max_current: fc.option(fc.integer({ min: 1, max: 63 })),
    reservation: fc.option(fc.constantFrom('RESERVATION', 'RESERVATION_EXPIRES')),
  },
  { requiredKeys: [] },
);

const element = fc.record(
  {
    price_components: fc.array(component, { minLength: 1, maxLength: 3 }),
    restrictions: fc.option(restrictions),
  },
  { requiredKeys: ['price_components'] },
);

const moment = fc.option(
  fc.constantFrom(
    '2026-05-01T00:00:00Z',
    '2026-06-01T12:00:00Z',
    '2026-06-01T12:00:00.001',
    '2026-07-01T00:00:00',
  ),
);

const tariffs = fc.record(
  {
    country_code: fc.constant('NL'),
    party_id: fc.constant('TNM'),
    id: fc.constant('T1'),
    currency: fc.constant('EUR'),
    elements: fc.array(element, { minLength: 1, maxLength: 4 }),
    tax_included: fc.constantFrom('YES', 'NO', 'N/A'),
    start_date_time: moment,
    end_date_time: moment,
    last_updated: fc.constant('2026-06-01T12:00:00Z'),
  },
  {
    requiredKeys: ['country_code', 'party_id', 'id', 'currency', 'elements', 'tax_included', 'last_updated'],
  },
);

const time = (text: string) => Date.parse(text.endsWith('Z') ? text : `${text}Z`);

function isValidNow({ start_date_time: start, end_date_time: end }: Tariff): boolean {
  return (!start || time(start) <= NOW.getTime()) && (!end || time(end) > NOW.getTime());
}

describe('exports/dialects: which Tariffs a version can express', () => {
  for (const dialect of Object.values(EXPORT_DIALECTS)) {
    it(`LS-06, LS-11: ${dialect.version} leaves out for a partner what its limits say, and nothing else`, () => {
      const { obstacles: barring, onlyValid } = dialect.tariffLimits;
      const left = { out: 0, in: 0 };
      fc.assert(
        fc.property(tariffs, (generated) => {
          const tariff = generated as unknown as Tariff;
          const stored = {
            owner: { countryCode: 'NL', partyId: 'TNM' },
            document: JSON.stringify(tariff),
            asStored: [],
          };
          const context = { now: NOW, audience: 'partner', tariffs: new Map() } as const;
          const isListed =
            !tariffObstacles(tariff).some((obstacle) => barring.includes(obstacle)) &&
            (!onlyValid || isValidNow(tariff));
          left[isListed ? 'in' : 'out'] += 1;
          expect(dialect.tariff(stored, context) !== null).to.equal(isListed);
        }),
        { numRuns: 500 },
      );
      expect(left.in).to.be.above(0);
      if (barring.length > 0) expect(left.out).to.be.above(0);
    });
  }
});
