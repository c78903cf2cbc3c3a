/** The EVSEs of a Location that drivers can use, with their place in it and their ID: what most rules look at. */
import { type EvseId, parseEvseId } from '../db/identifiers/evse-id.ts';
import type { Connector, Evse, Location } from '../db/model.ts';

/** Each EVSE that is not REMOVED, with its path; none of a Location that is not published. */
export function* evsesInUse(location: Location): Generator<{ evse: Evse; path: string }> {
  if (!location.publish) return;
  for (const [index, evse] of (location.evses ?? []).entries()) {
    if (evse.status !== 'REMOVED') yield { evse, path: `evses[${index}]` };
  }
}

/** Each of those whose EVSE ID can be read. */
export function* identifiedEvses(
  location: Location,
): Generator<{ evse: Evse; path: string; id: EvseId; received: string }> {
  for (const { evse, path } of evsesInUse(location)) {
    const id = evseIdOf(evse);
    if (id) yield { evse, path: `${path}.evse_id`, id, received: evse.evse_id as string };
  }
}

/** Each Connector of those. */
export function* connectorsInUse(
  location: Location,
): Generator<{ evse: Evse; connector: Connector; path: string }> {
  for (const { evse, path } of evsesInUse(location)) {
    for (const [index, connector] of evse.connectors.entries()) {
      yield { evse, connector, path: `${path}.connectors[${index}]` };
    }
  }
}

/** Half a dozen rules read the same ID one after the other. */
const known = new WeakMap<Evse, EvseId | null>();

/** The ID of an EVSE; null when it has none, or one that cannot be read. */
export function evseIdOf(evse: Evse): EvseId | null {
  let id = known.get(evse);
  if (id === undefined) {
    id = evse.evse_id ? parseEvseId(evse.evse_id) : null;
    known.set(evse, id);
  }
  return id;
}
