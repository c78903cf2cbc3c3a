/**
 * What the operator of the access point can ask for about data quality: see `service.ts`, of which this is a part.
 */

import type { QualityReport } from '../quality/report.ts';
import type { PartyPage } from '../quality/reports.ts';

/** A decision about a rule. */
export interface PolicyView {
  readonly rule: string;
  /** E.g. `NL-TNM`; null: for all parties that have none of their own. */
  readonly party: string | null;
  readonly action: 'off' | 'note' | 'withhold' | 'reject';
  readonly set_at: string;
}

/** Findings of a rule that do not count, until the end of a day. */
export interface WaiverView {
  readonly rule: string;
  readonly party: string;
  readonly reason: string;
  /** The last day, `YYYY-MM-DD`, UTC. */
  readonly until: string;
  readonly in_force: boolean;
  readonly created_at: string;
}

/** Whom findings are told to. */
export interface WebhookView {
  readonly connection: string;
  /** Without user name, password and values of its query. */
  readonly url: string;
  readonly failures: number;
  readonly next_try_at: string | null;
  /** No more tries until it is set anew. */
  readonly broken_at: string | null;
  readonly last_error: string | null;
  readonly last_success_at: string | null;
  readonly created_at: string;
}

export interface QualityAdmin {
  /** Fields: all (`true`: also what is not public). As `/quality`. */
  qualityReport(input: object): Promise<QualityReport>;
  /** Fields: all, limit, after, rule, severity. As `/quality/{CC}-{PTY}`, but `next` is what `after` takes. */
  qualityOfParty(party: string, input: object): Promise<PartyPage>;
  /** Fields: rule, party, reason, until. */
  waive(input: object): Promise<WaiverView>;
  listWaivers(): Promise<WaiverView[]>;
  /** Fields: rule, party. */
  endWaiver(input: object): Promise<{ ended: string }>;
  /** Fields: rule, party, action. `rechecked`: objects of which the rules were asked again, so that it holds now. */
  setPolicy(input: object): Promise<PolicyView & { readonly rechecked: number }>;
  listPolicies(): Promise<PolicyView[]>;
  /** Fields: url. The secret is told once; another URL gets another. */
  setWebhook(connection: string, input: object): Promise<WebhookView & { readonly secret: string }>;
  showWebhook(connection: string): Promise<WebhookView>;
  removeWebhook(connection: string): Promise<{ removed: string }>;
}
