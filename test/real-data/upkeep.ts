/**
 * `npm run real-data:upkeep -- MINUTES [SHARE]`: what it costs to keep the files of open data up to date while a
 * share of all EVSEs changes its status each minute (0.01 by default). The registry is the one that DATABASE_URL names,
 * filled before (`npm run real-data`, or `nap source run`); the files lie in NAP_DATA_DIR.
 *
 * `nap serve`, compiled before by `npm run build`, runs as a process of its own and does all it always does. The changes are written by this process, which
 * is not counted. Each second every file is asked for its sequence: it is as old as the first change that it lacks.
 * Prints the CPU time of `nap serve`, its memory, and the greatest age of each file.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import pino from 'pino';
import { openDatabase } from '../../db/connection.ts';
import type { Location } from '../../db/model.ts';
import { createWriter, type RegistryWriter } from '../../db/registry/writer.ts';
import { INSTALLED, startNap } from '../support/nap.ts';
import { cpuSeconds, memory } from './process-cost.ts';

const [minutes = '5', share = '0.01'] = process.argv.slice(2);
const url = process.env.DATABASE_URL;
if (!url || !(Number(minutes) > 0) || !(Number(share) > 0)) {
  process.stderr.write('Usage: DATABASE_URL=postgres://... npm run real-data:upkeep -- MINUTES [SHARE]\n');
  process.exit(2);
}

/** Of this process in PostgreSQL, to be told from `nap serve`. */
const OWN_NAME = 'upkeep';
/** Milliseconds for the first files of a whole country. */
const FIRST_BUILD_MS = 600_000;

await run(url, Number(minutes), Number(share));

async function run(databaseUrl: string, minutes: number, share: number): Promise<void> {
  const separator = databaseUrl.includes('?') ? '&' : '?';
  const database = await openDatabase({
    url: `${databaseUrl}${separator}application_name=${OWN_NAME}`,
    dataDirectory: '',
    logger: pino({ level: 'error' }, process.stderr),
  });
  const { knex } = database;
  const nap = await startNap({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'info' }, INSTALLED);
  const stopping = new AbortController();
  try {
    const evses = await publicEvses(knex);
    const writer = createWriter({ knex, clock: () => new Date() });
    const churned = { changes: 0 };
    const churning = churn(
      writer,
      evses,
      { perSecond: (evses.length * share) / 60, churned },
      stopping.signal,
    );
    // The first edition of a program writes every object; what it costs from then on is counted.
    const files = await filesSince(nap.url, new Date());
    await filesSince(nap.url, new Date());
    print(`${evses.length} public EVSEs, ${files.length} files`);
    const before = await cpuSeconds(nap.pid);
    const changesBefore = churned.changes;
    const startedAt = performance.now();
    const oldest = new Map<string, number>();
    while (performance.now() - startedAt < minutes * 60_000) {
      for (const [file, age] of await ages(knex, files))
        oldest.set(file, Math.max(age, oldest.get(file) ?? 0));
      await sleep(1_000);
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = await cpuSeconds(nap.pid);
    const changes = churned.changes - changesBefore;
    stopping.abort();
    await churning;
    const builds = editionSeconds(nap.log);
    report({ seconds, changes, before, after, oldest, builds, memory: await memory(nap.pid) });
  } finally {
    stopping.abort();
    await nap.stop();
    await database.close();
  }
}

/** Addresses of all files in all views, once they are of an edition that was begun after a moment. */
async function filesSince(address: string, moment: Date): Promise<string[]> {
  const limit = performance.now() + FIRST_BUILD_MS;
  for (;;) {
    const answer = await fetch(`${address}/data`, { headers: { accept: 'application/json' } });
    const { downloads } = (await answer.json()) as {
      downloads: { url: string; generated_at: string | null; resolved?: { url: string } }[];
    };
    if (downloads.every(({ generated_at: at }) => at !== null && new Date(at) > moment)) {
      return downloads.flatMap(({ url: raw, resolved }) => (resolved ? [raw, resolved.url] : [raw]));
    }
    if (performance.now() > limit) throw new Error('the files were not built in time');
    await sleep(1_000);
  }
}

/** Seconds since the first change that each file lacks; zero when it lacks none. */
async function ages(knex: Knex, files: readonly string[]): Promise<[string, number][]> {
  const sequences = await Promise.all(
    files.map(async (file) => {
      const answer = await fetch(file, { method: 'HEAD' });
      return Number(answer.headers.get('nap-sequence'));
    }),
  );
  const known = new Map<number, number>();
  for (const sequence of new Set(sequences)) {
    const { rows } = await knex.raw<{ rows: { age: number }[] }>(
      `select extract(epoch from clock_timestamp() - change.changed_at)::float8 as age
         from change
        where change.sequence = ?`,
      [sequence + 1],
    );
    known.set(sequence, rows[0]?.age ?? 0);
  }
  return files.map((file, index) => [file, known.get(sequences[index] as number) ?? 0]);
}

/** Seconds that each edition took, by the log of `nap serve`. */
function editionSeconds(log: readonly { readonly msg: string }[]): number[] {
  const built = log.filter(({ msg }) => msg === 'a file of open data was built') as unknown as {
    sequence: number;
    seconds: number;
  }[];
  const bySequence = new Map(built.map(({ sequence, seconds }) => [sequence, seconds]));
  return [...bySequence.values()];
}

interface EvseKey {
  readonly country_code: string;
  readonly party_id: string;
  readonly location_id: string;
  readonly uid: string;
}

async function publicEvses(knex: Knex): Promise<EvseKey[]> {
  const { rows } = await knex.raw<{ rows: EvseKey[] }>(
    `select location.country_code, location.party_id, location.location_id, evse.uid
       from evse
       join location
         on location.id = evse.location
        and location.public
      where evse.status <> 'REMOVED'`,
  );
  return rows;
}

/** Changes so many EVSEs a second, each at random, until it is told to stop, and counts them. */
async function churn(
  writer: RegistryWriter,
  evses: readonly EvseKey[],
  { perSecond, churned }: { perSecond: number; churned: { changes: number } },
  signal: AbortSignal,
): Promise<void> {
  let due = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    due += perSecond;
    const now = Math.floor(due);
    due -= now;
    const outcomes = await Promise.all(
      Array.from({ length: now }, () =>
        toggle(writer, evses[Math.floor(Math.random() * evses.length)] as EvseKey),
      ),
    );
    churned.changes += outcomes.filter(({ kind }) => kind === 'updated').length;
    await sleep(Math.max(0, 1_000 - (performance.now() - startedAt)));
  }
}

