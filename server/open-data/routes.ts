/**
 * The public part of the route table: what anybody may read, from any origin, without a key.
 *
 *   GET /data/{file}   a download; what there is: `catalogue/routes.ts`
 *   GET /data/daily    what was published last on the days before, and /data/daily/{day}/{file}
 *
 * HEAD is answered like GET without the body, OPTIONS with what is allowed, anything else with 405.
 */
import { Router } from '@koa/router';
import type { Snapshots } from '../../exports/snapshots.ts';
import type { Config } from '../config.ts';
import { publicAddress } from '../ocpi/protocol/public-address.ts';
import { anyOrigin, onlyReading } from './cors.ts';
import { sendDailyFile, sendDays } from './daily.ts';
import { sendDownload } from './downloads.ts';

/** What open data needs of the services of the process. */
export interface OpenDataServices {
  readonly snapshots: Snapshots;
  readonly config: Pick<Config, 'publicUrl'>;
}

/** Middleware for the application: mount its `routes()`. */
export function openDataRoutes({ snapshots, config }: OpenDataServices): Router {
  const router = new Router();

  router.get('/data/daily', anyOrigin(), (ctx) =>
    sendDays(ctx, snapshots, publicAddress(ctx, config.publicUrl)),
  );
  router.get('/data/daily/:day/:file', anyOrigin(), (ctx) =>
    sendDailyFile(ctx, snapshots, { day: ctx.params.day ?? '', name: ctx.params.file ?? '' }),
  );
  router.get('/data/:file', anyOrigin(), (ctx) => sendDownload(ctx, snapshots, ctx.params.file ?? ''));
  for (const path of ['/data/:file', '/data/daily/:day/:file']) router.all(path, anyOrigin(), onlyReading());
  return router;
}
