/**
 * Objects of which the rules are to be asked again after a policy has changed: those that it can make a difference
 * to, in keyset batches by id.
 */
import type { Knex } from 'knex';
import type { Module, Owner } from '../model.ts';

export interface RecheckQuestion {
  readonly rule: string;
  /** Null: of all parties. */
  readonly owner: Owner | null;
  /** Every object, since nobody was asked about the rule; else those with a finding of it, and those withheld. */
  readonly isForAll: boolean;
}

export interface ObjectToRecheck {
  readonly id: number;
  readonly country_code: string;
  readonly party_id: string;
  readonly object_id: string;
}

const KEYS: Readonly<Record<Module, { table: string; key: string }>> = {
  locations: { table: 'location', key: 'location_id' },
  tariffs: { table: 'tariff', key: 'tariff_id' },
};

/** The next ones after an id. */
export async function readObjectsToRecheck(
  knex: Knex,
  module: Module,
  { rule, owner, isForAll }: RecheckQuestion,
  after: number,
  limit: number,
): Promise<ObjectToRecheck[]> {
  const { table, key } = KEYS[module];
  const { countryCode = null, partyId = null } = owner ?? {};
  const { rows } = await knex.raw<{ rows: ObjectToRecheck[] }>(
    `select o.id, o.country_code, o.party_id, o.${key} as object_id
       from ${table} as o
      where o.id > ?
        and (?::text is null or o.country_code = ? and o.party_id = ?)
        and (?::boolean
             or o.withheld
             or exists (select from finding
                         where finding.object_key
                               = '${module}/' || o.country_code || '/' || o.party_id || '/' || lower(o.${key})
                           and finding.rule = ?
                           and finding.closed_at is null))
      order by o.id
      limit ?`,
    [after, countryCode, countryCode, partyId, isForAll, rule, limit] as never,
  );
  return rows;
}
