/**
 * What is asked of a partner so that it knows the present state of one object (OCPI, Receiver interfaces of
 * Locations and Tariffs).
 *
 * A Location goes whole, by PUT; where the journal says that nothing but statuses of some EVSEs changed, as one
 * PATCH for each of them. A PATCH of an EVSE lifts the times of its Location (LR-04), so it says it all only when
 * the Location has no later time of its own; else, and when many EVSEs changed, the Location goes whole. A Tariff
 * that is no more, or that the version cannot say, is deleted. Owner, ids and times are the owner's (RT-10, RT-11).
 * Pure.
 */
import type { Owner } from '../../../db/model.ts';
import type { ChangedObject, PresentObject } from '../../../db/reads/journal.ts';
import type { HttpMethod } from '../../../ingest/http/http-client.ts';

/** One request, without what every request to the partner carries. */
export interface PushRequest {
  readonly method: Extract<HttpMethod, 'PUT' | 'PATCH' | 'DELETE'>;
  /** Below the partner's endpoint, not yet encoded. */
  readonly path: readonly string[];
  /** JSON text. */
  readonly body?: string;
}

/** The requests for one object. */
export interface PushPlan {
  /** To be tried first, in this order; what is refused as a part goes whole. */
  readonly parts: readonly PushRequest[];
  readonly whole: PushRequest;
}

/** An object in the words of the partner's version, whose own fields are read here. */
interface WireObject {
  readonly id: string;
  readonly country_code?: string;
  readonly party_id?: string;
  readonly last_updated: string;
  readonly evses?: readonly {
    readonly uid: string;
    readonly status: string;
    readonly last_updated: string;
  }[];
}

/** PATCHes instead of one PUT at most: a Location has some kilobytes, a request costs a round trip. */
const PATCH_LIMIT = 3;

/**
 * The plan for a Location; null when there is nothing to say of it.
 *
 * @param text the Location in the words of the partner's version; null when they cannot say it
 * @param uidOf the uid of an EVSE in that version
 */
export function planLocation(
  change: ChangedObject,
  present: PresentObject | undefined,
  text: string | null,
  to: { owner: (stored: Owner) => Owner; uidOf: (uid: string) => string },
): PushPlan | null {
  if (!present || text === null) return null;
  const wire = JSON.parse(text) as WireObject;
  const path = pathOf(wire, to.owner(present.owner));
  const whole: PushRequest = { method: 'PUT', path, body: text };
  const parts = present.isShown && change.evses ? patches(wire, change.evses.map(to.uidOf), path) : [];
  return { parts, whole };
}

/** The plan for a Tariff. `id` is the one that it has, or had, in the partner's version. */
export function planTariff(owner: Owner, id: string, text: string | null): PushPlan {
  if (text === null) {
    return { parts: [], whole: { method: 'DELETE', path: [owner.countryCode, owner.partyId, id] } };
  }
  return {
    parts: [],
    whole: { method: 'PUT', path: pathOf(JSON.parse(text) as WireObject, owner), body: text },
  };
}

/** One PATCH an EVSE; none when these would not say it all. */
function patches(wire: WireObject, uids: readonly string[], path: readonly string[]): PushRequest[] {
  const evses = (wire.evses ?? []).filter(({ uid }) => uids.includes(uid));
  const newest = evses
    .map((evse) => evse.last_updated)
    .sort()
    .at(-1);
  if (evses.length !== uids.length || evses.length > PATCH_LIMIT || newest !== wire.last_updated) return [];
  return evses.map(({ uid, status, last_updated }) => ({
    method: 'PATCH',
    path: [...path, uid],
    body: JSON.stringify({ status, last_updated }),
  }));
}

/** Spelled as in the body, which must agree with it (LR-12, LR-13). */
function pathOf(wire: WireObject, owner: Owner): string[] {
  return [wire.country_code ?? owner.countryCode, wire.party_id ?? owner.partyId, wire.id];
}
