/**
 * `npm run real-data -- FOLDER [dutch|others]`: takes the real feeds of a folder in through the `nap` command, as
 * an operator would, and prints the outcomes as Markdown tables, with the findings of each feed by rule
 * (`docs/real-data.md`). The engine is the embedded one, or the server that DATABASE_URL names (an empty database).
 * Locations of PowerGo are in the Dutch feed as well: each part by itself begins with an empty registry.
 *
 * Guarantees: the process fails when the outcomes of a run do not add up to what it received, when a second pull
 * of unchanged data changed the registry, or when the log of the access point has an error. It leaves nothing
 * behind but that database.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CpoPlatform, type CpoPlatformOptions, startCpoPlatform } from '../simulator/cpo-platform.ts';
import { type NapServer, runNap, startNap } from '../support/nap.ts';
import { sourceFacts } from './source-facts.ts';

interface Report {
  state: string;
  received: number;
  created: number;
  updated: number;
  unchanged: number;
  stale: number;
  rejected: number;
  failed: number;
  removed: number;
  findings: number;
  seconds: number;
}

const COLUMNS = [
  'state',
  'received',
  'created',
  'updated',
  'unchanged',
  'stale',
  'rejected',
  'failed',
  'removed',
  'findings',
  'seconds',
] as const;

/** Milliseconds for one pull: a national feed takes a minute or two, on a machine that is busy with more much longer. */
const PULL_LIMIT_MS = 1_800_000;

const [folder, part] = process.argv.slice(2);
if (folder === undefined || !['dutch', 'others', undefined].includes(part)) {
  process.stderr.write(
    'Usage: npm run real-data -- FOLDER [dutch|others]   (a folder with ndw/ and feeds/)\n',
  );
  process.exit(2);
}
await run(resolve(folder));

async function run(data: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'nap-real-data-'));
  const environment = {
    NAP_DATA_DIR: join(work, 'data'),
    NAP_SECRET_KEY: '0'.repeat(64),
    LOG_LEVEL: 'warn',
    NAP_ALLOW_PRIVATE_URLS: 'true',
  };
  try {
    if (part !== 'others') {
      await files(environment, data, '2026-06-02');
      await sender(environment, data, ['2026-06-02', '2026-06-07']);
    }
    if (part !== 'dutch') await foreignFeeds(environment, data);
    print(`\n${JSON.stringify(await counts(environment))}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Pulls while the access point serves, then stops it, says what it holds from these sources, and removes them. */
async function feed(
  environment: Record<string, string>,
  title: string,
  sources: readonly string[],
  pulls: () => Promise<void>,
): Promise<void> {
  const server = await startNap(environment);
  const { engine } = await nap(environment, 'status');
  print(
    `\n## ${title}\n\n| ${engine} | ${COLUMNS.join(' | ')} |\n|---|${COLUMNS.map(() => '---').join('|')}|`,
  );
  try {
    await pulls();
  } finally {
    await stopped(server);
  }
  for (const name of sources) {
    print(`\n${await sourceFacts(environment, name)}`);
    await nap(environment, 'source', 'remove', name);
  }
}

/** The Dutch feed of one day as two files, each pulled twice. */
async function files(environment: Record<string, string>, data: string, day: string): Promise<void> {
  const modules = ['locations', 'tariffs'];
  const sources = modules.map((module) => `ndw-${module}`);
  await feed(environment, `The Dutch feed of ${day}, files`, sources, async () => {
    for (const module of modules) {
      const name = `ndw-${module}`;
      const file = join(data, 'ndw', `${module}-${day}.json.gz`);
      await nap(environment, 'source', 'add', name, '--kind', 'ocpi-file', '--url', file, '--module', module);
      await pull(environment, name, `${module} of ${day}`);
      await pullUnchanged(environment, name, `${module} of ${day}, again`);
    }
  });
}

/** The feed by pages, from a simulated Sender: one day, the same again, the next day. */
async function sender(environment: Record<string, string>, data: string, days: string[]): Promise<void> {
  const name = 'ndw-sender';
  await feed(environment, 'The Dutch feed, a Sender by pages', [name], async () => {
    let platform: CpoPlatform | undefined;
    for (const day of days) {
      const before: CpoPlatformOptions = platform
        ? { port: Number(new URL(platform.origin).port), token: platform.token }
        : {};
      await platform?.close();
      platform = await startCpoPlatform({
        ...before,
        locationsFile: join(data, 'ndw', `locations-${day}.json.gz`),
        tariffsFile: join(data, 'ndw', `tariffs-${day}.json.gz`),
        pageSize: 1000,
      });
      if (day === days[0]) {
        const add = ['--kind', 'ocpi', '--url', platform.versionsUrl, '--token', platform.token];
        await nap(environment, 'source', 'add', name, ...add);
      }
      await pull(environment, name, `both of ${day}`);
      await pullUnchanged(environment, name, `both of ${day}, again`);
    }
    await platform?.close();
  });
}

/** A pull that must leave the registry as it was. */
async function pullUnchanged(
  environment: Record<string, string>,
  name: string,
  title: string,
): Promise<void> {
  const before = await counts(environment);
  await pull(environment, name, title);
  const after = await counts(environment);
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    throw new Error(`a second pull of ${name} changed the registry`);
  }
}

async function foreignFeeds(environment: Record<string, string>, data: string): Promise<void> {
  for (const [name, file, ...flags] of [
    ['lithuania', 'lithuania-2024-06-06.json.gz'],
    ['powergo', 'powergo-ocpi-2.2.json.gz'],
    ['fastned', 'fastned-ocpi-2.1.1.json.gz', '--version', '2.1.1', '--party', 'NL-FA1'],
  ] as const) {
    await feed(environment, file, [name], async () => {
      const url = join(data, 'feeds', file);
      await nap(environment, 'source', 'add', name, '--kind', 'ocpi-file', '--url', url, ...flags);
      await pull(environment, name, name);
      await pullUnchanged(environment, name, `${name}, again`);
    });
  }
}

async function pull(environment: Record<string, string>, name: string, title: string): Promise<void> {
  const result = await runNap(['source', 'run', name, '--full', '--json'], environment, {
    limitMs: PULL_LIMIT_MS,
  });
  if (result.stdout.trim() === '') {
    throw new Error(`nap source run ${name} ended with ${result.code}: ${result.stderr.slice(-1_000)}`);
  }
  const report = result.json<Report>();
  print(`| ${title} | ${COLUMNS.map((column) => report[column]).join(' | ')} |`);
  const { created, updated, unchanged, stale, rejected, failed, received } = report;
  if (created + updated + unchanged + stale + rejected + failed !== received) {
    throw new Error(`the outcomes of ${name} do not add up to ${received}`);
  }
}

async function counts(environment: Record<string, string>): Promise<object> {
  const { sequence, locations, evses, connectors, tariffs } = await nap(environment, 'status');
  return { sequence, locations, evses, connectors, tariffs };
}

async function nap(
  environment: Record<string, string>,
  ...commandLine: string[]
): Promise<Record<string, unknown>> {
  const result = await runNap([...commandLine, '--json'], environment);
  if (result.code !== 0) {
    throw new Error(`nap ${commandLine.join(' ')}: ${result.stderr}`);
  }
  return result.json();
}

/** Ends the access point: in order, and without a line in its log that asks for a person. */
async function stopped(server: NapServer): Promise<void> {
  const code = await server.stop();
  const errors = server.log.filter((line) => line.level === 'error' || line.level === 'fatal');
  if (code !== 0 || errors.length > 0) {
    throw new Error(`nap serve ended with ${code}; errors in its log: ${JSON.stringify(errors)}`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
