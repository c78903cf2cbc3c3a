/**
 * How good the data of each party is: the figures behind the report and its scores (`docs/quality.md`), one query
 * a question, each over all parties at once. None of them sees more than its scope allows.
 */
import type { Knex } from 'knex';
import { EVSE_TIME } from '../registry/evse-times.ts';
import { SILENT_ITEM_RULE } from './quality-findings.ts';
import {
  dayOf,
  isShown,
  OBJECT_OF_FINDING,
  ownedBy,
  type QualityQuestion,
  SHOWN,
  waiverOf,
} from './quality-scope.ts';

interface OfParty {
  readonly country_code: string;
  readonly party_id: string;
}

/** What a party has, and how late its changes come. Seconds; null when there is nothing to measure. */
export interface PartyObjects extends OfParty {
  /** As most of its Locations name their operator. */
  readonly operator_name: string | null;
  readonly locations: number;
  /** Those that everybody sees: coverage and freshness are measured on them. */
  readonly public_locations: number;
  readonly freshness_p50: number | null;
  readonly freshness_p95: number | null;
}

/** EVSEs that are not REMOVED. */
export interface PartyEvses extends OfParty {
  readonly evses: number;
  readonly connectors: number;
  /** EVSEs that were told anew within `RECENT_DAYS`. */
  readonly recent: number;
  readonly status_age_p50: number | null;
  readonly status_age_p95: number | null;
}

/** EVSEs by the worst open finding about them or their Location, waived ones aside. */
export interface EvseConditions extends OfParty {
  readonly evses: number;
  readonly with_error: number;
  /** With a warning and no error. */
  readonly with_warning: number;
}

/** Things, each counted once a rule: EVSEs where a finding is about an EVSE. */
export interface FindingCount extends OfParty {
  readonly rule: string;
  readonly severity: string;
  readonly open: number;
  readonly waived: number;
}

/** Public Locations that lack an AFIR item. */
export interface MissingCount extends OfParty {
  readonly item: string;
  readonly missing: number;
  readonly is_waived: boolean;
}

/** Days after which an EVSE that nobody told anything new of is in doubt: even a seldom used one is used by then. */
export const RECENT_DAYS = 90;
const DAY_SECONDS = 86_400;

/** Locations a party, and their freshness: registry time minus `last_updated`. */
export async function readPartyObjects(knex: Knex, question: QualityQuestion): Promise<PartyObjects[]> {
  const { condition, bindings } = ownedBy('location', question.owners);
  const lateness = 'greatest(0, extract(epoch from location.received_at - location.last_updated))::float8';
  const { rows } = await knex.raw<{ rows: PartyObjects[] }>(
    `select location.country_code,
            location.party_id,
            mode() within group (order by location.operator_name) as operator_name,
            count(*)                                              as locations,
            count(*) filter (where location.public)               as public_locations,
            percentile_cont(0.5)  within group (order by ${lateness}) filter (where location.public)
                                                                  as freshness_p50,
            percentile_cont(0.95) within group (order by ${lateness}) filter (where location.public)
                                                                  as freshness_p95
       from location
      where ${SHOWN[question.scope].location}
        and ${condition}
      group by location.country_code, location.party_id`,
    bindings as never,
  );
  return rows;
}

/** Tariffs a party. */
export async function readPartyTariffs(
  knex: Knex,
  question: QualityQuestion,
): Promise<(OfParty & { tariffs: number })[]> {
  const { condition, bindings } = ownedBy('tariff', question.owners);
  const { rows } = await knex.raw<{ rows: (OfParty & { tariffs: number })[] }>(
    `select tariff.country_code, tariff.party_id, count(*) as tariffs
       from tariff
      where ${SHOWN[question.scope].tariff}
        and ${condition}
      group by tariff.country_code, tariff.party_id`,
    bindings as never,
  );
  return rows;
}

