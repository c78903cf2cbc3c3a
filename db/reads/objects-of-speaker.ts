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

function standing(table: 'location' | 'tariff', condition: string): string {
  return `
    select ${table}.id as number, ${table}.country_code, ${table}.party_id, ${table}.${table}_id as id,
           ${table}.received_at >= ? as is_since
      from ${table}
     where ${table}.id > ?
       and ${table}.connection_id is not distinct from ?::bigint
       and ${table}.source_id is not distinct from ?::bigint
       and ${condition}
     order by ${table}.id
     limit ?`;
}

const STANDING: Readonly<Record<Module, string>> = {
  locations: standing('location', 'not location.expired'),
  // A Tariff that no longer stands is deleted.
  tariffs: standing('tariff', 'true'),
};
