/**
 * Where what a rule across objects says and what is withheld for it disagree: objects that are to be withheld from now
 * on, or no longer. Costs nothing while no policy withholds by such a rule.
 */
import type { Knex } from 'knex';
import type { Module, Owner } from '../model.ts';

export interface Withholding {
  readonly module: Module;
  readonly owner: Owner;
  /** The owner's id, spelled as sent. */
  readonly id: string;
  readonly withheld: boolean;
}

interface Row {
  module: Module;
  country_code: string;
  party_id: string;
  id: string;
  withheld: boolean;
}

/** At most `limit` of them, by the open findings of these rules and the policies of this moment. */
export async function readWithholdings(
  knex: Knex,
  rules: readonly string[],
  limit: number,
): Promise<Withholding[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `with found as materialized (
       select distinct finding.object_key, finding.module, finding.country_code, finding.party_id,
              lower(finding.object_id) as id_key
         from (select distinct policy.rule from policy
                where policy.action = 'withhold'
                  and policy.rule = any(?::text[])) as withholding
         join finding
           on finding.rule = withholding.rule
          and finding.producer = 'registry'
          and finding.closed_at is null
         left join policy as own
           on own.rule = finding.rule
          and own.country_code = finding.country_code
          and own.party_id = finding.party_id
         left join policy as usual
           on usual.rule = finding.rule
          and usual.country_code is null
        where coalesce(own.action, usual.action) = 'withhold'
     )
     select 'locations' as module, location.country_code, location.party_id, location.location_id as id, true as withheld
       from found
       join location
         on found.module = 'locations'
        and location.country_code = found.country_code
        and location.party_id = found.party_id
        and lower(location.location_id) = found.id_key
      where not location.withheld_across
      union all
     select 'tariffs', tariff.country_code, tariff.party_id, tariff.tariff_id, true
       from found
       join tariff
         on found.module = 'tariffs'
        and tariff.country_code = found.country_code
        and tariff.party_id = found.party_id
        and lower(tariff.tariff_id) = found.id_key
      where not tariff.withheld_across
      union all
     select 'locations', location.country_code, location.party_id, location.location_id, false
       from location
      where location.withheld_across
        and not exists (select from found
                         where found.module = 'locations'
                           and found.country_code = location.country_code
                           and found.party_id = location.party_id
                           and found.id_key = lower(location.location_id))
      union all
     select 'tariffs', tariff.country_code, tariff.party_id, tariff.tariff_id, false
       from tariff
      where tariff.withheld_across
        and not exists (select from found
                         where found.module = 'tariffs'
                           and found.country_code = tariff.country_code
                           and found.party_id = tariff.party_id
                           and found.id_key = lower(tariff.tariff_id))
      limit ?`,
    [[...rules], limit],
  );
  return rows.map(({ module, country_code: countryCode, party_id: partyId, id, withheld }) => ({
    module,
    owner: { countryCode, partyId },
    id,
    withheld,
  }));
}
