/** `nap serve` */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { DataDirectoryLockedError } from '../../db/embedded-lock.ts';
import { connectAdminSocket } from '../admin/socket-client.ts';
import { type Config, describeSettings, maskDatabaseUrl, readConfig } from '../config.ts';
import { createLogger, STANDARD_ERROR, STANDARD_OUTPUT } from '../logger.ts';
import type { RunningServer } from '../main.ts';
import { VERSION } from '../version.ts';
import { type CommandContext, type CommonOptions, finish } from './context.ts';
import { usageError } from './usage-error.ts';

/** Milliseconds to wait for a command that has the data directory open: most take a second. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 250;

interface ServeOptions extends CommonOptions {
  readonly httpOnly?: boolean;
  readonly jobsOnly?: boolean;
}

export function addServe(program: Command, context: CommandContext): void {
  const command = program
    .command('serve')
    .description('Run the access point until it is told to stop (SIGTERM, Ctrl-C).')
    .option('--http-only', 'no scheduled pulls, no building of files (another process does that)')
    .option('--jobs-only', 'no HTTP (another process does that)')
    .addHelpText(
      'after',
      `
Everything runs in one process. To split it, run one process with --jobs-only and any number with --http-only, all
with the same DATABASE_URL and, for the files of open data, the same NAP_DATA_DIR.

The log goes to standard output, one JSON object a line; with --json it goes to standard error, and standard output
has one JSON value once the server listens.

Settings, from the environment:
${describeSettings()}`,
    )
    .action((options: ServeOptions) => serve(options, context));
  finish(command, 'PORT=8080 NAP_COUNTRY_CODE=NL NAP_LICENSE=CC0-1.0 nap serve');
}

async function serve(options: ServeOptions, context: CommandContext): Promise<void> {
  if (options.httpOnly && options.jobsOnly) {
    throw usageError('--http-only and --jobs-only exclude each other; leave both out to run everything.');
  }
  const only = options.httpOnly ? 'http' : options.jobsOnly ? 'jobs' : undefined;
  const config = readConfig(context.environment);
  const logger = createLogger({
    level: config.logLevel,
    to: options.json ? STANDARD_ERROR : STANDARD_OUTPUT,
  });
  for (const warning of config.warnings) logger.warn({}, warning);
  const { runUntilSignal, startServer } = await import('../main.ts');
  const start = () => startServer(config, { logger, ...(only ? { only } : {}) });
  const server = await startWhenFree(config, start);
  const { engine } = server.services.database;
  if (only && engine === 'embedded') {
    logger.warn({}, 'The embedded database is open to one process only: nothing else can do the other half.');
  }
  const facts = { url: server.url, engine, version: VERSION, pid: process.pid };
  const { databaseUrl, dataDirectory } = config;
  const database = databaseUrl === undefined ? undefined : maskDatabaseUrl(databaseUrl);
  logger.info({ ...facts, database, dataDirectory }, 'the access point runs');
  if (options.json) context.print(`${JSON.stringify(facts)}\n`);
  context.exitCode = await runUntilSignal(server);
}

/**
 * Starts the server; a data directory that a command is just using is waited for. When another server has it,
 * there is nothing to wait for: that is told at once.
 */
async function startWhenFree(config: Config, start: () => Promise<RunningServer>): Promise<RunningServer> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const isLocked = error instanceof DataDirectoryLockedError;
      if (!isLocked || performance.now() > deadline) throw error;
      const server = await connectAdminSocket(config.dataDirectory);
      await server?.close();
      if (server) throw error;
      await delay(RETRY_MS);
    }
  }
}
