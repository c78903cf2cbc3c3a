/** A connection as the operator sees it: how it is, and what the partner told of itself; never a token. */
import type { Connection, Peer } from '../../db/partner-model.ts';
import { describeUrl } from '../../ingest/http/describe-url.ts';
import { formatParty } from './input.ts';
import type { ConnectionView, PeerView } from './service.ts';

export function viewConnection(connection: Connection): ConnectionView {
  return {
    name: connection.name,
    state: stateOf(connection),
    role: connection.role,
    parties: connection.parties.map(formatParty),
    version: connection.version,
    token_kind: connection.tokenKind,
    token_form: connection.tokenForm,
    token_form_seen: connection.tokenFormSeen,
    strictness: connection.strictness,
    clock: connection.clock,
    push_only: connection.pushOnly,
    created_at: connection.createdAt.toISOString(),
    registered_at: isoTime(connection.peer?.registeredAt),
    last_contact_at: isoTime(connection.lastContactAt),
    consecutive_failures: connection.consecutiveFailures,
    last_error: connection.lastError,
    last_error_at: isoTime(connection.lastErrorAt),
    peer: connection.peer && viewPeer(connection.peer),
  };
}

/** As `ConnectionView` lists the states. Pure. */
export function stateOf(connection: Connection): string {
  const { tokenKind, peer, hasToken, pendingSince, brokenAt } = connection;
  if (peer) return brokenAt ? 'refused' : 'registered';
  if (tokenKind === 'static') return 'static';
  if (hasToken) return 'waiting';
  return pendingSince ? 'pending' : 'unregistered';
}

function viewPeer({ versionsUrl, endpoints, roles, hubPartyId }: Peer): PeerView {
  return {
    versions_url: describeUrl(versionsUrl),
    endpoints: endpoints.map((endpoint) => ({ ...endpoint, url: describeUrl(endpoint.url) })),
    roles: roles.map(({ role, owner, business_details: { name } }) => ({
      role,
      party: formatParty(owner),
      name,
    })),
    hub_party_id: hubPartyId,
  };
}

function isoTime(time: Date | null | undefined): string | null {
  return time ? time.toISOString() : null;
}
