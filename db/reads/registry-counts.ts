/**
 * How much the registry holds, in one question.
 */
import type { Knex } from 'knex';

export interface RegistryCounts {
  /** Position of the newest change. */
  readonly sequence: number;
  readonly locations: number;
  readonly evses: number;
  readonly connectors: number;
  readonly tariffs: number;
}

/** Counts everything that is stored, published or not. */
export async function readRegistryCounts(knex: Knex): Promise<RegistryCounts> {
  const { rows } = await knex.raw<{ rows: RegistryCounts[] }>(
    `select (select journal_head.sequence from journal_head) as sequence,
            (select count(*) from location)                  as locations,
            (select count(*) from evse)                      as evses,
            (select count(*) from connector)                 as connectors,
            (select count(*) from tariff)                    as tariffs`,
  );
  return rows[0] as RegistryCounts;
}
