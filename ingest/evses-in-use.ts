/** The EVSEs of a Location that drivers can use, with their place in it and their ID: what most rules look at. */
import { type EvseId, parseEvseId } from '../db/identifiers/evse-id.ts';
import type { Connector, Evse, Location } from '../db/model.ts';

export interface EvseInUse {
  readonly evse: Evse;
  readonly path: string;
}

export interface IdentifiedEvse extends EvseInUse {
  readonly id: EvseId;
  /** As its owner wrote it. */
  readonly received: string;
}

/** A dozen rules look at the same Location one after the other. */
const inUse = new WeakMap<Location, readonly EvseInUse[]>();
const identified = new WeakMap<Location, readonly IdentifiedEvse[]>();

/** Each EVSE that is not REMOVED, with its path; none of a Location that is not published. */
export function evsesInUse(location: Location): readonly EvseInUse[] {
  let list = inUse.get(location);
  if (list === undefined) {
    list = location.publish ? readInUse(location) : [];
    inUse.set(location, list);
  }
  return list;
}

/** Each of those whose EVSE ID can be read; the path is that of the ID. */
export function identifiedEvses(location: Location): readonly IdentifiedEvse[] {
  let list = identified.get(location);
  if (list === undefined) {
    list = readIdentified(location);
    identified.set(location, list);
  }
  return list;
}

/** Each Connector of those in use. */
export function* connectorsInUse(
  location: Location,
): Generator<{ evse: Evse; connector: Connector; path: string }> {
  for (const { evse, path } of evsesInUse(location)) {
    for (const [index, connector] of evse.connectors.entries()) {
      yield { evse, connector, path: `${path}.connectors[${index}]` };
    }
  }
}

function readInUse({ evses }: Location): EvseInUse[] {
  const list: EvseInUse[] = [];
  for (const [index, evse] of (evses ?? []).entries()) {
    if (evse.status !== 'REMOVED') list.push({ evse, path: `evses[${index}]` });
  }
  return list;
}

function readIdentified(location: Location): IdentifiedEvse[] {
  const list: IdentifiedEvse[] = [];
  for (const { evse, path } of evsesInUse(location)) {
    const id = evseIdOf(evse);
    if (id) list.push({ evse, path: `${path}.evse_id`, id, received: evse.evse_id as string });
  }
  return list;
}

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
