/**
 * /admin: what the operator can ask for, over HTTP (design, section 7).
 *
 *   GET    /admin/status
 *   GET    /admin/connections            POST   /admin/connections
 *   GET    /admin/connections/{name}     PATCH  /admin/connections/{name}    DELETE /admin/connections/{name}
 *   POST   /admin/connections/{name}/rotate
 *   GET    /admin/sources                POST   /admin/sources
 *   PATCH  /admin/sources/{name}         DELETE /admin/sources/{name}
 *   POST   /admin/sources/{name}/runs
 *   GET    /admin/operators?id=ID        GET    /admin/operators/registers   POST   /admin/operators/imports
 *   GET    /admin/quality                GET    /admin/quality/parties/{CC}-{PTY}
 *   GET    /admin/quality/waivers        POST   /admin/quality/waivers       DELETE /admin/quality/waivers?rule=&party=
 *   GET    /admin/quality/webhooks/{connection}    PUT and DELETE
 *   GET    /admin/policies               POST   /admin/policies
 *   POST   /admin/exports/builds
 *
 * Bodies and answers are those of the `nap` command with --json; what goes wrong is a problem document with a
 * `code`. A run answers when it has ended; with `Accept: application/x-ndjson` it tells its progress meanwhile,
 * a line each, the last one being `{"report"}` or `{"error"}`. A caller that hangs up ends the run it asked for.
 *
 * Guarded by `Authorization: Bearer NAP_ADMIN_TOKEN`; without that setting /admin is closed (404). The socket in
 * the data directory is guarded by its file mode instead.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { PassThrough } from 'node:stream';
import { Router } from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { AdminError, type AdminErrorCode, toAdminError } from './admin-error.ts';
import { flag, isName, optional, readInput, text, withDefault } from './input.ts';
import type { AdminService } from './service.ts';

/** What /admin needs of the services of the process. */
export interface AdminRoutesParts {
  readonly admin: AdminService;
  readonly logger: Logger;
  readonly config: { readonly adminToken: string | undefined };
}

/** Bytes of a body: a wish is a few hundred. */
const BODY_LIMIT = 65_536;
/** Milliseconds between two lines of progress at least. */
const PROGRESS_INTERVAL_MS = 1_000;

const STATUS_BY_CODE: Readonly<Record<AdminErrorCode, number>> = {
  usage: 400,
  unknown: 404,
  conflict: 409,
  unavailable: 503,
  failed: 500,
};

/** Middleware for the application, guarded by the bearer token: mount its `routes()`. */
export function adminRoutes(parts: AdminRoutesParts): Router {
  return buildRouter(parts, bearer(parts.config.adminToken));
}

/** The same without a token, for the socket in the data directory. */
export function unguardedAdminRoutes(parts: Pick<AdminRoutesParts, 'admin' | 'logger'>): Router {
  return buildRouter(parts, (_ctx, next) => next());
}

function buildRouter(parts: Pick<AdminRoutesParts, 'admin' | 'logger'>, guard: Middleware): Router {
  const { admin } = parts;
  const router = new Router({ prefix: '/admin' });
  router.all('{/*rest}', guard, answerWithCode);
  router.get(
    '/status',
    answer(() => admin.status()),
  );
  addConnectionRoutes(router, admin);
  addSourceRoutes(router, parts);
  addOperatorRoutes(router, admin);
  addQualityRoutes(router, admin);
  router.post(
    '/exports/builds',
    answer(async (ctx) =>
      admin.buildExports(readInput(await readJson(ctx), { format: optional(text) }).format),
    ),
  );
  router.all('{/*rest}', () => {
    throw new AdminError('unknown', 'Nothing is served at this URL, or not with this method');
  });
  return router;
}

function addConnectionRoutes(router: Router, admin: AdminService): void {
  const all = '/connections';
  const one = '/connections/:name';
  const list = answer(() => admin.listConnections());
  const add = answer(async (ctx) => admin.addConnection(await readJson(ctx)), 201);
  const show = answer((ctx) => admin.showConnection(named(ctx)));
  const set = answer(async (ctx) => admin.setConnection(named(ctx), await readJson(ctx)));
  const remove = answer((ctx) => admin.removeConnection(named(ctx)));
  const rotate = answer(async (ctx) => admin.rotateConnection(named(ctx), await readJson(ctx)));
  router.get(all, list).post(all, add).get(one, show).patch(one, set).delete(one, remove);
  router.post(`${one}/rotate`, rotate);
}

function addSourceRoutes(router: Router, parts: Pick<AdminRoutesParts, 'admin' | 'logger'>): void {
  const { admin, logger } = parts;
  const all = '/sources';
  const one = '/sources/:name';
  const list = answer(() => admin.listSources());
  const add = answer(async (ctx) => admin.addSource(await readJson(ctx)), 201);
  const set = answer(async (ctx) => admin.setSource(named(ctx), await readJson(ctx)));
  const remove = answer((ctx) => admin.removeSource(named(ctx)));
  router.get(all, list).post(all, add).patch(one, set).delete(one, remove);
  router.post(`${one}/runs`, async (ctx) => {
    const { full } = readInput(await readJson(ctx), { full: withDefault(flag, false) });
    await answerRun(ctx, { admin, logger, source: named(ctx), full });
  });
}

