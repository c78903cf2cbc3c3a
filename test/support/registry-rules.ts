/**
 * A registry with the rules across objects behind it: objects are put as their owners would, then the rules are asked.
 * The clock stands still until a test moves it.
 */
import pino from 'pino';
import type { Location, Owner, Tariff } from '../../db/model.ts';
import type { LocationMutation, TariffMutation } from '../../db/registry/mutation.ts';
import { createPolicyStore, type PolicyStore } from '../../db/registry/policy-store.ts';
import { createWriter, type RegistryWriter } from '../../db/registry/writer.ts';
import { discoverRules } from '../../ingest/discover-rules.ts';
import { createRegistryRules, type RegistryRules } from '../../ingest/registry-rules.ts';
import type { Rule } from '../../ingest/rule.ts';
import { buildLocation, buildTariff, type Overrides } from './builders.ts';
import type { TestDatabase } from './database.ts';
import { addTestSource } from './pipeline.ts';

/** An open finding of a rule across objects, as tests compare it. */
export interface OpenFinding {
  rule: string;
  object: string;
  part: string;
  message: string;
  occurrences: number;
}

export interface RuledRegistry {
  now: Date;
  readonly writer: RegistryWriter;
  readonly policies: PolicyStore;
  readonly log: { level: number; msg: string; rule?: string }[];
  location(overrides: Overrides): Promise<void>;
  tariff(overrides: Overrides): Promise<void>;
  deleteTariff(id: string): Promise<void>;
  /** Another process: it knows nothing but what is stored. */
  restart(rules?: readonly Rule[], signal?: AbortSignal): Promise<RegistryRules>;
  /** Asks what is due, and answers what is open. Of one rule when it is named. */
  ask(rule?: string): Promise<OpenFinding[]>;
  open(rule?: string): Promise<OpenFinding[]>;
}

/** Makes one over an empty database. */
export async function openRuledRegistry(database: TestDatabase): Promise<RuledRegistry> {
  const { knex } = database;
  const { speaker } = await addTestSource(database, 'source');
  const clock = () => registry.now;
  const writer = createWriter({ knex, clock });
  const policies = createPolicyStore({ knex, clock });
  const log: RuledRegistry['log'] = [];
  const all = await discoverRules();

  function mutation<T extends { country_code: string; party_id: string; id: string }>(document: T) {
    const owner: Owner = { countryCode: document.country_code, partyId: document.party_id };
    const write = {
      ...{ kind: 'write' as const, document, sourceVersion: '2.2.1', asStored: ['2.2.1', '2.3.0'] },
      ...{ inputHash: null, findings: [], findingsMode: 'replace' as const },
    };
    return { owner, id: document.id, speaker, apply: () => write };
  }

  async function submit(one: LocationMutation | TariffMutation): Promise<void> {
    const outcome = await writer.submit(one);
    if (outcome.kind === 'failed') throw outcome.error;
  }

  const registry: RuledRegistry = {
    now: new Date('2026-06-10T12:00:00Z'),
    ...{ writer, policies, log },
    location: (overrides) => submit({ module: 'locations', ...mutation<Location>(buildLocation(overrides)) }),
    tariff: (overrides) =>
      submit({ module: 'tariffs', ...mutation<Tariff>(buildTariff({ tax_included: 'NO', ...overrides })) }),
    deleteTariff: (id) =>
      submit({
        module: 'tariffs',
        ...mutation<Tariff>(buildTariff({ id })),
        apply: () => ({ kind: 'delete' }),
      }),
    async restart(rules = all, signal = new AbortController().signal) {
      const logger = pino({}, { write: (line: string) => log.push(JSON.parse(line)) });
      return createRegistryRules({ knex, writer, rules, policyStore: policies, clock, logger, signal });
    },
    async ask(rule) {
      await (await registry.restart()).run();
      return registry.open(rule);
    },
    async open(rule) {
      const { rows } = await knex.raw(
        `select finding.rule, finding.country_code || '-' || finding.party_id || ' ' || finding.object_id as object,
                finding.part_key as part, finding.message, finding.occurrences
           from finding
          where finding.producer = 'registry'
            and finding.closed_at is null
            and (?::text is null or finding.rule = ?)
          order by 2, 1, 3`,
        [rule ?? null, rule ?? null],
      );
      return rows;
    },
  };
  return registry;
}
