/**
 * The Koa application: the order of middleware and the whole route table, on one screen. It wires and starts
 * nothing; `configureHttpServer` is for the server of Node that it is handed to.
 */
import Koa from 'koa';
import { type AdminRoutesParts, adminRoutes } from './admin/routes.ts';
import { type HealthParts, healthRoutes } from './health.ts';
import { measureRequests } from './metrics.ts';
import { compression } from './middleware/compression.ts';
import { answerWithProblem } from './middleware/errors.ts';
import { requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { discardUnreadBody } from './middleware/unread-body.ts';
import { ocpiRoutes } from './ocpi/routes.ts';
import type { OcpiServices } from './ocpi/services.ts';
import { type CatalogueServices, catalogueRoutes } from './open-data/catalogue/routes.ts';
import { type ChangesServices, changesRoutes } from './open-data/changes/routes.ts';
import { announceDeprecations } from './open-data/deprecations.ts';
import { limitRates, type RateLimitServices } from './open-data/limit-rates.ts';
import type { OgcServices } from './open-data/ogc/handlers.ts';
import { ogcRoutes } from './open-data/ogc/routes.ts';
import { type OpenDataServices, openDataRoutes } from './open-data/routes.ts';
import { type TileServices, tileRoutes } from './open-data/tiles/routes.ts';
import { qualityRoutes } from './quality/routes.ts';
import type { QualityServices } from './quality/services.ts';

export { configureHttpServer } from './middleware/http-server.ts';

/** What the parts of the application need; `compose` makes all of it. */
export type AppServices = HealthParts &
  OcpiServices &
  CatalogueServices &
  RateLimitServices &
  OpenDataServices &
  TileServices &
  OgcServices &
  ChangesServices &
  QualityServices &
  AdminRoutesParts;

export function createApp(services: AppServices): Koa {
  const { config, logger } = services;
  const app = new Koa();

  // Outside everything else, so that it sees what the client sees.
  app.use(measureRequests(services.metrics));
  app.use(requestLog({ logger }));
  app.use(discardUnreadBody());
  app.use(securityHeaders({ publicUrl: config.publicUrl }));
  app.use(compression());
  app.use(answerWithProblem({ logger }));
  app.use(announceDeprecations(services.deprecations));
  app.use(limitRates(services));

  app.use(healthRoutes(services).routes()); //    /health/live  /health/ready  /metrics
  app.use(ocpiRoutes(services).routes()); //      /ocpi/versions  /ocpi/2.2.1 ...
  app.use(catalogueRoutes(services).routes()); // /data  /.well-known/nap.json  /openapi.json ...
  app.use(openDataRoutes(services).routes()); //  /data/{file} ...
  app.use(tileRoutes(services).routes()); //      /tiles ...
  app.use(ogcRoutes(services).routes()); //       /ogc ...
  app.use(changesRoutes(services).routes()); //   /changes
  app.use(qualityRoutes(services).routes()); //   /quality ...
  app.use(adminRoutes(services).routes()); //     /admin ...

  // What goes wrong once the answer is on its way: mostly a client that hung up in a download.
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (CLIENT_GONE.has(error.code ?? '')) logger.debug({ err: error }, 'a client hung up');
    else logger.error({ err: error }, 'an answer broke off');
  });
  return app;
}

/** Codes of errors that say that the other side closed the connection. */
const CLIENT_GONE = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);
