/**
 * `npm run real-data:follow -- [--minutes 60] [--objects 300]`: an access point whose registry changes without pause,
 * and followers of it by pages, lines and streams, whole and in parts, while the server is killed or
 * restarted and so are those followers that have a process of their own. At the end, and every five minutes, each must
 * hold what a fresh download holds, byte for byte after sorting.
 *
 * The engine is the embedded one, or a database on the cluster that TEST_DATABASE_URL names
 * (`test/support/postgres-cluster.sh run ...`). Fails (exit code 1) when a follower differs, or when the log has an
 * error; prints one JSON value a comparison.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { closeTestDatabases, openTestDatabase } from '../support/database.ts';
import { FollowedAccessPoint } from '../support/followed-access-point.ts';
import { DUTCH_BOX, FIJI_BOX } from '../support/registry-churn.ts';

const MINUTE_MS = 60_000;
/** Between two comparisons, in which the registry stands still. */
const COMPARE_EVERY_MS = 5 * MINUTE_MS;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, objects: { type: 'string', default: '300' } },
});
const database = await openTestDatabase();
await database.close();
const directory = await mkdtemp(join(tmpdir(), 'nap-follow-'));
try {
  const settings = {
    NAP_DATA_DIR: join(directory, 'data'),
    NAP_SECRET_KEY: '0'.repeat(64),
    ...database.environment,
  };
  const objects = { seed: Date.now(), objects: Number(values.objects) };
  const point = await FollowedAccessPoint.start(settings, directory, objects);
  process.exitCode = 1;
  try {
    process.exitCode = (await run(point, Number(values.minutes) * MINUTE_MS)) ? 0 : 1;
  } finally {
    await point.stop();
  }
} finally {
  await closeTestDatabases();
  await rm(directory, { recursive: true, force: true });
}

async function run(point: FollowedAccessPoint, milliseconds: number): Promise<boolean> {
  point.follow('pages', 'pages');
  point.follow('lines', 'lines');
  point.follow('stream', 'stream');
  point.follow('stream of a box', 'stream', { bbox: DUTCH_BOX });
  point.follow('pages of a box across the antimeridian', 'pages', { bbox: FIJI_BOX });
  point.follow('stream of a party', 'stream', { party: ['BE-ABC'] });
  point.follow('stream of Tariffs', 'stream', { kind: ['tariff'] });
  point.followInProcess('killed stream', 'stream');
  point.followInProcess('killed pages of a party', 'pages', { party: ['NL-TNM'] });
  const end = Date.now() + milliseconds;
  let compareAt = Date.now() + COMPARE_EVERY_MS;
  let troubles = 0;
  for (;;) {
    await point.churn.during(trouble(point, troubles));
    troubles += 1;
    if (Date.now() < Math.min(compareAt, end)) continue;
    compareAt = Date.now() + COMPARE_EVERY_MS;
    const compared = await point.compare();
    const report = { troubles, pushes: point.churn.answered, ...compared, faults: point.faults };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    if (compared.differing.length > 0 || point.faults.length > 0) return false;
    if (Date.now() >= end) return true;
  }
}

/** Kills and orderly ends in turn, of the server and of followers, one in about twenty seconds. */
async function trouble(point: FollowedAccessPoint, number: number): Promise<void> {
  await sleep(10_000);
  if (number % 2 === 0) await point.restart(number % 4 === 0 ? 'kill' : 'stop');
  else await point.restartFollowers();
}
