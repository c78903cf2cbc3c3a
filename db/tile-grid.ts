/**
 * The grid of the vector tiles: where a position stands, and which part of the world a tile is.
 *
 * A position is the pixel of zoom 14 that it falls into: 4096 pixels a tile make 2^26 of them each way, 0.6 m at the
 * equator. Its **place** is one number, the bits of row and column taken in turns, so that the first two bits say in
 * which tile of zoom 1 it is, the next two in which quarter of that, and so on. Leaving out the last bits gives the
 * **cell** of a lower zoom. Every tile of every zoom is then one range of cells without a gap, the cell above is a shift
 * by two bits, and no position is in two tiles of a zoom or in none.
 *
 * Pure arithmetic. Guarantees: every number has a place; what lies beyond the square of Web Mercator (85.05 degrees)
 * counts as on its edge, so that no Location is lost from a sum.
 */

/** The highest zoom that is made; maps go on from there by enlarging. */
export const MAX_ZOOM = 14;

/** Pixels along an edge of a tile, as the specification of vector tiles suggests. */
export const TILE_EXTENT = 4096;

/** A cell is a tile of so many zooms deeper: 16 by 16 of them make a tile, some 30 screen pixels each. */
export const CELL_DEPTH = 4;

/**
 * Zooms of the cells that are kept ready: they serve tiles of zoom 0 to 11. Deeper ones are counted when asked for: a
 * tile of zoom 12 has less than a thousand Locations also in a city, and cells of more zooms would hold one each.
 */
export const CELL_ZOOMS = { first: CELL_DEPTH, last: 15 } as const;

/** Bits of a column or a row: 14 zooms, and 12 for the pixels of a tile. */
const GRID_BITS = MAX_ZOOM + Math.log2(TILE_EXTENT);
const GRID_SIZE = 2 ** GRID_BITS;

/** Degrees. */
const MAX_LATITUDE = (Math.atan(Math.sinh(Math.PI)) * 180) / Math.PI;

/** Half of a place, which is as much as bitwise operators of the language can hold. */
const HALF_BITS = GRID_BITS / 2;
const HALF_MASK = 2 ** HALF_BITS - 1;

/** A tile as its URL names it; row 0 is the northernmost. */
export interface TileAddress {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** Column and row of a pixel of zoom 14. */
export interface GridPoint {
  readonly x: number;
  readonly y: number;
}

/** Where a position in degrees stands. */
export function gridPoint(longitude: number, latitude: number): GridPoint {
  const bounded = Math.min(Math.max(latitude, -MAX_LATITUDE), MAX_LATITUDE);
  const north = Math.asinh(Math.tan((bounded * Math.PI) / 180)) / Math.PI;
  return { x: onGrid((longitude + 180) / 360), y: onGrid((1 - north) / 2) };
}

/** The north-west corner of a pixel in degrees; that of the pixel beyond the last is the end of the world. */
export function degreesAt({ x, y }: GridPoint): { longitude: number; latitude: number } {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / GRID_SIZE))) * 180) / Math.PI;
  return { longitude: (x / GRID_SIZE) * 360 - 180, latitude };
}

/** The place of a pixel: 52 bits, so a number holds it. */
export function placeOf({ x, y }: GridPoint): number {
  return interleave(x, y);
}

/** The cell of a zoom that a place is in. */
export function cellAt(place: number, zoom: number): number {
  return Math.floor(place / 2 ** bitsBelow(zoom));
}

/** Bits of a place below the cells of a zoom: `place >> bits` is the cell. */
export function bitsBelow(zoom: number): number {
  return 2 * (GRID_BITS - zoom);
}

/** The cells of a zoom that make up a tile: `from` is the first of them, `to` the one after the last. */
export function cellsOf(tile: TileAddress, zoom: number): { from: number; to: number } {
  const size = 4 ** (zoom - tile.z);
  const from = interleave(tile.x, tile.y) * size;
  return { from, to: from + size };
}

/** A pixel of zoom 14 as the pixel of a tile that it is in. */
export function pixelIn(tile: TileAddress, { x, y }: GridPoint): GridPoint {
  const size = 2 ** (GRID_BITS - tile.z);
  const scale = TILE_EXTENT / size;
  return { x: Math.floor((x - tile.x * size) * scale), y: Math.floor((y - tile.y * size) * scale) };
}

function onGrid(share: number): number {
  return Math.min(Math.max(Math.floor(share * GRID_SIZE), 0), GRID_SIZE - 1);
}

/** Bits of both in turns, those of `y` before those of `x`. */
function interleave(x: number, y: number): number {
  const low = spread(x & HALF_MASK) + 2 * spread(y & HALF_MASK);
  const high = spread(x >> HALF_BITS) + 2 * spread(y >> HALF_BITS);
  return high * 2 ** (2 * HALF_BITS) + low;
}

/** Puts a zero before each of the lowest 13 bits. */
function spread(bits: number): number {
  let result = bits;
  result = (result | (result << 8)) & 0x00ff00ff;
  result = (result | (result << 4)) & 0x0f0f0f0f;
  result = (result | (result << 2)) & 0x33333333;
  return (result | (result << 1)) & 0x55555555;
}
