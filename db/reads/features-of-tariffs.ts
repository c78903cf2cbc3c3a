/**
 * Tariffs as OGC API Features asks for them, with the places where they hold: the Locations that are shown and have a
 * Connector that names the Tariff. Page by page in order of creation, counted, or one by its id.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';
import {
  addOwners,
  addTimes,
  boxBindings,
  Conditions,
  inBoxes,
  type Page,
  type PageWish,
  pageOf,
  publishedTime,
  type TariffSelection,
  withinBytes,
} from './feature-selection.ts';
import { IS_SHOWN, PUBLISHED_DOCUMENT } from './published.ts';

/** What a Feature is made of. */
export interface StoredTariffFeature {
  readonly id: number;
  readonly document: string;
  readonly changedAt: Date;
  readonly sequence: number;
  /** Locations, however many are in `positions`. */
  readonly places: number;
  /** Longitude, latitude of the first of them. */
  readonly positions: readonly (readonly [number, number])[];
}

interface Row {
  id: number;
  document: string;
  changed_at: Date;
  sequence: number;
  places: number;
  longitudes: number[];
  latitudes: number[];
  found: number;
}

/** Places that a Tariff comes with: one Tariff of the Dutch feed has 5,268, seven have more than these. */
export const PLACES_LIMIT = 1_000;

/** A page; a position is the registry's own number of a Tariff. */
export async function readTariffsPage(
  knex: Knex,
  selection: TariffSelection,
  wish: PageWish<number>,
): Promise<Page<StoredTariffFeature>> {
  const conditions = selected(selection);
  const { after, before, limit } = wish;
  if (after !== undefined) conditions.add('tariff.id > :position', { position: after });
  if (before !== undefined) conditions.add('tariff.id < :position', { position: before });
  const direction = before === undefined ? '' : ' desc';
  const bindings = { ...conditions.bindings, rows: limit + 1 };
  return pageOf(await readRows(knex, conditions.text, direction, bindings), wish, toStored);
}

/** All that are selected. */
export async function countTariffs(knex: Knex, selection: TariffSelection): Promise<number> {
  const { text, bindings } = selected(selection);
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*) as count from tariff where ${text}`,
    bindings as never,
  );
  return rows[0]?.count ?? 0;
}

/** One by its owner and id, in any case; null when nobody may see it. */
export async function readTariffFeature(
  knex: Knex,
  owner: Owner,
  tariffId: string,
): Promise<StoredTariffFeature | null> {
  const { text, bindings } = new Conditions()
    .add(IS_SHOWN.tariffs)
    .add('tariff.country_code = :countryCode and tariff.party_id = :partyId', { ...owner })
    .add('lower(tariff.tariff_id) = lower(:tariffId)', { tariffId });
  const rows = await readRows(knex, text, '', { ...bindings, rows: 1 });
  return rows[0] ? toStored(rows[0]) : null;
}

function selected(selection: TariffSelection): Conditions {
  const { currencies, types } = selection;
  const conditions = new Conditions().add(IS_SHOWN.tariffs);
  addOwners(conditions, 'tariff', selection);
  addTimes(conditions, publishedTime('tariff'), selection);
  if (currencies) conditions.add('upper(tariff.currency) = any(cast(:currencies as text[]))', { currencies });
  if (types) conditions.add('tariff.type = any(cast(:types as text[]))', { types });
  addPlaces(conditions, selection);
  return conditions;
}

/**
 * Tariffs that hold at a Location in one of the boxes. An array, for that is gathered once, whatever the planner thinks:
 * it takes what Locations and Tariffs have in common for a single row, and would gather anew for each Tariff.
 */
function addPlaces(conditions: Conditions, { boxes }: TariffSelection): void {
  if (!boxes) return;
  conditions.add(
    `tariff.id = any (array(
               select held.id
                 from (
                        select distinct location.country_code, location.party_id, lower(named.tariff_id) as tariff_key
                          from location
                          join evse
                            on evse.location = location.id
                           and evse.status <> 'REMOVED'
                          join connector
                            on connector.location = evse.location
                           and connector.uid_key = evse.uid_key
                         cross join unnest(connector.tariff_ids) as named (tariff_id)
                         where ${IS_SHOWN.locations}
                           and ${inBoxes('location', boxes)}
                      ) as here
                 join tariff as held
                   on held.country_code = here.country_code
                  and held.party_id = here.party_id
                  and lower(held.tariff_id) = here.tariff_key))`,
    boxBindings(boxes),
  );
}

/** Connectors are found by all keys of the page at once, then sorted out by owner: the index knows the ids alone. */
async function readRows(
  knex: Knex,
  condition: string,
  direction: '' | ' desc',
  bindings: Record<string, unknown>,
): Promise<Row[]> {
  const rows = `
         with chosen as materialized (
                select tariff.id, tariff.country_code, tariff.party_id, lower(tariff.tariff_id) as tariff_key,
                       ${PUBLISHED_DOCUMENT.tariffs} as document, tariff.changed_at, tariff.sequence
                  from tariff
                 where ${condition}
                 order by tariff.id${direction}
                 limit :rows
              ),
              naming as materialized (
                select connector.location, connector.uid_key, lower_each(connector.tariff_ids) as tariff_keys
                  from connector
                 where lower_each(connector.tariff_ids) && array(select chosen.tariff_key from chosen)
              ),
              place as (
                select distinct location.country_code, location.party_id, named.tariff_key, location.id,
                       st_x(location.geometry) as longitude, st_y(location.geometry) as latitude
                  from naming
                  join location
                    on location.id = naming.location
                   and ${IS_SHOWN.locations}
                  join evse
                    on evse.location = naming.location
                   and evse.uid_key = naming.uid_key
                   and evse.status <> 'REMOVED'
                 cross join unnest(naming.tariff_keys) as named (tariff_key)
              ),
              spot as (
                select chosen.id, count(*) as places,
                       (array_agg(place.longitude order by place.id))[:${PLACES_LIMIT}] as longitudes,
                       (array_agg(place.latitude order by place.id))[:${PLACES_LIMIT}] as latitudes
                  from chosen
                  join place
                    on place.country_code = chosen.country_code
                   and place.party_id = chosen.party_id
                   and place.tariff_key = chosen.tariff_key
                 group by chosen.id
              )
       select chosen.id, chosen.document, chosen.changed_at, chosen.sequence, coalesce(spot.places, 0) as places,
              coalesce(spot.longitudes, '{}') as longitudes, coalesce(spot.latitudes, '{}') as latitudes
         from chosen
         left join spot
           on spot.id = chosen.id`;
  const result = await knex.raw<{ rows: Row[] }>(withinBytes(rows, `id${direction}`), bindings as never);
  return result.rows;
}

function toStored(row: Row): StoredTariffFeature {
  const { id, document, changed_at: changedAt, sequence, places, longitudes, latitudes } = row;
  const positions = longitudes.map((longitude, i) => [longitude, latitudes[i] as number] as const);
  return { id, document, changedAt, sequence, places, positions };
}
