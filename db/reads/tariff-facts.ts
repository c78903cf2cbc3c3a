/**
 * What must be known of the Tariffs that Connectors name, by those who can name only one of them (OCPI 2.1.1): one
 * question for many Locations.
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

/** A Tariff as a Connector names it, in any case. */
export interface NamedTariff {
  readonly owner: Owner;
  readonly id: string;
}

interface Row {
  /** In the question, from one. */
  place: number;
  id: string;
  type: string | null;
  starts_at: Date | null;
  ends_at: Date | null;
}

/** What is known of these Tariffs. */
export async function readTariffFacts(knex: Knex, named: readonly NamedTariff[]): Promise<TariffFacts> {
  if (named.length === 0) return new Map();
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select named.place, tariff.tariff_id as id, tariff.type,
            tariff.start_date_time as starts_at, tariff.end_date_time as ends_at
       from unnest(?::text[], ?::text[], ?::text[])
            with ordinality as named (country_code, party_id, tariff_key, place)
       join tariff
         on tariff.country_code = named.country_code
        and tariff.party_id = named.party_id
        and lower(tariff.tariff_id) = named.tariff_key`,
    [
      named.map(({ owner }) => owner.countryCode),
      named.map(({ owner }) => owner.partyId),
      named.map(({ id }) => id.toLowerCase()),
    ],
  );
  return new Map(
    rows.map(({ place, id, type, starts_at: startsAt, ends_at: endsAt }) => {
      const { owner } = named[place - 1] as NamedTariff;
      return [objectKey(owner, id), { id, type, startsAt, endsAt }];
    }),
  );
}
