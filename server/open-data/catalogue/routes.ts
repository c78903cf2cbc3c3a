/**
 * What there is, for everybody who looks: people, programs, data portals, generators of clients.
 *
 *   GET /data                          as JSON, a page, JSON-LD or Turtle, as `Accept` says
 *   GET /.well-known/nap.json          every feed, measured
 *   GET /data/catalogue.jsonld, .ttl   DCAT-AP and mobilityDCAT-AP
 *   GET /data/schemas/{name}.json      JSON Schemas of our own JSON
 *   GET /data/{file}-metadata.json     CSV on the Web: columns, licence and source of a table
 *   GET /openapi.json                  every public path
 *
 * HEAD is answered like GET without the body, OPTIONS with what is allowed, anything else with 405. Mounted before the
 * downloads, whose names these paths look like.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { describeCatalogue } from '../../../exports/catalogue/dcat.ts';
import { describeAccessPoint } from '../../../exports/catalogue/nap-document.ts';
import { toJsonLd, toTurtle } from '../../../exports/catalogue/rdf.ts';
import {
  describeTable,
  isCsv,
  TABLE_METADATA_MEDIA_TYPE,
} from '../../../exports/catalogue/table-metadata.ts';
import { schemaDocument } from '../../../exports/schemas/schemas.ts';
import { publicAddress } from '../../ocpi/protocol/public-address.ts';
import { anyOrigin, onlyReading } from '../cors.ts';
import { licenceUrl } from '../licence.ts';
import { describeInterface } from '../openapi/document.ts';
import { PAGE_POLICY } from '../page.ts';
import { jsonDocument, sendDocument } from '../send-document.ts';
import { readDownloadList } from './download-list.ts';
import { type CatalogueServices, createCatalogueReader } from './facts.ts';
import { renderCataloguePage } from './page.ts';

/** Seconds: it says how old files are, so it is not to be kept for long. */
const MEASURED_MAX_AGE = 10;
/** Seconds: changes with each build, but portals come once a day. */
const CATALOGUE_MAX_AGE = 300;
/** Seconds: changes with a new version of the program. */
const DESCRIPTION_MAX_AGE = 3600;

const JSON_LD = 'application/ld+json';
const TURTLE = 'text/turtle';

export type { CatalogueServices };

/** Middleware for the application: mount its `routes()`. */
export function catalogueRoutes(services: CatalogueServices): Router {
  const { snapshots, config, clock } = services;
  const reader = createCatalogueReader(services);
  const router = new Router();
  const addressOf = (ctx: Context) => publicAddress(ctx, config.publicUrl);

  async function sendMeasured(ctx: Context, type: string, body: string): Promise<void> {
    ctx.set('Cache-Control', `public, max-age=${MEASURED_MAX_AGE}`);
    ctx.type = type;
    ctx.body = body;
  }

  async function sendOverview(ctx: Context): Promise<void> {
    ctx.vary('Accept');
    switch (ctx.accepts('application/json', 'text/html', JSON_LD, TURTLE)) {
      case 'text/html':
        ctx.set('Content-Security-Policy', PAGE_POLICY);
        return sendMeasured(
          ctx,
          'text/html; charset=utf-8',
          renderCataloguePage(await reader.accessPoint(addressOf(ctx))),
        );
      case JSON_LD:
        return sendJsonLd(ctx);
      case TURTLE:
        return sendTurtle(ctx);
      default: {
        const list = await readDownloadList(snapshots, addressOf(ctx), clock());
        return sendMeasured(ctx, 'application/json', `${JSON.stringify(list, null, 2)}\n`);
      }
    }
  }

  async function sendAccessPoint(ctx: Context): Promise<void> {
    const document = describeAccessPoint(await reader.accessPoint(addressOf(ctx)));
    ctx.set('NAP-Sequence', String(document.sequence));
    await sendMeasured(ctx, 'application/json', `${JSON.stringify(document, null, 2)}\n`);
  }

  async function sendJsonLd(ctx: Context): Promise<void> {
    const statements = describeCatalogue(await reader.catalogue(addressOf(ctx)));
    await sendDocument(ctx, jsonDocument(toJsonLd(statements), CATALOGUE_MAX_AGE, JSON_LD));
  }

  async function sendTurtle(ctx: Context): Promise<void> {
    const statements = describeCatalogue(await reader.catalogue(addressOf(ctx)));
    const text = await toTurtle(statements);
    await sendDocument(ctx, { text, mediaType: `${TURTLE}; charset=utf-8`, maxAge: CATALOGUE_MAX_AGE });
  }

  async function sendSchema(ctx: Context): Promise<void> {
    const name = ctx.params.name ?? '';
    const schema = schemaDocument(addressOf(ctx), name);
    if (!schema) return ctx.throw(404, `There is no schema "${name}"; /openapi.json lists those there are`);
    await sendDocument(ctx, jsonDocument(schema, DESCRIPTION_MAX_AGE, 'application/schema+json'));
  }

  async function sendTableMetadata(ctx: Context): Promise<void> {
    const name = ctx.params.file ?? '';
    const format = await snapshots.find(name);
    if (!format || !isCsv(format))
      return ctx.throw(404, `There is no table "${name}"; /data lists the files`);
    const { publication } = snapshots;
    const table = describeTable({
      ...{ format, publication, licenceUrl: licenceUrl(publication.licence) },
      snapshot: await snapshots.current(name),
    });
    await sendDocument(ctx, jsonDocument(table, CATALOGUE_MAX_AGE, TABLE_METADATA_MEDIA_TYPE));
  }

  async function sendInterface(ctx: Context): Promise<void> {
    const { name, licence } = snapshots.publication;
    const document = describeInterface({
      ...{ address: addressOf(ctx), name, licence, licenceUrl: licenceUrl(licence) },
      contact: config.contact ?? null,
      formats: await snapshots.formats(),
      rateLimits: services.rateLimits,
    });
    await sendDocument(ctx, jsonDocument(document, DESCRIPTION_MAX_AGE));
  }

  const routes: Readonly<Record<string, (ctx: Context) => Promise<void>>> = {
    '/data': sendOverview,
    '/.well-known/nap.json': sendAccessPoint,
    '/data/catalogue.jsonld': sendJsonLd,
    '/data/catalogue.ttl': sendTurtle,
    '/data/schemas/:name.json': sendSchema,
    '/data/:file-metadata.json': sendTableMetadata,
    '/openapi.json': sendInterface,
  };
  for (const [path, answer] of Object.entries(routes)) {
    router.get(path, anyOrigin(), answer);
    router.all(path, anyOrigin(), onlyReading());
  }
  return router;
}
