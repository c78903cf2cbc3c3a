/**
 * Where the operator's policy for a rule is `reject`, an object that breaks it is refused like one that the
 * specification does not allow: judged as it would be stored, so a PATCH is judged by what it makes of the object.
 */
import type { Mutation } from '../db/registry/mutation.ts';
import type { ObjectChecks } from './checks.ts';

/** The mutation, with a refusal where the policy asks for one. */
export function underPolicy<M extends Mutation>(
  mutation: M,
  checks: Pick<ObjectChecks, 'refuseLocation' | 'refuseTariff'>,
): M {
  if (mutation.module === 'locations') {
    const { apply, owner } = mutation;
    return {
      ...mutation,
      apply: (current: Parameters<typeof apply>[0]) => {
        const decision = apply(current);
        if (decision.kind !== 'write') return decision;
        const problems = checks.refuseLocation(decision.document, current?.document, owner);
        return problems.length === 0
          ? decision
          : { kind: 'refuse', refusal: { reason: 'invalid', problems } };
      },
    };
  }
  const { apply, owner } = mutation;
  return {
    ...mutation,
    apply: (current: Parameters<typeof apply>[0]) => {
      const decision = apply(current);
      if (decision.kind !== 'write') return decision;
      const problems = checks.refuseTariff(decision.document, current?.document, owner);
      return problems.length === 0 ? decision : { kind: 'refuse', refusal: { reason: 'invalid', problems } };
    },
  };
}
