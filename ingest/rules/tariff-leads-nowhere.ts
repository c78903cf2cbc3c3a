/** A Tariff that a Connector names is there. */
import { locationsNaming } from '../naming-locations.ts';
import type { RegistryRule } from '../rule.ts';

export const tariffLeadsNowhere: RegistryRule = {
  on: 'registry',
  scope: 'location',
  id: 'tariff-leads-nowhere',
  severity: 'warning',
  title: 'A Connector names a Tariff that nobody has sent',
  afir: 'F3',
  source: 'OCPI 2.2.1, 8.3.3: tariff_ids; requirements, LR-24',
  meaning:
    'Drivers cannot be shown what charging costs there. One finding a Connector, whatever the number of such Tariffs. ' +
    'Only parties that send Tariffs at all are told: of others it is known that they do not.',
  mend: 'Send the Tariff, or take its id out of tariff_ids.',

  affected: locationsNaming,

  select: `
       select location.id, connector.uid_key, connector.connector_key, 'tariff_ids' as path,
              'lead nowhere: there is no Tariff ' || named.tariff_id as message,
              to_json(named.tariff_id)::text as received
         from asked
         join location
           on location.id = asked.id
          and location.asked_across
         join evse
           on evse.location = location.id
          and evse.status <> 'REMOVED'
         join connector
           on connector.location = evse.location
          and connector.uid_key = evse.uid_key
        cross join unnest(connector.tariff_ids) as named (tariff_id)
        where exists (select from tariff
                       where tariff.country_code = location.country_code
                         and tariff.party_id = location.party_id)
          and not exists (select from tariff
                           where tariff.country_code = location.country_code
                             and tariff.party_id = location.party_id
                             and lower(tariff.tariff_id) = lower(named.tariff_id))`,
};
