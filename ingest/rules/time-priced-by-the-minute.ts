/** Time is priced by the hour. */
import type { TariffRule } from '../rule.ts';
import { inEuro, pricesOf } from '../tariff-prices.ts';

/**
 * Euro an hour. Below it is what others take for a minute, and for an hour nobody would trouble to ask it. From it on
 * an hour may be meant: where charging is paid by time, 0.20 to 1 euro an hour is asked for a slow socket.
 */
const LEAST_EURO_AN_HOUR = 0.2;

export const timePricedByTheMinute: TariffRule = {
  on: 'tariff',
  id: 'time-priced-by-the-minute',
  severity: 'warning',
  title: 'A price for time looks like one a minute',
  afir: 'F3',
  source: 'OCPI 2.2.1, 11.4.2: TIME and PARKING_TIME are priced per hour',
  meaning: 'Providers will show a sixtieth of what the driver pays.',
  mend: 'Send the price of an hour: 60 times the price of a minute.',

  check(tariff, _context, found) {
    for (const { component, path } of pricesOf(tariff)) {
      if (component.type !== 'TIME' && component.type !== 'PARKING_TIME') continue;
      const price = inEuro(component.price, tariff.currency);
      if (price === null || price <= 0 || price >= LEAST_EURO_AN_HOUR) continue;
      const message = `is ${component.price} ${tariff.currency} an hour`;
      found({ path: `${path}.price`, message, received: component.price });
    }
  },
};
