/**
 * The registry's own words as a measure: what a PATCH makes of a stored object is held against them, in whatever
 * version the object came and in whatever version it is patched.
 */
import { SCHEMAS_OF_MODEL } from '../schemas/schema-sets.ts';
import type { ObjectKind, Problem } from '../validation.ts';
import { validatorOf } from './examiner.ts';

const modelValidator = validatorOf(() => SCHEMAS_OF_MODEL);

/**
 * What is wrong with the next state of an object and was not wrong with the present one: a PATCH answers for what it
 * says, not for what an older version's sender once wrote under a name of 2.3.0.
 */
export function newProblems(kind: ObjectKind, present: unknown, next: unknown): Problem[] {
  const { problems } = modelValidator().inspect(kind, next);
  if (problems.length === 0) return problems;
  const known = new Set(modelValidator().inspect(kind, present).problems.map(textOf));
  return problems.filter((problem) => !known.has(textOf(problem)));
}

function textOf({ path, rule, message }: Problem): string {
  return `${path} ${rule} ${message}`;
}
