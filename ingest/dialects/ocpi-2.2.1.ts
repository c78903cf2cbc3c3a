/**
 * OCPI 2.2.1 on its way in. Locations, EVSEs and Connectors of 2.2.1 are those of 2.3.0 without its additions, so
 * they pass unchanged; only Tariffs say the same thing in other words (requirements, chapter 2.4).
 *
 * `toModel` expects a valid object and does not check again.
 */
import { SCHEMAS_OF_221 } from '../schemas/schema-sets.ts';
import type { Dialect } from './dialect.ts';
import { examinersOf, validatorOf } from './examiner.ts';
import { pricesToModel } from './prices.ts';

/** The validator of 2.2.1, compiled once a process. */
export const ocpi221Validator = validatorOf(() => SCHEMAS_OF_221);

/** The dialect of OCPI 2.2.1. */
export const ocpi221: Dialect = {
  version: '2.2.1',
  ...examinersOf(SCHEMAS_OF_221, ocpi221Validator),
  datesPatches: true,
  hasParking: false,
  toModel: (kind, value) => ({
    value: kind === 'tariff' ? pricesToModel(value as Record<string, unknown>) : value,
    notes: [],
  }),
  patchToModel: (kind, patch) => (kind === 'tariff' ? pricesToModel(patch) : patch),
};
