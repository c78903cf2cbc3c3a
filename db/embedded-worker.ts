/**
 * The worker thread of the embedded engine: PGlite with PostGIS, one backend, bytes in and bytes out.
 *
 * What it guarantees: one group of messages at a time, in order of arrival; a commit is answered only
 * after PostgreSQL has written, and (unless told otherwise) synced, its log to the disk; a session that
 * leaves takes its transaction, portals, prepared statements and settings with it, so the next one
 * starts clean; a second session beside a live one is refused with 53300.
 *
 * It fails by posting `failed` and ending; the main thread then rejects everything that waits.
 */
import { fsyncSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { postgis } from '@electric-sql/pglite-postgis';
import { asksForReady, EngineOutput } from './embedded-output.ts';

/** What the main thread gives the worker to start with. */
export interface WorkerSettings {
  /** PostgreSQL's own data directory; made when it is not there. */
  dataDirectory: string;
  /** The PostGIS bundle to load, as a file URL; the package's own when absent. */
  bundleUrl?: string | undefined;
  /** Whether commits are synced to the disk, and so outlive a power cut. */
  fsync: boolean;
  /** Make the extension, then close: for a data directory that is made ahead. */
  prepareOnly: boolean;
}

/** Main thread to worker. */
export type WorkerRequest =
  | { kind: 'messages'; session: number; bytes: Uint8Array<ArrayBuffer>; startup: boolean }
  | { kind: 'leave'; session: number }
  | { kind: 'close' };

/** Worker to main thread. */
export type WorkerReport =
  | { kind: 'ready' }
  | { kind: 'bytes'; session: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'failed'; message: string }
  | { kind: 'closed' };

/**
 * PGlite's own start parameters without `-F`, which turns fsync off. WASM's `fdatasync` does nothing,
 * `fsync` reaches the file system's hook, hence `wal_sync_method`.
 */
const DURABLE_START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'wal_sync_method=fsync',
];

/** PGlite's file system on Node, with the one operation that it lacks. */
class DurableNodeFS extends NodeFS {
  override async init(...[engine, options]: Parameters<NodeFS['init']>) {
    const { emscriptenOpts } = await super.init(engine, options);
    const addFsync = (module: EmscriptenModule) => {
      module.FS.filesystems.NODEFS.stream_ops.fsync = (stream) => {
        if (stream.nfd !== undefined && stream.nfd !== null) fsyncSync(stream.nfd);
        return 0;
      };
    };
    const preRun = [...[emscriptenOpts.preRun ?? []].flat(), addFsync] as NonNullable<
      typeof emscriptenOpts.preRun
    >;
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }
}

/** The corner of Emscripten's module that is touched here. */
interface EmscriptenModule {
  FS: {
    filesystems: {
      NODEFS: { stream_ops: { fsync?: (stream: { nfd?: number | null }) => number } };
    };
  };
}

/**
 * PGlite takes every exception out of its main loop for a PostgreSQL error and goes round again; after a
 * trap (stack overflow, access out of bounds) it would do so forever. A trap leaves memory in an unknown
 * state, so it ends the engine, as it would end a server's process.
 */
function stopAtTrap(engine: PGlite, stop: (trap: Error) => void): void {
  const module = engine.Module as unknown as { _PostgresMainLoopOnce(): void };
  const mainLoopOnce = module._PostgresMainLoopOnce;
  module._PostgresMainLoopOnce = () => {
    try {
      mainLoopOnce();
    } catch (error) {
      // `WebAssembly.RuntimeError` by its name: the global has no type without the browser's library.
      if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError'))
        stop(error);
      throw error;
    }
  };
}

async function openEngine(settings: WorkerSettings): Promise<PGlite> {
  const { bundleUrl, dataDirectory, fsync } = settings;
  const extension: typeof postgis = bundleUrl
    ? {
        ...postgis,
        setup: async (engine, options) => ({
          ...(await postgis.setup(engine, options)),
          bundlePath: new URL(bundleUrl),
        }),
      }
    : postgis;
  return PGlite.create({
    fs: fsync ? new DurableNodeFS(dataDirectory) : new NodeFS(dataDirectory),
    extensions: { postgis: extension },
    ...(fsync ? { startParams: DURABLE_START_PARAMETERS } : {}),
    relaxedDurability: false,
  });
}

