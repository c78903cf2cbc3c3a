/**
 * Timed work beside the pulls: rules of data quality, files of open data, parties behind hubs, housekeeping, and
 * forgetting what nobody asks for any more.
 */
import type { Logger } from 'pino';
import type { Database } from '../db/connection.ts';
import { maintain } from '../db/maintenance.ts';
import { forgetChangesBefore, JOURNAL_DAYS } from '../db/registry/journal-retention.ts';
import type { OperatorStore } from '../db/registry/operator-store.ts';
import type { RejectedRecordStore } from '../db/registry/rejected-record-store.ts';
import type { RunStore } from '../db/registry/run-store.ts';
import type { TileKeeper } from '../db/registry/tile-keeper.ts';
import type { Snapshots } from '../exports/snapshots.ts';
import type { ClientInfoPuller } from '../ingest/client-info-pull.ts';
import type { QualityRound } from '../ingest/quality-round.ts';
import type { ScheduledJob } from '../ingest/schedule.ts';
import type { FindingWebhooks } from './quality/webhooks.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Runs and imports are kept a quarter of a year: long enough to see when a source began to fail. */
const RUN_AGE_MS = 90 * DAY_MS;
/**
 * A refusal that has not come again for a month was mended, or its object is gone: full pulls come every night,
 * and a push that fails is tried again within days.
 */
const REJECTED_RECORD_AGE_MS = 30 * DAY_MS;

/** Every minute; costs a few questions when nothing changed. */
const QUALITY_SCHEDULE = '* * * * *';
/** Every five seconds it is looked whether files are due. */
const EXPORTS_SCHEDULE = '*/5 * * * * *';
/**
 * Milliseconds from the beginning of a build to that of the next at the least: it is the look forty seconds after, which
 * may come a little early. With some ten seconds of an edition of a whole country on a small machine, a file is never a
 * minute behind the registry (`docs/real-data.md`).
 */
const EXPORTS_INTERVAL_MS = 39_000;
/** Every ten seconds, so that a map is hardly older than the registry; costs one question when nothing changed. */
const TILES_SCHEDULE = '*/10 * * * * *';
/** Every minute, for hubs that have just registered; whose turn it is not, is not asked. */
const HUBS_SCHEDULE = '* * * * *';
/** Each hour: status changes leave a dead row each, a busy country some hundred thousand an hour. */
const MAINTENANCE_SCHEDULE = '43 * * * *';
/** At night, beside no usual full hour. UTC. */
const RETENTION_SCHEDULE = '17 4 * * *';

/** Every ten seconds: who mends a fault wants to hear of it. */
const WEBHOOK_SCHEDULE = '*/10 * * * * *';
/** Each hour, the last time near the end of the day: so a day has its figures also when we are down at night. */
const DAY_SCHEDULE = '58 * * * *';

/** The jobs for the scheduler. */
export function scheduledJobs(parts: {
  database: Database;
  snapshots: Pick<Snapshots, 'buildIfChanged'>;
  tileKeeper: TileKeeper;
  runs: Pick<RunStore, 'forgetOlderThan'>;
  rejectedRecords: Pick<RejectedRecordStore, 'forgetOlderThan'>;
  operators: Pick<OperatorStore, 'forgetImportsOlderThan'>;
  quality: QualityJobs;
  clientInfoPuller: ClientInfoPuller;
  clock: () => Date;
  logger: Logger;
}): ScheduledJob[] {
  const { database, snapshots, tileKeeper, runs, rejectedRecords, operators, clientInfoPuller } = parts;
  const { clock, logger } = parts;
  return [
    ...qualityJobs(parts.quality),
    {
      id: 'files of open data',
      schedule: EXPORTS_SCHEDULE,
      run: atIntervals(EXPORTS_INTERVAL_MS, () => snapshots.buildIfChanged()),
    },
    {
      id: 'vector tiles',
      schedule: TILES_SCHEDULE,
      atStart: true,
      run: (signal) => tileKeeper.catchUp(signal),
    },
    {
      id: 'parties behind hubs',
      schedule: HUBS_SCHEDULE,
      atStart: true,
      run: (signal) => clientInfoPuller.pullDue(signal),
    },
    { id: 'maintenance', schedule: MAINTENANCE_SCHEDULE, run: () => maintain(database) },
    {
      id: 'retention',
      schedule: RETENTION_SCHEDULE,
      run: async () => {
        const now = clock().getTime();
        const forgotten = {
          runs: await runs.forgetOlderThan(new Date(now - RUN_AGE_MS)),
          operatorImports: await operators.forgetImportsOlderThan(new Date(now - RUN_AGE_MS)),
          rejectedRecords: await rejectedRecords.forgetOlderThan(new Date(now - REJECTED_RECORD_AGE_MS)),
          changes: await forgetChangesBefore(
            database.knex,
            new Date(now - JOURNAL_DAYS * DAY_MS),
            new Date(now),
          ),
        };
        logger.info(forgotten, 'forgot what is too old');
      },
    },
  ];
}

/** What is done about data quality by the clock. */
export interface QualityJobs {
  readonly round: Pick<QualityRound, 'run'>;
  readonly webhooks: FindingWebhooks;
  readonly keepDay: () => Promise<void>;
}

function qualityJobs({ round, webhooks, keepDay }: QualityJobs): ScheduledJob[] {
  return [
    { id: 'rules of data quality', schedule: QUALITY_SCHEDULE, run: () => round.run() },
    { id: 'findings by webhook', schedule: WEBHOOK_SCHEDULE, run: (signal) => webhooks.deliver(signal) },
    { id: 'figures of the day', schedule: DAY_SCHEDULE, run: keepDay },
  ];
}

/** Work that is done when it is asked for, unless it was begun less than an interval ago. */
function atIntervals(milliseconds: number, work: () => Promise<unknown>): () => Promise<unknown> {
  let begunAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - begunAt < milliseconds) return;
    begunAt = performance.now();
    await work();
  };
}
