/**
 * All that is known of one EVSE ID: the EVSEs that carry it, in any spelling, and the open findings about them or
 * their Locations. One ID may stand in many Locations; how many are read is bounded.
 */
import type { Knex } from 'knex';
import { EVSE_TIME } from '../registry/evse-times.ts';
import { FINDING_COLUMNS, type OpenFinding, WAIVER_COLUMNS } from './quality-findings.ts';
import { dayOf, type QualityScope, SHOWN, waiverOf } from './quality-scope.ts';

/** An EVSE that carries the ID. */
export interface EvseOfId {
  readonly location: number;
  readonly country_code: string;
  readonly party_id: string;
  readonly location_id: string;
  readonly location_name: string | null;
  readonly address: string;
  readonly city: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly evse_uid: string;
  readonly evse_id: string;
  readonly status: string;
  readonly last_updated: Date;
  readonly received_at: Date;
  readonly missing_items: string[];
}

/** EVSEs of one ID that are told: real feeds have some dozens of one made-up ID. */
const EVSE_LIMIT = 100;
/** Findings that are told about them. */
const FINDING_LIMIT = 500;

/** The EVSEs with this compact ID, in the order of their Locations. */
export async function readEvsesOfId(knex: Knex, scope: QualityScope, compactId: string): Promise<EvseOfId[]> {
  const { rows } = await knex.raw<{ rows: EvseOfId[] }>(
    `select location.id as location, location.country_code, location.party_id, location.location_id,
            location.name as location_name, location.address, location.city,
            st_x(evse.geometry) as longitude, st_y(evse.geometry) as latitude,
            evse.uid as evse_uid, evse.evse_id, evse.status, ${EVSE_TIME} as last_updated,
            location.received_at, location.missing_items
       from evse
       join location
         on location.id = evse.location
      where evse.compact_id = ?
        and evse.status <> 'REMOVED'
        and ${SHOWN[scope].location}
      order by location.id, evse.uid_key
      limit ${EVSE_LIMIT}`,
    [compactId],
  );
  return rows;
}

/** The open findings about these EVSEs, and about their Locations as a whole, each with the number of its Location. */
export async function readFindingsOfEvses(
  knex: Knex,
  evses: readonly Pick<EvseOfId, 'location' | 'evse_uid'>[],
  now: Date,
): Promise<(OpenFinding & { location: number })[]> {
  if (evses.length === 0) return [];
  const { rows } = await knex.raw<{ rows: (OpenFinding & { location: number })[] }>(
    `select distinct on (finding.id) location.id as location,${FINDING_COLUMNS},${WAIVER_COLUMNS}
       from unnest(?::bigint[], ?::text[]) as asked (location, uid_key)
       join location
         on location.id = asked.location
       join finding
         on finding.object_key
            = 'locations/' || location.country_code || '/' || location.party_id || '/' || lower(location.location_id)
        and finding.closed_at is null
        and (finding.evse_uid is null or lower(finding.evse_uid) = asked.uid_key)${waiverOf('finding.rule', 'finding')}
      order by finding.id
      limit ${FINDING_LIMIT}`,
    [
      evses.map(({ location }) => location),
      evses.map(({ evse_uid: uid }) => uid.toLowerCase()),
      dayOf(now),
    ] as never,
  );
  return rows;
}
