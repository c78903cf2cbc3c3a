/**
 * No Location is written without the head of the journal being written in the same transaction: so whoever finds the
 * head as it was knows that no Location has changed (`db/reads/locations-mark.ts`).
 *
 * The writer takes the head anyway, and costs one look at a row here, twice a statement; what is written otherwise, by a
 * migration or by hand, gets a new version of the head that says the same.
 */
import type { Knex } from 'knex';

const UP = `
create function mark_head_of_location_write() returns trigger
  language plpgsql
as $$
begin
  if not exists (select from journal_head where journal_head.xmin = pg_current_xact_id()::xid) then
    update journal_head set sequence = journal_head.sequence;
  end if;
  return null;
end;
$$;
create trigger location_head_of_write after insert or update or delete or truncate on location
  for each statement execute function mark_head_of_location_write();
`;

const DOWN = `
drop trigger location_head_of_write on location;
drop function mark_head_of_location_write();
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
