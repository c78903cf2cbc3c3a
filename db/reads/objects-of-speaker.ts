/**
 * What a speaker has brought and what still stands: the base on which a complete pull is judged.
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
  country_code: string;
  party_id: string;
  id: string;
  is_since: boolean;
}

/** Locations that have not expired, or Tariffs, last brought by this speaker, and whether since the given moment. */
export async function readObjectsOf(
  knex: Knex,
  module: Module,
  speaker: Speaker,
  moment: Date,
): Promise<OwnedObject[]> {
  const { connection_id, source_id } = speakerColumns(speaker);
  const { rows } = await knex.raw<{ rows: Row[] }>(
    module === 'locations'
      ? `select location.country_code, location.party_id, location.location_id as id,
                location.received_at >= ? as is_since
           from location
          where location.connection_id is not distinct from ?::bigint
            and location.source_id is not distinct from ?::bigint
            and not location.expired`
      : `select tariff.country_code, tariff.party_id, tariff.tariff_id as id,
                tariff.received_at >= ? as is_since
           from tariff
          where tariff.connection_id is not distinct from ?::bigint
            and tariff.source_id is not distinct from ?::bigint`,
    [moment, connection_id, source_id],
  );
  return rows.map((row) => ({
    owner: { countryCode: row.country_code, partyId: row.party_id },
    id: row.id,
    isSince: row.is_since,
  }));
}
