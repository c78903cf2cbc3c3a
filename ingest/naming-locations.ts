/** Locations whose Connectors name one of the Tariffs that changed: whom rules about tariffs have to be asked of again. */
import type { Knex } from 'knex';
import type { Changed } from './rule.ts';

/**
 * Walks through the Locations of the Tariffs' owners: it grows with an owner, not with the registry. Of owners who had
 * no Tariff before, or have none any more, all that name one are given: what was silence has become a claim.
 */
export async function locationsNaming(knex: Knex, { tariffs, since }: Changed): Promise<number[]> {
  if (tariffs.length === 0) return [];
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(LOCATIONS_NAMING, [
    tariffs.map(({ owner }) => owner.countryCode),
    tariffs.map(({ owner }) => owner.partyId),
    tariffs.map(({ tariffId }) => tariffId.toLowerCase()),
    since ?? new Date(0),
  ]);
  return rows.map(({ id }) => id);
}

const LOCATIONS_NAMING = `
with changed as materialized (
       select changed.*
         from unnest(?::text[], ?::text[], ?::text[]) as changed (country_code, party_id, tariff_key)
     ),
     owner as materialized (
       select owner.country_code, owner.party_id,
              coalesce(min(tariff.created_at) > ?::timestamptz, true) as has_turned
         from (select distinct changed.country_code, changed.party_id from changed) as owner
         left join tariff
           on tariff.country_code = owner.country_code
          and tariff.party_id = owner.party_id
        group by owner.country_code, owner.party_id
     ),
     named as (
       select location.id, owner.country_code, owner.party_id, owner.has_turned, lower(named.tariff_id) as tariff_key
         from owner
         join location
           on location.country_code = owner.country_code
          and location.party_id = owner.party_id
         join connector
           on connector.location = location.id
        cross join unnest(connector.tariff_ids) as named (tariff_id)
     )
select distinct named.id
  from named
  left join changed
    on changed.country_code = named.country_code
   and changed.party_id = named.party_id
   and changed.tariff_key = named.tariff_key
 where named.has_turned
    or changed.tariff_key is not null`;
