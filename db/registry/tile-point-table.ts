/**
 * Public Locations as vector tiles show them, a row each: a tile is read from one narrow table in the order of places,
 * without Locations' documents, EVSEs and connectors.
 *
 * Guarantees: what is counted is what the GeoJSON Feature of the Location says: EVSEs that are not REMOVED, of them
 * those that are AVAILABLE, the strongest connector (OD-06; none where no power is known). What is not shown has no row.
 */
import type { Knex } from 'knex';
import { IS_SHOWN } from '../reads/published.ts';
import { CELL_ZOOMS, cellAt, gridPoint, placeOf } from '../tile-grid.ts';

interface ShownRow {
  location: number;
  id: string;
  name: string | null;
  operator: string | null;
  longitude: number;
  latitude: number;
  evses: number;
  available: number;
  max_power: number | null;
}

const READ_SHOWN = `
with power as (
       select connector.location, connector.uid_key, max(connector.max_power) as most
         from connector
        where connector.location = any(?::bigint[])
        group by connector.location, connector.uid_key
     ),
     counted as (
       select evse.location,
              count(*)                                          as evses,
              count(*) filter (where evse.status = 'AVAILABLE') as available,
              nullif(max(power.most), 0)                        as max_power
         from evse
         left join power
           on power.location = evse.location
          and power.uid_key = evse.uid_key
        where evse.location = any(?::bigint[])
          and evse.status <> 'REMOVED'
        group by evse.location
     )
select location.id as location,
       concat(location.country_code, '-', location.party_id, '-', location.location_id) as id,
       location.name,
       location.operator_name as operator,
       st_x(location.geometry) as longitude,
       st_y(location.geometry) as latitude,
       counted.evses,
       counted.available,
       counted.max_power
  from location
  join counted
    on counted.location = location.id
 where location.id = any(?::bigint[])
   and ${IS_SHOWN.locations}`;

const WRITE_POINTS = `
insert into tile_point (location, place, cell, x, y, id, name, operator, evses, available, max_power)
select p.location, p.place, p.cell, p.x, p.y, p.id, p.name, p.operator, p.evses, p.available, p.max_power
  from json_to_recordset(?) as p(
         location bigint, place bigint, cell bigint, x integer, y integer, id text, name text, operator text,
         evses integer, available integer, max_power bigint)
on conflict (location) do update
   set place     = excluded.place,
       cell      = excluded.cell,
       x         = excluded.x,
       y         = excluded.y,
       id        = excluded.id,
       name      = excluded.name,
       operator  = excluded.operator,
       evses     = excluded.evses,
       available = excluded.available,
       max_power = excluded.max_power
 where (tile_point.*) is distinct from (excluded.*)
returning tile_point.location`;

/**
 * Brings the rows of these Locations to what the registry holds.
 *
 * @returns the cells of the deepest zoom that is kept in which something changed: where a Location is, and where it was
 */
export async function refreshPoints(
  transaction: Knex.Transaction,
  locations: readonly number[],
): Promise<number[]> {
  if (locations.length === 0) return [];
  const { rows: stored } = await transaction.raw<{ rows: { location: number; cell: number }[] }>(
    'select tile_point.location, tile_point.cell from tile_point where tile_point.location = any(?::bigint[])',
    [locations as number[]],
  );
  const before = new Map(stored.map(({ location, cell }) => [location, cell]));
  const { rows } = await transaction.raw<{ rows: ShownRow[] }>(READ_SHOWN, [
    locations as number[],
    locations as number[],
    locations as number[],
  ]);
  const points = new Map(rows.map((row) => [row.location, pointOf(row)]));
  const written = await writePoints(transaction, [...points.values()]);
  const gone = [...before.keys()].filter((location) => !points.has(location));
  await deletePoints(transaction, gone);
  const cells = [...written, ...gone].flatMap((location) => [
    before.get(location) ?? [],
    points.get(location)?.cell ?? [],
  ]);
  return [...new Set(cells.flat())];
}

function pointOf({ longitude, latitude, ...shown }: ShownRow) {
  const point = gridPoint(longitude, latitude);
  const place = placeOf(point);
  return { ...shown, ...point, place, cell: cellAt(place, CELL_ZOOMS.last) };
}

/** @returns the Locations whose row is new or another */
async function writePoints(
  transaction: Knex.Transaction,
  points: readonly ReturnType<typeof pointOf>[],
): Promise<number[]> {
  if (points.length === 0) return [];
  const { rows } = await transaction.raw<{ rows: { location: number }[] }>(WRITE_POINTS, [
    JSON.stringify(points),
  ]);
  return rows.map(({ location }) => location);
}

async function deletePoints(transaction: Knex.Transaction, locations: readonly number[]): Promise<void> {
  if (locations.length === 0) return;
  await transaction.raw('delete from tile_point where tile_point.location = any(?::bigint[])', [
    locations as number[],
  ]);
}
