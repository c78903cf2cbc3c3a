/**
 * What followers of the journal need in order to let go of what is no more where, or what, they knew it as.
 *
 * Whoever follows a part of the map must hear of a Location that leaves it, although its present place is elsewhere;
 * and whoever keeps objects by id must hear when an owner spells an id otherwise: ids are compared without case, and
 * published as spelled. Entries from before this step say neither.
 */
import type { Knex } from 'knex';

const UP = `
-- 'moved_from': where a public Location was, when it is no longer to be found there: it moved, it is not shown any
-- more, or its id is spelled otherwise; else null. 'renamed_from': how the id of a public object was spelled.
alter table change
  add column moved_from   geometry(Point, 4326),
  add column renamed_from text;
`;

const DOWN = `
alter table change
  drop column moved_from,
  drop column renamed_from;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
