/**
 * Databases of a benchmark: a PostgreSQL of the run's own that commits as one in production does, with registries that
 * are empty or hold the feed, and empty ones on the embedded engine. The feed is taken in once a run, through
 * `nap source run`; each registry is a copy of it.
 *
 * Guarantees: a registry is the case's own and analysed; what was made is removed with the cluster.
 * Fails when PostgreSQL is not installed, or when the feed cannot be taken in.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { INSTALLED, runNap } from '../support/nap.ts';
import type { Feed } from './feed.ts';
import { withClient } from './registry-client.ts';

const run = promisify(execFile);

const CLUSTER_SCRIPT = resolve(import.meta.dirname, '../support/postgres-cluster.sh');

/** Milliseconds for one command of `nap`: a national feed takes a minute, ten times that on a busy machine an hour. */
const COMMAND_LIMIT_MS = 7_200_000;

/** Never due while a benchmark runs: what is pulled is pulled by command. */
export const NEVER_DUE = '0 3 1 1 *';

export interface BenchRegistry {
  readonly url: string;
  /** For `nap` as a process of its own: this registry, and a data folder of its own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends what `nap` does with it, when the run is broken off. */
  readonly signal: AbortSignal;
  drop(): Promise<void>;
}

/** On the embedded engine; what it holds is in its data folder. */
export type EmbeddedRegistry = Omit<BenchRegistry, 'url'>;

/** For commands, on whichever engine. */
export type RunnableRegistry = Pick<BenchRegistry, 'environment' | 'signal'>;

export interface BenchRegistries {
  /** Version of the server, for the report; null when no case asked for one. */
  version(): Promise<string | null>;
  /** Migrated, with nothing in it. */
  empty(): Promise<BenchRegistry>;
  /** With the whole feed. */
  filled(): Promise<BenchRegistry>;
  /** With what another one holds, its secrets and all; nobody may be connected to that one. */
  copyOf(registry: BenchRegistry): Promise<BenchRegistry>;
  /** On the embedded engine, migrated, with nothing in it. */
  embedded(): Promise<EmbeddedRegistry>;
}

/** What registries are made with. */
interface Means {
  /** For what `nap` keeps on disk. */
  readonly folder: string;
  readonly feed: Feed;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Call `stop` at the end; nothing is started before it is needed. */
export function createRegistries(means: Means): BenchRegistries & { stop(): Promise<void> } {
  const { feed, say } = means;
  let started: Promise<Cluster> | null = null;
  const cluster = () => {
    started ??= startCluster(means);
    return started;
  };
  const emptyTemplate = once(async () => {
    await nap(await (await cluster()).create('bench_empty'), ['migrate']);
    return 'bench_empty';
  });
  const filledTemplate = once(async () => {
    say(`taking in ${feed.title}, once for all cases that need it`);
    await fill(await (await cluster()).create('bench_filled', { template: await emptyTemplate() }), feed);
    return 'bench_filled';
  });
  const copyOf = async (template: string, secretKey?: string) => {
    const name = `bench_${randomBytes(6).toString('hex')}`;
    return (await cluster()).create(name, { template, secretKey });
  };
  return {
    version: async () => (await started)?.version ?? null,
    empty: async () => copyOf(await emptyTemplate()),
    filled: async () => copyOf(await filledTemplate()),
    copyOf: ({ url, environment }) => copyOf(new URL(url).pathname.slice(1), environment.NAP_SECRET_KEY),
    embedded: () => newEmbedded(means),
    stop: async () => (await started)?.stop(),
  };
}

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** A PostgreSQL of the run's own. */
interface Cluster {
  readonly version: string;
  create(
    name: string,
    options?: { template?: string; secretKey?: string | undefined },
  ): Promise<BenchRegistry>;
  stop(): Promise<void>;
}

async function startCluster({ folder, signal }: Means): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), 'nap-bench-postgres-'));
  const environment = { ...process.env, DURABLE: '1' };
  const { stdout } = await run(CLUSTER_SCRIPT, ['start', directory], { env: environment });
  const clusterUrl = stdout.trim().split('\n').at(-1) as string;
  const maintain = (sql: string) => withClient({ url: clusterUrl }, (client) => client.query(sql));
  const { rows } = await maintain('show server_version');
  return {
    version: rows[0].server_version,
    async create(name, { template = 'template1', secretKey = newSecretKey() } = {}) {
      await maintain(`create database ${name} template ${template}`);
      const dataFolder = join(folder, name);
      await mkdir(dataFolder, { recursive: true });
      const url = Object.assign(new URL(clusterUrl), { pathname: `/${name}` }).href;
      return {
        url,
        environment: environmentOf(url, dataFolder, secretKey),
        signal,
        drop: async () => void (await maintain(`drop database if exists ${name} with (force)`)),
      };
    },
    stop: async () => void (await run(CLUSTER_SCRIPT, ['stop', directory])),
  };
}

async function newEmbedded({ folder, signal }: Means): Promise<EmbeddedRegistry> {
  const dataFolder = await mkdtemp(join(folder, 'embedded-'));
  const environment = environmentOf('', dataFolder, newSecretKey());
  await nap({ environment, signal }, ['migrate']);
  return { environment, signal, drop: () => rm(dataFolder, { recursive: true, force: true }) };
}

/** Runs a command of the installed `nap` on a registry. */
export async function nap(
  { environment, signal }: RunnableRegistry,
  commandLine: readonly string[],
): Promise<string> {
  signal.throwIfAborted();
  const { code, stdout, stderr } = await runNap(commandLine, environment, {
    ...{ limitMs: COMMAND_LIMIT_MS, program: INSTALLED, signal },
  });
  if (code !== 0) throw new Error(`nap ${commandLine.join(' ')} ended with ${code}:\n${stderr.slice(-2000)}`);
  return stdout;
}

async function fill(registry: BenchRegistry, feed: Feed): Promise<void> {
  for (const module of ['tariffs', 'locations'] as const) {
    await addFileSource(registry, module, feed[module]);
    await nap(registry, ['source', 'run', module]);
  }
  await withClient(registry, (client) => client.query('vacuum (analyze)'));
}

/** A source of the name of its module, which is run by command. */
export async function addFileSource(
  registry: BenchRegistry,
  module: 'locations' | 'tariffs',
  file: string,
): Promise<void> {
  const source = ['--kind', 'ocpi-file', '--module', module, '--url', `file://${file}`];
  await nap(registry, ['source', 'add', module, ...source, '--schedule', NEVER_DUE]);
}

/** It guards nothing but this run. */
function newSecretKey(): string {
  return randomBytes(32).toString('hex');
}

/** @param url of the database; empty for the embedded engine */
function environmentOf(url: string, dataFolder: string, secretKey: string): Record<string, string> {
  return {
    DATABASE_URL: url,
    NAP_DATA_DIR: dataFolder,
    NAP_SECRET_KEY: secretKey,
    NAP_ALLOW_PRIVATE_URLS: 'true',
    LOG_LEVEL: 'warn',
  };
}
