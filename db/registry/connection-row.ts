/**
 * A connection as it stands in the database, and as the rest of the code sees it.
 */
import type { Knex } from 'knex';
import type { Clock, Role, Strictness } from '../model.ts';
import type { Connection, Peer, PeerEndpoint, PeerRole } from '../partner-model.ts';

/** A row of SELECT below. */
export interface ConnectionRow {
  id: number;
  name: string;
  role: Role;
  version: string;
  strictness: Strictness;
  clock: Clock;
  token_form: 'base64' | 'raw';
  token_form_is_set: boolean;
  push_only: boolean;
  token_hash: Buffer | null;
  pending_token_hash: Buffer | null;
  pending_since: Date | null;
  token_kind: 'static' | 'registration' | 'credentials';
  token_form_seen: string | null;
  peer_versions_url: string | null;
  peer_sealed_token: string | null;
  peer_endpoints: PeerEndpoint[];
  peer_roles: PeerRole[];
  hub_party_id: string | null;
  registered_at: Date | null;
  created_at: Date;
  last_contact_at: Date | null;
  consecutive_failures: number;
  last_error: string | null;
  last_error_at: Date | null;
  broken_at: Date | null;
  parties: { countryCode: string; partyId: string }[];
}

const SELECT = `
  select connection.*,
         coalesce(
           (select jsonb_agg(
                     jsonb_build_object('countryCode', party.country_code, 'partyId', party.party_id)
                     order by party.position, party.country_code, party.party_id)
              from connection_party as party
             where party.connection_id = connection.id),
           '[]'
         ) as parties
    from connection`;

/** Reads rows; the condition is SQL of ours that follows `from connection`. */
export async function selectConnections(
  knex: Knex,
  condition = '',
  bindings: unknown[] = [],
): Promise<ConnectionRow[]> {
  const { rows } = await knex.raw<{ rows: ConnectionRow[] }>(`${SELECT} ${condition}`, bindings as never);
  return rows;
}

/** One that is there: read in the transaction that wrote it. */
export async function readConnection(knex: Knex, id: number): Promise<Connection> {
  const [row] = await selectConnections(knex, 'where connection.id = ?', [id]);
  return connectionOfRow(row as ConnectionRow);
}

/** The row in the registry's words. */
export function connectionOfRow(row: ConnectionRow): Connection {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    version: row.version,
    strictness: row.strictness,
    clock: row.clock,
    tokenForm: row.token_form,
    tokenFormIsSet: row.token_form_is_set,
    pushOnly: row.push_only,
    tokenKind: row.token_kind,
    hasToken: row.token_hash !== null,
    pendingSince: row.pending_token_hash === null ? null : row.pending_since,
    tokenFormSeen: row.token_form_seen,
    parties: row.parties,
    peer: peerOfRow(row),
    createdAt: row.created_at,
    lastContactAt: row.last_contact_at,
    consecutiveFailures: row.consecutive_failures,
    lastError: row.last_error,
    lastErrorAt: row.last_error_at,
    brokenAt: row.broken_at,
  };
}

function peerOfRow(row: ConnectionRow): Peer | null {
  const { peer_versions_url: versionsUrl, peer_sealed_token: sealedToken, registered_at: registeredAt } = row;
  if (versionsUrl === null || sealedToken === null || registeredAt === null) return null;
  return {
    versionsUrl,
    sealedToken,
    endpoints: row.peer_endpoints,
    roles: row.peer_roles,
    hubPartyId: row.hub_party_id,
    registeredAt,
  };
}
