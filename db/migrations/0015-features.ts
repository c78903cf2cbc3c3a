/**
 * What OGC API Features selects by. `published_last_updated` is the owner's time as the journal last told of it, null
 * where that is `last_updated`: what stands in `published_document` (0012) can be selected by the time that it shows.
 * EVSEs are found by their Location, or by where they stand themselves: few `stands_apart`, so that index is small and
 * no status push writes to it. Connectors are found by the Tariffs that they name, which compare without case.
 */
import type { Knex } from 'knex';

const COLUMNS = `
alter table location add column published_last_updated timestamptz;
alter table evse     add column published_last_updated timestamptz,
                     add column stands_apart boolean not null default false;
alter table tariff   add column published_last_updated timestamptz;
`;

/** OCPI's DateTime without a zone is UTC, as the session is. */
const FILL = `
update location
   set published_last_updated = nullif(cast(location.published_document::json ->> 'last_updated' as timestamptz), location.last_updated)
 where location.published_document is not null;
update tariff
   set published_last_updated = nullif(cast(tariff.published_document::json ->> 'last_updated' as timestamptz), tariff.last_updated)
 where tariff.published_document is not null;
update evse
   set published_last_updated = nullif(cast(told.evse ->> 'last_updated' as timestamptz), evse.last_updated)
  from location
 cross join json_array_elements(location.published_document::json -> 'evses') as told (evse)
 where location.published_document is not null
   and evse.location = location.id
   and evse.uid_key = lower(told.evse ->> 'uid');
update evse
   set stands_apart = true
  from location
 where location.id = evse.location
   and (st_x(location.geometry), st_y(location.geometry)) <> (st_x(evse.geometry), st_y(evse.geometry));
`;

const INDEXES = `
create function lower_each(words text[]) returns text[]
  language sql immutable strict parallel safe
  as 'select array_agg(lower(word)) from unnest(words) as word';
-- Entries that wait to be sorted in would be read by every question until somebody vacuums.
create index connector_tariff_ids_index on connector using gin (lower_each(tariff_ids)) with (fastupdate = off);
create index evse_stands_apart_index on evse using gist (geometry) where stands_apart;
`;

export async function up(knex: Knex): Promise<void> {
  for (const statements of [COLUMNS, FILL, INDEXES]) await knex.raw(statements);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index evse_stands_apart_index, connector_tariff_ids_index;
    drop function lower_each(text[]);
    alter table tariff drop column published_last_updated;
    alter table evse drop column published_last_updated, drop column stands_apart;
    alter table location drop column published_last_updated;`);
}
