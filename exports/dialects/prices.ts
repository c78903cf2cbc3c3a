/**
 * Prices of a Tariff for versions that know only prices without tax (OCPI 2.1.1, 2.2.1; requirements 2.4).
 *
 * Numbers leave as they stand in the document (TR-12): it was written by JSON.stringify, whose numbers survive being
 * read and written again to the digit. Only a price that includes tax is computed.
 */
import { type Fields, without } from './fields.ts';

/** Decimals of a price that had to be computed: what OCPI's `number` promises. */
const PRICE_DECIMALS = 4;

const VAT: ReadonlySet<string> = new Set(['vat']);

export type Element = Fields & { price_components: Fields[] };

/** The elements with prices without tax; null when one of them cannot be computed (CV-05). */
export function elementsWithoutTax(tariff: Fields): Element[] | null {
  const elements = tariff.elements as Element[];
  switch (tariff.tax_included) {
    case 'YES': // CV-04
      if (elements.some((element) => element.price_components.some(({ vat }) => typeof vat !== 'number'))) {
        return null;
      }
      return mapComponents(elements, (component) => ({
        ...component,
        price: beforeTax(component.price as number, component.vat as number),
      }));
    case 'N/A': // no tax applies, which these versions say by leaving `vat` out
      return mapComponents(elements, withoutVat);
    default: // 'NO'
      return elements;
  }
}

/** Each price component converted. */
export function mapComponents(
  elements: readonly Element[],
  convert: (component: Fields) => Fields,
): Element[] {
  return elements.map((element) => ({ ...element, price_components: element.price_components.map(convert) }));
}

export function withoutVat(component: Fields): Fields {
  return without(component, VAT);
}

function beforeTax(price: number, vat: number): number {
  const scale = 10 ** PRICE_DECIMALS;
  return Math.round((price / (1 + vat / 100)) * scale) / scale;
}
