/** An element has one price a dimension. */
import type { TariffRule } from '../rule.ts';

export const priceComponentsContradict: TariffRule = {
  on: 'tariff',
  id: 'price-components-contradict',
  severity: 'warning',
  title: 'An element of a Tariff has two prices for the same thing, or can never apply',
  afir: 'F3',
  source: 'OCPI 2.2.1, 11.4.4: the first matching component of a dimension counts; 11.4.6: restrictions',
  meaning:
    'Two components of the same dimension in one element contradict each other. A lower limit at or above its upper ' +
    'one makes an element that applies to nobody; so does a day that is the last before it is the first.',
  mend: 'Split different prices into elements with restrictions, and keep every min_ below its max_ and start_date before end_date.',

  check(tariff, _context, found) {
    for (const [index, element] of tariff.elements.entries()) {
      const seen = new Set<string>();
      for (const [place, { type }] of element.price_components.entries()) {
        const path = `elements[${index}].price_components[${place}]`;
        if (seen.has(type)) found({ path, message: `is a second price for ${type}`, received: type });
        seen.add(type);
      }
      for (const what of ['kwh', 'current', 'power', 'duration']) {
        const { [`min_${what}`]: least, [`max_${what}`]: most } = element.restrictions ?? {};
        if (typeof least !== 'number' || typeof most !== 'number' || least < most) continue;
        const message = `min_${what} is not below max_${what}`;
        found({ path: `elements[${index}].restrictions`, message, received: { least, most } });
      }
      const { start_date: start, end_date: end } = element.restrictions ?? {};
      if (typeof start !== 'string' || typeof end !== 'string' || start < end) continue;
      const message = 'end_date is not after start_date, and is excluded itself';
      found({ path: `elements[${index}].restrictions`, message, received: { start, end } });
    }
  },
};
