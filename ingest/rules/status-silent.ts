/** Statuses change. */
import { EVSE_TIME } from '../../db/registry/evse-times.ts';
import type { RegistryRule } from '../rule.ts';

/**
 * Days after which a status is no longer believed. No car charges for a week; a reservation is a matter of minutes to
 * hours (`expiry_date`); what blocks a place for a fortnight is a works site, and that is INOPERATIVE.
 */
const LONGEST = { CHARGING: 7, RESERVED: 2, BLOCKED: 14 } as const;
/** Days. Even the least used charge point is charged at, tested or restarted once in three months. */
const LONGEST_OF_ANY = 90;
/** Days within which some other Location of the party was updated: else it is the party that is silent, not the EVSE. */
const PARTY_MOVES = 14;

export const statusSilent: RegistryRule = {
  on: 'registry',
  scope: 'location',
  id: 'status-silent',
  severity: 'warning',
  title: 'A status has not changed for implausibly long',
  afir: 'F1',
  source: 'Regulation (EU) 2025/655, item F1; OCPI 2.2.1, 8.4.22: Status',
  meaning:
    `CHARGING for more than ${LONGEST.CHARGING} days, RESERVED for more than ${LONGEST.RESERVED}, BLOCKED for more than ` +
    `${LONGEST.BLOCKED}; or any status but PLANNED for more than ${LONGEST_OF_ANY} days while the party updates other ` +
    'Locations. The charge point has probably lost its connection, or the end of a session was never sent.',
  mend: 'Find out how the EVSE is and send its status; UNKNOWN when you cannot tell.',
  isAboutTime: true,

  select: `
       with owner as materialized (
              select owner.country_code, owner.party_id,
                     exists (select from location as elsewhere
                              where elsewhere.country_code = owner.country_code
                                and elsewhere.party_id = owner.party_id
                                and elsewhere.last_updated > moment.now - interval '${PARTY_MOVES} days') as moves
                from (select distinct location.country_code, location.party_id
                        from asked
                        join location on location.id = asked.id) as owner
               cross join moment
            )
       select location.id, evse.uid_key, null::text as connector_key, 'status' as path,
              'has not changed for ' || extract(day from moment.now - ${EVSE_TIME}) || ' days' as message,
              to_json(evse.status)::text as received
         from asked
        cross join moment
         join location
           on location.id = asked.id
          and location.asked_across
         join owner
           on owner.country_code = location.country_code
          and owner.party_id = location.party_id
         join evse
           on evse.location = location.id
        where evse.status = 'CHARGING' and ${EVSE_TIME} < moment.now - interval '${LONGEST.CHARGING} days'
           or evse.status = 'RESERVED' and ${EVSE_TIME} < moment.now - interval '${LONGEST.RESERVED} days'
           or evse.status = 'BLOCKED' and ${EVSE_TIME} < moment.now - interval '${LONGEST.BLOCKED} days'
           or evse.status not in ('PLANNED', 'REMOVED')
              and owner.moves
              and ${EVSE_TIME} < moment.now - interval '${LONGEST_OF_ANY} days'`,
};
