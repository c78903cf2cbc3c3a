/**
 * The real `nap` command in processes of its own: to run it once, or to serve, be killed and be started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Milliseconds for a start, or for a command unless its caller allows more. */
const LIMIT_MS = 300_000;

export interface NapResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON value on standard output. */
  json<T = Record<string, unknown>>(): T;
}

/** A `nap serve` that listens. */
export interface NapServer {
  readonly url: string;
  readonly pid: number;
  /** What it has logged, parsed. */
  readonly log: readonly { readonly level: string; readonly msg: string }[];
  /** SIGKILL: nothing is finished. */
  kill(): Promise<void>;
  /** SIGTERM: an orderly end. Answers the exit code. */
  stop(): Promise<number | null>;
}

/** An executable, with the words before those of a command. */
export type Program = readonly [executable: string, ...words: string[]];

/** How a command is run. */
export interface NapOptions {
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
  readonly program?: Program;
}

/** Runs one command to its end, or kills it (SIGKILL) when the signal or the limit (milliseconds) says so. */
export async function runNap(
  commandLine: readonly string[],
  environment: Record<string, string>,
  { signal, limitMs = LIMIT_MS, program }: NapOptions = {},
): Promise<NapResult> {
  const child = spawnNap(commandLine, environment, program);
  const kill = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text) => (stdout += text));
  child.stderr?.on('data', (text) => (stderr += text));
  const limit = setTimeout(kill, limitMs);
  const [code] = await once(child, 'close');
  clearTimeout(limit);
  signal?.removeEventListener('abort', kill);
  return { code, stdout, stderr, json: () => JSON.parse(stdout) };
}

/**
 * Starts `nap serve` on a free loopback port and waits until it listens; `options` of the command, e.g. `--http-only`.
 */
export async function startNap(
  environment: Record<string, string>,
  program: Program = FROM_SOURCE,
  options: readonly string[] = [],
): Promise<NapServer> {
  const settings = { PORT: '0', NAP_ALLOW_PRIVATE_URLS: 'true', ...environment };
  const child = spawnNap(['serve', '--json', ...options], settings, program);
  const log: { level: string; msg: string }[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    log.push(line.startsWith('{') ? JSON.parse(line) : { level: 'error', msg: line });
  });
  const closed = once(child, 'close');
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const first = await Promise.race([
    once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line'),
    closed.then(([code]) => {
      throw new Error(`nap serve ended with ${code}:\n${JSON.stringify(log.slice(-5), null, 2)}`);
    }),
  ]);
  clearTimeout(limit);
  const { url } = JSON.parse(first[0] as string);
  if (typeof url !== 'string') {
    throw new Error(`nap serve did not start: ${first[0]}`);
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const [code] = await closed;
    return code as number | null;
  };
  return {
    url,
    pid: child.pid as number,
    log,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
  };
}

/** The command as it is in the working tree, and as it is installed: compiled by `npm run build`, and started so. */
const FROM_SOURCE: Program = [process.execPath, '--import', 'tsx', 'server/cli/nap.ts'];
export const INSTALLED: Program = ['server/cli/nap.sh'];

function spawnNap(
  commandLine: readonly string[],
  environment: Record<string, string>,
  [executable, ...words]: Program = FROM_SOURCE,
): ChildProcess {
  return spawn(executable, [...words, ...commandLine], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
