/** The operator's wishes about data quality: reports, waivers, policies and webhooks. */
import type { Database } from '../../db/connection.ts';
import type { Owner, Severity } from '../../db/model.ts';
import type { Connection } from '../../db/partner-model.ts';
import { dayOf } from '../../db/reads/quality-scope.ts';
import type { ConnectionStore } from '../../db/registry/connection-store.ts';
import type { FindingWebhook, FindingWebhookStore } from '../../db/registry/finding-webhook-store.ts';
import type { Policy, PolicyStore, Waiver } from '../../db/registry/policy-store.ts';
import type { RegistryWriter } from '../../db/registry/writer.ts';
import { describeUrl } from '../../ingest/http/describe-url.ts';
import type { RefreshedPolicies } from '../../ingest/policies.ts';
import { recheckForPolicy } from '../../ingest/policy-recheck.ts';
import { PositionError } from '../quality/finding-pages.ts';
import type { QualityReports } from '../quality/reports.ts';
import { generateToken, type SecretBox } from '../secret-box.ts';
import { AdminError } from './admin-error.ts';
import {
  type Field,
  formatParty,
  oneOf,
  optional,
  party,
  readInput,
  text,
  webUrl,
  withDefault,
} from './input.ts';
import type { PolicyView, QualityAdmin, WaiverView, WebhookView } from './quality-wishes.ts';

export interface QualityServiceParts {
  readonly database: Pick<Database, 'knex'>;
  readonly connections: ConnectionStore;
  readonly quality: { readonly policyStore: PolicyStore; readonly policies: RefreshedPolicies };
  readonly reports: QualityReports;
  readonly webhookStore: FindingWebhookStore;
  readonly writer: Pick<RegistryWriter, 'submitAll'>;
  readonly secretBox: SecretBox;
  readonly clock: () => Date;
}

export const POLICY_ACTIONS = ['off', 'note', 'withhold', 'reject'] as const;
export const SEVERITIES = ['error', 'warning', 'info'] as const satisfies readonly Severity[];

/** Findings in a page unless told, and at most. */
const USUAL_LIMIT = 100;
const PAGE_LIMIT = 1_000;

/** Wishes come as JSON, as options and in queries: all say it with a word. */
const word: Field<boolean> = (value) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new Error('must be true or false');
};

const limit: Field<number> = (value) => {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 1) return Math.min(number, PAGE_LIMIT);
  throw new Error(`must be a whole number from 1 to ${PAGE_LIMIT}`);
};