/** Serves one port with one engine. */
class EngineServer {
  #engine: PGlite;
  #post: (report: WorkerReport, transfer?: ArrayBuffer[]) => void;
  #current: number | undefined;
  #output: EngineOutput;

  constructor(engine: PGlite, post: (report: WorkerReport, transfer?: ArrayBuffer[]) => void) {
    this.#engine = engine;
    this.#post = post;
    this.#output = new EngineOutput((bytes) => {
      if (this.#current !== undefined) this.#send(this.#current, bytes);
    });
  }

  async messages(session: number, bytes: Uint8Array, startup: boolean): Promise<void> {
    if (startup) {
      if (this.#current !== undefined) {
        this.#refuse(session);
        return;
      }
      this.#current = session;
    }
    // What a refused or departed client still had under way goes nowhere.
    if (session !== this.#current) return;
    const ready = asksForReady(bytes, startup);
    await this.#engine.execProtocolRawStream(bytes, { onRawData: (part) => this.#output.add(part) });
    this.#output.end(ready);
  }

  /** Ends a session and brings the backend back to how a new one would find it. */
  async leave(session: number): Promise<void> {
    if (session !== this.#current) return;
    this.#current = undefined;
    const ignore = { onRawData: () => {} };
    // Sync ends an extended query cut short, and the skipping of messages after an error.
    await this.#engine.execProtocolRawStream(protocolMessage('S', ''), ignore);
    await this.#engine.execProtocolRawStream(protocolMessage('Q', 'rollback\0'), ignore);
    await this.#engine.execProtocolRawStream(protocolMessage('Q', 'discard all\0'), ignore);
  }

  async close(): Promise<void> {
    await this.#engine.exec('checkpoint');
    await this.#engine.close();
  }

  #refuse(session: number): void {
    const fields = 'SFATAL\0VFATAL\0C53300\0MThe embedded database has one connection and it is in use\0\0';
    this.#send(session, protocolMessage('E', fields));
  }

  #send(session: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#post({ kind: 'bytes', session, bytes }, [bytes.buffer]);
  }
}

/** One protocol message: type, length, body. */
function protocolMessage(type: string, body: string): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(body, 'utf8');
  const bytes = new Uint8Array(5 + text.length);
  bytes[0] = type.charCodeAt(0);
  new DataView(bytes.buffer).setUint32(1, 4 + text.length);
  bytes.set(text, 5);
  return bytes;
}

async function serve(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('embedded-worker.ts runs as a worker thread only');
  const settings = workerData as WorkerSettings;
  const post = (report: WorkerReport, transfer: ArrayBuffer[] = []) => port.postMessage(report, transfer);
  const fail = (error: unknown) => {
    post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    port.close();
  };
  try {
    const engine = await openEngine(settings);
    if (settings.prepareOnly) {
      await engine.exec('create extension if not exists postgis');
      await engine.exec('vacuum analyze');
      await engine.exec('checkpoint');
      await engine.close();
      post({ kind: 'closed' });
      port.close();
      return;
    }
    stopAtTrap(engine, (trap) => {
      fail(trap);
      process.exit(1);
    });
    const server = new EngineServer(engine, post);
    let queue: Promise<void> = Promise.resolve();
    port.on('message', (request: WorkerRequest) => {
      queue = queue.then(() => handle(request)).catch(fail);
    });
    const handle = async (request: WorkerRequest) => {
      if (request.kind === 'messages') {
        await server.messages(request.session, request.bytes, request.startup);
      } else if (request.kind === 'leave') {
        await server.leave(request.session);
      } else {
        await server.close();
        post({ kind: 'closed' });
        port.close();
      }
    };
    post({ kind: 'ready' });
  } catch (error) {
    fail(error);
  }
}

await serve();
