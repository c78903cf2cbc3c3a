/**
 * The public part of the route table: what anybody may read, from any origin, without a key.
 *
 *   GET /data          what can be downloaded: JSON, or a page for a browser
 *   GET /data/{file}   a download
 *
 * HEAD is answered like GET without the body, OPTIONS with what is allowed, anything else with 405.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { Snapshots } from '../../exports/snapshots.ts';
import type { Config } from '../config.ts';
import { publicAddress } from '../ocpi/protocol/public-address.ts';
import { readCatalogue } from './catalogue.ts';
import { renderCataloguePage } from './catalogue-page.ts';
import { anyOrigin, onlyReading } from './cors.ts';
import { sendDownload } from './downloads.ts';
import { PAGE_POLICY } from './page.ts';

/** The list says when files were built, so it is not to be kept for long. */
const CATALOGUE_CACHE_CONTROL = 'public, max-age=10';

/** What open data needs of the services of the process. */
export interface OpenDataServices {
  readonly snapshots: Snapshots;
  readonly config: Pick<Config, 'publicUrl'>;
  readonly clock: () => Date;
}

/** Middleware for the application: mount its `routes()`. */
export function openDataRoutes({ snapshots, config, clock }: OpenDataServices): Router {
  const router = new Router();

  async function sendCatalogue(ctx: Context): Promise<void> {
    const catalogue = await readCatalogue(snapshots, publicAddress(ctx, config.publicUrl), clock());
    ctx.vary('Accept');
    ctx.set('Cache-Control', CATALOGUE_CACHE_CONTROL);
    if (ctx.accepts('application/json', 'text/html') === 'text/html') {
      ctx.set('Content-Security-Policy', PAGE_POLICY);
      ctx.type = 'text/html; charset=utf-8';
      ctx.body = renderCataloguePage(catalogue);
    } else {
      ctx.type = 'application/json';
      ctx.body = `${JSON.stringify(catalogue, null, 2)}\n`;
    }
  }

  router.get('/data', anyOrigin(), sendCatalogue);
  router.get('/data/:file', anyOrigin(), (ctx) => sendDownload(ctx, snapshots, ctx.params.file ?? ''));
  for (const path of ['/data', '/data/:file']) router.all(path, anyOrigin(), onlyReading());
  return router;
}
