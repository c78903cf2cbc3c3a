/**
 * The embedded engine as the rest of `db/` sees it: a PostgreSQL with PostGIS in a worker thread, reached
 * by `pg` through a stream of its own.
 *
 * What it guarantees: at most one process has the directory open (embedded-lock.ts); a new data directory
 * appears whole or not at all, whenever the process dies; what was committed is there after `kill -9`,
 * and after a power cut too unless `fsync` is off; WASM work never blocks the event loop.
 *
 * Layout of the directory: `database/` is PostgreSQL's own, `lock-*` are sockets of the lock,
 * `incoming-*` is a data directory being made.
 *
 * It fails with a message that names the directory and the way out. When the worker dies, every query
 * under way and every later one is rejected with the reason; opening anew recovers like after a crash.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type DataDirectoryLock, lockDataDirectory } from './embedded-lock.ts';
import { EmbeddedStream } from './embedded-stream.ts';
import type { WorkerReport, WorkerRequest, WorkerSettings } from './embedded-worker.ts';
import {
  copyDataDirectory,
  ENGINE_MAJOR_VERSION,
  findPostgisBundle,
  findPreparedDataDirectory,
} from './prepared-data-directory.ts';

/** PostgreSQL's own folder inside the data directory. */
const DATABASE_FOLDER = 'database';
const INCOMING_PREFIX = 'incoming-';
/** Megabytes of the thread's stack: so much that PostgreSQL's own limit is met first, which is an error and no crash. */
const STACK_MB = 64;

/** What the engine may tell while it starts. */
export interface EmbeddedLogger {
  info(object: object, message: string): void;
  warn(object: object, message: string): void;
}

/** How to open the embedded engine. */
export interface EmbeddedSettings {
  dataDirectory: string;
  /** Sync commits to the disk. Off only where the data may be lost, as in tests. Default true. */
  fsync?: boolean | undefined;
  logger?: EmbeddedLogger | undefined;
}

