/**
 * OCPI 2.3.0 on its way in. Its words are the registry's, so everything passes unchanged.
 */
import { SCHEMAS_OF_230 } from '../schemas/schema-sets.ts';
import type { Dialect } from './dialect.ts';
import { examinersOf, validatorOf } from './examiner.ts';

/** The validator of 2.3.0, compiled once a process. */
export const ocpi230Validator = validatorOf(() => SCHEMAS_OF_230);

/** The dialect of OCPI 2.3.0. */
export const ocpi230: Dialect = {
  version: '2.3.0',
  ...examinersOf(SCHEMAS_OF_230, ocpi230Validator),
  datesPatches: true,
  hasParking: true,
  toModel: (_kind, value) => ({ value, notes: [] }),
  patchToModel: (_kind, patch) => patch,
};
