/**
 * The admin service for a command: of the running server, through the socket in the data directory, when there
 * is one; otherwise of this process, which then opens the database itself. With a database server (DATABASE_URL)
 * commands always go to the database; a running access point takes note of changed sources within a minute.
 *
 * A server that is just starting or stopping has the data directory locked without answering: it is waited for.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirectoryLockedError } from '../../db/embedded-lock.ts';
import { AdminError } from '../admin/admin-error.ts';
import type { AdminService } from '../admin/service.ts';
import { connectAdminSocket } from '../admin/socket-client.ts';
import { type Config, readConfig } from '../config.ts';
import { createLogger, STANDARD_ERROR } from '../logger.ts';
import type { CommandContext, WithAdmin } from './context.ts';

/** Milliseconds to wait for a server that starts or stops; a first start takes some fifteen seconds, more on a busy machine. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 250;

interface OpenAdmin {
  readonly admin: AdminService;
  close(): Promise<void>;
}

/** For the commands of one process. */
export function adminOpener(context: CommandContext): WithAdmin {
  return async (work) => {
    const opened = await openAdmin(commandConfig(context));
    try {
      return await work(opened.admin);
    } finally {
      await opened.close();
    }
  };
}

/** The settings for a command: quieter than a server, since its answer says what matters. */
export function commandConfig(context: CommandContext): Config {
  return readConfig(context.environment, { logLevel: 'error' });
}

async function openAdmin(config: Config): Promise<OpenAdmin> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const running = config.databaseUrl === undefined && (await connectAdminSocket(config.dataDirectory));
    if (running) return running;
    try {
      // What a running server answers needs none of this to be loaded.
      const { compose } = await import('../compose.ts');
      const services = await compose(config, { logger: commandLogger(config) });
      return { admin: services.admin, close: () => services.close() };
    } catch (error) {
      if (!(error instanceof DataDirectoryLockedError)) throw error;
      if (performance.now() > deadline) throw stillLocked(config);
      await delay(RETRY_MS);
    }
  }
}

/** Standard output is for the answer. */
export function commandLogger(config: Config) {
  return createLogger({ level: config.logLevel, to: STANDARD_ERROR });
}

function stillLocked(config: Config): AdminError {
  return new AdminError(
    'unavailable',
    `The data directory ${config.dataDirectory} is in use by another process that takes no commands, ` +
      'perhaps another "nap" command. Wait for its end, or keep "nap serve" running, which takes commands.',
  );
}
