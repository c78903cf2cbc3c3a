/** ID-10: the ID of an EVSE is for good. */
import type { RegistryRule } from '../rule.ts';

/** A wrong ID is corrected once; who changes it again is making IDs up. */
const CHANGES = 2;
/** Days after the last change in which it is told: there is nothing to mend but to leave the ID as it is. */
const TOLD_FOR = 180;

export const evseIdChanges: RegistryRule = {
  on: 'registry',
  scope: 'location',
  id: 'ID-10',
  severity: 'warning',
  title: 'The ID of an EVSE changes again and again',
  afir: 'B1',
  source: 'requirements, ID-10; eMI3: an ID is given once and never given to another EVSE',
  meaning:
    `An EVSE with the same uid was given another EVSE ID ${CHANGES} times or more. Drivers, contracts and statistics ` +
    'know it by its ID, and lose it with each change. Another spelling of the same ID is no change.',
  mend: `Keep the ID of an EVSE for as long as it stands. The finding closes ${TOLD_FOR} days after the last change.`,
  isAboutTime: true,

  select: `
       select location.id, evse.uid_key, null::text as connector_key, 'evse_id' as path,
              'has changed ' || evse.evse_id_changes || ' times, last on '
              || to_char(evse.evse_id_changed_at at time zone 'UTC', 'YYYY-MM-DD') as message,
              to_json(evse.evse_id)::text as received
         from asked
        cross join moment
         join location
           on location.id = asked.id
          and location.asked_across
         join evse
           on evse.location = location.id
        where evse.evse_id_changes >= ${CHANGES}
          and evse.evse_id_changed_at > moment.now - interval '${TOLD_FOR} days'
          and evse.status <> 'REMOVED'`,
};
