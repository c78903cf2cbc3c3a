/**
 * Locations for maps, as vector tiles; no key, any origin.
 *
 *   GET /tiles/locations.json             what there is, as TileJSON
 *   GET /tiles/locations/{z}/{x}/{y}.mvt  a tile; its ETag is of its content
 *
 * Guarantees: a tile is of the position that `NAP-Sequence` names, or later. That position advances every ten seconds
 * at most (`db/registry/tile-keeper.ts`), and between two of them a tile is made once (`tile-cache.ts`).
 * Fails with 400 and 404 for addresses of no tile, and with 503 and Retry-After until all Locations were looked at once.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { Database } from '../../../db/connection.ts';
import {
  readTileBounds,
  readTileFeatures,
  readTileHead,
  type TileHead,
} from '../../../db/reads/tile-features.ts';
import { encodeTile, TILE_MEDIA_TYPE } from '../../../exports/tile.ts';
import type { Config } from '../../config.ts';
import { publicAddress } from '../../ocpi/protocol/public-address.ts';
import { namesEntity } from '../conditions.ts';
import { anyOrigin, onlyReading } from '../cors.ts';
import { readTileAddress } from './tile-address.ts';
import { createTileCache } from './tile-cache.ts';
import { describeTiles } from './tile-json.ts';

/** Seconds; tiles change every ten at most. `no-transform` because another encoding would need another ETag. */
const CACHE_CONTROL = 'public, max-age=10, no-transform';
/** Milliseconds that the position is gone by before it is read again. */
const HEAD_LIFETIME_MS = 1_000;
/** Seconds after which to ask again: the walk through a country takes about as long. */
const RETRY_AFTER = '10';

/** What tiles need of the services of the process. */
export interface TileServices {
  readonly database: Pick<Database, 'readKnex'>;
  readonly config: Pick<Config, 'publicUrl' | 'name' | 'licence'>;
  readonly clock: () => Date;
}

/** Middleware for the application: mount its `routes()`. */
export function tileRoutes({ database: { readKnex }, config, clock }: TileServices): Router {
  const router = new Router();
  const cache = createTileCache();
  const readHead = rememberHead(() => readTileHead(readKnex), clock);

  async function currentSequence(ctx: Context): Promise<number> {
    const { sequence, isReady } = await readHead();
    if (!isReady) {
      ctx.throw(503, 'The tiles are being made for the first time: ask again', {
        expose: true,
        headers: { 'Retry-After': RETRY_AFTER },
      });
    }
    ctx.set('NAP-Sequence', String(sequence));
    return sequence;
  }

  async function sendTile(ctx: Context): Promise<void> {
    const { z = '', x = '', file = '' } = ctx.params;
    const tile = readTileAddress(ctx, { z, x, file });
    const sequence = await currentSequence(ctx);
    const { bytes, gzipped, hash } = await cache.get(`${tile.z}/${tile.x}/${tile.y}`, sequence, async () =>
      encodeTile(tile, await readTileFeatures(readKnex, tile)),
    );
    const isGzipped = gzipped !== null && ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
    ctx.vary('Accept-Encoding');
    ctx.set('Cache-Control', CACHE_CONTROL);
    const etag = isGzipped ? `"${hash}-gzip"` : `"${hash}"`;
    ctx.set('ETag', etag);
    if (namesEntity(ctx.get('If-None-Match'), etag)) {
      ctx.status = 304;
      return;
    }
    ctx.type = TILE_MEDIA_TYPE;
    if (isGzipped) ctx.set('Content-Encoding', 'gzip');
    ctx.body = isGzipped ? gzipped : bytes;
  }

  async function sendTileJson(ctx: Context): Promise<void> {
    await currentSequence(ctx);
    const { name, licence, publicUrl } = config;
    const bounds = await readTileBounds(readKnex);
    const document = describeTiles({ address: publicAddress(ctx, publicUrl), name, licence, bounds });
    ctx.set('Cache-Control', CACHE_CONTROL);
    ctx.type = 'application/json';
    ctx.body = `${JSON.stringify(document, null, 2)}\n`;
  }

  router.get('/tiles/locations.json', anyOrigin(), sendTileJson);
  router.get('/tiles/locations/:z/:x/:file', anyOrigin(), sendTile);
  for (const path of ['/tiles/locations.json', '/tiles/locations/:z/:x/:file']) {
    router.all(path, anyOrigin(), onlyReading());
  }
  return router;
}

/** A map asks for a dozen tiles at once: they go by one look at the position. A failure is not remembered. */
function rememberHead(read: () => Promise<TileHead>, clock: () => Date): () => Promise<TileHead> {
  let head: Promise<TileHead> | undefined;
  let readAt = 0;
  return () => {
    const now = clock().getTime();
    if (head && Math.abs(now - readAt) < HEAD_LIFETIME_MS) return head;
    const asked = read();
    head = asked;
    readAt = now;
    asked.catch(() => {
      if (head === asked) head = undefined;
    });
    return asked;
  };
}
