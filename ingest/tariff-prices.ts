/** The prices of a Tariff, with their place in it: what the rules about Tariffs look at. Pure. */
import type { PriceComponent, Tariff } from '../db/model.ts';

/** Each price component with its path. */
export function* pricesOf(tariff: Tariff): Generator<{ component: PriceComponent; path: string }> {
  for (const [element, { price_components: components }] of tariff.elements.entries()) {
    for (const [index, component] of components.entries()) {
      yield { component, path: `elements[${element}].price_components[${index}]` };
    }
  }
}

/** Units of a currency that make a euro; rounded, for a judgement on orders of magnitude only. */
const PER_EURO: Readonly<Record<string, number>> = {
  ALL: 100,
  BAM: 2,
  BGN: 2,
  CHF: 1,
  CZK: 25,
  DKK: 7.5,
  EUR: 1,
  GBP: 0.9,
  GEL: 3,
  HUF: 400,
  ISK: 150,
  MDL: 20,
  MKD: 60,
  NOK: 12,
  PLN: 4.5,
  RON: 5,
  RSD: 117,
  SEK: 11,
  TRY: 45,
  UAH: 45,
  USD: 1.1,
};

/** A price in euro, roughly; null in a currency whose magnitude is not known here, of which nothing can be said. */
export function inEuro(price: number, currency: string): number | null {
  const units = PER_EURO[currency];
  return units === undefined ? null : price / units;
}
