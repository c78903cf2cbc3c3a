/**
 * OGC API Features: everything public, object by object, for programs that speak the standard (GDAL, QGIS and others)
 * and for whoever has a browser. Needs no key and allows any origin.
 *
 *   GET /ogc                                    landing page
 *   GET /ogc/conformance                        conformance classes that hold
 *   GET /ogc/api                                OpenAPI 3.0
 *   GET /ogc/collections                        locations, evses, tariffs
 *   GET /ogc/collections/{id}                   one of them
 *   GET /ogc/collections/{id}/queryables        what its Features are selected by
 *   GET /ogc/collections/{id}/items             Features, page by page
 *   GET /ogc/collections/{id}/items/{feature}   one Feature; an EVSE also by its EVSE ID in any spelling
 */
import { Router, type RouterContext } from '@koa/router';
import { anyOrigin, onlyReading } from '../cors.ts';
import { COLLECTIONS, type Collection } from './collections.ts';
import { OgcHandlers, type OgcServices } from './handlers.ts';

/** Middleware for the application: mount its `routes()`. */
export function ogcRoutes(services: OgcServices): Router {
  const router = new Router();
  const ogc = new OgcHandlers(services);
  const open = (path: string, handle: (ctx: RouterContext) => Promise<void>) => {
    router.get(path, anyOrigin(), handle);
    router.all(path, anyOrigin(), onlyReading());
  };
  open('/ogc', (ctx) => ogc.sendLandingPage(ctx));
  open('/ogc/conformance', (ctx) => ogc.sendConformance(ctx));
  open('/ogc/api', (ctx) => ogc.sendApi(ctx));
  open('/ogc/collections', (ctx) => ogc.sendCollections(ctx));
  open('/ogc/collections/:collection', (ctx) => ogc.sendCollection(ctx, collectionOf(ctx)));
  open('/ogc/collections/:collection/queryables', (ctx) => ogc.sendQueryables(ctx, collectionOf(ctx)));
  open('/ogc/collections/:collection/items', (ctx) => ogc.sendItems(ctx, collectionOf(ctx)));
  open('/ogc/collections/:collection/items/:feature', (ctx) =>
    ogc.sendItem(ctx, collectionOf(ctx), ctx.params.feature ?? ''),
  );
  return router;
}

function collectionOf(ctx: RouterContext): Collection {
  const ids = COLLECTIONS.map(({ id }) => id);
  const collection = COLLECTIONS.find(({ id }) => id === ctx.params.collection);
  return collection ?? ctx.throw(404, `There is no such collection; there are ${ids.join(', ')}`);
}
