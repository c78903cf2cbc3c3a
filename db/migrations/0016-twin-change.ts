/**
 * Which Locations the decisions about twins have last concerned, and in which round: so that files of the view
 * `resolved` are built anew where twins were decided anew, and nowhere else. Rounds take turns (`rule_round` is
 * locked), so whoever has read up to a round has missed none before it.
 */
import type { Knex } from 'knex';

const UP = `
alter table rule_round
  add column twins_round bigint not null default 0;

-- No foreign key: it speaks of rows of evse_twin, which have none either.
create table twin_change (
  location bigint not null,
  round    bigint not null,
  constraint twin_change_pk primary key (location)
);
create index twin_change_round_index on twin_change (round);
`;

const DOWN = `
drop table twin_change;
alter table rule_round
  drop column twins_round;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
