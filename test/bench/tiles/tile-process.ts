/** Makes tiles one after the other, as we do or in SQL: see `cases/tiles.ts`. Never from a cache. */
import { VectorTile } from '@mapbox/vector-tile';
import type { Knex } from 'knex';
import { PbfReader } from 'pbf';
import type { TileAddress } from '../../../db/tile-grid.ts';
import { takeOrders } from '../bench-process.ts';
import { importCompiled } from '../compiled.ts';
import { makeTileBySql } from './as-mvt.ts';

export type TileOrder =
  /** Comes first, and answers no tiles: fills the tables that tiles are read from. */
  | { readonly kind: 'open'; readonly url: string }
  /** Answers how many there were; each is made both ways and compared. */
  | { readonly kind: 'compare'; readonly zoom: number }
  | { readonly kind: 'ours' | 'beside'; readonly zoom: number };

export interface TileResult {
  readonly seconds: number;
  readonly tiles: number;
  readonly features: number;
}

/** Tiles of a sample. */
const TILES = 400;

const { openDatabase } = await importCompiled<typeof import('../../../db/connection.ts')>('db/connection.js');
const { createTileKeeper } = await importCompiled<typeof import('../../../db/registry/tile-keeper.ts')>(
  'db/registry/tile-keeper.js',
);
const { readTileFeatures } =
  await importCompiled<typeof import('../../../db/reads/tile-features.ts')>('db/reads/tile-features.js');
const { encodeTile } = await importCompiled<typeof import('../../../exports/tile.ts')>('exports/tile.js');

let database: Knex;
const tilesOfZoom = new Map<number, readonly TileAddress[]>();

takeOrders<TileOrder, TileResult>(async (order) => {
  if (order.kind === 'open') return open(order.url);
  const tiles = tilesOfZoom.get(order.zoom) ?? (await tilesToMake(order.zoom));
  tilesOfZoom.set(order.zoom, tiles);
  if (order.kind === 'compare') return compare(tiles);
  return measure(tiles, order.kind === 'ours' ? makeOurs : (tile) => makeTileBySql(database, tile));
});

async function open(url: string): Promise<TileResult> {
  database = (await openDatabase({ url, dataDirectory: '.' })).knex;
  await createTileKeeper({ knex: database }).catchUp();
  await database.raw('vacuum (analyze) tile_point, tile_cell');
  return { seconds: 0, tiles: 0, features: 0 };
}

/** Those in which some Locations stand that are drawn by lot, so that a full tile comes more often, as on maps. */
async function tilesToMake(zoom: number): Promise<TileAddress[]> {
  const { rows } = await database.raw<{ rows: TileAddress[] }>(
    `select cast(? as integer) as z, tile_point.x >> (26 - ?) as x, tile_point.y >> (26 - ?) as y
       from tile_point
      order by md5(tile_point.id)
      limit ?`,
    [zoom, zoom, zoom, TILES],
  );
  return rows;
}

async function makeOurs(tile: TileAddress): Promise<Buffer> {
  return encodeTile(tile, await readTileFeatures(database, tile));
}

async function measure(
  tiles: readonly TileAddress[],
  make: (tile: TileAddress) => Promise<Buffer>,
): Promise<TileResult> {
  const made: Buffer[] = [];
  const start = performance.now();
  for (const tile of tiles) made.push(await make(tile));
  const seconds = (performance.now() - start) / 1000;
  const features = made.reduce((sum, bytes) => sum + featuresOf(bytes).length, 0);
  return { seconds, tiles: tiles.length, features };
}

async function compare(tiles: readonly TileAddress[]): Promise<TileResult> {
  let features = 0;
  for (const tile of tiles) {
    const ours = featuresOf(await makeOurs(tile));
    const beside = featuresOf(await makeTileBySql(database, tile));
    if (JSON.stringify(ours) !== JSON.stringify(beside)) {
      throw new Error(`tile ${tile.z}/${tile.x}/${tile.y} is another one when it is made in SQL`);
    }
    features += ours.length;
  }
  return { seconds: 0, tiles: tiles.length, features };
}

/** What a map library reads. */
function featuresOf(bytes: Buffer): unknown[] {
  const layer = new VectorTile(new PbfReader(bytes)).layers.locations;
  return Array.from({ length: layer?.length ?? 0 }, (_, index) => {
    const feature = layer?.feature(index);
    const properties = Object.entries(feature?.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    return [feature?.type, feature?.loadGeometry(), properties];
  });
}
