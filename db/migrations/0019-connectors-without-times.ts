/**
 * Connectors without their times. Nothing selects by them, and they stand in the documents; in the rows they made every
 * heartbeat of a feed, which gives each part a new time and no more, write all Connectors anew.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table connector drop column last_updated');
}

/** The times come back as those of their EVSEs, which are never older; the next write of each has its own. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table connector add column last_updated timestamptz;
    update connector
       set last_updated = evse.last_updated
      from evse
     where evse.location = connector.location
       and evse.uid_key  = connector.uid_key;
    alter table connector alter column last_updated set not null;`);
}
