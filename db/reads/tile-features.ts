/**
 * What stands in a vector tile: Locations alone and clusters of them, by cell up to zoom 13, and at zoom 14 every
 * Location by itself.
 *
 * Guarantees: over all tiles of a zoom, each public Location is in one feature, once; at most 256 features a tile but
 * at zoom 14; in the order of places, so that the same state gives the same tile; all as of `readTileHead`, or later.
 * Tiles of zoom 0 to 11 read cells that are kept ready, others the Locations in the tile, one range of cells each.
 */
import type { Knex } from 'knex';
import { type CopiedColumns, copyOut } from '../copy-out.ts';
import {
  bitsBelow,
  CELL_DEPTH,
  CELL_ZOOMS,
  cellsOf,
  degreesAt,
  type GridPoint,
  MAX_ZOOM,
  type TileAddress,
} from '../tile-grid.ts';

export interface TileHead {
  /** Position in the journal up to which tiles are right. */
  readonly sequence: number;
  /** False until all Locations were looked at for the first time. */
  readonly isReady: boolean;
}

/** One Location, or several: then it has no id and no name, and stands in the middle of them. */
export interface TileFeature extends GridPoint {
  readonly locations: number;
  readonly evses: number;
  readonly available: number;
  /** Watt; null when not known. */
  readonly maxPower: number | null;
  /** As sent; null when not known, or not the same of all. */
  readonly operator: string | null;
  /** `CC-PTY-locationid`. */
  readonly id: string | null;
  readonly name: string | null;
}

/**
 * SQL, over a group of rows: the operator that all of them have, else null. Bytes are compared, which is all that
 * equality asks for and is faster than the order of a language.
 */
export function sharedOperator(table: string): string {
  const operator = `${table}.operator collate "C"`;
  return `case when count(${operator}) = count(*) and min(${operator}) = max(${operator}) then min(${operator}) end`;
}

/** How far tiles are. */
export async function readTileHead(knex: Knex): Promise<TileHead> {
  const { rows } = await knex.raw<{ rows: { sequence: number; is_ready: boolean }[] }>(
    'select tile_head.sequence, tile_head.walked_to is null as is_ready from tile_head',
  );
  const head = rows[0];
  if (!head) throw new Error('the table tile_head has no row: the database is not migrated, or damaged');
  return { sequence: head.sequence, isReady: head.is_ready };
}

/** What stands in a tile. */
export function readTileFeatures(knex: Knex, tile: TileAddress): Promise<TileFeature[]> {
  return copyOut(knex, query(knex, tile), readFeature);
}

function query(knex: Knex, tile: TileAddress): Knex.Raw {
  const zoom = tile.z + CELL_DEPTH;
  if (zoom <= CELL_ZOOMS.last) {
    const { from, to } = cellsOf(tile, zoom);
    return knex.raw(PREPARED, [zoom, from, to]);
  }
  const { from, to } = cellsOf(tile, CELL_ZOOMS.last);
  return tile.z < MAX_ZOOM ? knex.raw(COUNTED, [from, to, bitsBelow(zoom)]) : knex.raw(SINGLE, [from, to]);
}

/** The columns of each of the queries. */
function readFeature(columns: CopiedColumns): TileFeature {
  return {
    locations: columns.integer(),
    evses: columns.integer(),
    available: columns.integer(),
    maxPower: columns.integerOrNull(),
    operator: columns.textOrNull(),
    x: columns.integer(),
    y: columns.integer(),
    id: columns.textOrNull(),
    name: columns.textOrNull(),
  };
}

const PREPARED = `
select tile_cell.locations,
       tile_cell.evses,
       tile_cell.available,
       tile_cell.max_power,
       tile_cell.operator,
       tile_cell.x_sum / tile_cell.locations as x,
       tile_cell.y_sum / tile_cell.locations as y,
       tile_point.id,
       tile_point.name
  from tile_cell
  left join tile_point
    on tile_point.location = tile_cell.location
 where tile_cell.zoom = ?
   and tile_cell.cell >= ?
   and tile_cell.cell < ?
 order by tile_cell.cell`;

const COUNTED = `
select count(*)                  as locations,
       sum(tile_point.evses)     as evses,
       sum(tile_point.available) as available,
       max(tile_point.max_power) as max_power,
       ${sharedOperator('tile_point')} as operator,
       sum(tile_point.x) / count(*) as x,
       sum(tile_point.y) / count(*) as y,
       case when count(*) = 1 then min(tile_point.id collate "C") end   as id,
       case when count(*) = 1 then min(tile_point.name collate "C") end as name
  from tile_point
 where tile_point.cell >= ?
   and tile_point.cell < ?
 group by tile_point.place >> ?
 order by min(tile_point.place)`;

const SINGLE = `
select 1 as locations,
       tile_point.evses,
       tile_point.available,
       tile_point.max_power,
       tile_point.operator,
       tile_point.x,
       tile_point.y,
       tile_point.id,
       tile_point.name
  from tile_point
 where tile_point.cell >= ?
   and tile_point.cell < ?
 order by tile_point.place, tile_point.location`;

/** West, south, east and north of all that is shown, in degrees; null when there is nothing. */
export async function readTileBounds(knex: Knex): Promise<[number, number, number, number] | null> {
  const { rows } = await knex.raw<{ rows: Record<'west' | 'north' | 'east' | 'south', number | null>[] }>(
    `select min(tile_point.x)     as west,
            min(tile_point.y)     as north,
            max(tile_point.x) + 1 as east,
            max(tile_point.y) + 1 as south
       from tile_point`,
  );
  const { west = null, north = null, east = null, south = null } = rows[0] ?? {};
  if (west === null || north === null || east === null || south === null) return null;
  const first = degreesAt({ x: west, y: north });
  const last = degreesAt({ x: east, y: south });
  return [first.longitude, last.latitude, last.longitude, first.latitude];
}