/** A day of the calendar, `YYYY-MM-DD`. */
const day: Field<string> = (value) => {
  const moment =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}Z`) : null;
  if (moment && !Number.isNaN(moment.getTime()) && dayOf(moment) === value) return value as string;
  throw new Error('must be a day such as 2027-01-31');
};

const PAGE = {
  all: withDefault(word, false),
  limit: withDefault(limit, USUAL_LIMIT),
  after: optional(text),
  rule: optional(text),
  severity: optional(oneOf(SEVERITIES)),
};

export function createQualityService(parts: QualityServiceParts): QualityAdmin {
  return { ...reportWishes(parts), ...waiverWishes(parts), ...policyWishes(parts), ...webhookWishes(parts) };
}

function reportWishes({
  reports,
}: QualityServiceParts): Pick<QualityAdmin, 'qualityReport' | 'qualityOfParty'> {
  return {
    async qualityReport(input) {
      const { all } = readInput(input, { all: PAGE.all });
      return reports.report(all ? 'all' : 'public', null);
    },
    async qualityOfParty(wanted, input) {
      const { all, ...wish } = readInput(input, PAGE);
      const { of } = readInput({ of: wanted }, { of: party });
      try {
        return await reports.party(all ? 'all' : 'public', of, wish);
      } catch (error) {
        throw error instanceof PositionError ? new AdminError('usage', error.message) : error;
      }
    },
  };
}

function waiverWishes(parts: QualityServiceParts): Pick<QualityAdmin, 'waive' | 'listWaivers' | 'endWaiver'> {
  const { policyStore } = parts.quality;
  const today = () => dayOf(parts.clock());
  return {
    async waive(input) {
      const wish = readInput(input, { rule: text, party, reason: text, until: day });
      if (wish.until < today()) throw new AdminError('usage', `until: ${wish.until} is over already`);
      await knownRule(parts, wish.rule);
      const { party: owner, ...waiver } = wish;
      return viewWaiver(await policyStore.waive({ ...waiver, owner }), today());
    },
    async listWaivers() {
      return (await policyStore.listWaivers()).map((waiver) => viewWaiver(waiver, today()));
    },
    async endWaiver(input) {
      const { rule, party: owner } = readInput(input, { rule: text, party });
      if (await policyStore.endWaiver(rule, owner)) return { ended: `${rule} of ${formatParty(owner)}` };
      throw new AdminError('unknown', `There is no waiver of ${rule} for ${formatParty(owner)}.`);
    },
  };
}

/** A rule that is known by name, or that has a finding now: names of repairs are not listed anywhere. */
async function knownRule({ reports, database }: QualityServiceParts, rule: string): Promise<void> {
  if (reports.book.isKnown(rule)) return;
  const [found] = await database.knex('finding').where({ rule, closed_at: null }).limit(1).select('id');
  if (!found) throw unknownRule(reports, rule);
}

function unknownRule({ book }: QualityReports, rule: string): AdminError {
  const nearest = book.nearest(rule);
  const hint = nearest.length === 0 ? '' : ` Did you mean ${nearest.join(', ')}?`;
  return new AdminError('usage', `There is no rule ${rule}.${hint}`);
}

function policyWishes(parts: QualityServiceParts): Pick<QualityAdmin, 'setPolicy' | 'listPolicies'> {
  const { reports, quality, database, writer } = parts;
  const { policyStore, policies } = quality;
  return {
    async setPolicy(input) {
      const wish = readInput(input, { rule: text, party: optional(party), action: oneOf(POLICY_ACTIONS) });
      const { rule: id, action, party: owner = null } = wish;
      const rule = reports.book.rule(id);
      if (!rule) throw reports.book.isKnown(id) ? withoutPolicy(id) : unknownRule(reports, id);
      if (action === 'reject' && rule.on === 'registry') {
        throw new AdminError(
          'usage',
          `${id} looks across objects, so no single one can be refused for it: off, note or withhold`,
        );
      }
      const wasOff = (await policyStore.list()).some(
        (policy) => policy.rule === id && policy.action === 'off',
      );
      const policy = await policyStore.set(id, owner, action);
      await policies.refresh();
      const rechecked = await recheckForPolicy(
        { knex: database.knex, writer },
        { rule: id, owner, isForAll: wasOff && action !== 'off' },
      );
      return { ...viewPolicy(policy), rechecked };
    },
    async listPolicies() {
      return (await policyStore.list()).map(viewPolicy);
    },
  };
}

function withoutPolicy(rule: string): AdminError {
  return new AdminError('usage', `${rule} is only told, never acted upon; it can be waived for a party`);
}

function webhookWishes(
  parts: QualityServiceParts,
): Pick<QualityAdmin, 'setWebhook' | 'showWebhook' | 'removeWebhook'> {
  const { connections, webhookStore, secretBox } = parts;

  async function find(wanted: string): Promise<Connection> {
    const connection = await connections.findByName(wanted);
    if (connection) return connection;
    throw new AdminError(
      'unknown',
      `There is no connection ${wanted}. "nap connection list" shows those that are.`,
    );
  }

  async function show(connection: Connection): Promise<WebhookView> {
    const webhook = await webhookStore.find(connection.id);
    if (webhook) return viewWebhook(webhook);
    throw new AdminError(
      'unknown',
      `${connection.name} has no webhook. Give it one: nap quality webhook ${connection.name} --url URL`,
    );
  }

  return {
    async setWebhook(wanted, input) {
      const { url } = readInput(input, { url: webUrl });
      const connection = await find(wanted);
      const secret = generateToken();
      await webhookStore.set(connection.id, url, secretBox.seal(secret));
      return { ...(await show(connection)), secret };
    },
    showWebhook: async (wanted) => show(await find(wanted)),
    async removeWebhook(wanted) {
      const connection = await find(wanted);
      if (!(await webhookStore.remove(connection.id))) await show(connection);
      return { removed: connection.name };
    },
  };
}

function viewPolicy({ rule, owner, action, setAt }: Policy): PolicyView {
  return { rule, party: partyOf(owner), action, set_at: setAt.toISOString() };
}

function viewWaiver({ rule, owner, reason, until, createdAt }: Waiver, today: string): WaiverView {
  const inForce = until >= today;
  return {
    ...{ rule, party: formatParty(owner), reason, until },
    ...{ in_force: inForce, created_at: createdAt.toISOString() },
  };
}

function viewWebhook(webhook: FindingWebhook): WebhookView {
  return {
    connection: webhook.connection,
    url: describeUrl(webhook.url),
    failures: webhook.failures,
    next_try_at: webhook.nextTryAt?.toISOString() ?? null,
    broken_at: webhook.brokenAt?.toISOString() ?? null,
    last_error: webhook.lastError,
    last_success_at: webhook.lastSuccessAt?.toISOString() ?? null,
    created_at: webhook.createdAt.toISOString(),
  };
}

function partyOf(owner: Owner | null): string | null {
  return owner ? formatParty(owner) : null;
}
