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
import { readTileBounds, readTileFeatures, readTileHead } from '../../../db/reads/tile-features.ts';
import { encodeTile, TILE_MEDIA_TYPE } from '../../../exports/tile.ts';
import type { Config } from '../../config.ts';
import { publicAddress } from '../../ocpi/protocol/public-address.ts';
import { anyOrigin, onlyReading } from '../cors.ts';
import { isKnown } from '../entity-tag.ts';
import { readTileAddress } from './tile-address.ts';
import { createTileCache } from './tile-cache.ts';
import { describeTiles } from './tile-json.ts';

/** Seconds; tiles change every ten at most. `no-transform` because another encoding would need another ETag. */
const CACHE_CONTROL = 'public, max-age=10, no-transform';
/** Milliseconds in which the position is read once: a map asks for a dozen tiles at a time. */
const HEAD_PERIOD_MS = 1_000;
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
  const headInPeriod = rememberFor(() => readTileHead(readKnex));
  const boundsAtSequence = rememberFor(() => readTileBounds(readKnex));

  async function currentSequence(ctx: Context): Promise<number> {
    const { sequence, isReady } = await headInPeriod(Math.floor(clock().getTime() / HEAD_PERIOD_MS));
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
    if (isKnown(ctx, isGzipped ? `"${hash}-gzip"` : `"${hash}"`)) return;
    ctx.type = TILE_MEDIA_TYPE;
    if (isGzipped) ctx.set('Content-Encoding', 'gzip');
    ctx.body = isGzipped ? gzipped : bytes;
  }

  async function sendTileJson(ctx: Context): Promise<void> {
    const sequence = await currentSequence(ctx);
    const { name, licence, publicUrl } = config;
    const bounds = await boundsAtSequence(sequence);
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

/** Reads once for a key, however many ask, and again for the next one. A failure is not remembered. */
function rememberFor<T>(read: () => Promise<T>): (key: number) => Promise<T> {
  let kept: { readonly key: number; readonly value: Promise<T> } | undefined;
  return (key) => {
    if (kept?.key === key) return kept.value;
    const asked = { key, value: read() };
    kept = asked;
    asked.value.catch(() => {
      if (kept === asked) kept = undefined;
    });
    return asked.value;
  };
}
