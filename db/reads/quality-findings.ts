/**
 * A party's open findings, page by page: those that are stored, in the order in which they were opened, and AFIR
 * items that its Locations lack, in the order of the Locations' ids.
 *
 * Guarantees: keyset pages, so that a page costs the same at any depth and none is repeated or passed over while
 * others open and close; never more than the scope allows.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Severity } from '../model.ts';
import { dayOf, isShown, OBJECT_OF_FINDING, type QualityScope, waiverOf } from './quality-scope.ts';

/** What stands before the item in the rule of a missing one: `AFIR-A5`. */
export const SILENT_ITEM_RULE = 'AFIR-';

/** Which of a party's findings. */
export interface FindingsQuestion {
  readonly scope: QualityScope;
  readonly owner: Owner;
  readonly now: Date;
  readonly rule?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly limit: number;
}

/** A finding as the report shows it. */
export interface OpenFinding {
  readonly id: number;
  readonly module: Module;
  readonly object_id: string;
  readonly evse_uid: string | null;
  readonly connector_id: string | null;
  readonly evse_id: string | null;
  readonly rule: string;
  readonly severity: Severity;
  readonly path: string;
  readonly message: string;
  readonly received: string | null;
  readonly occurrences: number;
  readonly first_seen: Date;
  readonly last_seen: Date;
  /** The waiver in force; null: it counts. */
  readonly waived_until: string | null;
  readonly waived_reason: string | null;
}

/** An AFIR item that a Location lacks. */
export interface MissingItem {
  readonly location_id: string;
  readonly item: string;
  /** Place among those that it lacks, from 1. */
  readonly ordinal: number;
  readonly since: Date;
  readonly received_at: Date;
  readonly waived_until: string | null;
  readonly waived_reason: string | null;
}

/** Columns of a finding, for every list of findings. */
export const FINDING_COLUMNS = `
            finding.id, finding.module, finding.object_id, finding.evse_uid, finding.connector_id,
            finding.evse_id, finding.rule, finding.severity, finding.path, finding.message, finding.received,
            finding.occurrences, finding.first_seen, finding.last_seen`;

export const WAIVER_COLUMNS = `
            to_char(waiver.until, 'YYYY-MM-DD') as waived_until, waiver.reason as waived_reason`;

/** Findings that were opened after the one of this id; 0: from the first. */
export async function readFindings(
  knex: Knex,
  question: FindingsQuestion,
  after: number,
): Promise<OpenFinding[]> {
  const { scope, owner, now, rule = null, severity = null, limit } = question;
  const { rows } = await knex.raw<{ rows: OpenFinding[] }>(
    `select ${FINDING_COLUMNS},${WAIVER_COLUMNS}
       from finding${OBJECT_OF_FINDING}${waiverOf('finding.rule', 'finding')}
      where finding.country_code = ?
        and finding.party_id = ?
        and finding.closed_at is null
        and finding.id > ?
        and (?::text is null or finding.rule = ?)
        and (?::text is null or finding.severity = ?)
        and ${isShown(scope)}
      order by finding.id
      limit ?`,
    [dayOf(now), owner.countryCode, owner.partyId, after, rule, rule, severity, severity, limit] as never,
  );
  return rows;
}

/** Items that public Locations lack (others need not say anything), after this Location (its id in lower case) and ordinal. */
export async function readMissingItems(
  knex: Knex,
  question: FindingsQuestion,
  after: { location: string; ordinal: number },
): Promise<MissingItem[]> {
  const { owner, now, rule, limit } = question;
  // One Location more than rows, since the first may have been told already; each lacks at least one.
  const item = rule?.startsWith(SILENT_ITEM_RULE) ? rule.slice(SILENT_ITEM_RULE.length) : null;
  const { rows } = await knex.raw<{ rows: MissingItem[] }>(
    `select location.location_id, lacked.item, lacked.ordinal, lacked.since, location.received_at,${WAIVER_COLUMNS}
       from (select location.country_code, location.party_id, location.location_id, location.missing_items,
                    location.missing_since, location.received_at
               from location
              where location.country_code = ?
                and location.party_id = ?
                and location.public
                and lower(location.location_id) >= ?
                and location.missing_items <> '{}'
                and (?::text is null or ? = any(location.missing_items))
              order by lower(location.location_id)
              limit ?) as location
      cross join unnest(location.missing_items, location.missing_since)
            with ordinality as lacked (item, since, ordinal)${waiverOf(`'${SILENT_ITEM_RULE}' || lacked.item`, 'location')}
      where (lower(location.location_id), lacked.ordinal) > (?, ?)
        and (?::text is null or lacked.item = ?)
      order by lower(location.location_id), lacked.ordinal
      limit ?`,
    [
      ...[owner.countryCode, owner.partyId, after.location, item, item, limit + 1],
      ...[dayOf(now), after.location, after.ordinal, item, item, limit],
    ] as never,
  );
  return rows;
}

/** How far everything has come that a report is made of: the same text, the same report but for ages. */
export async function readQualityState(knex: Knex): Promise<{ sequence: number; state: string }> {
  const { rows } = await knex.raw<{ rows: { sequence: number; state: string }[] }>(
    `select head.sequence,
            concat_ws('.',
              head.sequence,
              (select max(finding.id) from finding),
              (select extract(epoch from max(finding.closed_at)) from finding where finding.closed_at is not null),
              (select extract(epoch from max(waiver.created_at)) from waiver),
              (select count(*) from waiver),
              (select max(operator_import.id) from operator_import)) as state
       from journal_head as head`,
  );
  return rows[0] as { sequence: number; state: string };
}
