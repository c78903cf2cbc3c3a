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
import type { Connection } from '../db/partner-model.ts';
import { type ClientInfoStore, createClientInfoStore } from '../db/registry/client-info-store.ts';
import { type ConnectionStore, createConnectionStore } from '../db/registry/connection-store.ts';
import { createOperatorRegisterStore } from '../db/registry/operator-register-store.ts';
import { createOperatorStore } from '../db/registry/operator-store.ts';
import { createPartners, type Partners } from '../db/registry/partner.ts';
import { createPushPositionStore, type PushPositionStore } from '../db/registry/push-position-store.ts';
import { createRejectedRecordStore, type RejectedRecordStore } from '../db/registry/rejected-record-store.ts';
import { createRunStore, type RunStore } from '../db/registry/run-store.ts';
import { createSourceStore, type SourceStore } from '../db/registry/source-store.ts';
import { createTileKeeper, type TileKeeper } from '../db/registry/tile-keeper.ts';
import { createVoiceStore, type VoiceStore } from '../db/registry/voice-store.ts';
import { createWriter, type RegistryWriter } from '../db/registry/writer.ts';
import { createSnapshots, type Snapshots } from '../exports/snapshots.ts';
import { fileReference } from '../exports/view.ts';
import { type ClientInfoPuller, createClientInfoPuller } from '../ingest/client-info-pull.ts';
import { discoverAdapters } from '../ingest/discover.ts';
import { createHttpClient, type HttpClient } from '../ingest/http/http-client.ts';
import { discoverRegisters } from '../ingest/operators/discover-registers.ts';
import { createOperatorImporter } from '../ingest/operators/operator-import.ts';
import { createPipeline, type Pipeline } from '../ingest/pipeline.ts';
import { createPuller, type Puller } from '../ingest/pull.ts';
import type { QualityRound } from '../ingest/quality-round.ts';
import { createScheduler, type Scheduler } from '../ingest/schedule.ts';
import { createAdminService } from './admin/create-service.ts';
import type { AdminService } from './admin/service.ts';
import { buildQuality, buildQualityReports, buildQualityRound, type Quality } from './compose-quality.ts';
import type { Config } from './config.ts';
import { scheduledJobs } from './jobs.ts';
import { createLifecycle, type Lifecycle } from './lifecycle.ts';
import { createLogger } from './logger.ts';
import { countOutcomes, createMetrics, type Metrics } from './metrics.ts';
import { createInitiator } from './ocpi/credentials/initiator.ts';
import { createPusher, type Pusher } from './ocpi/push/pusher.ts';
import { treeFor, versionsPath } from './ocpi/versions/trees.ts';
import { type ChangeFeed, createChangeFeed } from './open-data/changes/feed.ts';
import { StreamPlaces } from './open-data/changes/places.ts';
import { DEPRECATIONS, type Deprecation } from './open-data/deprecations.ts';
import { RATE_LIMITS, type RateLimit } from './open-data/rate-limits.ts';
import type { QualityReports } from './quality/reports.ts';
import type { FindingWebhooks } from './quality/webhooks.ts';
import { openSecretBox, type SecretBox } from './secret-box.ts';

/** Everything that a process of the access point works with. */
export interface Services {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: () => Date;
  readonly database: Database;
  readonly connections: ConnectionStore;
  readonly clientInfo: ClientInfoStore;
  readonly partners: Partners;
  readonly voices: VoiceStore;
  readonly sources: SourceStore;
  readonly runs: RunStore;
  readonly rejectedRecords: RejectedRecordStore;
  readonly writer: RegistryWriter;
  readonly pipeline: Pipeline;
  readonly fetcher: HttpClient;
  readonly puller: Puller;
  readonly clientInfoPuller: ClientInfoPuller;
  readonly scheduler: Scheduler;
  readonly pushPositions: PushPositionStore;
  readonly pusher: Pusher;
  readonly snapshots: Snapshots;
  readonly changes: ChangeFeed;
  readonly changeStreams: StreamPlaces;
  readonly secretBox: SecretBox;
  readonly admin: AdminService;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  readonly quality: Quality;
  readonly reports: QualityReports;
  readonly findingWebhooks: FindingWebhooks;
  readonly qualityRound: QualityRound;
  readonly rateLimits: readonly RateLimit[];
  readonly deprecations: readonly Deprecation[];
  readonly tileKeeper: TileKeeper;
  /** Ends builds, pushes and calls, lets the writer finish, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/** What tests, and the server itself, may put in place of the usual. */
export interface Overrides {
  readonly clock?: () => Date;
  readonly logger?: Logger;
  /** Stays open: whoever opened it closes it. */
  readonly database?: Database;
  /** Goes around the HTTP client for calls to partners: tests shorten its waits. */
  readonly aroundFetcher?: (fetcher: HttpClient) => HttpClient;
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
  const clientInfo = createClientInfoStore({ knex, clock });
  const partners = createPartners({ clientInfo });
  const sources = createSourceStore({ database, voices, clock });
  const runs = createRunStore({ knex, clock });
  const rejectedRecords = await createRejectedRecordStore({ knex, clock });
  const quality = await buildQuality({ knex, clock, logger });
  const { checks } = quality;
  const pushPositions = createPushPositionStore({ database, clock });
  const changes = createChangeFeed({ database, logger });
  const changeStreams = new StreamPlaces();
  const wakeFollowers = () => {
    pusher.wake();
    changes.wake();
  };
  const writer = createWriter({ knex, clock, checks, changed: wakeFollowers });
  const snapshots = createSnapshots({
    knex: database.readKnex,
    directory: join(config.dataDirectory, EXPORTS_FOLDER),
    publication: publicationOf(config),
    clock,
    logger,
  });
  const metrics = createMetrics(
    metricSources({ writer, sources, snapshots, pushPositions, changeStreams, clock }),
  );

