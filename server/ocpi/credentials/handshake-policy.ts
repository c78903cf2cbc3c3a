/**
 * What must be true of a partner before it is registered, whoever began the handshake: whose roles it may claim
 * (CRED-22) and what it must offer (CRED-12, CRED-17). Pure.
 */
import type { Owner } from '../../../db/model.ts';
import type { Connection, PeerEndpoint } from '../../../db/partner-model.ts';
import { sameOwner } from '../../../db/registry/owner.ts';
import { findEndpoint } from '../../../ingest/ocpi-client/versions.ts';
import type { PeerCredentials } from './credentials-object.ts';

/** Whether we pull from it: a CPO or hub, unless it only pushes. */
export function isPulled({ role, pushOnly }: Pick<Connection, 'role' | 'pushOnly'>): boolean {
  return (role === 'CPO' || role === 'HUB') && !pushOnly;
}

/** Milliseconds after which a handshake of ours that has not ended is over: all its calls together take less. */
const UNDER_WAY_MS = 3 * 60_000;

/** Whether a handshake or rotation that we began waits for its answer; one of a killed process does not for ever. */
export function isUnderWay({ pendingSince }: Pick<Connection, 'pendingSince'>, now: Date): boolean {
  return pendingSince !== null && now.getTime() - pendingSince.getTime() < UNDER_WAY_MS;
}

/** What it does not offer although we need it, in words; undefined when all is there. */
export function missingEndpoint(
  connection: Pick<Connection, 'role' | 'pushOnly'>,
  endpoints: readonly PeerEndpoint[],
): string | undefined {
  if (!isPulled(connection) || findEndpoint(endpoints, 'locations', 'SENDER')) return undefined;
  return 'locations as SENDER, which we need to pull from a CPO or hub (a connection can be set to push only)';
}

/**
 * The parties that it claims beyond those that the operator bound to it. A hub of 2.3.0 lists whom it reaches
 * (CRED-16); there only the hub itself must be bound.
 */
export function foreignParties(
  { role, parties }: Pick<Connection, 'role' | 'parties'>,
  { roles, hubPartyId }: Pick<PeerCredentials, 'roles' | 'hubPartyId'>,
): string[] {
  const isBound = (owner: Owner) => parties.some((party) => sameOwner(party, owner));
  const hub = hubPartyId && { countryCode: hubPartyId.slice(0, 2), partyId: hubPartyId.slice(2) };
  if (hub && !isBound(hub)) return [formatOwner(hub)];
  if (hub && role === 'HUB') return [];
  const foreign = roles.filter(({ owner }) => !isBound(owner)).map(({ owner }) => formatOwner(owner));
  return [...new Set(foreign)];
}

function formatOwner({ countryCode, partyId }: Owner): string {
  return `${countryCode}/${partyId}`;
}
