/**
 * Whether an object says something else than before is told by comparing it with its document, which is read with it:
 * quicker than a hash of all that it says, and nothing has to be kept for it.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table location drop column content_hash;
alter table tariff drop column content_hash;
`);
}

/** Those of before take each object for changed when it comes the next time. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
alter table location add column content_hash bytea not null default '';
alter table location alter column content_hash drop default;
alter table tariff add column content_hash bytea not null default '';
alter table tariff alter column content_hash drop default;
`);
}
