/** Which Tariffs Locations name, for versions in which what is said of a Connector depends on them. */
import type { Location, Owner } from '../../db/model.ts';
import type { NamedTariff } from '../../db/reads/tariff-facts.ts';
import { objectKey } from '../../db/registry/mutation.ts';

/** The Tariffs that the Connectors of these Locations name, by `objectKey`. */
export function namedTariffs(
  locations: Iterable<{ readonly owner: Owner; readonly location: Location }>,
): Map<string, NamedTariff> {
  const named = new Map<string, NamedTariff>();
  for (const { owner, location } of locations) {
    for (const id of tariffIds(location)) named.set(objectKey(owner, id), { owner, id });
  }
  return named;
}

function* tariffIds({ evses }: Location): Generator<string> {
  for (const { connectors } of evses ?? []) {
    for (const { tariff_ids: ids } of connectors) yield* ids ?? [];
  }
}