/** EVSEs and Connectors a party, and how long ago statuses were last told. */
export async function readPartyEvses(knex: Knex, question: QualityQuestion): Promise<PartyEvses[]> {
  const { condition, bindings } = ownedBy('location', question.owners);
  const { rows } = await knex.raw<{ rows: PartyEvses[] }>(
    `with equipped as (
       select connector.location, connector.uid_key, count(*) as connectors
         from connector
        group by connector.location, connector.uid_key
     ),
     counted as (
       select location.country_code,
              location.party_id,
              coalesce(equipped.connectors, 0) as connectors,
              greatest(0, extract(epoch from ?::timestamptz - ${EVSE_TIME}))::float8 as age
         from evse
         join location
           on location.id = evse.location
         left join equipped
           on equipped.location = evse.location
          and equipped.uid_key = evse.uid_key
        where evse.status <> 'REMOVED'
          and ${SHOWN[question.scope].location}
          and ${condition}
     )
     select counted.country_code,
            counted.party_id,
            count(*)                                                as evses,
            sum(counted.connectors)::bigint                         as connectors,
            count(*) filter (where counted.age <= ${RECENT_DAYS * DAY_SECONDS}) as recent,
            percentile_cont(0.5)  within group (order by counted.age) as status_age_p50,
            percentile_cont(0.95) within group (order by counted.age) as status_age_p95
       from counted
      group by counted.country_code, counted.party_id`,
    [question.now, ...bindings] as never,
  );
  return rows;
}

/** Open findings a party and rule. */
export async function readFindingCounts(knex: Knex, question: QualityQuestion): Promise<FindingCount[]> {
  const { condition, bindings } = ownedBy('finding', question.owners);
  const { rows } = await knex.raw<{ rows: FindingCount[] }>(
    `select finding.country_code,
            finding.party_id,
            finding.rule,
            min(finding.severity)                          as severity,
            count(*) filter (where waiver.id is null)      as open,
            count(*) filter (where waiver.id is not null)  as waived
       from finding${OBJECT_OF_FINDING}${waiverOf('finding.rule', 'finding')}
      where finding.closed_at is null
        and ${isShown(question.scope)}
        and ${condition}
      group by finding.country_code, finding.party_id, finding.rule`,
    [dayOf(question.now), ...bindings] as never,
  );
  return rows;
}

/** Public Locations that lack an item, a party and item. What is not published need not say anything. */
export async function readMissingCounts(knex: Knex, question: QualityQuestion): Promise<MissingCount[]> {
  const { condition, bindings } = ownedBy('location', question.owners);
  const { rows } = await knex.raw<{ rows: MissingCount[] }>(
    `with lacking as (
       select location.country_code, location.party_id, lacked.item, count(*) as missing
         from location
        cross join unnest(location.missing_items) as lacked (item)
        where location.public
          and ${condition}
        group by location.country_code, location.party_id, lacked.item
     )
     select lacking.country_code, lacking.party_id, lacking.item, lacking.missing,
            waiver.id is not null as is_waived
       from lacking${waiverOf(`'${SILENT_ITEM_RULE}' || lacking.item`, 'lacking')}`,
    [...bindings, dayOf(question.now)] as never,
  );
  return rows;
}

/** EVSEs with and without something wrong. A finding about a Location as a whole is about each of its EVSEs. */
export async function readEvseConditions(knex: Knex, question: QualityQuestion): Promise<EvseConditions[]> {
  const ofFinding = ownedBy('finding', question.owners);
  const ofLocation = ownedBy('location', question.owners);
  const { rows } = await knex.raw<{ rows: EvseConditions[] }>(
    `with fault as materialized (
       select location.id                       as location,
              lower(finding.evse_uid)           as uid_key,
              bool_or(finding.severity = 'error') as is_error
         from finding
         join location
           on location.country_code = finding.country_code
          and location.party_id = finding.party_id
          and lower(location.location_id) = lower(finding.object_id)${waiverOf('finding.rule', 'finding')}
        where finding.closed_at is null
          and finding.module = 'locations'
          and finding.severity in ('error', 'warning')
          and waiver.id is null
          and ${ofFinding.condition}
        group by location.id, lower(finding.evse_uid)
     ),
     judged as (
       select location.country_code,
              location.party_id,
              coalesce(own.is_error, false) or coalesce(whole.is_error, false) as is_error,
              own.location is not null or whole.location is not null           as is_faulty
         from evse
         join location
           on location.id = evse.location
         left join fault as own
           on own.location = evse.location
          and own.uid_key = evse.uid_key
         left join fault as whole
           on whole.location = evse.location
          and whole.uid_key is null
        where evse.status <> 'REMOVED'
          and ${SHOWN[question.scope].location}
          and ${ofLocation.condition}
     )
     select judged.country_code,
            judged.party_id,
            count(*)                                                         as evses,
            count(*) filter (where judged.is_error)                          as with_error,
            count(*) filter (where judged.is_faulty and not judged.is_error) as with_warning
       from judged
      group by judged.country_code, judged.party_id`,
    [dayOf(question.now), ...ofFinding.bindings, ...ofLocation.bindings] as never,
  );
  return rows;
}
