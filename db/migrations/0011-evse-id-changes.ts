/**
 * How often an EVSE was given another ID, and when last: an ID is for good (ID-10), and the registry keeps no earlier
 * states that could tell. Counted by the statement that writes EVSEs; spellings of one ID are one ID.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table evse
      add column evse_id_changes    integer not null default 0,
      add column evse_id_changed_at timestamptz`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table evse drop column evse_id_changes, drop column evse_id_changed_at');
}
