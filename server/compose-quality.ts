/**
 * The wiring of data quality: the rules and what they go by, what is asked behind the writes, and who is told.
 * Called by `compose.ts` alone; starts nothing.
 */
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Database } from '../db/connection.ts';
import { createOperatorDirectory, type OperatorDirectory } from '../db/reads/operator-directory.ts';
import { createFindingWebhookStore } from '../db/registry/finding-webhook-store.ts';
import { createPolicyStore, type PolicyStore } from '../db/registry/policy-store.ts';
import { createQualityDayStore } from '../db/registry/quality-day-store.ts';
import type { RegistryWriter } from '../db/registry/writer.ts';
import { missingItems } from '../ingest/afir-items.ts';
import { createChecks, type ObjectChecks } from '../ingest/checks.ts';
import { discoverRules } from '../ingest/discover-rules.ts';
import type { HttpClient } from '../ingest/http/http-client.ts';
import { createPolicies, type RefreshedPolicies } from '../ingest/policies.ts';
import { createQualityRound, type QualityRound } from '../ingest/quality-round.ts';
import { createRecheckWalk } from '../ingest/recheck-walk.ts';
import { createRegistryRules } from '../ingest/registry-rules.ts';
import type { Rule } from '../ingest/rule.ts';
import { keepQualityDay } from './quality/quality-days.ts';
import { createQualityReports } from './quality/reports.ts';
import { createFindingWebhooks } from './quality/webhooks.ts';
import type { SecretBox } from './secret-box.ts';
import { VERSION } from './version.ts';

/** The rules of data quality and what they go by. */
export interface Quality {
  readonly rules: readonly Rule[];
  readonly policyStore: PolicyStore;
  readonly policies: RefreshedPolicies;
  readonly operators: OperatorDirectory;
  readonly checks: ObjectChecks;
}

interface Parts {
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** The rules, with what they go by read into memory. */
export async function buildQuality({ knex, clock, logger }: Parts & { knex: Knex }): Promise<Quality> {
  const rules = await discoverRules();
  const policyStore = createPolicyStore({ knex, clock });
  const policies = createPolicies(policyStore);
  const operators = createOperatorDirectory(knex);
  await Promise.all([policies.refresh(), operators.refresh()]);
  const checks = createChecks({ rules, policies, operators, missingItems, clock, logger });
  return { rules, policyStore, policies, operators, checks };
}

/** What is asked behind the writes. */
export function buildQualityRound(
  parts: Parts & { knex: Knex; quality: Quality; writer: RegistryWriter; signal: AbortSignal },
): QualityRound {
  const { quality, ...shared } = parts;
  const { rules, policyStore, policies, operators } = quality;
  const recheck = createRecheckWalk({ ...shared, rules, operators, policyStore, version: VERSION });
  const registryRules = createRegistryRules({ ...shared, rules, policyStore });
  return createQualityRound({ policies, operators, recheck, registryRules, logger: parts.logger });
}

/** Who is told how good the data is: reports, webhooks, and the figures of each day. */
export function buildQualityReports(
  parts: Parts & { database: Database; quality: Quality; http: HttpClient; unseal: SecretBox['unseal'] },
) {
  const { database, quality, http, unseal, clock, logger } = parts;
  const { rules, operators } = quality;
  const days = createQualityDayStore(database);
  const reports = createQualityReports({ knex: database.readKnex, rules, operators, days, clock });
  const webhookStore = createFindingWebhookStore({ knex: database.knex, clock });
  const { book } = reports;
  const findingWebhooks = createFindingWebhooks({ store: webhookStore, book, http, unseal, clock, logger });
  const keepDay = () => keepQualityDay({ reports, days, clock });
  return { reports, webhookStore, findingWebhooks, keepDay };
}
