/**
 * The tiles that we make, as PostGIS makes them: `ST_AsMVT` over the same rows, with the same places and properties.
 * Ours come out of the same tables, where they are kept ready (`db/registry/tile-keeper.ts`).
 */
import type { Knex } from 'knex';
import {
  CELL_DEPTH,
  CELL_ZOOMS,
  cellsOf,
  MAX_ZOOM,
  TILE_EXTENT,
  type TileAddress,
} from '../../../db/tile-grid.ts';

const GRID_BITS = MAX_ZOOM + Math.log2(TILE_EXTENT);

/** Cells that are kept ready, of one tile. */
const CELLS = `
select tile_cell.x_sum / tile_cell.locations as x,
       tile_cell.y_sum / tile_cell.locations as y,
       tile_point.id,
       tile_point.name,
       tile_cell.operator,
       tile_cell.locations,
       tile_cell.evses,
       tile_cell.available,
       tile_cell.max_power
  from tile_cell
  left join tile_point
    on tile_point.location = tile_cell.location
 where tile_cell.zoom = :zoom
   and tile_cell.cell >= :from
   and tile_cell.cell < :to
 order by tile_cell.cell`;

/** Locations by themselves, of one tile. */
const POINTS = `
select tile_point.x,
       tile_point.y,
       tile_point.id,
       tile_point.name,
       tile_point.operator,
       1 as locations,
       tile_point.evses,
       tile_point.available,
       tile_point.max_power
  from tile_point
 where tile_point.cell >= :from
   and tile_point.cell < :to
 order by tile_point.place, tile_point.location`;

const asMvt = (rows: string) => `
select st_asmvt(feature, 'locations', ${TILE_EXTENT}, 'geometry') as tile
  from (
    select st_point((shown.x - :left) >> :shift, (shown.y - :top) >> :shift) as geometry,
           shown.id,
           shown.name,
           shown.operator,
           case when shown.id is null then true end            as cluster,
           case when shown.id is null then shown.locations end as locations,
           shown.evses,
           shown.available,
           shown.max_power / 1000.0::float8                    as max_power_kw
      from (${rows}) as shown
  ) as feature`;

const CLUSTERED = asMvt(CELLS);
const SINGLE = asMvt(POINTS);

/** Of zooms that are made of cells that are kept ready, and of the highest. */
export async function makeTileBySql(knex: Knex, tile: TileAddress): Promise<Buffer> {
  const zoom = tile.z === MAX_ZOOM ? CELL_ZOOMS.last : tile.z + CELL_DEPTH;
  const size = 2 ** (GRID_BITS - tile.z);
  const { rows } = await knex.raw<{ rows: { tile: Buffer }[] }>(tile.z === MAX_ZOOM ? SINGLE : CLUSTERED, {
    ...{ zoom, ...cellsOf(tile, zoom) },
    ...{ left: tile.x * size, top: tile.y * size, shift: MAX_ZOOM - tile.z },
  });
  return rows[0]?.tile ?? Buffer.alloc(0);
}
