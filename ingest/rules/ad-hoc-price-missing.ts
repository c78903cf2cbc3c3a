/** Every Connector leads to a price for those who come without a contract. */
import { locationsNaming } from '../naming-locations.ts';
import type { RegistryRule } from '../rule.ts';

export const adHocPriceMissing: RegistryRule = {
  on: 'registry',
  scope: 'location',
  id: 'ad-hoc-price-missing',
  severity: 'warning',
  title: 'Connectors lead to no price for paying ad hoc',
  afir: 'F3',
  source:
    'Regulation (EU) 2025/655, item F3; Regulation (EU) 2023/1804, Article 5; OCPI 2.2.1, 11.4.7: TariffType',
  meaning:
    'A Tariff of type AD_HOC_PAYMENT, or one without a type, which holds for everybody, says what a driver without a ' +
    'contract pays. None of those that the Connector names is there and in force. One finding a Location.',
  mend: 'Send a Tariff of type AD_HOC_PAYMENT, or without a type, and name it in tariff_ids of the Connectors.',
  isAboutTime: true,

  affected: locationsNaming,

  select: `
       with priced as (
              select location.id,
                     exists (
                       select
                         from unnest(connector.tariff_ids) as named (tariff_id)
                         join tariff
                           on tariff.country_code = location.country_code
                          and tariff.party_id = location.party_id
                          and lower(tariff.tariff_id) = lower(named.tariff_id)
                        where (tariff.type is null or tariff.type = 'AD_HOC_PAYMENT')
                          and (tariff.start_date_time is null or tariff.start_date_time <= moment.now)
                          and (tariff.end_date_time is null or tariff.end_date_time > moment.now)
                     ) as has_price
                from asked
               cross join moment
                join location
                  on location.id = asked.id
                 and location.asked_across
                join evse
                  on evse.location = location.id
                 and evse.status <> 'REMOVED'
                join connector
                  on connector.location = evse.location
                 and connector.uid_key = evse.uid_key
            )
       select priced.id, null::text as uid_key, null::text as connector_key, 'evses' as path,
              count(*) filter (where not priced.has_price) || ' of ' || count(*)
              || ' Connectors lead to no price for paying ad hoc' as message,
              null::text as received
         from priced
        group by priced.id
       having not bool_and(priced.has_price)`,
};
