/**
 * EVSEs as OGC API Features asks for them: page by page in the order of their Locations, counted, or one by its id or
 * by its EVSE ID. Each comes with the document of its Location, once a page, and with the ids of those that carry the
 * same EVSE ID. What is not shown to everybody is neither found, counted nor named.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';
import { EVSE_TIME, PUBLISHED_EVSE_TIME } from '../registry/evse-times.ts';
import {
  addConnectors,
  addEvse,
  addOperators,
  addOwners,
  addTimes,
  boxBindings,
  type ChargingSelection,
  Conditions,
  exactlyInBoxes,
  inBoxes,
  nearBoxes,
  type Page,
  type PageWish,
  pageOf,
  withinBytes,
} from './feature-selection.ts';
import type { PublicObject } from './public-objects.ts';
import { IS_SHOWN, PUBLISHED_DOCUMENT } from './published.ts';

/** The Location's number and the uid in lower case. */
export type EvsePosition = readonly [location: number, uidKey: string];

/** What a Feature is made of. */
export interface StoredEvseFeature {
  readonly position: EvsePosition;
  readonly location: Pick<PublicObject, 'id' | 'owner' | 'document' | 'asStored' | 'changedAt' | 'sequence'>;
  /** Feature ids of other EVSEs with the same EVSE ID, the first few. */
  readonly sameEvseId: readonly string[];
}

/** Where an EVSE may stand whose Feature id can be read in several ways. */
export interface EvseName {
  readonly owner: Owner;
  readonly locationId: string;
  readonly uid: string;
}

interface Row {
  location: number;
  uid_key: string;
  country_code: string;
  party_id: string;
  /** Of the first row of a Location; null in those that follow. */
  document: string | null;
  as_stored: string[];
  changed_at: Date;
  sequence: number;
  same_evse_id: string[];
  found: number;
}

/** Others with the same EVSE ID that are named: real feeds have some dozens of one made-up ID. */
const NAMED_LIMIT = 20;

/** A page of EVSEs. */
export async function readEvsesPage(
  knex: Knex,
  selection: ChargingSelection,
  wish: PageWish<EvsePosition>,
): Promise<Page<StoredEvseFeature>> {
  const conditions = selected(selection);
  const position = wish.before ?? wish.after;
  if (position) {
    const [location, uidKey] = position;
    const sign = wish.before ? '<' : '>';
    // The planner does not see that the first says the second, and would walk from the first Location on.
    conditions
      .add(`(evse.location, evse.uid_key) ${sign} (cast(:location as bigint), :uidKey)`, { location, uidKey })
      .add(`location.id ${sign}= :location`);
  }
  const direction = wish.before ? ' desc' : '';
  const chosen = `
              select evse.location, evse.uid_key, evse.compact_id
                from evse
                join location
                  on location.id = evse.location
               where ${conditions.text}
               order by evse.location${direction}, evse.uid_key${direction}
               limit :rows`;
  const rows = await readRows(knex, chosen, direction, { ...conditions.bindings, rows: wish.limit + 1 });
  return pageOf(rows, wish, withDocuments(rows));
}

