/**
 * What a pulled object asks of the registry: all of it, as it stands there. Pure; a fault of a partner is a refusal,
 * never an exception.
 */
import type { Location, Module, Tariff } from '../db/model.ts';
import { examine } from './examination.ts';
import { type Origin, wholeLocation, wholeTariff } from './mutations.ts';
import type { Pushed } from './pushed.ts';

/** The mutation of a pulled object, or its refusal; the smallest invalid part is left out (LR-32). */
export function pulledMutation(origin: Origin, module: Module, value: unknown, hash: Buffer): Pushed {
  const verdict =
    module === 'locations'
      ? examine<Location>({ ...origin, kind: 'location', salvages: true }, value)
      : examine<Tariff>({ ...origin, kind: 'tariff', salvages: false }, value);
  const { findings } = verdict;
  if (!verdict.accepted) {
    return { mutation: { reason: 'invalid', problems: verdict.problems }, findings };
  }
  const mutation =
    module === 'locations'
      ? wholeLocation(origin, verdict.value as Location, {
          leftOut: verdict.leftOut,
          findings,
          inputHash: hash,
        })
      : wholeTariff(origin, verdict.value as Tariff, { findings, inputHash: hash });
  return { mutation, findings };
}
