/** All prices zero: free charging, or a price that was not known. */
import type { TariffRule } from '../rule.ts';
import { pricesOf } from '../tariff-prices.ts';

/** Restrictions that say from when to when a Tariff holds: what is free in that time is free. */
const DAYS: ReadonlySet<string> = new Set(['start_date', 'end_date']);

export const priceZero: TariffRule = {
  on: 'tariff',
  id: 'price-zero',
  severity: 'info',
  title: 'All prices of a Tariff are zero, but not as the specification says "free"',
  afir: 'F3',
  source: 'OCPI 2.2.1, 11.3.1 (free of charge); requirements, TR-14',
  meaning:
    'Free of charge is one element without restrictions, with one FLAT component of price 0. Other zeros are read as ' +
    'a price that is missing.',
  mend: 'Say "free" in the way of the specification, or send the prices.',

  check(tariff, _context, found) {
    const prices = [...pricesOf(tariff)];
    if (prices.some(({ component }) => component.price !== 0)) return;
    const [only] = tariff.elements;
    const isFree =
      tariff.elements.length === 1 &&
      prices.length === 1 &&
      prices[0]?.component.type === 'FLAT' &&
      Object.entries(only?.restrictions ?? {}).every(
        ([name, value]) => DAYS.has(name) || value === null || value === undefined,
      );
    if (!isFree) found({ path: 'elements', message: 'have no price but zero' });
  },
};
