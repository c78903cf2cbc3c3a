/**
 * What makes a status cheap to write.
 *
 * No index of `location` is touched. PostgreSQL writes the new row into the page of the old one, and into no index, when
 * no indexed column changes and the page has room (a heap-only tuple); with nine indexes that was most of the cost. So
 * the times that change with every status, and by which Sender lists select, are repeated in a narrow table with indexes
 * of its own. Who brought a Location has no index either: nothing selects by it but the removal of a connection or a
 * source, which may read them all.
 *
 * Documents are packed by LZ4 where the server has it, which takes a quarter of the time of the usual method, unpacks in
 * less than half, and packs as well. The embedded engine has not. What is stored stays as it is until it is written.
 */
import type { Knex } from 'knex';

const TIMES = `
-- Written in the statement that writes the Location. No foreign key: it would be asked with every status, and Locations
-- are never deleted.
create table location_time (
  location     bigint      not null,
  changed_at   timestamptz not null,
  last_updated timestamptz not null,
  constraint location_time_pk primary key (location)
) with (fillfactor = 80);
insert into location_time (location, changed_at, last_updated)
select location.id, location.changed_at, location.last_updated
  from location;
create index location_time_changed_at_index on location_time (changed_at);
create index location_time_last_updated_index on location_time (last_updated);
drop index location_changed_at_index, location_last_updated_index, location_connection_index, location_source_index;
`;

/** Room in pages that are filled from now on; older ones get it when rows move out of them. */
const ROOM = `
alter table location set (fillfactor = 80);
alter table evse set (fillfactor = 80);
`;

const PACKING = `
do $$
begin
  alter table location
    alter column document           set compression lz4,
    alter column published_document set compression lz4,
    alter column withdrawn_document set compression lz4;
exception
  when feature_not_supported then null;
end;
$$;
`;

const DOWN = `
alter table location
  alter column document           set compression default,
  alter column published_document set compression default,
  alter column withdrawn_document set compression default;
alter table evse reset (fillfactor);
alter table location reset (fillfactor);
create index location_changed_at_index on location (changed_at);
create index location_last_updated_index on location (last_updated);
create index location_connection_index on location (connection_id);
create index location_source_index on location (source_id);
drop table location_time;
`;

export async function up(knex: Knex): Promise<void> {
  for (const statements of [TIMES, ROOM, PACKING]) await knex.raw(statements);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
