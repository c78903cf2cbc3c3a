/** What the prices of OCPI 2.1.1 and 2.2.1 are in the words of 2.3.0 (requirements 2.4). */

type Fields = Record<string, unknown>;

/**
 * The Tariff with the price limits of 2.3.0 and, where it has prices, `tax_included`. That is required in 2.3.0 and
 * unknown to the older versions, whose prices exclude VAT by definition: so `NO`, also when no component names a
 * `vat`, for `N/A` would claim that no tax exists, which they cannot say. What comes under that name is an unknown
 * property there and does not decide what is charged.
 */
export function pricesToModel(tariff: Fields): Fields {
  const { tax_included: _, ...model } = tariff;
  for (const limit of ['min_price', 'max_price']) {
    if (limit in model) model[limit] = toPriceLimit(model[limit]);
  }
  return 'elements' in model ? { ...model, tax_included: 'NO' } : model;
}

/** Price {excl_vat, incl_vat} of 2.2.1 is PriceLimit {before_taxes, after_taxes} of 2.3.0; other fields stay. */
function toPriceLimit(price: unknown): unknown {
  if (typeof price !== 'object' || price === null) return price;
  const { excl_vat: before, incl_vat: after, ...rest } = price as Fields;
  const limit: Fields = { ...rest, before_taxes: before };
  if (after !== undefined && after !== null) limit.after_taxes = after;
  return limit;
}
