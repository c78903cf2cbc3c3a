/**
 * The figures of each day a party, for the trend. The figures of a day are written again as often as they are taken
 * on it: the last ones stay.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';

/** A party on a day; snake case, as stored and as told. */
export interface QualityDay {
  readonly country_code: string;
  readonly party_id: string;
  readonly locations: number;
  readonly evses: number;
  readonly connectors: number;
  /** Open ones by rule. */
  readonly findings: Readonly<Record<string, number>>;
  /** Shares by AFIR item. */
  readonly coverage: Readonly<Record<string, number>>;
  readonly p50_s: number | null;
  readonly p95_s: number | null;
  readonly score: number | null;
}

export interface QualityDayStore {
  /** @param day `YYYY-MM-DD`, UTC */
  keep(day: string, parties: readonly QualityDay[]): Promise<void>;
  /** The newest days of a party, the oldest first. */
  list(owner: Owner, limit: number): Promise<(QualityDay & { day: string })[]>;
}

/** Makes the store of this process. */
export function createQualityDayStore({ knex }: { knex: Knex }): QualityDayStore {
  return {
    async keep(day, parties) {
      if (parties.length > 0) await knex.raw(KEEP, [day, JSON.stringify(parties)]);
    },
    async list(owner, limit) {
      const { rows } = await knex.raw<{ rows: (QualityDay & { day: string })[] }>(
        `select to_char(d.day, 'YYYY-MM-DD') as day, d.country_code, d.party_id, d.locations, d.evses, d.connectors,
                d.findings, d.coverage, d.p50_s, d.p95_s, d.score
           from quality_day as d
          where d.country_code = ?
            and d.party_id = ?
          order by d.day desc
          limit ?`,
        [owner.countryCode, owner.partyId, limit],
      );
      return rows.reverse();
    },
  };
}

const KEEP = `
insert into quality_day (day, country_code, party_id, locations, evses, connectors, findings, coverage, p50_s, p95_s,
                         score)
select ?::date, p.country_code, p.party_id, p.locations, p.evses, p.connectors, p.findings, p.coverage, p.p50_s,
       p.p95_s, p.score
  from json_to_recordset(?) as p(
         country_code text, party_id text, locations bigint, evses bigint, connectors bigint, findings jsonb,
         coverage jsonb, p50_s double precision, p95_s double precision, score double precision)
on conflict (day, country_code, party_id) do update
   set locations  = excluded.locations,
       evses      = excluded.evses,
       connectors = excluded.connectors,
       findings   = excluded.findings,
       coverage   = excluded.coverage,
       p50_s      = excluded.p50_s,
       p95_s      = excluded.p95_s,
       score      = excluded.score`;