  const pipeline = countOutcomes(
    createPipeline({ writer, knex, voices, rejectedRecords, checks, clock, logger }),
    metrics,
  );
  const client = createHttpClient({ allowPrivateUrls: config.allowPrivateUrls, clock, logger });
  const fetcher = overrides.aroundFetcher?.(client) ?? client;
  const adapters = await discoverAdapters();
  const { unseal } = secretBox;
  const { party } = config;
  const calls = { fetcher, unseal, clock, logger };
  const puller = createPuller({
    ...{ ...calls, sources, connections, partners, runs, pipeline, party, adapters },
  });
  const clientInfoPuller = createClientInfoPuller({ ...calls, connections, clientInfo });
  const { operators, importer, ...registerParts } = await buildOperators(foundation, fetcher);
  const lifecycle = createLifecycle();
  const { signal } = lifecycle;
  signal.addEventListener('abort', () => changeStreams.endAll(), { once: true });
  const qualityRound = buildQualityRound({ knex, quality, writer, signal, clock, logger });
  const told = buildQualityReports({ database, quality, http: fetcher, unseal, clock, logger });
  const { reports, findingWebhooks, webhookStore, keepDay } = told;
  const tileKeeper = createTileKeeper({ knex });
  const cleared = { runs, rejectedRecords, operators };
  const jobs = scheduledJobs({
    ...{ ...cleared, database, snapshots, tileKeeper, clientInfoPuller, clock, logger },
    quality: { round: qualityRound, webhooks: findingWebhooks, keepDay },
  });
  const changingJobs = () => importer.jobs();
  const scheduler = createScheduler({ sources, runs, puller, jobs, changingJobs, logger });
  const pusher = createPusher({
    ...{ knex, connections, voices, unseal, party, clock, logger },
    ...{ positions: pushPositions, http: fetcher, count: metrics.countPush },
  });
  const changed = () => scheduler.refresh();
  const localUrl = config.publicUrl ?? overrides.localUrl ?? `http://localhost:${config.port}`;
  const versionsUrl = (partner: Pick<Connection, 'role' | 'version'>) =>
    `${localUrl}${versionsPath(treeFor(partner))}`;
  const address = () => localUrl;
  const initiator = createInitiator({ connections, http: fetcher, secretBox, settings: config, address });
  // On a database server it is another process that listens.
  const canBeCalled = engine === 'server' || overrides.localUrl !== undefined;
  const admin = createAdminService({
    ...{ database, connections, clientInfo, sources, puller, adapters },
    ...{ secretBox, snapshots, pushPositions, changed, versionsUrl },
    ...{ importer, ...registerParts, quality, reports, webhookStore, writer },
    ...{ initiator, settings: config, canBeCalled, clock },
    stopping: signal,
  });

  return {
    ...{ config, logger, clock, database, connections, clientInfo, partners, voices, sources, runs },
    ...{ rejectedRecords, writer, pipeline, fetcher, puller, clientInfoPuller, scheduler },
    ...{ rateLimits: RATE_LIMITS, deprecations: DEPRECATIONS },
    ...{ quality, qualityRound, reports, findingWebhooks, tileKeeper },
    ...{ pushPositions, pusher, snapshots, changes, changeStreams, secretBox, admin, metrics, lifecycle },
    close: once(async () => {
      try {
        changeStreams.endAll();
        await pusher.stop();
        await Promise.all([snapshots.close(), changes.close(), fetcher.close()]);
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

function publicationOf(config: Config) {
  const { name, publicUrl, licence } = config;
  return { name, publicUrl, licence, attribution: name };
}

function metricSources(parts: {
  writer: RegistryWriter;
  sources: SourceStore;
  snapshots: Snapshots;
  pushPositions: Pick<PushPositionStore, 'list'>;
  changeStreams: Pick<StreamPlaces, 'taken'>;
  clock: () => Date;
}) {
  const { writer, sources, snapshots, pushPositions, changeStreams, clock } = parts;
  return {
    writerQueue: () => writer.waiting,
    changeStreams: () => changeStreams.taken,
    async sources() {
      const counts: Record<string, number> = {};
      for (const { state, brokenAt } of await sources.list()) {
        const shown = brokenAt ? 'broken' : state;
        counts[shown] = (counts[shown] ?? 0) + 1;
      }
      return counts;
    },
    async pushes() {
      const positions = await pushPositions.list();
      return positions.map(({ connectionName: partner, module, behind }) => ({ partner, module, behind }));
    },
    async snapshotAges() {
      const now = clock().getTime();
      const ages: Record<string, number> = {};
      for (const { format, view, snapshot } of await snapshots.list()) {
        if (!snapshot) continue;
        ages[fileReference(format.name, view)] = (now - snapshot.generatedAt.getTime()) / 1000;
      }
      return ages;
    },
  };
}