/** An open embedded engine. */
export interface EmbeddedEngine {
  /** For `pg`'s `stream` option: a new stand-in for a socket. One at a time is served. */
  openStream(): EmbeddedStream;
  /** Ends the engine with a checkpoint and gives the directory free. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Opens the embedded engine on a directory, which is made when it is not there.
 *
 * @throws DataDirectoryLockedError when another process has it open
 */
export async function openEmbeddedEngine(settings: EmbeddedSettings): Promise<EmbeddedEngine> {
  const directory = resolve(settings.dataDirectory);
  // Only its owner may look in: the registry holds tokens of partners.
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDataDirectory(directory);
  try {
    await removeUnfinished(directory);
    const database = join(directory, DATABASE_FOLDER);
    if (existsSync(database)) await checkVersion(database);
    else await makeDatabase(directory, database, settings.logger);
    const worker = new EngineWorker({
      dataDirectory: database,
      bundleUrl: await findPostgisBundle(),
      fsync: settings.fsync ?? true,
      prepareOnly: false,
    });
    await worker.started;
    return engineOf(worker, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Runs a worker that makes a data directory with the extension in it, and waits for its end. */
export async function buildDataDirectory(
  dataDirectory: string,
  bundleUrl: string | undefined,
): Promise<void> {
  const worker = new EngineWorker({ dataDirectory, bundleUrl, fsync: false, prepareOnly: true });
  await worker.ended;
}

function engineOf(worker: EngineWorker, lock: DataDirectoryLock): EmbeddedEngine {
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      await worker.close();
    } finally {
      await lock.release();
    }
  };
  return {
    openStream: () => worker.openStream(),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Removes what a process left that died while it made the data directory. Only under the lock. */
async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(INCOMING_PREFIX)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

async function makeDatabase(
  directory: string,
  database: string,
  logger: EmbeddedLogger | undefined,
): Promise<void> {
  const incoming = await mkdtemp(join(directory, INCOMING_PREFIX));
  try {
    await makeDatabaseIn(incoming, database, logger);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

async function makeDatabaseIn(
  incoming: string,
  database: string,
  logger: EmbeddedLogger | undefined,
): Promise<void> {
  const target = join(incoming, DATABASE_FOLDER);
  const prepared = await findPreparedDataDirectory(buildDataDirectory, logger);
  if (prepared) await copyDataDirectory(prepared, target);
  else {
    const building = join(incoming, 'building');
    await buildDataDirectory(building, await findPostgisBundle());
    await copyDataDirectory(building, target);
  }
  await rename(target, database);
}

async function checkVersion(database: string): Promise<void> {
  let found: string;
  try {
    found = (await readFile(join(database, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    throw new Error(
      `${database} is not a PostgreSQL data directory (PG_VERSION cannot be read). ` +
        'Set NAP_DATA_DIR to another directory, or restore this one from a backup.',
      { cause: error },
    );
  }
  if (found === ENGINE_MAJOR_VERSION) return;
  throw new Error(
    `${database} was made by PostgreSQL ${found}, the embedded engine is PostgreSQL ${ENGINE_MAJOR_VERSION}. ` +
      'Run the version of the access point that made it, or set NAP_DATA_DIR to a new directory and pull the data again.',
  );
}

/** The main thread's side of one worker. */
class EngineWorker {
  readonly started: Promise<void>;
  readonly ended: Promise<void>;
  #worker: Worker;
  #streams = new Map<number, EmbeddedStream>();
  #nextSession = 1;
  #closed = false;
  #failure: Error | undefined;

  constructor(settings: WorkerSettings) {
    this.#worker = startThread(settings);
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error));
    this.started = new Promise((resolve, reject) => {
      this.#worker.on('message', (report: WorkerReport) => {
        if (report.kind === 'ready') resolve();
        else this.#receive(report);
      });
      this.#worker.once('exit', () => reject(this.#failure ?? stopped('it ended while starting')));
    });
    this.ended = new Promise((resolve, reject) => {
      this.#worker.once('exit', (exitCode) => {
        if (!this.#closed) this.#fail(new Error(`its thread ended with code ${exitCode}`));
        if (this.#failure) reject(this.#failure);
        else resolve();
      });
    });
    // Either is awaited by some callers only; a failure also reaches every stream.
    this.started.catch(() => {});
    this.ended.catch(() => {});
  }

  openStream(): EmbeddedStream {
    const session = this.#nextSession++;
    return new EmbeddedStream((stream) => {
      this.#streams.set(session, stream);
      if (this.#failure || this.#closed) {
        process.nextTick(() => stream.destroy(this.#reason()));
      }
      return {
        send: (bytes, startup) => this.#post({ kind: 'messages', session, bytes, startup }, [bytes.buffer]),
        leave: () => {
          this.#streams.delete(session);
          this.#post({ kind: 'leave', session });
        },
      };
    });
  }

  /** Ends the worker with a checkpoint. Resolves as well when it had died before: nothing is left to end. */
  async close(): Promise<void> {
    if (this.#failure) return;
    this.#post({ kind: 'close' });
    await this.ended;
  }

  #post(request: WorkerRequest, transfer: ArrayBuffer[] = []): void {
    if (this.#failure || this.#closed) return;
    this.#worker.postMessage(request, transfer);
  }

  #receive(report: WorkerReport): void {
    if (report.kind === 'bytes') this.#streams.get(report.session)?.push(report.bytes);
    else if (report.kind === 'failed') this.#fail(new Error(report.message));
    else if (report.kind === 'closed') this.#closed = true;
  }

  /** A new error for each client: Knex writes its query into the message of the one that it gets. */
  #reason(): Error {
    if (!this.#failure) return stopped('it was closed');
    return new Error(this.#failure.message, { cause: this.#failure.cause });
  }

  #fail(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = stopped(reason instanceof Error ? reason.message : String(reason), reason);
    for (const stream of this.#streams.values()) stream.destroy(this.#reason());
    this.#streams.clear();
  }
}

function stopped(reason: string, cause?: unknown): Error {
  return new Error(
    `The embedded database stopped: ${reason}. Committed data is safe on the disk; start the process again.`,
    { cause },
  );
}

/** The thread beside this file: the compiled file in `dist/`, or the source with tsx registered in it. */
function startThread(workerData: WorkerSettings): Worker {
  const options = { workerData, resourceLimits: { stackSizeMb: STACK_MB } };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./embedded-worker.js', import.meta.url), options);
  }
  // tsx does not reach into worker threads on Node 20, so the thread registers it first.
  const entry = createRequire(import.meta.url).resolve('tsx/esm/api');
  // tsx's CommonJS twin of that module does not find its own loader.
  const tsx = JSON.stringify(pathToFileURL(entry.replace(/\.cjs$/, '.mjs')).href);
  const source = JSON.stringify(new URL('./embedded-worker.ts', import.meta.url).href);
  const bootstrap = `import(${tsx}).then((api) => { api.register(); return import(${source}); });`;
  return new Worker(bootstrap, { ...options, eval: true });
}