/** All that are selected. */
export async function countEvses(knex: Knex, selection: ChargingSelection): Promise<number> {
  const { text, bindings } = selected(selection);
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*) as count
       from evse
       join location
         on location.id = evse.location
      where ${text}`,
    bindings,
  );
  return rows[0]?.count ?? 0;
}

/**
 * The EVSE of this compact ID that holds (`db/registry/twin-table.ts`). Where that is not decided yet, the one whose
 * owner spoke last.
 */
export async function readEvseOfId(knex: Knex, compactId: string): Promise<StoredEvseFeature | null> {
  const conditions = selected({ evseIds: [compactId] });
  const chosen = `
              select evse.location, evse.uid_key, evse.compact_id
                from evse
                join location
                  on location.id = evse.location
                left join evse_twin
                  on evse_twin.location = evse.location
                 and evse_twin.uid_key = evse.uid_key
                 and evse_twin.compact_id = evse.compact_id
               where ${conditions.text}
               order by coalesce(evse_twin.holds, false) desc, ${EVSE_TIME} desc, evse.location, evse.uid_key
               limit 1`;
  return one(await readRows(knex, chosen, '', conditions.bindings));
}

/** The EVSE under one of these names, in any case; of several the one that the registry has known for longest. */
export async function readEvseFeature(
  knex: Knex,
  names: readonly EvseName[],
): Promise<StoredEvseFeature | null> {
  if (names.length === 0) return null;
  const conditions = selected({});
  const chosen = `
              select evse.location, evse.uid_key, evse.compact_id
                from unnest(cast(:countries as text[]), cast(:parties as text[]), cast(:ids as text[]), cast(:uids as text[]))
                  as asked (country_code, party_id, location_key, uid_key)
                join location
                  on location.country_code = asked.country_code
                 and location.party_id = asked.party_id
                 and lower(location.location_id) = asked.location_key
                join evse
                  on evse.location = location.id
                 and evse.uid_key = asked.uid_key
               where ${conditions.text}
               order by evse.location, evse.uid_key
               limit 1`;
  return one(
    await readRows(knex, chosen, '', {
      ...conditions.bindings,
      countries: names.map(({ owner }) => owner.countryCode),
      parties: names.map(({ owner }) => owner.partyId),
      ids: names.map(({ locationId }) => locationId.toLowerCase()),
      uids: names.map(({ uid }) => uid.toLowerCase()),
    }),
  );
}

function selected(selection: ChargingSelection): Conditions {
  const conditions = new Conditions().add(IS_SHOWN.locations);
  addEvse(conditions, selection);
  addOwners(conditions, 'location', selection);
  addOperators(conditions, selection);
  addTimes(conditions, PUBLISHED_EVSE_TIME, selection);
  addPlaces(conditions, selection);
  addConnectors(conditions, selection);
  return conditions;
}

/**
 * Nearly all EVSEs stand where their Location stands, and are found by it. Those that have a place of their own are in
 * an index of their own, which no status push ever writes to.
 */
function addPlaces(conditions: Conditions, { boxes }: ChargingSelection): void {
  if (!boxes) return;
  conditions
    .add(
      `(${nearBoxes('location', boxes)}
            or location.id = any (array(
                 select evse.location from evse where evse.stands_apart and ${inBoxes('evse', boxes)})))`,
      boxBindings(boxes),
    )
    .add(exactlyInBoxes('evse', boxes));
}

/** What the chosen EVSEs need to become Features, in one question. */
async function readRows(
  knex: Knex,
  chosen: string,
  direction: '' | ' desc',
  bindings: Record<string, unknown>,
): Promise<Row[]> {
  const rows = `
       select chosen.location, chosen.uid_key, location.country_code, location.party_id,
              case when row_number() over (partition by chosen.location order by chosen.uid_key${direction}) = 1
                   then ${PUBLISHED_DOCUMENT.locations} end as document,
              location.as_stored, location.changed_at, location.sequence,
              array(
                select home.country_code || '-' || home.party_id || '-' || home.location_id || '-' || other.uid
                  from evse as other
                  join location as home
                    on home.id = other.location
                   and home.public
                 where other.compact_id = chosen.compact_id
                   and other.status <> 'REMOVED'
                   and (other.location, other.uid_key) <> (chosen.location, chosen.uid_key)
                 order by other.location, other.uid_key
                 limit ${NAMED_LIMIT}
              ) as same_evse_id
         from (${chosen}) as chosen
         join location
           on location.id = chosen.location`;
  const order = `location${direction}, uid_key${direction}`;
  const result = await knex.raw<{ rows: Row[] }>(withinBytes(rows, order), bindings as never);
  return result.rows;
}

function one(rows: readonly Row[]): StoredEvseFeature | null {
  return rows[0] ? withDocuments(rows)(rows[0]) : null;
}

function withDocuments(rows: readonly Row[]): (row: Row) => StoredEvseFeature {
  const documents = new Map(
    rows.flatMap((row) => (row.document === null ? [] : [[row.location, row.document]])),
  );
  return (row) => ({
    position: [row.location, row.uid_key],
    location: {
      id: row.location,
      owner: { countryCode: row.country_code, partyId: row.party_id },
      document: documents.get(row.location) as string,
      asStored: row.as_stored,
      changedAt: row.changed_at,
      sequence: row.sequence,
    },
    sameEvseId: row.same_evse_id,
  });
}
