/**
 * Which of the EVSEs that share an EVSE ID is shown in the view `resolved`, and why: for whole pages of Locations.
 *
 * Guarantees: an EVSE is left out only while the one that holds is there, public and not REMOVED, at the moment of
 * the question; until twins are decided anew both are shown rather than neither. Twins that nobody may see are not
 * named.
 */
import type { Knex } from 'knex';
import { type HoldReason, readTwinLocations } from '../registry/twin-table.ts';

/** An EVSE that holds. */
export interface HoldingEvse {
  readonly reason: HoldReason;
  /** Those that are left out for it: `CC-PTY-locationid/uid`, the first few. */
  readonly twins: readonly string[];
}

/** Of one Location; keys are uids in lower case. */
export interface LocationTwins {
  readonly holding: ReadonlyMap<string, HoldingEvse>;
  readonly leftOut: ReadonlyMap<string, HoldReason>;
}

/** Twins that are named; there may be more where an ID is a placeholder. */
const NAMED_TWINS = 20;

/** Locations that are asked about in one query: their twins come back in one answer. */
const LOCATIONS_AT_ONCE = 2_000;

interface Row {
  location: number;
  uid_key: string;
  reason: HoldReason;
  twins: string[] | null;
}

/** By Location; those without twins are not in it. */
export async function readTwins(
  knex: Knex,
  locations: readonly number[],
): Promise<ReadonlyMap<number, LocationTwins>> {
  const { rows } = await knex.raw<{ rows: Row[] }>(READ_TWINS, {
    locations: [...locations],
  });
  const found = new Map<number, { holding: Map<string, HoldingEvse>; leftOut: Map<string, HoldReason> }>();
  for (const { location, uid_key: uid, reason, twins } of rows) {
    const of = found.get(location) ?? { holding: new Map(), leftOut: new Map() };
    found.set(location, of);
    if (twins) of.holding.set(uid, { reason, twins });
    else of.leftOut.set(uid, reason);
  }
  return found;
}

/**
 * Locations whose twins read differently after a round, and those that share, or shared, an EVSE ID with one of the
 * given, which have changed.
 */
export async function readLocationsWithOtherTwins(
  knex: Knex,
  { changed, afterRound }: { changed: readonly number[]; afterRound: number },
): Promise<Set<number>> {
  const { rows } = await knex.raw<{ rows: { location: number }[] }>(
    'select twin_change.location from twin_change where twin_change.round > ?',
    [afterRound],
  );
  const found = new Set(rows.map(({ location }) => location));
  for (let start = 0; start < changed.length; start += LOCATIONS_AT_ONCE) {
    const some = changed.slice(start, start + LOCATIONS_AT_ONCE);
    for (const location of await readTwinLocations(knex, some)) found.add(location);
  }
  return found;
}

/** The last round that decided anything about twins; zero before the first. */
export async function readTwinsRound(knex: Knex): Promise<number> {
  const { rows } = await knex.raw<{ rows: { twins_round: number }[] }>(
    'select rule_round.twins_round from rule_round',
  );
  return rows[0]?.twins_round ?? 0;
}

// One pass by windows: the planner takes each relation here for a single row, and would join them in a loop. Of an ID,
// the one that holds comes first, so the rows that follow it are its twins.
const READ_TWINS = `
with seen as (
       select evse_twin.compact_id, evse_twin.holds, evse_twin.reason, evse_twin.location, evse_twin.uid_key,
              location.country_code || '-' || location.party_id || '-' || location.location_id || '/' || evse.uid as name
         from evse_twin
         join evse
           on evse.location = evse_twin.location
          and evse.uid_key = evse_twin.uid_key
          and evse.compact_id = evse_twin.compact_id
          and evse.status <> 'REMOVED'
         join location
           on location.id = evse.location
          and location.public
        where evse_twin.compact_id = any (array(
                select wanted.compact_id
                  from evse_twin as wanted
                 where wanted.location = any(cast(:locations as bigint[]))))
     ),
     crowd as (
       select seen.*,
              bool_or(seen.holds) over (partition by seen.compact_id) as is_held,
              array_agg(seen.name) over (
                partition by seen.compact_id
                order by seen.holds desc, seen.location, seen.uid_key
                rows between 1 following and ${NAMED_TWINS} following) as next_names
         from seen
     )
select crowd.location, crowd.uid_key, crowd.reason, case when crowd.holds then crowd.next_names end as twins
  from crowd
 where crowd.location = any(cast(:locations as bigint[]))
   and crowd.is_held
   and (crowd.next_names is not null or not crowd.holds)`;
