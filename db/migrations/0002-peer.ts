/**
 * What a platform tells us of itself when it registers (OCPI credentials module): where it is reached, with
 * which token, what it offers and which roles it has. And the token that a handshake of ours, or a rotation,
 * has given out but not yet seen confirmed: until then it opens no more than versions and their details.
 */
import type { Knex } from 'knex';

const UP = `
alter table connection
  alter column token_hash drop not null,
  add column pending_token_hash bytea,
  add column peer_versions_url  text,
  add column peer_sealed_token  text,
  add column peer_endpoints     jsonb not null default '[]',
  add column peer_roles         jsonb not null default '[]',
  add column hub_party_id       text,
  add column registered_at      timestamptz,
  add constraint connection_pending_token_hash_unique unique (pending_token_hash),
  add constraint connection_peer_check
    check (num_nonnulls(peer_versions_url, peer_sealed_token, registered_at) in (0, 3)),
  add constraint connection_hub_party_id_check check (hub_party_id = upper(hub_party_id));
`;

const DOWN = `
delete from connection where token_hash is null;
alter table connection
  drop column pending_token_hash,
  drop column peer_versions_url,
  drop column peer_sealed_token,
  drop column peer_endpoints,
  drop column peer_roles,
  drop column hub_party_id,
  drop column registered_at,
  alter column token_hash set not null;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
