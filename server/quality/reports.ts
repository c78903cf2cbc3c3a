/**
 * Everything that can be asked about data quality, for HTTP, the command line and jobs alike: all parties, one party
 * with its findings and its trend, one EVSE ID. Shapes are those of the wire.
 */
import type { Knex } from 'knex';
import type { EvseId } from '../../db/identifiers/evse-id.ts';
import type { Owner } from '../../db/model.ts';
import type { OperatorDirectory } from '../../db/reads/operator-directory.ts';
import { type EvseOfId, readEvsesOfId, readFindingsOfEvses } from '../../db/reads/quality-evse.ts';
import { readQualityState } from '../../db/reads/quality-findings.ts';
import type { QualityScope } from '../../db/reads/quality-scope.ts';
import { type RefusedObject, readRefusedObjects } from '../../db/reads/rejected-records.ts';
import type { QualityDay, QualityDayStore } from '../../db/registry/quality-day-store.ts';
import type { Rule } from '../../ingest/rule.ts';
import { type FindingPage, type PageWish, readFindingPage } from './finding-pages.ts';
import { type FindingView, viewFinding } from './finding-view.ts';
import { type PartyReport, type QualityReport, type RuleReport, readQualityReport } from './report.ts';
import { createRuleBook, type RuleBook } from './rule-book.ts';

/** One party with its findings: counts move to `findings_by_rule`, since `findings` is the list. */
export interface PartyPage extends Omit<PartyReport, 'findings'> {
  readonly generated_at: string;
  readonly sequence: number;
  readonly rules: readonly RuleReport[];
  readonly findings_by_rule: PartyReport['findings'];
  readonly findings: readonly FindingView[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
  /** The last days, the oldest first. */
  readonly trend: readonly (Omit<QualityDay, 'country_code' | 'party_id'> & { readonly day: string })[];
}

/** What was refused, with the reasons. */
export interface RejectedView {
  readonly id: number;
  readonly module: string;
  readonly country_code: string | null;
  readonly party_id: string | null;
  readonly object_id: string | null;
  readonly reason: string;
  readonly problems: readonly { path: string; rule: string; message: string }[];
  readonly occurrences: number;
  readonly first_seen: string;
  readonly last_seen: string;
}

export interface EvseReport {
  readonly generated_at: string;
  readonly sequence: number;
  readonly evse_id: string;
  readonly compact_id: string;
  readonly kind: EvseId['kind'];
  /** Who the operator in the ID is, by the registers; `registrations` is empty for one that none lists. */
  readonly operator: {
    readonly country_code: string;
    readonly operator_id: string;
    readonly registrations: readonly { role: string; status: string; name: string | null }[];
  };
  readonly evses: readonly EvseView[];
}

interface EvseView {
  readonly country_code: string;
  readonly party_id: string;
  readonly location_id: string;
  readonly location_name: string | null;
  readonly address: string;
  readonly city: string;
  readonly coordinates: readonly [longitude: number, latitude: number];
  readonly evse_uid: string;
  readonly evse_id: string;
  readonly status: string;
  readonly last_updated: string;
  readonly received_at: string;
  readonly missing_items: readonly string[];
  readonly findings: readonly FindingView[];
}

export interface QualityReports {
  readonly book: RuleBook;
  report(scope: QualityScope, owners: readonly Owner[] | null): Promise<QualityReport>;
  /**
   * Of one party. `report` is one that was made before, when there is one.
   *
   * @throws PositionError
   */
  party(scope: QualityScope, owner: Owner, wish: PageWish, report?: QualityReport): Promise<PartyPage>;
  /** @throws PositionError */
  findings(scope: QualityScope, owners: readonly Owner[], wish: PageWish): Promise<FindingPage>;
  evse(id: EvseId): Promise<EvseReport>;
  rejected(asked: Parameters<typeof readRefusedObjects>[1]): Promise<RejectedView[]>;
}

/** Days of a trend: a quarter of a year. */
const TREND_DAYS = 90;

/** Makes the reports of this process. */
export function createQualityReports(parts: {
  knex: Knex;
  rules: readonly Rule[];
  operators: OperatorDirectory;
  days: QualityDayStore;
  clock: () => Date;
}): QualityReports {
  const { knex, operators, days, clock } = parts;
  const book = createRuleBook(parts.rules);
  const reportParts = { knex, book, operators, clock };
  const report: QualityReports['report'] = (scope, owners) => readQualityReport(reportParts, scope, owners);
  const findings: QualityReports['findings'] = (scope, owners, wish) =>
    readFindingPage({ knex, book, scope, now: clock() }, owners, wish);

  return {
    book,
    report,
    findings,
    async party(scope, owner, wish, made) {
      const { parties, ...head } = made ?? (await report(scope, [owner]));
      const { findings: counts, ...figures } = parties[0] as PartyReport;
      const page = await findings(scope, [owner], wish);
      return {
        ...head,
        ...figures,
        findings_by_rule: counts,
        findings: page.findings,
        next: page.next,
        trend: (await days.list(owner, TREND_DAYS)).map(withoutOwner),
      };
    },
    async evse(id) {
      const now = clock();
      const { sequence } = await readQualityState(knex);
      const evses = await readEvsesOfId(knex, 'public', id.compact);
      const found = await readFindingsOfEvses(knex, evses, now);
      const { countryCode, operatorId } = id;
      return {
        ...{ generated_at: now.toISOString(), sequence },
        ...{ evse_id: id.display, compact_id: id.compact, kind: id.kind },
        operator: {
          country_code: countryCode,
          operator_id: operatorId,
          registrations: operators.find({ countryCode, operatorId }),
        },
        evses: evses.map((evse) =>
          viewEvse(
            evse,
            found.filter((finding) => isAbout(finding, evse)).map((finding) => viewFinding(book, finding)),
          ),
        ),
      };
    },
    async rejected(asked) {
      return (await readRefusedObjects(knex, asked)).map(viewRefused);
    },
  };
}

function isAbout(finding: { location: number; evse_uid: string | null }, evse: EvseOfId): boolean {
  if (finding.location !== evse.location) return false;
  return finding.evse_uid === null || finding.evse_uid.toLowerCase() === evse.evse_uid.toLowerCase();
}

function viewEvse(evse: EvseOfId, findings: readonly FindingView[]): EvseView {
  const { location: _location, longitude, latitude, missing_items: missing, ...same } = evse;
  return {
    ...same,
    coordinates: [longitude, latitude],
    last_updated: evse.last_updated.toISOString(),
    received_at: evse.received_at.toISOString(),
    missing_items: missing,
    findings,
  };
}

function viewRefused(refused: RefusedObject): RejectedView {
  return {
    ...refused,
    first_seen: refused.first_seen.toISOString(),
    last_seen: refused.last_seen.toISOString(),
  };
}

function withoutOwner({
  country_code: _country,
  party_id: _party,
  ...day
}: QualityDay & { day: string }): PartyPage['trend'][number] {
  return day;
}
