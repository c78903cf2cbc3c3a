/** Runs the `nap` command within the test's process, beside a server on a database of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { runProgram } from '../../../server/cli/program.ts';
import { readConfig } from '../../../server/config.ts';
import { type RunningServer, startServer } from '../../../server/main.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
  json(): any;
}

/** A server and the command that talks to it: through its socket, or with a database server directly. */
export interface CommandRig {
  readonly server: RunningServer;
  readonly database: TestDatabase;
  readonly directory: string;
  nap(...words: string[]): Promise<CommandResult>;
  stop(): Promise<void>;
}

/** Runs one command line with these settings. */
export async function runInProcess(
  words: readonly string[],
  environment: Record<string, string>,
  isTerminal = false,
): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  const code = await runProgram(words, {
    environment,
    print: (text) => {
      stdout += text;
    },
    say: (text) => {
      stderr += text;
    },
    isTerminal,
    exitCode: 0,
  });
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

export async function openCommandRig(): Promise<CommandRig> {
  const database = await openTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'nap-cli-'));
  const settings = {
    ...{ PORT: '0', NAP_SECRET_KEY: '0'.repeat(64), NAP_ALLOW_PRIVATE_URLS: 'true' },
    NAP_COUNTRY_CODE: 'DE',
  };
  const environment = { ...settings, ...database.environment, NAP_DATA_DIR: directory };
  const server = await startServer(readConfig({ ...settings, NAP_DATA_DIR: directory }), {
    database,
    host: '127.0.0.1',
    logger: pino({ level: 'silent' }),
  });
  return {
    server,
    database,
    directory,
    nap: (...words) => runInProcess(words, environment),
    async stop() {
      await server.stop();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}
