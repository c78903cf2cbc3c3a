/**
 * The next stretch of the journal, as the objects that it is about: each once, whatever the number of its entries.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';

/** A Tariff that was made, changed or deleted. */
export interface ChangedTariff {
  /** Null when it is no more. */
  readonly id: number | null;
  readonly owner: Owner;
  /** The owner's id, spelled as sent. */
  readonly tariffId: string;
}

export interface ChangedObjects {
  /** Ids of Locations. */
  readonly locations: number[];
  readonly tariffs: ChangedTariff[];
}

export interface JournalStretch extends ChangedObjects {
  /** Position of its last entry, and the registry's time there; null when nothing is left. */
  readonly end: { readonly sequence: number; readonly changedAt: Date } | null;
}

interface Row {
  kind: 'location' | 'tariff';
  object: number;
  tariff: number | null;
  country_code: string;
  party_id: string;
  object_id: string;
  sequence: number;
  changed_at: Date;
}

/** At most so many entries after a position, in order. */
export async function readJournalObjects(knex: Knex, after: number, limit: number): Promise<JournalStretch> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `with stretch as (
       select change.*,
              case change.kind when 'tariff' then 'tariff' else 'location' end as object_kind
         from change
        where change.sequence > ?
        order by change.sequence
        limit ?
     ),
     latest as (
       select distinct on (stretch.object_kind, stretch.object) stretch.*
         from stretch
        order by stretch.object_kind, stretch.object, stretch.sequence desc
     )
     select latest.object_kind as kind, latest.object, tariff.id as tariff, latest.country_code, latest.party_id,
            latest.object_id, latest.sequence, latest.changed_at
       from latest
       left join tariff
         on latest.object_kind = 'tariff'
        and tariff.id = latest.object
      order by latest.sequence`,
    [after, limit],
  );
  const last = rows.at(-1);
  return {
    locations: rows.filter(({ kind }) => kind === 'location').map(({ object }) => object),
    tariffs: rows
      .filter(({ kind }) => kind === 'tariff')
      .map((row) => ({
        id: row.tariff,
        owner: { countryCode: row.country_code, partyId: row.party_id },
        tariffId: row.object_id,
      })),
    end: last ? { sequence: last.sequence, changedAt: last.changed_at } : null,
  };
}
