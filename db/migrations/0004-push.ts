/**
 * What the push to navigation providers needs: a journal that says which EVSEs changed their status and which
 * operation of a partner caused a change, and how far each partner has got in it.
 */
import type { Knex } from 'knex';

const UP = `
-- 'evses': uids, as stored, of the EVSEs whose status changed; null where more than statuses changed.
-- 'correlation_id': of the push that caused the change (ENV-19); null for what was pulled.
alter table change
  add column evses          text[],
  add column correlation_id text;

-- A partner and module, from its first sight on. Everything up to 'sequence' was offered to it. 'resync_since':
-- it was given up on, and has to GET what changed since 'missed_since'.
create table push_position (
  connection_id   bigint      not null,
  module          text        not null,
  sequence        bigint      not null,
  taken           bigint      not null default 0,
  refused         bigint      not null default 0,
  failures        bigint      not null default 0,
  failing_since   timestamptz,
  missed_since    timestamptz,
  resync_since    timestamptz,
  resync_reason   text,
  last_taken_at   timestamptz,
  last_refusal    text,
  last_refusal_at timestamptz,
  last_error      text,
  last_error_at   timestamptz,
  claim           jsonb,
  constraint push_position_pk primary key (connection_id, module),
  constraint push_position_connection_fk foreign key (connection_id)
    references connection (id) on delete cascade,
  constraint push_position_module_check check (module in ('locations', 'tariffs')),
  constraint push_position_resync_check
    check (num_nonnulls(missed_since, resync_since, resync_reason) in (0, 3))
);
`;

const DOWN = `
drop table push_position;
alter table change
  drop column evses,
  drop column correlation_id;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
