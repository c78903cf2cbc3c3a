/**
 * What open data says of an object is what the journal last told of it. A heartbeat moves times and is not told, so
 * the object as it was told is kept beside the newer one: `published_document` is null where the two are the same.
 * Files, changes and features read it; a follower of the journal then holds, to the letter, what a download holds.
 */
import type { Knex } from 'knex';

const TABLES = ['location', 'tariff'];

export async function up(knex: Knex): Promise<void> {
  for (const table of TABLES) await knex.raw(`alter table ${table} add column published_document text`);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of TABLES) await knex.raw(`alter table ${table} drop column published_document`);
}
