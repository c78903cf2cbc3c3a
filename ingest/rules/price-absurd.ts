/** Prices are of the order that anybody pays. */
import type { TariffRule } from '../rule.ts';
import { inEuro, pricesOf } from '../tariff-prices.ts';

/** Euro a kWh, an hour, and once: several times the dearest that is seen in Europe. */
const MOST_EURO = { ENERGY: 3, TIME: 120, PARKING_TIME: 120, FLAT: 200 } as const;

export const priceAbsurd: TariffRule = {
  on: 'tariff',
  id: 'price-absurd',
  severity: 'warning',
  title: 'A price is negative, or many times higher than anywhere',
  afir: 'F3',
  source: 'Regulation (EU) 2025/655, item F3; OCPI 2.2.1, 11.4.2',
  meaning: 'The figure is probably in cents, or for another unit than the one that OCPI gives it.',
  mend: 'Send prices in the currency of the Tariff: a kWh, an hour, or once. 0.59, not 59.',

  check(tariff, _context, found) {
    for (const { component, path } of pricesOf(tariff)) {
      const price = inEuro(component.price, tariff.currency);
      if (component.price >= 0 && (price === null || price <= MOST_EURO[component.type])) continue;
      const message = `is ${component.price} ${tariff.currency} for ${component.type}`;
      found({ path: `${path}.price`, message, received: component.price });
    }
  },
};
