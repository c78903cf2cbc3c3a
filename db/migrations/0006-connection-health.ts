/**
 * How a connection is: what went wrong when we last called it, since when a handshake of ours is under way, and
 * whether a person said in which form our token goes to it (otherwise that is found out, AUTH-15).
 */
import type { Knex } from 'knex';

const UP = `
alter table connection
  add column token_form_is_set    boolean not null default false,
  add column pending_since        timestamptz,
  add column consecutive_failures integer not null default 0,
  add column last_error           text,
  add column last_error_at        timestamptz,
  add column broken_at            timestamptz;
`;

const DOWN = `
alter table connection
  drop column token_form_is_set,
  drop column pending_since,
  drop column consecutive_failures,
  drop column last_error,
  drop column last_error_at,
  drop column broken_at;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
