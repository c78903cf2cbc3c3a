/**
 * What a speaker has brought and what still stands: the base on which a complete pull is judged. Walked through in pages,
 * since a national registry is too much to hold at once.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Speaker } from '../model.ts';
import { speakerColumns } from '../registry/location-table.ts';

export interface OwnedObject {
  readonly owner: Owner;
  readonly id: string;
  /** Received since the moment that was asked about. */
  readonly isSince: boolean;
}

interface Row {
  number: number;
  country_code: string;
  party_id: string;
  id: string;
  is_since: boolean;
}

/** Objects read at once: some megabytes. */
const PAGE_SIZE = 10_000;

/** Pages of Locations that have not expired, or Tariffs, last brought by this speaker, and whether since the given moment. */
export async function* readObjectsOf(
  knex: Knex,
  module: Module,
  speaker: Speaker,
  moment: Date,
  pageSize = PAGE_SIZE,
): AsyncGenerator<readonly OwnedObject[], void> {
  const { connection_id, source_id } = speakerColumns(speaker);
  let after = 0;
  for (;;) {
    const { rows } = await knex.raw<{ rows: Row[] }>(STANDING[module], [
      moment,
      after,
      connection_id,
      source_id,
      pageSize,
    ]);
    const last = rows.at(-1);
    if (!last) return;
    after = last.number;
    yield rows.map((row) => ({
      owner: { countryCode: row.country_code, partyId: row.party_id },
      id: row.id,
      isSince: row.is_since,
    }));
  }
}

const STANDING: Readonly<Record<Module, string>> = {
  locations: `
    select location.id as number, location.country_code, location.party_id, location.location_id as id,
           location.received_at >= ? as is_since
      from location
     where location.id > ?
       and location.connection_id is not distinct from ?::bigint
       and location.source_id is not distinct from ?::bigint
       and not location.expired
     order by location.id
     limit ?`,
  tariffs: `
    select tariff.id as number, tariff.country_code, tariff.party_id, tariff.tariff_id as id,
           tariff.received_at >= ? as is_since
      from tariff
     where tariff.id > ?
       and tariff.connection_id is not distinct from ?::bigint
       and tariff.source_id is not distinct from ?::bigint
     order by tariff.id
     limit ?`,
};
