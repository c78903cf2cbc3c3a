/** What is called free costs nothing. */
import type { TariffRule } from '../rule.ts';
import { pricesOf } from '../tariff-prices.ts';

/** Words for free in the languages of the feeds that were seen, as whole words. */
const FREE =
  /(^|[^\p{L}])(free|gratis|kostenlos|kostenfrei|gratuit|gratuite|gratuito|ilmainen|darmowe|nemokamai)([^\p{L}]|$)/iu;

/** A text with a price, or with a time, says of what it is free: "2 EUR per hour. While plugged in: free". */
const FIGURE = /[1-9]/;

export const freeIsNotFree: TariffRule = {
  on: 'tariff',
  id: 'free-is-not-free',
  severity: 'warning',
  title: 'A Tariff is called free and has a price',
  afir: 'F3',
  source: 'OCPI 2.2.1, 11.3.1 (free of charge); requirements, TR-14',
  meaning:
    'Text and prices contradict each other: one of them misleads drivers. A text that names figures is not judged, ' +
    'for it says what is free and what is not.',
  mend: 'For free charging send one element without restrictions, with a FLAT component of price 0. Otherwise correct the text.',

  check(tariff, _context, found) {
    const text = tariff.tariff_alt_text?.find(({ text: words }) => FREE.test(words) && !FIGURE.test(words));
    if (!text) return;
    const costing = [...pricesOf(tariff)].find(({ component }) => component.price > 0);
    if (!costing) return;
    const { component, path } = costing;
    const message = `is ${component.price} ${tariff.currency} for ${component.type}, and the text says "${text.text.slice(0, 60)}"`;
    found({ path: `${path}.price`, message, received: component.price });
  },
};
