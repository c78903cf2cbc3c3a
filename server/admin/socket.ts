/**
 * The admin service on a Unix socket in the data directory, so that the `nap` command works while a server has
 * the embedded database open (design, section 4).
 *
 * Guarantees: only the owner of the data directory can connect (mode 0600 from the first moment it can be
 * found); a socket file left by a killed server is replaced at once. Only the process that holds the lock of the
 * data directory may listen, so the file is always its own.
 *
 * It fails when the file system of the data directory holds no sockets.
 */
import { randomBytes } from 'node:crypto';
import { chmod, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import Koa from 'koa';
import type { Logger } from 'pino';
import { answerWithProblem } from '../middleware/errors.ts';
import { unguardedAdminRoutes } from './routes.ts';
import type { AdminService } from './service.ts';
import { adminSocketPath, shortRoad } from './socket-path.ts';

/** A listening socket. */
export interface AdminSocket {
  readonly path: string;
  /** Takes no more wishes and waits for those under way, `withinMs` at most. */
  close(withinMs: number): Promise<void>;
}

/** Listens. To be called under the lock of the data directory only. */
export async function openAdminSocket(parts: {
  admin: AdminService;
  dataDirectory: string;
  logger: Logger;
}): Promise<AdminSocket> {
  const { admin, dataDirectory, logger } = parts;
  const app = new Koa();
  app.use(answerWithProblem({ logger }));
  app.use(unguardedAdminRoutes({ admin, logger }).routes());
  // Whoever asked has hung up; the run it asked for says so.
  app.on('error', (error) => logger.debug({ err: error }, 'an answer on the admin socket broke off'));
  const server = createServer(app.callback());
  // A run of a whole country may take longer than any limit; the file mode keeps strangers out.
  server.requestTimeout = 0;
  const path = adminSocketPath(dataDirectory);
  const incoming = join(dataDirectory, `admin-${randomBytes(6).toString('hex')}.sock`);
  const road = await shortRoad(incoming);
  try {
    await listen(server, road.path);
    await chmod(incoming, 0o600);
    await rename(incoming, path);
  } catch (error) {
    server.close();
    await rm(incoming, { force: true });
    throw error;
  } finally {
    await road.remove();
  }
  return { path, close: (withinMs) => close(server, path, withinMs) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, path: string, withinMs: number): Promise<void> {
  await rm(path, { force: true });
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const limit = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearTimeout(limit);
}
