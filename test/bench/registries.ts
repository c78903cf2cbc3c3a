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
import { COMPILED, runNap } from '../support/nap.ts';
import type { Feed } from './feed.ts';
import { withClient } from './registry-client.ts';

const run = promisify(execFile);

const CLUSTER_SCRIPT = resolve(import.meta.dirname, '../support/postgres-cluster.sh');

/** Milliseconds for one command of `nap`: a national feed takes a minute. */
const COMMAND_LIMIT_MS = 1_800_000;

/** Never due while a benchmark runs: what is pulled is pulled by command. */
export const NEVER_DUE = '0 3 1 1 *';

export interface BenchRegistry {
  readonly url: string;
  /** For `nap` as a process of its own: this registry, and a data folder of its own. */
  readonly environment: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/** On the embedded engine; what it holds is in its data folder. */
export type EmbeddedRegistry = Omit<BenchRegistry, 'url'>;

export interface BenchRegistries {
  /** Version of the server, for the report. */
  readonly version: string;
  /** Migrated, with nothing in it. */
  empty(): Promise<BenchRegistry>;
  /** With the whole feed. */
  filled(): Promise<BenchRegistry>;
  /** With what another one holds, its secrets and all; nobody may be connected to that one. */
  copyOf(registry: BenchRegistry): Promise<BenchRegistry>;
  /** On the embedded engine, migrated, with nothing in it. */
  embedded(): Promise<EmbeddedRegistry>;
}

/** `folder` is for what `nap` keeps on disk. Call `stop` at the end. */
export async function startRegistries(
  folder: string,
  feed: Feed,
  say: (line: string) => void,
): Promise<BenchRegistries & { stop(): Promise<void> }> {
  const cluster = await mkdtemp(join(tmpdir(), 'nap-bench-postgres-'));
  const environment = { ...process.env, DURABLE: '1' };
  const { stdout } = await run(CLUSTER_SCRIPT, ['start', cluster], { env: environment });
  const clusterUrl = stdout.trim().split('\n').at(-1) as string;
  const maintain = (sql: string) => withClient({ url: clusterUrl }, (client) => client.query(sql));
  const open = async (name: string, secretKey = newSecretKey()): Promise<BenchRegistry> => {
    const url = Object.assign(new URL(clusterUrl), { pathname: `/${name}` }).href;
    const dataFolder = join(folder, name);
    await mkdir(dataFolder, { recursive: true });
    return {
      url,
      environment: environmentOf(url, dataFolder, secretKey),
      drop: async () => void (await maintain(`drop database if exists ${name} with (force)`)),
    };
  };
  const copyOf = async (template: string, secretKey?: string) => {
    const name = `bench_${randomBytes(6).toString('hex')}`;
    await maintain(`create database ${name} template ${template}`);
    return open(name, secretKey);
  };
  const once = (work: () => Promise<string>) => {
    let made: Promise<string> | null = null;
    return () => {
      made ??= work();
      return made;
    };
  };
  const emptyTemplate = once(async () => {
    await maintain('create database bench_empty');
    await nap(await open('bench_empty'), ['migrate']);
    return 'bench_empty';
  });
  const filledTemplate = once(async () => {
    say(`taking in ${feed.title}, once for all cases that need it`);
    await maintain(`create database bench_filled template ${await emptyTemplate()}`);
    await fill(await open('bench_filled'), feed);
    return 'bench_filled';
  });
  const { rows } = await maintain('show server_version');
  return {
    version: rows[0].server_version,
    empty: async () => copyOf(await emptyTemplate()),
    filled: async () => copyOf(await filledTemplate()),
    copyOf: ({ url, environment }) => copyOf(new URL(url).pathname.slice(1), environment.NAP_SECRET_KEY),
    embedded: () => newEmbedded(folder),
    stop: async () => void (await run(CLUSTER_SCRIPT, ['stop', cluster])),
  };
}

async function newEmbedded(folder: string): Promise<EmbeddedRegistry> {
  const dataFolder = await mkdtemp(join(folder, 'embedded-'));
  const environment = environmentOf('', dataFolder, newSecretKey());
  await nap({ environment }, ['migrate']);
  return { environment, drop: () => rm(dataFolder, { recursive: true }) };
}

/** Runs a command of the compiled `nap` on a registry; `program` when something is to be loaded with it. */
export async function nap(
  { environment }: Pick<BenchRegistry, 'environment'>,
  commandLine: readonly string[],
  program: readonly string[] = COMPILED,
): Promise<string> {
  const { code, stdout, stderr } = await runNap(commandLine, environment, {
    limitMs: COMMAND_LIMIT_MS,
    program,
  });
  if (code !== 0) throw new Error(`nap ${commandLine.join(' ')} ended with ${code}:\n${stderr.slice(-2000)}`);
  return stdout;
}

async function fill(registry: BenchRegistry, feed: Feed): Promise<void> {
  for (const module of ['tariffs', 'locations'] as const) {
    const address = `file://${feed[module]}`;
    const source = ['--kind', 'ocpi-file', '--module', module, '--url', address, '--schedule', NEVER_DUE];
    await nap(registry, ['source', 'add', module, ...source]);
    await nap(registry, ['source', 'run', module]);
  }
  await withClient(registry, (client) => client.query('vacuum (analyze)'));
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
