/**
 * A server process from its start to its end.
 *
 * Start: the port is taken first, so that a wrong one is told before anything else is touched; until all is
 * built, requests are answered 503. Then the admin socket (embedded engine), the scheduler, the first files.
 *
 * End, by `stop()` or SIGTERM/SIGINT: readiness goes to 503, no request is taken any more, those in flight end
 * within a bounded time, timed work stops, the writer commits what it was handed, the database closes. Nothing
 * that was answered with success is lost. A second signal ends the process at once.
 *
 * Exit codes: 0 after an orderly end; 1 when it could not start, could not end in order, or met a fault that
 * leaves its state unknown (uncaught exception); 128 + the signal's number for a second signal.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AdminSocket, openAdminSocket } from './admin/socket.ts';
import { configureHttpServer, createApp } from './app.ts';
import { compose, type Overrides, type Services } from './compose.ts';
import type { Config } from './config.ts';
import { createLogger } from './logger.ts';
import { startRefresher } from './quality/refresher.ts';

/** What `nap serve` and tests may choose beside the settings. */
export interface ServerOptions extends Overrides {
  /** Address to listen on; all of this machine when not given. */
  readonly host?: string;
  /** `http`: no timed work; `jobs`: no HTTP; both in one process when not given. */
  readonly only?: 'http' | 'jobs';
}

/** A started server. */
export interface RunningServer {
  /** Where it listens, e.g. `http://127.0.0.1:8080`; null with `only: 'jobs'`. */
  readonly url: string | null;
  readonly services: Services;
  /** Ends it in order. Safe to call twice. */
  stop(): Promise<void>;
}

/** Milliseconds for requests in flight to end: the longest push takes seconds, a download is begun anew. */
const DRAIN_MS = 15_000;
/** Milliseconds for the whole orderly end: below the 30 s after which container platforms kill. */
const STOP_LIMIT_MS = 28_000;
const RETRY_AFTER_SECONDS = 5;

/**
 * Starts a server.
 *
 * @throws when the port is taken, the database cannot be opened, migrated, ...; then nothing is left running
 */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<RunningServer> {
  const { host, only, ...overrides } = options;
  const logger = overrides.logger ?? createLogger({ level: config.logLevel });
  const front = only === 'jobs' ? undefined : await openFront(config.port, host);
  let services: Services | undefined;
  let socket: AdminSocket | undefined;
  try {
    const localUrl = front ? { localUrl: front.url } : {};
    services = await compose(config, { ...localUrl, ...overrides, logger });
    const { admin, database, lifecycle, pusher, scheduler, snapshots } = services;
    // On a database server the command goes to the database itself.
    if (database.engine === 'embedded') {
      socket = await openAdminSocket({ admin, dataDirectory: config.dataDirectory, logger });
    }
    if (front) {
      const app = createApp(services);
      const handle = app.callback();
      front.serve((request, response) => {
        if (lifecycle.state === 'stopping') response.setHeader('Connection', 'close');
        void handle(request, response);
      });
    }
    if (only !== 'http') {
      await scheduler.start();
      pusher.start();
      // Its faults are logged and told in its report.
      void snapshots.buildIfChanged();
    } else {
      const { policies, operators } = services.quality;
      const refresher = startRefresher({ what: [policies, operators], logger });
      lifecycle.signal.addEventListener('abort', () => refresher.stop(), { once: true });
    }
  } catch (error) {
    await Promise.allSettled([front?.close(0), socket?.close(0), services?.scheduler.stop()]);
    await services?.close();
    throw error;
  }
  const stop = once(() => stopAll(services, front, socket));
  return { url: front?.url ?? null, services, stop };
}

async function stopAll(
  services: Services,
  front: Front | undefined,
  socket: AdminSocket | undefined,
): Promise<void> {
  const { lifecycle, pusher, scheduler, snapshots, logger } = services;
  lifecycle.stop();
  logger.info({}, 'stopping: requests in flight end, nothing new is taken');
  const ends = [
    front?.close(DRAIN_MS),
    socket?.close(DRAIN_MS),
    scheduler.stop(),
    pusher.stop(),
    snapshots.close(),
  ];
  const faults = (await Promise.allSettled(ends)).filter((end) => end.status === 'rejected');
  for (const { reason } of faults) logger.error({ err: reason }, 'a part did not stop in order');
  await services.close();
  logger.info({}, 'stopped');
}

/** The HTTP server around the application. */
interface Front {
  readonly url: string;
  serve(handle: RequestListener): void;
  /** Takes no more requests and waits for those in flight, `withinMs` at most. */
  close(withinMs: number): Promise<void>;
}

async function openFront(port: number, host: string | undefined): Promise<Front> {
  let handle: RequestListener = (_request, response) => {
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': RETRY_AFTER_SECONDS });
    response.end('{"status":"starting"}');
  };
  const server = createServer((request, response) => handle(request, response));
  configureHttpServer(server);
  await listen(server, port, host);
  return {
    url: urlOf(server.address() as AddressInfo),
    serve: (next) => {
      handle = next;
    },
    close: (withinMs) => closeServer(server, withinMs),
  };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => {
      const known: Record<string, string> = {
        EADDRINUSE: `Port ${port} is in use. Stop what listens there, or set PORT to another one.`,
        EACCES: `Port ${port} may not be used by this user. Set PORT to one above 1023.`,
      };
      reject(new Error(known[error.code ?? ''] ?? `Cannot listen on port ${port}: ${error.message}`));
    };
    server.once('error', refused);
    const listening = () => {
      server.off('error', refused);
      resolve();
    };
    if (host === undefined) server.listen(port, listening);
    else server.listen(port, host, listening);
  });
}

function urlOf({ address, port, family }: AddressInfo): string {
  if (address === '::' || address === '0.0.0.0') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function closeServer(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Idle ones at once; one that has just been answered closes by its header.
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const limit = setTimeout(() => server.closeAllConnections(), withinMs);
  server.closeIdleConnections();
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}

/** Ends the process in order when it is told to, and at once when it cannot go on. Resolves with the exit code. */
export function runUntilSignal(server: RunningServer): Promise<number> {
  const { logger } = server.services;
  return new Promise((resolve) => {
    let isStopping = false;
    const end = (code: number) => {
      if (isStopping) return;
      isStopping = true;
      setTimeout(() => {
        logger.fatal({}, 'did not stop in time');
        process.exit(1);
      }, STOP_LIMIT_MS).unref();
      server.stop().then(
        () => resolve(code),
        (error: unknown) => {
          logger.fatal({ err: error }, 'did not stop in order');
          resolve(1);
        },
      );
    };
    for (const [signal, number] of Object.entries(SIGNALS)) {
      process.on(signal, () => {
        if (isStopping) process.exit(128 + number);
        logger.info({ signal }, 'told to stop');
        end(0);
      });
    }
    for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(fault, (error: unknown) => {
        logger.fatal({ err: error }, fault);
        process.exit(1);
      });
    }
  });
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
