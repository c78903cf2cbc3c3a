/**
 * What was refused of some parties, or of what one connection brought, with the reasons: for its owner to see. The
 * refused input itself is not read.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Problem } from '../model.ts';
import { ownedBy } from './quality-scope.ts';

export interface RefusedObject {
  readonly id: number;
  readonly module: Module;
  readonly country_code: string | null;
  readonly party_id: string | null;
  readonly object_id: string | null;
  readonly reason: string;
  readonly problems: readonly Problem[];
  readonly occurrences: number;
  readonly first_seen: Date;
  readonly last_seen: Date;
}

/** Those after the given id, in the order in which they were first refused. */
export async function readRefusedObjects(
  knex: Knex,
  asked: { connection: number; owners: readonly Owner[]; after: number; limit: number },
): Promise<RefusedObject[]> {
  const { condition, bindings } = ownedBy('refused', asked.owners);
  const { rows } = await knex.raw<{ rows: RefusedObject[] }>(
    `with refused as (
       select r.id, r.module, upper(r.country_code) as country_code, upper(r.party_id) as party_id, r.object_id,
              r.reason, r.problems, r.occurrences, r.first_seen, r.last_seen,
              r.connection_id = ? or source.connection_id = ? as is_own
         from rejected_record as r
         left join source
           on source.id = r.source_id
        where r.id > ?
     )
     select refused.id, refused.module, refused.country_code, refused.party_id, refused.object_id, refused.reason,
            refused.problems, refused.occurrences, refused.first_seen, refused.last_seen
       from refused
      where refused.is_own
         or ${condition}
      order by refused.id
      limit ?`,
    [asked.connection, asked.connection, asked.after, ...bindings, asked.limit] as never,
  );
  return rows;
}
