/**
 * An index on the beginnings of long Location ids: what an alias still shows of them (`exports/dialects/alias.ts`).
 * An id of more than 33 characters does not fit behind its owner's name into the 39 of OCPI 2.1.1, one of more than
 * 36 not into OCPI 2.2.1; 16 is what the shortest alias keeps. Short ids, nearly all there are, cost nothing.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    `create index location_long_id_index on location (left(lower(location_id), 16))
      where length(location_id) > 33`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index location_long_id_index');
}
