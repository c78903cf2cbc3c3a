/**
 * What a question about data quality looks at, in the words of SQL that its queries share: who may see what
 * (`docs/quality.md`), which findings are open, and which of them are waived.
 */
import type { Owner } from '../model.ts';

/** `public`: what everybody sees; `all`: also what only its owner sees. Expired Locations are in neither. */
export type QualityScope = 'public' | 'all';

export interface QualityQuestion {
  readonly scope: QualityScope;
  /** Null: all. */
  readonly owners: readonly Owner[] | null;
  /** Waivers hold until the end of their last day, in UTC. */
  readonly now: Date;
}

/** Conditions on `location` and `tariff`. */
export const SHOWN: Readonly<Record<QualityScope, { location: string; tariff: string }>> = {
  public: { location: 'location.public', tariff: 'not tariff.withheld' },
  all: { location: 'not location.expired', tariff: 'true' },
};

/** Joins each finding with its object; says nothing of whether the object is shown. */
export const OBJECT_OF_FINDING = `
  left join location
         on finding.module = 'locations'
        and location.country_code = finding.country_code
        and location.party_id = finding.party_id
        and lower(location.location_id) = lower(finding.object_id)
  left join tariff
         on finding.module = 'tariffs'
        and tariff.country_code = finding.country_code
        and tariff.party_id = finding.party_id
        and lower(tariff.tariff_id) = lower(finding.object_id)`;

/** Whether the object of a finding is shown. One that is not there, or not any more, is not. */
export function isShown(scope: QualityScope): string {
  const { location, tariff } = SHOWN[scope];
  return `(location.id is not null and ${location} or tariff.id is not null and ${tariff})`;
}

/** The waiver in force of a rule, which is SQL too; takes one binding, the day. */
export function waiverOf(rule: string, table: string): string {
  return `
  left join waiver
         on waiver.rule = ${rule}
        and waiver.country_code = ${table}.country_code
        and waiver.party_id = ${table}.party_id
        and waiver.until >= ?::date`;
}

/** A condition on the owner of a row, with its bindings. */
export function ownedBy(
  table: string,
  owners: readonly Owner[] | null,
): { condition: string; bindings: string[][] } {
  if (owners === null) return { condition: 'true', bindings: [] };
  return {
    condition: `(${table}.country_code, ${table}.party_id) in (select * from unnest(?::text[], ?::text[]))`,
    bindings: [owners.map(({ countryCode }) => countryCode), owners.map(({ partyId }) => partyId)],
  };
}

/** The day of a moment in UTC, `YYYY-MM-DD`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
