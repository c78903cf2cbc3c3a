/**
 * How machines see whether this process is well.
 *
 *   GET /health/live    the process answers: 200
 *   GET /health/ready   it can serve: 200, or 503 with the part that is not well
 *   GET /metrics        figures for Prometheus
 *
 * No answer holds a secret or the text of an error; that is in the log.
 */
import { Router } from '@koa/router';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { migrationSource } from '../db/migrate.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Metrics } from './metrics.ts';

export interface HealthParts {
  readonly database: { readonly knex: Knex };
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Milliseconds for the database to answer; a probe waits some seconds at most. */
const DATABASE_TIMEOUT_MS = 3_000;

type Check = 'ok' | 'failed' | 'timeout' | 'behind';

/** Middleware for the application: mount its `routes()`. */
export function healthRoutes(parts: HealthParts): Router {
  const { lifecycle, metrics } = parts;
  const checkDatabase = databaseCheck(parts);
  const router = new Router();

  router.get('/health/live', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { status: 'ok' };
  });
  router.get('/health/ready', async (ctx) => {
    const { database, migrations } = await checkDatabase();
    const isReady = lifecycle.state === 'running' && database === 'ok' && migrations === 'ok';
    ctx.set('Cache-Control', 'no-store');
    ctx.status = isReady ? 200 : 503;
    ctx.body = {
      status: isReady ? 'ready' : 'not ready',
      parts: { process: lifecycle.state, database, migrations },
    };
  });
  router.get('/metrics', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Type', metrics.registry.contentType);
    ctx.body = await metrics.registry.metrics();
  });
  return router;
}

/** One question answers both. Probes that come while it is under way share it, so none pile up. */
function databaseCheck({ database, logger }: HealthParts) {
  let underWay: Promise<{ database: Check; migrations: Check }> | undefined;
  const ask = async (): Promise<{ database: Check; migrations: Check }> => {
    try {
      const applied = new Set(await database.knex('knex_migrations').pluck<string[]>('name'));
      const known = await migrationSource().getMigrations([]);
      const isCurrent = known.every(({ name }) => applied.has(name));
      return { database: 'ok', migrations: isCurrent ? 'ok' : 'behind' };
    } catch (error) {
      logger.error({ err: error }, 'the database does not answer the health check');
      return { database: 'failed', migrations: 'failed' };
    }
  };
  return async () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return withinTime(underWay, { database: 'timeout', migrations: 'timeout' });
  };
}

async function withinTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), DATABASE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
