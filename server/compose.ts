/**
 * The wiring: everything is built once, here, and handed on; no module makes its own collaborators.
 *
 *   database -> registry (stores, writer) -> ingest (pipeline, puller, scheduler) -> exports -> admin
 *
 * `compose` opens the database and brings it to the newest schema; it starts nothing: no listening, no timed
 * work. Whoever composed calls `close()`, which lets what was handed in be committed first.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Database, openDatabase } from '../db/connection.ts';
import { migrate } from '../db/migrate.ts';
import { createOperatorDirectory, type OperatorDirectory } from '../db/reads/operator-directory.ts';
import { type ConnectionStore, createConnectionStore } from '../db/registry/connection-store.ts';
import { createOperatorRegisterStore } from '../db/registry/operator-register-store.ts';
import { createOperatorStore } from '../db/registry/operator-store.ts';
import { createPolicyStore, type PolicyStore } from '../db/registry/policy-store.ts';
import { createRejectedRecordStore, type RejectedRecordStore } from '../db/registry/rejected-record-store.ts';
import { createRunStore, type RunStore } from '../db/registry/run-store.ts';
import { createSourceStore, type SourceStore } from '../db/registry/source-store.ts';
import { createVoiceStore, type VoiceStore } from '../db/registry/voice-store.ts';
import { createWriter, type RegistryWriter } from '../db/registry/writer.ts';
import { createSnapshots, type Snapshots } from '../exports/snapshots.ts';
import { missingItems } from '../ingest/afir-items.ts';
import { createChecks, type ObjectChecks } from '../ingest/checks.ts';
import { discoverAdapters } from '../ingest/discover.ts';
import { discoverRules } from '../ingest/discover-rules.ts';
import { createHttpClient, type HttpClient } from '../ingest/http/http-client.ts';
import { discoverRegisters } from '../ingest/operators/discover-registers.ts';
import { createOperatorImporter } from '../ingest/operators/operator-import.ts';
import { createPipeline, type Pipeline } from '../ingest/pipeline.ts';
import { createPolicies, type RefreshedPolicies } from '../ingest/policies.ts';
import { createPuller, type Puller } from '../ingest/pull.ts';
import { createQualityRound, type QualityRound } from '../ingest/quality-round.ts';
import { createRecheckWalk } from '../ingest/recheck-walk.ts';
import { createRegistryRules } from '../ingest/registry-rules.ts';
import type { Rule } from '../ingest/rule.ts';
import { createScheduler, type Scheduler } from '../ingest/schedule.ts';
import { createAdminService } from './admin/create-service.ts';
import type { AdminService } from './admin/service.ts';
import type { Config } from './config.ts';
import { scheduledJobs } from './jobs.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createLogger } from './logger.ts';
import { countOutcomes, createMetrics, type Metrics } from './metrics.ts';
import { openSecretBox, type SecretBox } from './secret-box.ts';
import { VERSION } from './version.ts';

/** Everything that a process of the access point works with. */
export interface Services {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: () => Date;
  readonly database: Database;
  readonly connections: ConnectionStore;
  readonly voices: VoiceStore;
  readonly sources: SourceStore;
  readonly runs: RunStore;
  readonly rejectedRecords: RejectedRecordStore;
  readonly writer: RegistryWriter;
  readonly pipeline: Pipeline;
  readonly fetcher: HttpClient;
  readonly puller: Puller;
  readonly scheduler: Scheduler;
  readonly snapshots: Snapshots;
  readonly secretBox: SecretBox;
  readonly admin: AdminService;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  readonly quality: Quality;
  readonly qualityRound: QualityRound;
  /** Ends builds and calls, lets the writer finish, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/** The rules of data quality and what they go by. */
export interface Quality {
  readonly rules: readonly Rule[];
  readonly policyStore: PolicyStore;
  readonly policies: RefreshedPolicies;
  readonly operators: OperatorDirectory;
  readonly checks: ObjectChecks;
}

/** What tests, and the server itself, may put in place of the usual. */
export interface Overrides {
  readonly clock?: () => Date;
  readonly logger?: Logger;
  /** Stays open: whoever opened it closes it. */
  readonly database?: Database;
  /** Where we are reached on this machine, when NAP_PUBLIC_URL is not set. */
  readonly localUrl?: string;
}

/** Published files, in the data directory. */
const EXPORTS_FOLDER = 'exports';

/**
 * Builds everything.
 *
 * @throws what opening and migrating the database does, SecretBoxError for a damaged key file
 */
export async function compose(config: Config, overrides: Overrides = {}): Promise<Services> {
  const logger = overrides.logger ?? createLogger({ level: config.logLevel });
  const clock = overrides.clock ?? (() => new Date());
  const database = overrides.database ?? (await openConfigured(config, logger));
  const letGo = async () => {
    if (!overrides.database) await database.close();
  };
  try {
    await migrate(database, { logger });
    return await build({ config, logger, clock, database, letGo, overrides });
  } catch (error) {
    await letGo();
    throw error;
  }
}

/** Opens the database that the settings name. */
export function openConfigured(config: Config, logger: Logger): Promise<Database> {
  const { databaseUrl: url, databaseReadUrl: readUrl, dataDirectory } = config;
  return openDatabase({ url, readUrl, dataDirectory, logger });
}

interface Foundation {
  config: Config;
  logger: Logger;
  clock: () => Date;
  database: Database;
  letGo: () => Promise<void>;
  overrides: Overrides;
}

async function build(foundation: Foundation): Promise<Services> {
  const { config, logger, clock, database, letGo, overrides } = foundation;
  const { knex, engine } = database;
  const keyDirectory = engine === 'embedded' ? config.dataDirectory : undefined;
  const secretBox = await openSecretBox({ key: config.secretKey, keyDirectory });

  const voices = createVoiceStore({ knex, clock });
  const connections = createConnectionStore({ database, voices, clock });
  const sources = createSourceStore({ database, voices, clock });
  const runs = createRunStore({ knex, clock });
  const rejectedRecords = await createRejectedRecordStore({ knex, clock });
  const quality = await buildQuality(foundation);
  const { checks } = quality;
  const writer = createWriter({ knex, clock, checks });
  const snapshots = createSnapshots({
    knex: database.readKnex,
    directory: join(config.dataDirectory, EXPORTS_FOLDER),
    publication: publicationOf(config),
    clock,
    logger,
  });
  const metrics = createMetrics(metricSources({ writer, sources, snapshots, clock }));

  const pipeline = countOutcomes(
    createPipeline({ writer, knex, voices, rejectedRecords, checks, clock, logger }),
    metrics,
  );
  const fetcher = createHttpClient({ allowPrivateUrls: config.allowPrivateUrls, clock, logger });
  const adapters = await discoverAdapters();
  const { unseal } = secretBox;
  const { party } = config;
  const puller = createPuller({ sources, runs, pipeline, fetcher, unseal, party, clock, logger, adapters });
  const { operators, importer, ...registerParts } = await buildOperators(foundation, fetcher);
  const lifecycle = createLifecycle();
  const qualityRound = buildQualityRound(foundation, quality, writer, lifecycle.signal);
  const jobs = scheduledJobs({
    ...{ database, snapshots, runs, rejectedRecords, operators, qualityRound, clock, logger },
  });
  const changingJobs = () => importer.jobs();
  const scheduler = createScheduler({ sources, runs, puller, jobs, changingJobs, logger });
  const changed = () => scheduler.refresh();
  const localUrl = config.publicUrl ?? overrides.localUrl ?? `http://localhost:${config.port}`;
  const versionsUrl = () => `${localUrl}/ocpi/versions`;
  const admin = createAdminService({
    ...{ database, connections, sources, puller, adapters, secretBox, snapshots, changed, versionsUrl },
    ...{ importer, ...registerParts },
    stopping: lifecycle.signal,
  });

  return {
    ...{ config, logger, clock, database, connections, voices, sources, runs, rejectedRecords, writer },
    ...{
      pipeline,
      fetcher,
      puller,
      scheduler,
      snapshots,
      secretBox,
      admin,
      metrics,
      lifecycle,
      quality,
      qualityRound,
    },
    close: once(async () => {
      try {
        await Promise.all([snapshots.close(), fetcher.close()]);
        await writer.drain();
      } finally {
        await letGo();
      }
    }),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** Who is who: the official registers of operator IDs. */
async function buildOperators({ database: { knex }, clock, logger }: Foundation, http: HttpClient) {
  const operators = createOperatorStore({ knex, clock });
  const registerStore = createOperatorRegisterStore({ knex, clock });
  const registers = await discoverRegisters();
  const importer = createOperatorImporter({
    ...{ store: operators, registerStore, registers, http, clock, logger },
  });
  return { operators, registerStore, registers, importer };
}

/** The rules of data quality, with what they go by in memory. */
async function buildQuality({ database, clock, logger }: Foundation): Promise<Quality> {
  const { knex } = database;
  const rules = await discoverRules();
  const policyStore = createPolicyStore({ knex, clock });
  const policies = createPolicies(policyStore);
  const operators = createOperatorDirectory(knex);
  await Promise.all([policies.refresh(), operators.refresh()]);
  const checks = createChecks({ rules, policies, operators, missingItems, clock, logger });
  return { rules, policyStore, policies, operators, checks };
}

/** What is asked behind the writes. */
function buildQualityRound(
  { database: { knex }, clock, logger }: Foundation,
  { rules, policyStore, policies, operators }: Quality,
  writer: RegistryWriter,
  signal: AbortSignal,
): QualityRound {
  const recheck = createRecheckWalk({
    knex,
    writer,
    rules,
    operators,
    policyStore,
    version: VERSION,
    signal,
  });
  const registryRules = createRegistryRules({ knex, writer, rules, policyStore, clock, logger, signal });
  return createQualityRound({ policies, operators, recheck, registryRules, logger });
}

function publicationOf(config: Config) {
  const { name, publicUrl, licence } = config;
  return { name, publicUrl, licence, attribution: name };
}

function metricSources(parts: {
  writer: RegistryWriter;
  sources: SourceStore;
  snapshots: Snapshots;
  clock: () => Date;
}) {
  const { writer, sources, snapshots, clock } = parts;
  return {
    writerQueue: () => writer.waiting,
    async sources() {
      const counts: Record<string, number> = {};
      for (const { state, brokenAt } of await sources.list()) {
        const shown = brokenAt ? 'broken' : state;
        counts[shown] = (counts[shown] ?? 0) + 1;
      }
      return counts;
    },
    async snapshotAges() {
      const now = clock().getTime();
      const ages: Record<string, number> = {};
      for (const { format, view, snapshot } of await snapshots.list()) {
        if (snapshot)
          ages[view === 'raw' ? format.name : `${format.name}?view=${view}`] =
            (now - snapshot.generatedAt.getTime()) / 1000;
      }
      return ages;
    },
  };
}
