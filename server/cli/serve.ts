/** `nap serve` */
import type { Command } from 'commander';
import { describeSettings, maskDatabaseUrl, readConfig } from '../config.ts';
import { createLogger, STANDARD_ERROR, STANDARD_OUTPUT } from '../logger.ts';
import { runUntilSignal, startServer } from '../main.ts';
import { VERSION } from '../version.ts';
import { type CommandContext, type CommonOptions, finish } from './context.ts';
import { usageError } from './usage-error.ts';

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
  const server = await startServer(config, { logger, ...(only ? { only } : {}) });
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
