/**
 * Locations as OGC API Features asks for them: page by page in order of creation, counted, or one by its id. What is not
 * shown to everybody is neither found nor counted.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';
import {
  addBoxes,
  addConnectors,
  addEvse,
  addOperators,
  addOwners,
  addTimes,
  type ChargingSelection,
  Conditions,
  type Page,
  type PageWish,
  pageOf,
  publishedTime,
  withinBytes,
} from './feature-selection.ts';
import type { PublicObject } from './public-objects.ts';
import { IS_SHOWN, PUBLISHED_DOCUMENT } from './published.ts';

/** What a Feature is made of. */
export type StoredLocationFeature = Pick<
  PublicObject,
  'id' | 'owner' | 'document' | 'asStored' | 'changedAt' | 'sequence'
>;

interface Row {
  id: number;
  country_code: string;
  party_id: string;
  document: string;
  as_stored: string[];
  changed_at: Date;
  sequence: number;
  found: number;
}

const COLUMNS = `location.id, location.country_code, location.party_id, ${PUBLISHED_DOCUMENT.locations} as document,
              location.as_stored, location.changed_at, location.sequence`;

/** A page; a position is the registry's own number of a Location. */
export async function readLocationsPage(
  knex: Knex,
  selection: ChargingSelection,
  wish: PageWish<number>,
): Promise<Page<StoredLocationFeature>> {
  const conditions = selected(selection);
  const { after, before, limit } = wish;
  if (after !== undefined) conditions.add('location.id > :position', { position: after });
  if (before !== undefined) conditions.add('location.id < :position', { position: before });
  const direction = before === undefined ? '' : ' desc';
  const rows = `
       select ${COLUMNS}
         from location
        where ${conditions.text}
        order by location.id${direction}
        limit :rows`;
  const result = await knex.raw<{ rows: Row[] }>(withinBytes(rows, `id${direction}`), {
    ...conditions.bindings,
    rows: limit + 1,
  });
  return pageOf(result.rows, wish, toStored);
}

/** All that are selected. */
export async function countLocations(knex: Knex, selection: ChargingSelection): Promise<number> {
  const { text, bindings } = selected(selection);
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(
    `select count(*) as count from location where ${text}`,
    bindings,
  );
  return rows[0]?.count ?? 0;
}

/** One by its owner and id, in any case; null when nobody may see it. */
export async function readLocationFeature(
  knex: Knex,
  owner: Owner,
  locationId: string,
): Promise<StoredLocationFeature | null> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `select ${COLUMNS}
       from location
      where ${IS_SHOWN.locations}
        and location.country_code = :countryCode
        and location.party_id = :partyId
        and lower(location.location_id) = lower(:locationId)`,
    { ...owner, locationId },
  );
  return rows[0] ? toStored(rows[0]) : null;
}

function selected(selection: ChargingSelection): Conditions {
  const conditions = new Conditions().add(IS_SHOWN.locations);
  addOwners(conditions, 'location', selection);
  addOperators(conditions, selection);
  addTimes(conditions, publishedTime('location'), selection);
  addBoxes(conditions, 'location', selection);
  addEvses(conditions, selection);
  return conditions;
}

/** Locations that have an EVSE of which all of it holds. */
function addEvses(conditions: Conditions, selection: ChargingSelection): void {
  const { statuses, evseIds, standards, leastPower } = selection;
  if (!statuses && !evseIds && !standards && leastPower === undefined) return;
  const wanted = new Conditions().add('evse.location = location.id');
  addEvse(wanted, selection);
  addConnectors(wanted, selection);
  conditions.add(
    `exists (select from evse
                 where ${wanted.text})`,
    wanted.bindings,
  );
}

function toStored(row: Row): StoredLocationFeature {
  return {
    id: row.id,
    owner: { countryCode: row.country_code, partyId: row.party_id },
    document: row.document,
    asStored: row.as_stored,
    changedAt: row.changed_at,
    sequence: row.sequence,
  };
}
