/**
 * Which parties are served: those that have a voice here, or public objects from one that they once had.
 */
import type { Knex } from 'knex';
import { gathered } from '../gathered.ts';
import type { Owner } from '../model.ts';

/** Tells whether a party, in upper case, is served. */
export type ServedPartyReader = (party: Owner) => Promise<boolean>;

/** What many requests ask at once is read at once. */
export function servedPartyReader(knex: Knex): ServedPartyReader {
  return gathered<Owner, boolean>(async (parties) => {
    const { rows } = await knex.raw<{ rows: { is_served: boolean }[] }>(
      SERVED,
      // The types of Knex do not know that `pg` takes arrays.
      [parties.map(({ countryCode }) => countryCode), parties.map(({ partyId }) => partyId)] as never,
    );
    return rows.map((row) => row.is_served);
  });
}

const SERVED = `
select exists (select
                 from voice
                where voice.country_code = asked.country_code
                  and voice.party_id = asked.party_id)
       or exists (select
                    from public_location_count as kept
                   where kept.country_code = asked.country_code
                     and kept.party_id = asked.party_id
                     and kept.locations > 0)
       or exists (select
                    from tariff
                   where tariff.country_code = asked.country_code
                     and tariff.party_id = asked.party_id
                     and not tariff.withheld) as is_served
  from unnest(?::text[], ?::text[]) with ordinality as asked (country_code, party_id, place)
 order by asked.place`;