function toggle(writer: RegistryWriter, { country_code, party_id, location_id, uid }: EvseKey) {
  return writer.submit({
    module: 'locations',
    owner: { countryCode: country_code, partyId: party_id },
    id: location_id,
    speaker: null,
    apply(current) {
      if (!current) return { kind: 'stale' };
      return {
        kind: 'write',
        document: withOtherStatus(current.document, uid),
        sourceVersion: '2.2.1',
        asStored: ['2.2.1', '2.3.0'],
        inputHash: null,
        findings: [],
        findingsMode: 'add',
      };
    },
  });
}

function withOtherStatus(location: Location, uid: string): Location {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const evses = location.evses?.map((evse) =>
    evse.uid === uid
      ? {
          ...evse,
          status: evse.status === 'AVAILABLE' ? ('CHARGING' as const) : ('AVAILABLE' as const),
          last_updated: now,
        }
      : evse,
  );
  return { ...location, ...(evses ? { evses } : {}), last_updated: now };
}

function report(seen: {
  seconds: number;
  changes: number;
  before: number;
  after: number;
  oldest: ReadonlyMap<string, number>;
  builds: readonly number[];
  memory: { now: number; peak: number };
}): void {
  const { seconds, changes, before, after, oldest } = seen;
  const share = (cost: number) => `${((100 * cost) / seconds).toFixed(1)} % of one core`;
  print(`${seconds.toFixed(0)} s, ${changes} changes (${((60 * changes) / seconds).toFixed(0)} a minute)`);
  print(
    `nap serve: ${share(after - before)}, ${seen.memory.now.toFixed(0)} MB, at most ${seen.memory.peak.toFixed(0)} MB`,
  );
  print(`editions took ${seen.builds.map((took) => took.toFixed(0)).join(', ')} s`);
  print('\n| file | greatest age, s |\n|---|---|');
  for (const [file, age] of oldest)
    print(`| ${new URL(file).pathname.slice(6)}${new URL(file).search} | ${age.toFixed(1)} |`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
