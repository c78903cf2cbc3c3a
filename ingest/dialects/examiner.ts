/** Makes examiners of schema sets; compiled when first needed, once a process. */

import type { RepairSettings } from '../repairs/step.ts';
import { createRepair, USUAL_REPAIRS } from '../repairs.ts';
import { patchSchemas } from '../schemas/schema-sets.ts';
import { createValidator, type SchemaSet, type Validator } from '../validation.ts';
import type { Examiner } from './dialect.ts';

/** The validator of a set, made on first use. */
export function validatorOf(schemas: () => SchemaSet): () => Validator {
  let made: Validator | undefined;
  return () => {
    made ??= createValidator(schemas());
    return made;
  };
}

/** The examiners of whole objects and of PATCH bodies, in the words of these schemas. */
export function examinersOf(
  schemas: SchemaSet,
  validator: () => Validator,
  settings: Partial<RepairSettings> = {},
): Examiner & { patch: Examiner } {
  const ofPatches = validatorOf(() => patchSchemas(schemas));
  return {
    ...examinerOf(validator, { ...USUAL_REPAIRS, ...settings }),
    patch: examinerOf(ofPatches, { ...USUAL_REPAIRS, ...settings, isPatch: true }),
  };
}

function examinerOf(validator: () => Validator, settings: RepairSettings): Examiner {
  return {
    inspect: (kind, value) => validator().inspect(kind, value),
    find: (kind, value) => validator().find(kind, value),
    repair: createRepair(validator, settings),
  };
}
