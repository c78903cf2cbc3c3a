/**
 * How far the public objects of one kind reach: in space, and in the owners' times as they are published. Dear enough
 * (the whole table) to be kept until something changes.
 */
import type { Knex } from 'knex';
import { PUBLISHED_EVSE_TIME } from '../registry/evse-times.ts';
import { publishedTime } from './feature-selection.ts';
import { IS_SHOWN } from './published.ts';

export type ExtentOf = 'locations' | 'evses' | 'tariffs';

export interface CollectionExtent {
  /** West, south, east, north; null when there is nothing. */
  readonly bbox: readonly [number, number, number, number] | null;
  /** Both null when there is nothing. */
  readonly interval: readonly [Date | null, Date | null];
}

interface Row {
  west: number | null;
  south: number;
  east: number;
  north: number;
  earliest: Date | null;
  latest: Date | null;
}

/** Tariffs have no place of their own: they reach as far as the Locations. */
export async function readCollectionExtent(knex: Knex, of: ExtentOf): Promise<CollectionExtent> {
  const { rows } = await knex.raw<{ rows: Row[] }>(QUERIES[of]);
  const row = rows[0] as Row;
  return {
    bbox: row.west === null ? null : [row.west, row.south, row.east, row.north],
    interval: [row.earliest, row.latest],
  };
}

const EDGES = `st_xmin(reach.box) as west, st_ymin(reach.box) as south, st_xmax(reach.box) as east, st_ymax(reach.box) as north`;

const QUERIES: Readonly<Record<ExtentOf, string>> = {
  locations: `
select ${EDGES}, reach.earliest, reach.latest
  from (
         select st_extent(location.geometry) as box,
                min(${publishedTime('location')}) as earliest, max(${publishedTime('location')}) as latest
           from location
          where ${IS_SHOWN.locations}
       ) as reach`,
  evses: `
select ${EDGES}, reach.earliest, reach.latest
  from (
         select st_extent(evse.geometry) as box,
                min(${PUBLISHED_EVSE_TIME}) as earliest, max(${PUBLISHED_EVSE_TIME}) as latest
           from evse
           join location
             on location.id = evse.location
          where ${IS_SHOWN.locations}
            and evse.status <> 'REMOVED'
       ) as reach`,
  tariffs: `
select ${EDGES}, time.earliest, time.latest
  from (
         select st_extent(location.geometry) as box from location where ${IS_SHOWN.locations}
       ) as reach
 cross join (
         select min(${publishedTime('tariff')}) as earliest, max(${publishedTime('tariff')}) as latest
           from tariff
          where ${IS_SHOWN.tariffs}
       ) as time`,
};
