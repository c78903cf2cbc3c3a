/**
 * What must be known of the Tariffs that Connectors name, by those who can name only one of them (OCPI 2.1.1): one
 * question for a whole page of Locations.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';
import { objectKey } from '../registry/mutation.ts';

/** One Tariff, without its prices. */
export interface TariffFact {
  /** The owner's id, spelled as in the Tariff; Connectors may spell it in another case. */
  readonly id: string;
  readonly type: string | null;
  /** Valid from this moment on; null: has always been. */
  readonly startsAt: Date | null;
  /** No longer valid from this moment on; null: without end. */
  readonly endsAt: Date | null;
}

/** By `objectKey` of the Tariff. One that is not there is not known to the registry (LR-24). */
export type TariffFacts = ReadonlyMap<string, TariffFact>;

interface Row {
  country_code: string;
  party_id: string;
  id: string;
  type: string | null;
  starts_at: Date | null;
  ends_at: Date | null;
}

/** The Tariffs that the Connectors of these Locations name, as far as they are known. */
export async function readTariffFacts(knex: Knex, locations: readonly number[]): Promise<TariffFacts> {
  if (locations.length === 0) return new Map();
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `with named as (
       select distinct location.country_code, location.party_id, lower(named.tariff_id) as tariff_key
         from location
         join connector on connector.location = location.id
        cross join unnest(connector.tariff_ids) as named (tariff_id)
        where location.id = any(?::bigint[])
     )
     select tariff.country_code, tariff.party_id, tariff.tariff_id as id, tariff.type,
            tariff.start_date_time as starts_at, tariff.end_date_time as ends_at
       from named
       join tariff
         on tariff.country_code = named.country_code
        and tariff.party_id = named.party_id
        and lower(tariff.tariff_id) = named.tariff_key`,
    [[...locations]],
  );
  return new Map(
    rows.map((row) => {
      const owner: Owner = { countryCode: row.country_code, partyId: row.party_id };
      return [
        objectKey(owner, row.id),
        { id: row.id, type: row.type, startsAt: row.starts_at, endsAt: row.ends_at },
      ];
    }),
  );
}
