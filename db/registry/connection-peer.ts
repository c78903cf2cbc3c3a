/**
 * Keeps what a handshake brought, and forgets it: the platform's side of a connection with its tokens, and the
 * sources that follow it. Each function is one part of a transaction that the connection store commits.
 *
 * A source follows its connection when it has neither a URL nor a token of its own: it is pulled where, with
 * which token and in which version the connection says at that moment. So nothing is copied, and a rotation
 * reaches it at once; here only its state is brought along.
 */
import type { Knex } from 'knex';
import type { Connection, Peer } from '../partner-model.ts';
import { readConnection } from './connection-row.ts';
import { renewVoices } from './connection-voices.ts';
import { DEFAULT_FULL_SCHEDULE, DEFAULT_SCHEDULE, DEFAULT_SHRINK_LIMIT } from './source-defaults.ts';

/** How a handshake ended well. */
export interface Registration {
  readonly peer: Omit<Peer, 'registeredAt'>;
  /** The version whose credentials endpoint was called. */
  readonly version: string;
  /** How our token goes to the partner. */
  readonly tokenForm: Connection['tokenForm'];
  /** What the partner calls us with from now on. */
  readonly tokenHash: Buffer;
  /** The token that the partner called with; null where we called it, and `tokenHash` is the pending one. */
  readonly calledWith: Buffer | null;
  /** The partner is pulled: it gets a source of its own name, unless one pulls from it already. */
  readonly isPulled: boolean;
}

/** What became of it. */
export interface Registered {
  readonly connection: Connection;
  /** The source that pulls from it; null when there is none. */
  readonly source: string | null;
  /** It should have one of its own, but another source has its name. */
  readonly isSourceNameTaken: boolean;
}

/** What the sources that follow a connection have in common. */
const FOLLOWS = `
       source.connection_id = ?
   and source.url is null
   and source.sealed_token is null
   and source.options ->> 'locationsUrl' is null
   and source.options ->> 'tariffsUrl' is null`;

/** Registers the partner's side; undefined when the tokens are no longer those that the caller began with. */
export async function keepPeer(
  transaction: Knex.Transaction,
  id: number,
  registration: Registration,
  now: Date,
): Promise<Registered | undefined> {
  const { rows } = await transaction.raw<{ rows: unknown[] }>(KEEP, keepBindings(id, registration, now));
  if (rows.length === 0) return undefined;
  const connection = await readConnection(transaction, id);
  await renewVoices(transaction, connection);
  await transaction.raw(
    `update source
        set version              = ?,
            strictness           = ?,
            broken_at            = null,
            last_error           = null,
            consecutive_failures = 0
      where ${FOLLOWS}`,
    [connection.version, connection.strictness, id],
  );
  const source = registration.isPulled ? await giveSource(transaction, connection, now) : null;
  return { connection, source, isSourceNameTaken: registration.isPulled && source === null };
}

const KEEP = `
update connection
   set token_hash           = ?,
       pending_token_hash   = null,
       pending_since        = null,
       token_kind           = 'credentials',
       token_form           = ?,
       token_form_seen      = null,
       version              = ?,
       peer_versions_url    = ?,
       peer_sealed_token    = ?,
       peer_endpoints       = ?::jsonb,
       peer_roles           = ?::jsonb,
       hub_party_id         = ?,
       registered_at        = ?,
       consecutive_failures = 0,
       broken_at            = null
 where connection.id = ?
   and case when ?::bytea is null then connection.pending_token_hash = ?::bytea
            else connection.token_hash = ?::bytea end
returning connection.id`;

function keepBindings(id: number, registration: Registration, now: Date): Knex.RawBinding[] {
  const { peer, version, tokenForm, tokenHash, calledWith } = registration;
  return [
    tokenHash,
    tokenForm,
    version,
    peer.versionsUrl,
    peer.sealedToken,
    JSON.stringify(peer.endpoints),
    JSON.stringify(peer.roles),
    peer.hubPartyId,
    now,
    id,
    calledWith,
    tokenHash,
    calledWith,
  ] as Knex.RawBinding[];
}

async function giveSource(
  transaction: Knex.Transaction,
  { id, name, version, strictness }: Connection,
  now: Date,
): Promise<string | null> {
  const [present] = await transaction('source').where({ connection_id: id }).orderBy('id').select('name');
  if (present) return present.name;
  const { rows } = await transaction.raw<{ rows: unknown[] }>(
    `insert into source (name, kind, connection_id, version, strictness, schedule, full_schedule, shrink_limit,
                         created_at)
     values (?, 'ocpi', ?, ?, ?, ?, ?, ?, ?)
         on conflict on constraint source_name_unique do nothing
     returning source.id`,
    [name, id, version, strictness, DEFAULT_SCHEDULE, DEFAULT_FULL_SCHEDULE, DEFAULT_SHRINK_LIMIT, now],
  );
  return rows.length > 0 ? name : null;
}

/** Forgets the partner's side and every token; the next token that is made opens a handshake again. */
export async function forgetPeer(transaction: Knex.Transaction, id: number, now: Date): Promise<void> {
  await transaction('connection').where({ id }).update({
    token_hash: null,
    pending_token_hash: null,
    pending_since: null,
    token_kind: 'registration',
    token_form_seen: null,
    peer_versions_url: null,
    peer_sealed_token: null,
    peer_endpoints: '[]',
    peer_roles: '[]',
    hub_party_id: null,
    registered_at: null,
    broken_at: null,
  });
  await renewVoices(transaction, await readConnection(transaction, id));
  const resting = 'its connection is not registered: it is pulled again after the next handshake';
  await transaction.raw(`update source set broken_at = ?, last_error = ? where ${FOLLOWS}`, [
    now,
    resting,
    id,
  ]);
}
