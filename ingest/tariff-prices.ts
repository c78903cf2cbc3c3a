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

/**
 * Factor from the euro to the currencies of Europe in which prices are seen in other magnitudes; rounded, for a
 * judgement on orders of magnitude only. Unlisted ones count as the euro.
 */
const PER_EURO: Readonly<Record<string, number>> = {
  ALL: 100,
  BGN: 2,
  CZK: 25,
  DKK: 7.5,
  HUF: 400,
  ISK: 150,
  MKD: 60,
  NOK: 12,
  PLN: 4.5,
  RON: 5,
  RSD: 117,
  SEK: 11,
  TRY: 45,
  UAH: 45,
};

/** A price in euro, roughly. */
export function inEuro(price: number, currency: string): number {
  return price / (PER_EURO[currency] ?? 1);
}
