/** The uid of an EVSE moves with it: under its former Location it is REMOVED. */
import type { RegistryRule } from '../rule.ts';

export const uidUnderTwoLocations: RegistryRule = {
  on: 'registry',
  scope: 'location',
  id: 'LR-23',
  severity: 'info',
  title: 'An EVSE uid is in use under two Locations of one party',
  afir: null,
  source:
    'OCPI 2.2.1, 8.3.2: uid is unique within the CPO platform; 8.1.3: an EVSE that moves is REMOVED first',
  meaning:
    'An EVSE that was moved has to be REMOVED under its former Location. Where it is not, both are shown, and an ' +
    'update by uid may reach the wrong one.',
  mend: 'Set the EVSE to REMOVED under the Location where it no longer stands, or give one of them another uid.',

  async affected(knex, { locations }) {
    const { rows } = await knex.raw<{ rows: { id: number }[] }>(
      `select distinct other.location as id
         from evse
         join location on location.id = evse.location
         join evse as other
           on other.uid_key = evse.uid_key
          and other.location <> evse.location
         join location as elsewhere
           on elsewhere.id = other.location
          and elsewhere.country_code = location.country_code
          and elsewhere.party_id = location.party_id
        where evse.location = any(?::bigint[])`,
      [locations],
    );
    return rows.map(({ id }) => id);
  },

  select: `
       with wanted as (
              select distinct location.country_code, location.party_id, evse.uid_key
                from asked
                join location on location.id = asked.id
                join evse on evse.location = location.id
            ),
            crowd as (
              select location.id, location.location_id, evse.uid_key, evse.uid,
                     count(*) over everyone as members,
                     nth_value(location.location_id, 1) over everyone as first_name,
                     nth_value(location.location_id, 2) over everyone as second_name
                from wanted
                join evse
                  on evse.uid_key = wanted.uid_key
                 and evse.status <> 'REMOVED'
                join location
                  on location.id = evse.location
                 and location.country_code = wanted.country_code
                 and location.party_id = wanted.party_id
                 and location.asked_across
              window everyone as (
                     partition by wanted.country_code, wanted.party_id, wanted.uid_key
                     order by location.id
                     rows between unbounded preceding and unbounded following)
            )
       select crowd.id, crowd.uid_key, null::text as connector_key, 'uid' as path,
              'is also that of an EVSE of Location '
              || case when crowd.location_id = crowd.first_name then crowd.second_name else crowd.first_name end
              || case when crowd.members > 2 then ' and ' || crowd.members - 2 || ' more' else '' end as message,
              to_json(crowd.uid)::text as received
         from crowd
        where crowd.members > 1
          and crowd.id in (select asked.id from asked)`,
};
