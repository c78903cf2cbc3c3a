/** A Tariff that is over is named by no Connector. */
import type { RegistryRule } from '../rule.ts';

const ID = 'tariff-expired';

export const tariffExpired: RegistryRule = {
  on: 'registry',
  scope: 'tariff',
  id: ID,
  severity: 'info',
  title: 'A Tariff has ended, and Connectors still name it',
  afir: 'F3',
  source: 'OCPI 2.2.1, 11.3.1: end_date_time',
  meaning: 'The price that is shown no longer holds, or none is shown.',
  mend: 'Send the Tariff that holds now and name it in tariff_ids; delete the one that has ended.',
  isAboutTime: true,

  /** The Tariffs that changed Locations name, and those that they may have named. */
  async affected(knex, { locations, tariffs }) {
    const { rows } = await knex.raw<{ rows: { id: number }[] }>(
      `select tariff.id
         from location
         join connector on connector.location = location.id
        cross join unnest(connector.tariff_ids) as named (tariff_id)
         join tariff
           on tariff.country_code = location.country_code
          and tariff.party_id = location.party_id
          and lower(tariff.tariff_id) = lower(named.tariff_id)
        where location.id = any(?::bigint[])
          and tariff.end_date_time is not null
        union
       select tariff.id
         from (select distinct location.country_code, location.party_id
                 from location
                where location.id = any(?::bigint[])) as owner
         join finding
           on finding.country_code = owner.country_code
          and finding.party_id = owner.party_id
          and finding.rule = '${ID}'
          and finding.closed_at is null
         join tariff
           on tariff.country_code = finding.country_code
          and tariff.party_id = finding.party_id
          and lower(tariff.tariff_id) = lower(finding.object_id)`,
      [locations, locations],
    );
    return [...rows.map(({ id }) => id), ...tariffs.flatMap(({ id }) => id ?? [])];
  },

  select: `
       with ended as materialized (
              select tariff.id, tariff.country_code, tariff.party_id, lower(tariff.tariff_id) as tariff_key,
                     tariff.end_date_time
                from asked
                join tariff on tariff.id = asked.id
               cross join moment
               where tariff.end_date_time <= moment.now
            ),
            named as (
              select location.country_code, location.party_id, lower(named.tariff_id) as tariff_key,
                     count(*) as connectors
                from (select distinct ended.country_code, ended.party_id from ended) as owner
                join location
                  on location.country_code = owner.country_code
                 and location.party_id = owner.party_id
                 and location.asked_across
                join evse
                  on evse.location = location.id
                 and evse.status <> 'REMOVED'
                join connector
                  on connector.location = evse.location
                 and connector.uid_key = evse.uid_key
               cross join unnest(connector.tariff_ids) as named (tariff_id)
               group by location.country_code, location.party_id, lower(named.tariff_id)
            )
       select ended.id, null::text as uid_key, null::text as connector_key, 'end_date_time' as path,
              'is over, and ' || named.connectors
              || case named.connectors when 1 then ' Connector names' else ' Connectors name' end
              || ' the Tariff' as message,
              to_json(ended.end_date_time)::text as received
         from ended
         join named using (country_code, party_id, tariff_key)`,
};
