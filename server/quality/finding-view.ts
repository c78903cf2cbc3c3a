/** Findings as they are told (design, section 7): the same in `/quality`, in the CSV, by webhook and on the command line. */
import type { Severity } from '../../db/model.ts';
import { type MissingItem, type OpenFinding, SILENT_ITEM_RULE } from '../../db/reads/quality-findings.ts';
import type { RuleBook } from './rule-book.ts';

/** Snake case, as it is sent. */
export interface FindingView {
  readonly rule: string;
  readonly severity: Severity;
  readonly object: {
    readonly location_id: string | null;
    readonly evse_uid: string | null;
    readonly connector_id: string | null;
    readonly tariff_id: string | null;
    readonly evse_id: string | null;
  };
  /** Where in the object, e.g. `evses[0].evse_id`. */
  readonly path: string;
  readonly message: string;
  /** What stands there, as JSON text that may be cut; null when nothing does. */
  readonly received: string | null;
  readonly hint: string;
  /** Places in the object with the same fault. */
  readonly occurrences: number;
  readonly first_seen: string;
  readonly last_seen: string;
  /** The waiver in force: it is shown, and does not count. Null: it counts. */
  readonly waived: { readonly until: string; readonly reason: string } | null;
}

/** A finding that is stored. */
export function viewFinding(book: RuleBook, finding: Omit<OpenFinding, 'id'>): FindingView {
  const isLocation = finding.module === 'locations';
  return {
    rule: finding.rule,
    severity: finding.severity,
    object: {
      location_id: isLocation ? finding.object_id : null,
      evse_uid: finding.evse_uid,
      connector_id: finding.connector_id,
      tariff_id: isLocation ? null : finding.object_id,
      evse_id: finding.evse_id,
    },
    path: finding.path,
    message: finding.message,
    received: finding.received,
    hint: book.words(finding.rule, finding.severity).hint,
    occurrences: finding.occurrences,
    first_seen: finding.first_seen.toISOString(),
    last_seen: finding.last_seen.toISOString(),
    waived: waiverOf(finding),
  };
}

/** An AFIR item that a Location lacks. */
export function viewMissingItem(book: RuleBook, missing: MissingItem): FindingView {
  const words = book.words(`${SILENT_ITEM_RULE}${missing.item}`, 'info');
  return {
    rule: words.id,
    severity: 'info',
    object: {
      ...{ location_id: missing.location_id, evse_uid: null, connector_id: null },
      ...{ tariff_id: null, evse_id: null },
    },
    path: '',
    message: `${words.title} (AFIR item ${missing.item})`,
    received: null,
    hint: words.hint,
    occurrences: 1,
    first_seen: missing.since.toISOString(),
    last_seen: missing.received_at.toISOString(),
    waived: waiverOf(missing),
  };
}

function waiverOf(row: Pick<OpenFinding, 'waived_until' | 'waived_reason'>): FindingView['waived'] {
  const { waived_until: until, waived_reason: reason } = row;
  return until === null ? null : { until, reason: reason ?? '' };
}
