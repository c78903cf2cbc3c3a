/**
 * What changed since a position of the journal, for whoever keeps a copy: download a file once, follow from its
 * `NAP-Sequence`.
 *
 *   GET /changes?since=SEQUENCE   a page, as JSON or (Accept: application/x-ndjson) a line a change
 *   GET /changes                  with Accept: text/event-stream: a stream, from Last-Event-ID, `since`, or now
 *
 * With `party`, `bbox` and `kind` it is what concerns these. Fails with http-errors: 400 for what cannot be read, 406,
 * 410 for a position that cannot be gone on from, 429 and 503 when there is no place for one more stream.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { Config } from '../../config.ts';
import { createClientAddress } from '../../middleware/client-address.ts';
import { publicAddress } from '../../ocpi/protocol/public-address.ts';
import { nextUrl } from '../../quality/query.ts';
import { anyOrigin, onlyReading } from '../cors.ts';
import { type ChangeFeed, PositionGoneError } from './feed.ts';
import { pageAsJson, pageAsLines, readPage } from './page.ts';
import type { StreamPlaces } from './places.ts';
import { cursorOf } from './position.ts';
import { type ChangesQuery, readChangesQuery, readLastEventId } from './query.ts';
import { changeStream, STREAM_PAGE } from './stream.ts';

const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';
const STREAM_TYPE = 'text/event-stream';

/** A second: many followers behind one cache, and none that is late. */
const PAGE_CACHE_CONTROL = 'public, max-age=1';
/** A stream is for one client and as it is; `no-transform`: a proxy that packs it would hold events back. */
const STREAM_CACHE_CONTROL = 'no-cache, no-transform';

/** Seconds after which to ask again for a stream. */
const RETRY_AFTER = '30';

/** Milliseconds without progress after which a client that does not read is cut off. */
const IDLE_LIMIT = 120_000;

export interface ChangesServices {
  readonly changes: ChangeFeed;
  readonly changeStreams: StreamPlaces;
  readonly config: Pick<Config, 'publicUrl' | 'trustedProxies'>;
}

/** Middleware for the application: mount its `routes()`. */
export function changesRoutes({ changes: feed, changeStreams, config }: ChangesServices): Router {
  const router = new Router();
  const clientAddress = createClientAddress(config.trustedProxies);

  async function sendChanges(ctx: Context): Promise<void> {
    const query = readChangesQuery(ctx);
    ctx.vary('Accept');
    const type = ctx.accepts(JSON_TYPE, LINES_TYPE, STREAM_TYPE);
    if (type === false) ctx.throw(406, `Changes are served as ${JSON_TYPE}, ${LINES_TYPE} or ${STREAM_TYPE}`);
    const send = type === STREAM_TYPE ? sendStream : sendPage;
    await send(ctx, query, type as string).catch(refuseGonePosition(ctx));
  }

  async function sendPage(ctx: Context, query: ChangesQuery, type: string): Promise<void> {
    const page = await readPage(feed, query.after ?? (await feed.head()), query);
    const address = publicAddress(ctx, config.publicUrl);
    const next = nextUrl(address, ctx, { since: cursorOf(page.upTo) });
    ctx.set('Cache-Control', PAGE_CACHE_CONTROL);
    ctx.set('NAP-Sequence', String(page.upTo));
    ctx.set('Link', `<${next}>; rel="next"`);
    ctx.body = type === LINES_TYPE ? pageAsLines(page) : pageAsJson(page, next);
    ctx.type = type;
  }

  async function sendStream(ctx: Context, { filter, ...query }: ChangesQuery): Promise<void> {
    const lastEventId = readLastEventId(ctx);
    const place = takePlace(ctx);
    ctx.res.once('close', () => place.abort());
    const after = lastEventId ?? query.after ?? (await feed.head());
    const first = await feed.page({ after, filter, ...STREAM_PAGE });
    ctx.set('Cache-Control', STREAM_CACHE_CONTROL);
    ctx.set('X-Accel-Buffering', 'no');
    ctx.set('NAP-Sequence', String(after));
    ctx.set('Content-Type', STREAM_TYPE);
    ctx.status = 200;
    if (ctx.method === 'HEAD') return;
    ctx.res.setTimeout(IDLE_LIMIT);
    ctx.body = changeStream(feed, { first, after, filter }, place.signal);
  }

  function takePlace(ctx: Context): AbortController {
    const place = changeStreams.take(clientAddress(ctx.req));
    if (place instanceof AbortController) return place;
    const refusal = {
      'all-taken': [503, 'All places for streams are taken: ask again later, or read pages'],
      'client-has-enough': [
        429,
        'This address has as many streams as one may have: close one, or read pages',
      ],
    } as const;
    const [status, message] = refusal[place];
    return ctx.throw(status, message, { expose: true, headers: { 'Retry-After': RETRY_AFTER } });
  }

  router.get('/changes', anyOrigin(), sendChanges);
  router.all('/changes', anyOrigin(), onlyReading());
  return router;
}

function refuseGonePosition(ctx: Context): (error: unknown) => never {
  return (error) => {
    if (error instanceof PositionGoneError) ctx.throw(410, error.message);
    throw error;
  };
}
