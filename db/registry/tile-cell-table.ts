/**
 * Counts of public Locations by cell, for the vector tiles of zoom 0 to 11: a pyramid, whose base is counted from the
 * Locations and each level above from the four cells below.
 *
 * Guarantees: after `refreshCells` with every cell of the base in which something changed, each level is what counting
 * all Locations anew would give. Empty cells have no row. A level that comes out as it was ends the way up.
 */
import type { Knex } from 'knex';
import { sharedOperator } from '../reads/tile-features.ts';
import { CELL_ZOOMS } from '../tile-grid.ts';

/** Counts the cells of the deepest zoom from the Locations in them. */
const COUNT_POINTS = `
       select touched.cell,
              count(*)                  as locations,
              sum(tile_point.evses)     as evses,
              sum(tile_point.available) as available,
              max(tile_point.max_power) as max_power,
              ${sharedOperator('tile_point')} as operator,
              case when count(*) = 1 then min(tile_point.location) end as location,
              sum(tile_point.x)         as x_sum,
              sum(tile_point.y)         as y_sum
         from touched
         join tile_point
           on tile_point.cell = touched.cell
        group by touched.cell`;

/** Counts cells of a zoom from those below. A quarter without an operator has several, or none that is known. */
const countQuarters = (zoom: number) => `
       select touched.cell,
              sum(quarter.locations) as locations,
              sum(quarter.evses)     as evses,
              sum(quarter.available) as available,
              max(quarter.max_power) as max_power,
              ${sharedOperator('quarter')} as operator,
              case when count(*) = 1 then min(quarter.location) end as location,
              sum(quarter.x_sum)     as x_sum,
              sum(quarter.y_sum)     as y_sum
         from touched
        cross join generate_series(0, 3) as number
         join tile_cell as quarter
           on quarter.zoom = ${zoom + 1}
          and quarter.cell = touched.cell * 4 + number
        group by touched.cell`;

/** Writes what was counted of the cells of one zoom, and tells which of them are another than before. */
const writeCells = (zoom: number) => `
with touched as (
       select unnest(?::bigint[]) as cell
     ),
     counted as (${zoom === CELL_ZOOMS.last ? COUNT_POINTS : countQuarters(zoom)}
     ),
     emptied as (
       delete from tile_cell
        using touched
        where tile_cell.zoom = ${zoom}
          and tile_cell.cell = touched.cell
          and not exists (select from counted where counted.cell = touched.cell)
       returning tile_cell.cell
     ),
     written as (
       insert into tile_cell (zoom, cell, locations, evses, available, max_power, operator, location, x_sum, y_sum)
       select ${zoom}, c.cell, c.locations, c.evses, c.available, c.max_power, c.operator, c.location, c.x_sum, c.y_sum
         from counted as c
       on conflict (zoom, cell) do update
          set locations = excluded.locations,
              evses     = excluded.evses,
              available = excluded.available,
              max_power = excluded.max_power,
              operator  = excluded.operator,
              location  = excluded.location,
              x_sum     = excluded.x_sum,
              y_sum     = excluded.y_sum
        where (tile_cell.*) is distinct from (excluded.*)
       returning tile_cell.cell
     )
select emptied.cell from emptied
 union all
select written.cell from written`;

/** Counts these cells of the deepest zoom anew, and all above them. */
export async function refreshCells(transaction: Knex.Transaction, cells: readonly number[]): Promise<void> {
  let touched = cells;
  for (let zoom: number = CELL_ZOOMS.last; zoom >= CELL_ZOOMS.first && touched.length > 0; zoom--) {
    const { rows } = await transaction.raw<{ rows: { cell: number }[] }>(writeCells(zoom), [
      touched as number[],
    ]);
    touched = [...new Set(rows.map(({ cell }) => Math.floor(cell / 4)))];
  }
}
