/**
 * Of the EVSEs that share an EVSE ID, which one holds: the one that `?view=resolved` shows. Others are twins.
 *
 * The rules, in their order; the first that tells two EVSEs apart is the reason that is kept:
 *
 *   shown    what is public comes before what a rule across objects withholds
 *   direct   the party of the Location is the operator in the EVSE ID: it speaks for itself, others hand on
 *   newer    its status is of a later time
 *   fuller   it says more: connectors, their power and tariffs, capabilities, where it stands
 *   earlier  the registry has known its Location for longer; the lower uid within one Location
 *
 * Guarantees: exactly one of the EVSEs of a compact ID holds; an ID that is left with one EVSE is in the table no
 * more, so nothing has to be undone. Only the IDs that the given Locations have, or had when they were last looked
 * at, are decided anew, in one statement; whom that concerns is marked with the number of the round. REMOVED EVSEs and Locations that nobody may see are no twins of anything.
 */
import type { Knex } from 'knex';
import { EVSE_TIME } from './evse-times.ts';

/** Why one of two EVSEs holds. */
export type HoldReason = 'shown' | 'direct' | 'newer' | 'fuller' | 'earlier';

/** Decides anew about every EVSE ID of these Locations. */
export async function resolveTwins(knex: Knex, locations: readonly number[]): Promise<void> {
  if (locations.length > 0) await knex.raw(RESOLVE_TWINS, { locations: [...locations] });
}

/** Locations that share, or shared, an EVSE ID with one of these; the given ones among them when they do. */
export async function readTwinLocations(knex: Knex, locations: readonly number[]): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { location: number }[] }>(
    `select other.location
       from evse
       join evse as other using (compact_id)
      where evse.location = any(cast(:locations as bigint[]))
        and other.location <> evse.location
      union
     select other.location
       from evse_twin
       join evse_twin as other using (compact_id)
      where evse_twin.location = any(cast(:locations as bigint[]))`,
    { locations: [...locations] },
  );
  return rows.map(({ location }) => location);
}

const RESOLVE_TWINS = `
with touched as (
       select evse.compact_id
         from evse
        where evse.location = any(cast(:locations as bigint[]))
          and evse.compact_id is not null
        union
       select evse_twin.compact_id
         from evse_twin
        where evse_twin.location = any(cast(:locations as bigint[]))
     ),
     holder as (
       select evse.compact_id, evse.location, evse.uid_key, evse.capabilities, evse.floor_level,
              evse.physical_reference, location.public as shown,
              left(evse.compact_id, 5) = location.country_code || location.party_id as direct,
              ${EVSE_TIME} as said_at,
              count(*) over (partition by evse.compact_id) as holders
         from evse
         join location on location.id = evse.location
        where evse.compact_id = any (array(select touched.compact_id from touched))
          and location.asked_across
          and evse.status <> 'REMOVED'
     ),
     rival as (
       select holder.compact_id, holder.location, holder.uid_key, holder.shown, holder.direct, holder.said_at,
              cardinality(holder.capabilities) + num_nonnulls(holder.floor_level, holder.physical_reference)
              + what.said as fullness
         from holder
        cross join lateral (
              select count(*) + count(connector.max_electric_power)
                     + coalesce(sum(cardinality(connector.tariff_ids)), 0) as said
                from connector
               where connector.location = holder.location
                 and connector.uid_key = holder.uid_key
              ) as what
        where holder.holders > 1
     ),
     ranked as (
       select rival.*,
              row_number() over best as place,
              nth_value(rival.shown, 1) over best as shown_1,
              nth_value(rival.direct, 1) over best as direct_1,
              nth_value(rival.said_at, 1) over best as said_at_1,
              nth_value(rival.fullness, 1) over best as fullness_1,
              nth_value(rival.shown, 2) over best as shown_2,
              nth_value(rival.direct, 2) over best as direct_2,
              nth_value(rival.said_at, 2) over best as said_at_2,
              nth_value(rival.fullness, 2) over best as fullness_2
         from rival
       window best as (
              partition by rival.compact_id
              order by rival.shown desc, rival.direct desc, rival.said_at desc, rival.fullness desc,
                       rival.location, rival.uid_key
              rows between unbounded preceding and unbounded following)
     ),
     decided as (
       select ranked.location, ranked.uid_key, ranked.compact_id, ranked.place = 1 as holds,
              case
                when ranked.shown    is distinct from
                     case ranked.place when 1 then ranked.shown_2    else ranked.shown_1    end then 'shown'
                when ranked.direct   is distinct from
                     case ranked.place when 1 then ranked.direct_2   else ranked.direct_1   end then 'direct'
                when ranked.said_at  is distinct from
                     case ranked.place when 1 then ranked.said_at_2  else ranked.said_at_1  end then 'newer'
                when ranked.fullness is distinct from
                     case ranked.place when 1 then ranked.fullness_2 else ranked.fullness_1 end then 'fuller'
                else 'earlier'
              end as reason
         from ranked
     ),
     single as (
       delete from evse_twin
        where evse_twin.compact_id = any (array(select touched.compact_id from touched))
          and not exists (select from decided
                           where decided.location = evse_twin.location
                             and decided.uid_key = evse_twin.uid_key)
       returning evse_twin.compact_id, evse_twin.location
     ),
     written as (
       insert into evse_twin (location, uid_key, compact_id, holds, reason)
       select decided.location, decided.uid_key, decided.compact_id, decided.holds, decided.reason
         from decided
       on conflict (location, uid_key) do update
          set compact_id = excluded.compact_id,
              holds      = excluded.holds,
              reason     = excluded.reason
        where (evse_twin.compact_id, evse_twin.holds, evse_twin.reason)
              is distinct from
              (excluded.compact_id, excluded.holds, excluded.reason)
       returning evse_twin.compact_id, evse_twin.location
     ),
     moved as (
       select single.compact_id, single.location from single
        union
       select written.compact_id, written.location from written
     ),
     concerned as (
       select moved.location from moved
        union
       select evse_twin.location
         from evse_twin
        where evse_twin.compact_id in (select moved.compact_id from moved)
     ),
     next as (
       update rule_round
          set twins_round = rule_round.twins_round + 1
        where exists (select from moved)
       returning rule_round.twins_round
     )
insert into twin_change (location, round)
select concerned.location, next.twins_round
  from concerned
 cross join next
on conflict (location) do update
   set round = excluded.round`;
