/**
 * What of a Tariff older versions of OCPI have no words for. Kept beside the Tariff, so that a list in such a version
 * leaves it out, and its count too, without looking into every document (LS-06, LS-11). Which obstacle bars which
 * version is said by the dialects (`exports/dialects`). Pure.
 */
import type { Tariff } from '../model.ts';

/**
 * - `tax`: prices that include a tax of unknown height, where a version wants them without (CV-05);
 * - `conditions`: no element is free of the conditions that came after OCPI 2.1.1 (CV-06).
 */
export type TariffObstacle = 'tax' | 'conditions';

/** Restrictions of an element that OCPI 2.1.1 does not have: without them its price would hold for everybody. */
export const CONDITIONS_AFTER_211 = ['min_current', 'max_current', 'reservation'] as const;

/** Everything that stands in the way of a Tariff. */
export function tariffObstacles(tariff: Pick<Tariff, 'elements' | 'tax_included'>): TariffObstacle[] {
  const obstacles: TariffObstacle[] = [];
  const components = tariff.elements.flatMap((element) => element.price_components);
  if (tariff.tax_included === 'YES' && components.some(({ vat }) => typeof vat !== 'number')) {
    obstacles.push('tax');
  }
  if (tariff.elements.every(({ restrictions }) => hasLaterCondition(restrictions)))
    obstacles.push('conditions');
  return obstacles;
}

function hasLaterCondition(restrictions: Readonly<Record<string, unknown>> | null | undefined): boolean {
  return CONDITIONS_AFTER_211.some((field) => {
    const value = restrictions?.[field];
    return value !== undefined && value !== null;
  });
}
