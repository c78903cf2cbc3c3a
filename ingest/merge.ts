/**
 * What becomes of an object that is known when it comes again whole: the newer `last_updated` wins, object by
 * object (Location, EVSE, Connector); at equal times what just came wins (PC-11, LR-25).
 *
 * Guarantees: an EVSE that its owner no longer sends is not forgotten but REMOVED (LR-21), and comes back when
 * it is sent again; a part that was left out because it was invalid keeps its older state (LR-32).
 */

import type { Connector, Evse, Location } from '../db/model.ts';
import type { CurrentLocation } from '../db/registry/mutation.ts';
import { isOlder, laterOf, liftLocation } from './times.ts';

/** Parts of an incoming Location that were invalid and left out; ids in lower case. */
export interface LeftOut {
  readonly evses: ReadonlySet<string>;
  /** An EVSE was left out whose uid could not be read: then no absence means anything. */
  readonly unreadableEvse: boolean;
  /** EVSE uid to connector ids. */
  readonly connectors: ReadonlyMap<string, ReadonlySet<string>>;
}

export const NOTHING_LEFT_OUT: LeftOut = { evses: new Set(), unreadableEvse: false, connectors: new Map() };

export interface Merged {
  readonly document: Location;
  /** EVSEs that stand as REMOVED because their owner stopped sending them; lower-case uids. */
  readonly omittedEvses: readonly string[];
  /** Nothing of what came was new enough to be taken. */
  readonly isStale: boolean;
}

/** Merges a whole incoming Location, times lifted, into what is stored. */
export function mergeLocation(
  current: CurrentLocation | undefined,
  incoming: Location,
  leftOut: LeftOut,
  now: Date,
): Merged {
  if (current === undefined) {
    return { document: incoming, omittedEvses: [], isStale: false };
  }
  const stored = current.document;
  const headIsStale = !current.vanished && isOlder(incoming.last_updated, stored.last_updated, now);
  const omitted = new Set(current.omittedEvses);
  const storedByUid = new Map((stored.evses ?? []).map((evse) => [evse.uid.toLowerCase(), evse]));
  let somethingTaken = !headIsStale;

  const evses = (incoming.evses ?? []).map((evse) => {
    const key = evse.uid.toLowerCase();
    const known = storedByUid.get(key);
    storedByUid.delete(key);
    if (!known || (!headIsStale && omitted.has(key))) {
      omitted.delete(key);
      somethingTaken = true;
      return evse;
    }
    const merged = mergeEvse(known, evse, leftOut.connectors.get(key), now);
    somethingTaken ||= merged !== known;
    return merged;
  });
  const head = headIsStale ? stored : incoming;
  for (const [key, evse] of storedByUid) {
    const stays =
      headIsStale || leftOut.unreadableEvse || leftOut.evses.has(key) || evse.status === 'REMOVED';
    if (!stays) {
      omitted.add(key);
    }
    evses.push(stays ? evse : removedEvse(evse, head.last_updated));
  }
  if (!somethingTaken) {
    return { document: stored, omittedEvses: current.omittedEvses, isStale: true };
  }
  const document = withParts(head, 'evses', evses);
  return { document: liftLocation(document).location, omittedEvses: [...omitted], isStale: false };
}

/** The EVSE as REMOVED, not older than the given moment. */
export function removedEvse(evse: Evse, at: string): Evse {
  return { ...evse, status: 'REMOVED', last_updated: laterOf(evse.last_updated, at) };
}

function mergeEvse(
  known: Evse,
  incoming: Evse,
  leftOutConnectors: ReadonlySet<string> | undefined,
  now: Date,
): Evse {
  const headIsStale = isOlder(incoming.last_updated, known.last_updated, now);
  const knownById = new Map(known.connectors.map((connector) => [connector.id.toLowerCase(), connector]));
  let connectorTaken = false;
  const connectors: Connector[] = incoming.connectors.map((connector) => {
    const key = connector.id.toLowerCase();
    const knownConnector = knownById.get(key);
    knownById.delete(key);
    if (knownConnector && isOlder(connector.last_updated, knownConnector.last_updated, now)) {
      return knownConnector;
    }
    connectorTaken ||= !headIsStale || isNewer(connector, knownConnector);
    return connector;
  });
  for (const [key, connector] of knownById) {
    if (headIsStale || leftOutConnectors?.has(key)) {
      connectors.push(connector);
    }
  }
  if (headIsStale && !connectorTaken) {
    return known;
  }
  return withParts(headIsStale ? known : incoming, 'connectors', connectors);
}

/** The object with these parts; the very same where they are what it has, as nearly always in a feed. */
function withParts<Whole, Field extends keyof Whole>(
  whole: Whole,
  field: Field,
  parts: readonly unknown[],
): Whole {
  const own = (whole[field] ?? []) as readonly unknown[];
  const isOwn = own.length === parts.length && own.every((part, index) => part === parts[index]);
  return isOwn ? whole : { ...whole, [field]: parts };
}

/** In an EVSE that is older than ours only a Connector that is really newer, or new, counts as news. */
function isNewer(connector: Connector, known: Connector | undefined): boolean {
  return known === undefined || connector.last_updated !== known.last_updated;
}
