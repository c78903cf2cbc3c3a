/**
 * The times of EVSEs, beside their Location. A heartbeat gives each EVSE a new time and no more, and most of what changes
 * between two days of a feed is that: in the rows of EVSEs it wrote two thirds of them anew. Their Location is written
 * anyway. `published_evse_times` are those of which the journal last told, null where they are the newest (0015).
 */
import type { Knex } from 'knex';

const UP = `
alter table location
  add column evse_keys            text[]        not null default '{}',
  add column evse_times           timestamptz[] not null default '{}',
  add column published_evse_times timestamptz[];
update location
   set evse_keys            = said.keys,
       evse_times           = said.times,
       published_evse_times = case when location.published_document is not null then said.published_times end
  from (
         select evse.location,
                array_agg(evse.uid_key order by evse.uid_key collate "C")      as keys,
                array_agg(evse.last_updated order by evse.uid_key collate "C") as times,
                array_agg(coalesce(evse.published_last_updated, evse.last_updated)
                          order by evse.uid_key collate "C")                   as published_times
           from evse
          group by evse.location
       ) as said
 where said.location = location.id;
alter table evse drop column last_updated, drop column published_last_updated;
`;

const DOWN = `
alter table evse
  add column last_updated           timestamptz,
  add column published_last_updated timestamptz;
update evse
   set last_updated           = said.time,
       published_last_updated = nullif(said.published_time, said.time)
  from location
 cross join unnest(location.evse_keys, location.evse_times, location.published_evse_times)
    as said (uid_key, time, published_time)
 where evse.location = location.id
   and evse.uid_key = said.uid_key;
alter table evse alter column last_updated set not null;
alter table location
  drop column evse_keys,
  drop column evse_times,
  drop column published_evse_times;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