function addOperatorRoutes(router: Router, admin: AdminService): void {
  const find = answer((ctx) => admin.findOperators(readInput({ ...ctx.query }, { id: text }).id));
  const list = answer(() => admin.listOperators());
  const read = answer(async (ctx) => admin.importOperators(await readJson(ctx), hangUpOf(ctx)));
  router.get('/operators', find).get('/operators/registers', list).post('/operators/imports', read);
}

function addQualityRoutes(router: Router, admin: AdminService): void {
  const report = answer((ctx) => admin.qualityReport({ ...ctx.query }));
  const party = answer((ctx) =>
    admin.qualityOfParty((ctx.params as { party: string }).party, { ...ctx.query }),
  );
  router.get('/quality', report).get('/quality/parties/:party', party);
  const waivers = answer(() => admin.listWaivers());
  const waive = answer(async (ctx) => admin.waive(await readJson(ctx)));
  const endWaiver = answer((ctx) => admin.endWaiver({ ...ctx.query }));
  router
    .get('/quality/waivers', waivers)
    .post('/quality/waivers', waive)
    .delete('/quality/waivers', endWaiver);
  const webhook = '/quality/webhooks/:name';
  const show = answer((ctx) => admin.showWebhook(named(ctx)));
  const set = answer(async (ctx) => admin.setWebhook(named(ctx), await readJson(ctx)));
  const remove = answer((ctx) => admin.removeWebhook(named(ctx)));
  router.get(webhook, show).put(webhook, set).delete(webhook, remove);
  const policies = answer(() => admin.listPolicies());
  const setPolicy = answer(async (ctx) => admin.setPolicy(await readJson(ctx)));
  router.get('/policies', policies).post('/policies', setPolicy);
}

/** Aborted when whoever asks goes away. */
function hangUpOf(ctx: Context): AbortSignal {
  const hangUp = new AbortController();
  ctx.res.once('close', () => hangUp.abort(new AdminError('failed', 'whoever asked for it hung up')));
  return hangUp.signal;
}

function answer(work: (ctx: Context) => Promise<unknown>, status = 200): Middleware {
  return async (ctx) => {
    ctx.body = await work(ctx);
    ctx.status = status;
  };
}

function named(ctx: Context): string {
  return nameOf((ctx.params as { name: string }).name);
}

/** What can be no name names nothing. */
function nameOf(segment: string): string {
  if (isName(segment)) return segment;
  throw new AdminError('unknown', 'There is nothing of that name');
}

/** Compares hashes, so that neither content nor length of the token shows in the time taken. */
function bearer(adminToken: string | undefined): Middleware {
  const wanted = adminToken === undefined ? undefined : sha256(adminToken);
  return async (ctx, next) => {
    if (wanted === undefined) {
      sendProblem(ctx, 404, 'unknown', 'NAP_ADMIN_TOKEN is not set, so /admin is closed');
      return;
    }
    const given = /^Bearer +([\x21-\x7e]+)$/i.exec(ctx.get('Authorization'))?.[1] ?? '';
    if (!timingSafeEqual(sha256(given), wanted)) {
      ctx.set('WWW-Authenticate', 'Bearer');
      sendProblem(ctx, 401, 'usage', 'An Authorization header is needed: Bearer and the NAP_ADMIN_TOKEN');
      return;
    }
    await next();
  };
}

const answerWithCode: Middleware = async (ctx, next) => {
  try {
    // Tokens are in some answers; no cache may keep any.
    ctx.set('Cache-Control', 'no-store');
    await next();
  } catch (error) {
    const known = toAdminError(error);
    // Anything else is our fault, and the application's to log.
    if (!known) throw error;
    sendProblem(ctx, STATUS_BY_CODE[known.code], known.code, known.message);
  }
};

async function answerRun(
  ctx: Context,
  asked: { admin: AdminService; logger: Logger; source: string; full: boolean },
): Promise<void> {
  const { admin, source, full, logger } = asked;
  const hangUp = hangUpOf(ctx);
  if (ctx.accepts('application/json', 'application/x-ndjson') !== 'application/x-ndjson') {
    ctx.body = await admin.runSource(source, { full, signal: hangUp });
    return;
  }
  const lines = new PassThrough();
  const tell = (line: object) => {
    if (lines.writable) lines.write(`${JSON.stringify(line)}\n`);
  };
  ctx.type = 'application/x-ndjson';
  ctx.body = lines;
  let told = 0;
  const onProgress = (counts: object) => {
    const now = performance.now();
    if (now - told < PROGRESS_INTERVAL_MS) return;
    told = now;
    tell({ progress: counts });
  };
  // The headers go out now; how it ended is in the last line.
  admin
    .runSource(source, { full, signal: hangUp, onProgress })
    .then(
      (report) => tell({ report }),
      (error: unknown) => {
        const known = toAdminError(error);
        if (!known && !hangUp.aborted) logger.error({ err: error, source }, 'a run failed on our side');
        const { code, message } = known ?? new AdminError('failed', 'the run failed here; see the log');
        tell({ error: { code, message } });
      },
    )
    .finally(() => lines.end());
}

async function readJson(ctx: Context): Promise<object> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT) throw new AdminError('usage', `a body has at most ${BODY_LIMIT} bytes`);
    chunks.push(chunk);
  }
  // Nothing means no wishes beyond the URL's.
  if (bytes === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as object;
  } catch {
    throw new AdminError('usage', 'the body is not valid JSON');
  }
}

function sendProblem(ctx: Context, status: number, code: AdminErrorCode, detail: string): void {
  ctx.status = status;
  ctx.body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code });
  ctx.type = 'application/problem+json';
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
