/** Walks through all stored objects of a kind by the registry's own number, without reading what they say. */
import type { Knex } from 'knex';
import type { Module, Owner } from '../model.ts';

/** The next ids after one, in order. */
export async function readObjectIds(
  knex: Knex,
  table: 'location' | 'tariff',
  after: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(
    `select id from ${table} where id > ? order by id limit ?`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

export interface ObjectKey {
  readonly number: number;
  readonly owner: Owner;
  /** The owner's id, spelled as sent. */
  readonly id: string;
}

/** The next objects, as their owners name them. */
export async function readObjectKeys(
  knex: Knex,
  module: Module,
  after: number,
  limit: number,
): Promise<ObjectKey[]> {
  const [table, key] = module === 'locations' ? ['location', 'location_id'] : ['tariff', 'tariff_id'];
  const { rows } = await knex.raw<{
    rows: { number: number; country_code: string; party_id: string; id: string }[];
  }>(
    `select id as number, country_code, party_id, ${key} as id
       from ${table}
      where ${table}.id > ?
      order by ${table}.id
      limit ?`,
    [after, limit],
  );
  return rows.map(({ number, country_code: countryCode, party_id: partyId, id }) => ({
    number,
    id,
    owner: { countryCode, partyId },
  }));
}
