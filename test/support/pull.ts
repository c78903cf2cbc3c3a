/**
 * Everything that a pull needs, wired as `server/compose.ts` wires it: stores, pipeline, HTTP client and puller
 * over a test database, with a clock that stands still and sleeps that take no time but are written down.
 */
import pino from 'pino';
import type { Source } from '../../db/partner-model.ts';
import { createClientInfoStore } from '../../db/registry/client-info-store.ts';
import { type ConnectionStore, createConnectionStore } from '../../db/registry/connection-store.ts';
import { createPartners } from '../../db/registry/partner.ts';
import { createRunStore, type RunStore } from '../../db/registry/run-store.ts';
import type { ClaimingProcess } from '../../db/registry/source-claim.ts';
import { createSourceStore, type NewSource, type SourceStore } from '../../db/registry/source-store.ts';
import { createVoiceStore } from '../../db/registry/voice-store.ts';
import type { Adapter } from '../../ingest/adapter.ts';
import { createHttpClient, type HttpClient, type HttpLimits } from '../../ingest/http/http-client.ts';
import type { Pipeline } from '../../ingest/pipeline.ts';
import { createPuller, type Puller } from '../../ingest/pull.ts';
import type { TestDatabase } from './database.ts';
import { openTestPipeline } from './pipeline.ts';

export interface PullRig {
  sources: SourceStore;
  connections: ConnectionStore;
  runs: RunStore;
  puller: Puller;
  fetcher: HttpClient;
  pipeline: Pipeline;
  /** The time that everything sees. */
  now: Date;
  /** Milliseconds of each sleep before a further try. */
  sleeps: number[];
  /** All that was logged. */
  log: { level: number; msg: string; [field: string]: unknown }[];
  /** Adds a source; one of kind `ocpi` unless told. */
  add(source: Partial<NewSource>): Promise<Source>;
  close(): Promise<void>;
}

export interface PullRigOptions {
  limits?: Partial<HttpLimits>;
  /** Wraps the real pipeline. */
  wrap?: (pipeline: Pipeline) => Pipeline;
  adapters?: ReadonlyMap<string, Adapter>;
  process?: ClaimingProcess;
  renewalMs?: number;
  /** The engine that the stores believe in: a server may have other processes. */
  engine?: 'embedded' | 'server';
}

function unseal(sealed: string): string {
  if (!sealed.startsWith('sealed:')) throw new Error('it was sealed with another key');
  return sealed.slice('sealed:'.length);
}

/** Wires a rig; make a new one after `truncate()`. */
export async function openPullRig(database: TestDatabase, options: PullRigOptions = {}): Promise<PullRig> {
  const { knex, engine } = database;
  const log: PullRig['log'] = [];
  const sleeps: number[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const test = await openTestPipeline(database);
  const clock = () => rig.now;
  const voices = createVoiceStore({ knex, clock });
  const sources = createSourceStore({
    database: { knex, engine: options.engine ?? engine },
    voices,
    clock,
    ...(options.process ? { process: options.process } : {}),
  });
  const connections = createConnectionStore({ database: { knex, engine }, voices, clock });
  const partners = createPartners({ clientInfo: createClientInfoStore({ knex, clock }) });
  const runs = createRunStore({ knex, clock });
  const pipeline = options.wrap?.(test.pipeline) ?? test.pipeline;
  const fetcher = createHttpClient({
    allowPrivateUrls: true,
    clock,
    logger,
    random: () => 0.5,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      sleeps.push(milliseconds);
    },
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const puller = createPuller({
    sources,
    connections,
    partners,
    runs,
    pipeline,
    fetcher,
    unseal,
    party: { countryCode: 'NL', partyId: 'NAP' },
    clock,
    logger,
    ...(options.adapters ? { adapters: options.adapters } : {}),
    ...(options.renewalMs ? { renewalMs: options.renewalMs } : {}),
  });
  const rig: PullRig = {
    sources,
    connections,
    runs,
    pipeline,
    fetcher,
    sleeps,
    log,
    now: test.now,
    puller: {
      run(name, runOptions) {
        // No two runs begin at one moment: what the first has received is older than the second.
        test.now = new Date(test.now.getTime() + 1);
        return puller.run(name, runOptions);
      },
    },
    add: (source) => sources.add({ name: 'cpo', kind: 'ocpi', ...source }),
    close: () => fetcher.close(),
  };
  Object.defineProperty(rig, 'now', {
    get: () => test.now,
    set: (now: Date) => {
      test.now = now;
    },
  });
  return rig;
}
