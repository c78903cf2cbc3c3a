/** An EVSE ID stands for one EVSE. */
import { EVSE_TIME } from '../../db/registry/evse-times.ts';
import { readTwinLocations } from '../../db/registry/twin-table.ts';
import type { RegistryRule } from '../rule.ts';

/** Twins that a message names; the rest are counted. */
const NAMED_TWINS = 3;
/** One more than that are looked at, for an EVSE does not name itself. */
const NAMES = Array.from(
  { length: NAMED_TWINS + 1 },
  (_, place) => `nth_value(twin.name, ${place + 1}) over everyone`,
).join(', ');

export const id06EvseIdTwin: RegistryRule = {
  on: 'registry',
  scope: 'location',
  id: 'ID-06',
  severity: 'error',
  title: 'An EVSE ID stands at several EVSEs',
  afir: 'B1',
  source: 'Regulation (EU) 2023/1804, Article 20(1); requirements, ID-06',
  meaning:
    'The ID of an EVSE is unique. The same one in two Locations makes a driver see two charge points where there is ' +
    'one, often with two statuses. One of them is usually left over from an earlier platform or an earlier delivery.',
  mend:
    'Set the EVSE that is no longer kept up to date to REMOVED; which one that is likely to be, and why, stands in ' +
    'the message. Only one is in the files with ?view=resolved. The policy "withhold" withholds the Locations of both.',

  affected: (knex, { locations }) => readTwinLocations(knex, locations),

  // One pass over the twins, by windows: the planner takes each relation here for a single row, and would join them
  // in a loop.
  select: `
       with twin as (
              select evse_twin.location, evse_twin.uid_key, evse_twin.compact_id, evse_twin.holds, evse_twin.reason,
                     location.country_code || '-' || location.party_id || ' ' || location.location_id || ', EVSE '
                     || evse.uid as name,
                     evse.evse_id, ${EVSE_TIME} as last_updated
                from evse_twin
                join location on location.id = evse_twin.location
                join evse
                  on evse.location = evse_twin.location
                 and evse.uid_key = evse_twin.uid_key
               where evse_twin.compact_id = any (array(
                       select mine.compact_id
                         from asked
                         join evse_twin as mine on mine.location = asked.id))
            ),
            crowd as (
              select twin.*,
                     count(*) over everyone as members,
                     array[${NAMES}] as names,
                     max(twin.last_updated) filter (where twin.holds) over everyone as said_at,
                     max(twin.last_updated) filter (where not twin.holds) over everyone as others_said_at
                from twin
              window everyone as (
                     partition by twin.compact_id
                     order by twin.holds desc, twin.location, twin.uid_key
                     rows between unbounded preceding and unbounded following)
            )
       select crowd.location as id, crowd.uid_key, null::text as connector_key, 'evse_id' as path,
              'is also the ID of '
              || array_to_string((array_remove(array_remove(crowd.names, null), crowd.name))[1:${NAMED_TWINS}], '; ')
              || case when crowd.members > ${NAMED_TWINS + 1} then ' and ' || crowd.members - ${NAMED_TWINS + 1} || ' more' else '' end
              || case when crowd.holds then '. The other is likely the stale one: '
                      else '. This is likely the stale one: ' end
              || case crowd.reason
                   when 'shown'  then 'it is withheld'
                   when 'direct' then 'it comes from another party than the operator in the ID'
                   when 'newer'  then 'its status is of '
                     || to_char(case when crowd.holds then crowd.others_said_at else crowd.last_updated end
                                at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')
                     || ', that of the one that holds of '
                     || to_char(crowd.said_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'
                   when 'fuller' then 'it says less, and both statuses are of the same time'
                   else 'it came later, and nothing else tells them apart'
                 end as message,
              to_json(crowd.evse_id)::text as received
         from crowd
        where crowd.location in (select asked.id from asked)`,
};
