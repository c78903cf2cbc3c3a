/**
 * How many Locations each owner has in public, kept exactly: a Sender list tells it with every page, and counting them
 * takes longer than the page.
 *
 * Triggers keep it, so that no writer can forget it. Whoever writes Locations has the head of the journal until commit
 * (`db/registry/journal.ts`), so nobody waits here who did not wait there. What is written most, statuses of a Location
 * that was and stays public, costs one comparison a row. A Location never changes its owner.
 */
import type { Knex } from 'knex';

const TABLE = `
create table public_location_count (
  country_code text   not null,
  party_id     text   not null,
  locations    bigint not null,
  constraint public_location_count_pk primary key (country_code, party_id),
  constraint public_location_count_locations_check check (locations >= 0)
);
insert into public_location_count (country_code, party_id, locations)
select location.country_code, location.party_id, count(*)
  from location
 where location.public
 group by location.country_code, location.party_id;
`;

/** New Locations come by the hundred: counted once a statement. */
const NEW_LOCATIONS = `
create function count_new_locations() returns trigger
  language plpgsql
as $$
begin
  insert into public_location_count as known (country_code, party_id, locations)
  select added.country_code, added.party_id, count(*)
    from added
   where added.public
   group by added.country_code, added.party_id
  on conflict (country_code, party_id) do update
     set locations = known.locations + excluded.locations;
  return null;
end;
$$;
create trigger location_count_new after insert on location
  referencing new table as added
  for each statement execute function count_new_locations();
`;

const SHOWN_OR_HIDDEN = `
create function count_shown_or_hidden_location() returns trigger
  language plpgsql
as $$
begin
  if tg_op = 'UPDATE' and new.public then
    insert into public_location_count as known (country_code, party_id, locations)
    values (new.country_code, new.party_id, 1)
    on conflict (country_code, party_id) do update
       set locations = known.locations + 1;
  else
    update public_location_count as known
       set locations = known.locations - 1
     where known.country_code = old.country_code
       and known.party_id = old.party_id;
  end if;
  return null;
end;
$$;
create trigger location_count_shown_or_hidden after update on location
  for each row when (old.public <> new.public) execute function count_shown_or_hidden_location();
create trigger location_count_deleted after delete on location
  for each row when (old.public) execute function count_shown_or_hidden_location();
`;

export async function up(knex: Knex): Promise<void> {
  for (const statements of [TABLE, NEW_LOCATIONS, SHOWN_OR_HIDDEN]) await knex.raw(statements);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger location_count_deleted on location;
    drop trigger location_count_shown_or_hidden on location;
    drop trigger location_count_new on location;
    drop function count_shown_or_hidden_location();
    drop function count_new_locations();
    drop table public_location_count;`);
}
