/**
 * `npm run real-data:checks -- FOLDER`: what checking costs. Takes the Dutch Locations in with and without the rules, in
 * turn in one process, each time into a new database on the cluster that TEST_DATABASE_URL names, and prints the CPU
 * time of this process and the time on the clock (`docs/real-data.md`).
 *
 * Guarantees: everything else is the same in each turn, page size included; the objects are read, and parsed anew, in
 * each. The turns go forth and back (without, with, with, without), so that what warms up falls on both. The databases
 * are removed, whatever happens.
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pino from 'pino';
import { openDatabase } from '../../db/connection.ts';
import { migrate } from '../../db/migrate.ts';
import { createRejectedRecordStore } from '../../db/registry/rejected-record-store.ts';
import { createVoiceStore } from '../../db/registry/voice-store.ts';
import { createWriter } from '../../db/registry/writer.ts';
import { missingItems } from '../../ingest/afir-items.ts';
import { createChecks, type ObjectChecks } from '../../ingest/checks.ts';
import { discoverRules } from '../../ingest/discover-rules.ts';
import { type Contributor, createPipeline } from '../../ingest/pipeline.ts';
import { createServerDatabase, dropServerDatabase } from '../support/server-database.ts';
import { objectsOf } from './objects-of.ts';
import { registeredOperators } from './registered-operators.ts';

const NOW = new Date('2026-06-07T23:59:00Z');
const TURNS = ['without', 'with', 'with', 'without'] as const;
/** Objects handed in at once, as a Sender's page has them. */
const PAGE = 1_000;

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

const [folder] = process.argv.slice(2);
const cluster = process.env.TEST_DATABASE_URL;
if (folder === undefined || !cluster) {
  process.stderr.write(
    'Usage: TEST_DATABASE_URL=postgres://... npm run real-data:checks -- FOLDER   (a folder with ndw/ and operators/)\n',
  );
  process.exit(2);
}
await run(resolve(folder), cluster);

async function run(data: string, url: string): Promise<void> {
  const logger = pino({ level: 'error' }, process.stderr);
  const checks = createChecks({
    rules: await discoverRules(),
    policies: { revision: 0, actionOf: () => 'note' },
    operators: await registeredOperators(data),
    missingItems,
    clock: () => NOW,
    logger,
  });
  const file = join(data, 'ndw', 'locations-2026-06-07.json.gz');
  const costs = { with: [] as Cost[], without: [] as Cost[] };
  print('| checks | objects | findings | CPU seconds | seconds |\n|---|---|---|---|---|');
  for (const turn of TURNS) {
    costs[turn].push(await takeIn(file, url, turn === 'with' ? checks : undefined, logger));
  }
  for (const what of ['cpu', 'wall'] as const) {
    const sum = (of: Cost[]) => of.reduce((total, cost) => total + cost[what], 0);
    print(
      `\n${what}: checks cost ${((sum(costs.with) / sum(costs.without) - 1) * 100).toFixed(1)} per cent more`,
    );
  }
}

async function takeIn(
  file: string,
  url: string,
  checks: ObjectChecks | undefined,
  logger: pino.Logger,
): Promise<Cost> {
  const address = await createServerDatabase(url, 'empty', () => Promise.resolve());
  const database = await openDatabase({ url: address, dataDirectory: tmpdir() });
  const { knex } = database;
  try {
    await migrate(database);
    const clock = () => NOW;
    const pipeline = createPipeline({
      ...{ knex, clock, logger },
      ...(checks ? { checks } : {}),
      writer: createWriter({ knex, clock, ...(checks ? { checks } : {}) }),
      voices: createVoiceStore({ knex, clock }),
      rejectedRecords: await createRejectedRecordStore({ knex, clock }),
    });
    const [{ id }] = await knex('source')
      .insert({ name: 'ndw', kind: 'ocpi-file', schedule: '0 * * * *', full_schedule: '0 3 * * *' })
      .returning('id');
    const by: Contributor = {
      speaker: { kind: 'source', id },
      name: 'ndw',
      strictness: 'report',
      version: '2.2.1',
    };
    const [cpuBefore, wallBefore] = [process.cpuUsage(), performance.now()];
    let objects = 0;
    for await (const page of pagesOf(file)) {
      objects += (await pipeline.takePulled(by, 'locations', page, [])).length;
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const cost = { cpu: (user + system) / 1e6, wall: (performance.now() - wallBefore) / 1e3 };
    const findings = await knex('finding').where({ producer: 'check' }).count({ count: '*' });
    print(
      `| ${checks ? 'with' : 'without'} | ${objects} | ${findings[0]?.count} | ${cost.cpu.toFixed(1)} | ${cost.wall.toFixed(1)} |`,
    );
    return cost;
  } finally {
    await database.close();
    await dropServerDatabase(url, address);
  }
}

async function* pagesOf(file: string): AsyncGenerator<unknown[]> {
  let page: unknown[] = [];
  for await (const object of objectsOf(file)) {
    page.push(object);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
