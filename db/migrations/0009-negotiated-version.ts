/**
 * A source has an OCPI version only if a person named one; otherwise it is what both sides speak, found out at each
 * pull. Until now nobody could name one for a platform, so theirs is forgotten.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table source
      alter column version drop default,
      alter column version drop not null;
    update source set version = null where kind = 'ocpi';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update source set version = '2.2.1' where version is null;
    alter table source
      alter column version set default '2.2.1',
      alter column version set not null;
  `);
}
