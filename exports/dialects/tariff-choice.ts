/**
 * The one Tariff of a Connector, for versions in which it can name no more (OCPI 2.1.1; requirements 2.2, CV-12).
 *
 * In this order: valid now and for everybody (REGULAR, or of no type), valid now for those who pay on the spot, valid
 * now for a preference; then one that the registry does not know, of which nothing speaks against it. One that is
 * known and not valid now is never named. Among equals the first that the owner named.
 */
import type { Owner } from '../../db/model.ts';
import type { TariffFact } from '../../db/reads/tariff-facts.ts';
import { objectKey } from '../../db/registry/mutation.ts';
import type { ExportContext } from './dialect.ts';

/** Smaller is better. */
const RANK = { forEverybody: 0, onTheSpot: 1, preference: 2, unknown: 3 } as const;

/** The id of the Tariff to name, spelled as the Tariff itself spells it; null when there is none to name. */
export function chooseTariff(
  owner: Owner,
  tariffIds: readonly string[],
  { tariffs, now }: Pick<ExportContext, 'tariffs' | 'now'>,
): string | null {
  let best: { id: string; rank: number } | null = null;
  for (const named of tariffIds) {
    const fact = tariffs.get(objectKey(owner, named));
    const rank = rankOf(fact, now);
    if (rank !== null && (best === null || rank < best.rank)) best = { id: fact?.id ?? named, rank };
  }
  return best?.id ?? null;
}

function rankOf(fact: TariffFact | undefined, now: Date): number | null {
  if (fact === undefined) return RANK.unknown;
  if ((fact.startsAt && fact.startsAt > now) || (fact.endsAt && fact.endsAt <= now)) return null;
  if (fact.type === null || fact.type === 'REGULAR') return RANK.forEverybody;
  return fact.type === 'AD_HOC_PAYMENT' ? RANK.onTheSpot : RANK.preference;
}
