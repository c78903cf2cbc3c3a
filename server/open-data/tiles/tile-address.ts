/**
 * Which tile a URL asks for. Fails with 400 for what is no address of a tile, 404 for a tile that there is not.
 */
import type { ParameterizedContext } from 'koa';
import { MAX_ZOOM, type TileAddress } from '../../../db/tile-grid.ts';

/** The ending that the contract names. */
const ENDING = '.mvt';
/** Decimal, without leading zeros: one tile has one URL. */
const NUMBER = /^(0|[1-9][0-9]{0,9})$/;

/** Reads `{z}/{x}/{y}.mvt`. */
export function readTileAddress(
  ctx: ParameterizedContext,
  parts: { z: string; x: string; file: string },
): TileAddress {
  const { z: zoom, x: column, file } = parts;
  if (!file.endsWith(ENDING))
    ctx.throw(404, `A tile ends in ${ENDING}: /tiles/locations/{z}/{x}/{y}${ENDING}`);
  const row = file.slice(0, -ENDING.length);
  if (![zoom, column, row].every((part) => NUMBER.test(part))) {
    ctx.throw(400, 'z, x and y of a tile are whole numbers, as in /tiles/locations/6/32/21.mvt');
  }
  const tile = { z: Number(zoom), x: Number(column), y: Number(row) };
  if (tile.z > MAX_ZOOM) {
    ctx.throw(404, `Tiles are made up to zoom ${MAX_ZOOM}; a map enlarges those for what is beyond`);
  }
  const last = 2 ** tile.z - 1;
  if (tile.x > last || tile.y > last) ctx.throw(404, `At zoom ${tile.z}, x and y go from 0 to ${last}`);
  return tile;
}
