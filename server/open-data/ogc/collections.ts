/**
 * The three collections: what each is called, what it is selected by, and how its Features are read. What is shown of
 * an object is made where every other output has it from (`exports/`).
 *
 * Guarantees: what nobody may see is neither in a page, nor counted, nor found by its id.
 */
import type { Knex } from 'knex';
import { parseEvseId } from '../../../db/identifiers/evse-id.ts';
import type { Owner } from '../../../db/model.ts';
import type { Page, PageWish } from '../../../db/reads/feature-selection.ts';
import {
  countEvses,
  readEvseFeature,
  readEvseOfId,
  readEvsesPage,
  type StoredEvseFeature,
} from '../../../db/reads/features-of-evses.ts';
import {
  countLocations,
  readLocationFeature,
  readLocationsPage,
  type StoredLocationFeature,
} from '../../../db/reads/features-of-locations.ts';
import {
  countTariffs,
  PLACES_LIMIT,
  readTariffFeature,
  readTariffsPage,
  type StoredTariffFeature,
} from '../../../db/reads/features-of-tariffs.ts';
import { type EvseFeature, toEvseFeature } from '../../../exports/evse-feature.ts';
import { type LocationFeature, toFeature } from '../../../exports/feature.ts';
import {
  type PublicLocation,
  preparePublicLocation,
  preparePublicTariff,
} from '../../../exports/public-objects.ts';
import { type TariffFeature, toTariffFeature } from '../../../exports/tariff-feature.ts';
import type { Cursor, Position } from './cursor.ts';
import {
  EVSE_QUERYABLES,
  LOCATION_QUERYABLES,
  type Queryable,
  type Selection,
  TARIFF_QUERYABLES,
} from './queryables.ts';

export type Feature = LocationFeature | EvseFeature | TariffFeature;

export interface FeaturePage {
  readonly features: readonly Feature[];
  /** Of the first and last object of the page; null in an empty one. */
  readonly first: Position | null;
  readonly last: Position | null;
  /** There are more in the direction in which the page was read. */
  readonly hasMore: boolean;
}

export interface Collection {
  readonly id: 'locations' | 'evses' | 'tariffs';
  readonly title: string;
  readonly description: string;
  /** What a Feature's id is made of. */
  readonly idDescription: string;
  readonly idExample: string;
  readonly queryables: readonly Queryable[];
  /** Properties that a list of Features shows to people. */
  readonly columns: readonly string[];
  page(knex: Knex, selection: Selection, limit: number, cursor: Cursor | null): Promise<FeaturePage>;
  count(knex: Knex, selection: Selection): Promise<number>;
  /** By its id; null when there is none that may be seen. */
  find(knex: Knex, id: string): Promise<Feature | null>;
}

/** Owner, and the owner's id of an object. */
const OBJECT_ID = /^([A-Za-z]{2})-([A-Za-z0-9]{3})-(.+)$/s;

const locations: Collection = {
  id: 'locations',
  title: 'Charging locations',
  description:
    'Places where electric vehicles are charged, each with its EVSEs, their connectors and statuses. What a filter says of an EVSE must hold of one EVSE of the location.',
  idDescription: 'Country code, party id and location id',
  idExample: 'NL-TNM-LOC1',
  queryables: LOCATION_QUERYABLES,
  columns: ['name', 'address', 'city', 'operator', 'evse_count', 'evses_available', 'max_power_kw'],
  async page(knex, selection, limit, cursor) {
    const page = await readLocationsPage(
      knex,
      selection,
      wishOf(limit, cursor, ([id]) => id),
    );
    return pageOf(page, locationFeature, ({ id }) => [id]);
  },
  count: countLocations,
  async find(knex, text) {
    const id = readObjectId(text);
    const found = id && (await readLocationFeature(knex, id.owner, id.rest));
    return found ? locationFeature(found) : null;
  },
};

const evses: Collection = {
  id: 'evses',
  title: 'EVSEs',
  description:
    'Charging points, each of which charges one vehicle at a time: what the EVSE and its location say in one Feature, at its own coordinates or those of its location. Asked by EVSE ID, in any spelling, a Feature is the one that is likely up to date; others with the same EVSE ID stand in `same_evse_id`.',
  idDescription: 'Country code, party id, location id and uid; or an EVSE ID in any spelling',
  idExample: 'NL*TNM*E1',
  queryables: EVSE_QUERYABLES,
  columns: ['evse_id', 'status', 'max_power_kw', 'address', 'city', 'operator', 'last_updated'],
  async page(knex, selection, limit, cursor) {
    const wish = wishOf(limit, cursor, ([id, part = '']) => [id, part] as const);
    const page = await readEvsesPage(knex, selection, wish);
    return pageOf(page, evseFeatures(), ({ position }) => position);
  },
  count: countEvses,
  async find(knex, text) {
    const found = (await readEvseFeature(knex, evseNames(text))) ?? (await findByEvseId(knex, text));
    return found ? evseFeatures()(found) : null;
  },
};

const tariffs: Collection = {
  id: 'tariffs',
  title: 'Tariffs',
  description: `Prices, as their owners state them, at the places where they hold: the first ${PLACES_LIMIT} locations that have a connector which names the tariff, all of them counted in \`places\`. A tariff that nobody names has no geometry.`,
  idDescription: 'Country code, party id and tariff id',
  idExample: 'NL-TNM-TARIFF1',
  queryables: TARIFF_QUERYABLES,
  columns: ['tariff_id', 'party_id', 'currency', 'type', 'places', 'last_updated'],
  async page(knex, selection, limit, cursor) {
    const page = await readTariffsPage(
      knex,
      selection,
      wishOf(limit, cursor, ([id]) => id),
    );
    return pageOf(page, tariffFeature, ({ id }) => [id]);
  },
  count: countTariffs,
  async find(knex, text) {
    const id = readObjectId(text);
    const found = id && (await readTariffFeature(knex, id.owner, id.rest));
    return found ? tariffFeature(found) : null;
  },
};

export const COLLECTIONS: readonly Collection[] = [locations, evses, tariffs];

function readObjectId(text: string): { owner: Owner; rest: string } | null {
  const [, country, party, rest] = OBJECT_ID.exec(text) ?? [];
  if (country === undefined || party === undefined || rest === undefined) return null;
  return { owner: { countryCode: country.toUpperCase(), partyId: party.toUpperCase() }, rest };
}

/** Location ids and uids may have dashes, so the dash between them is any of those that there are. */
function evseNames(text: string): { owner: Owner; locationId: string; uid: string }[] {
  const id = readObjectId(text);
  if (!id) return [];
  const dashes = [...id.rest.matchAll(/-/g)].map(({ index }) => index);
  return dashes.map((at) => ({
    owner: id.owner,
    locationId: id.rest.slice(0, at),
    uid: id.rest.slice(at + 1),
  }));
}

async function findByEvseId(knex: Knex, text: string): Promise<StoredEvseFeature | null> {
  const id = parseEvseId(text);
  return id ? readEvseOfId(knex, id.compact) : null;
}

function wishOf<T>(limit: number, cursor: Cursor | null, read: (position: Position) => T): PageWish<T> {
  return cursor ? { limit, [cursor.direction]: read(cursor.position) } : { limit };
}

function pageOf<T>(
  { items, hasMore }: Page<T>,
  feature: (item: T) => Feature | null,
  position: (item: T) => Position,
): FeaturePage {
  const first = items[0];
  const last = items.at(-1);
  return {
    features: items.flatMap((item) => feature(item) ?? []),
    first: first === undefined ? null : position(first),
    last: last === undefined ? null : position(last),
    hasMore,
  };
}

function locationFeature(stored: StoredLocationFeature): LocationFeature | null {
  const location = preparePublicLocation(stored);
  return location && toFeature(location);
}

/** EVSEs of one Location follow each other: it is prepared once for all of them. */
function evseFeatures(): (stored: StoredEvseFeature) => EvseFeature | null {
  let prepared: { id: number; location: PublicLocation | null } | undefined;
  return ({ position: [id, uidKey], location, sameEvseId }) => {
    if (prepared?.id !== id) prepared = { id, location: preparePublicLocation(location) };
    return prepared.location && toEvseFeature(prepared.location, uidKey, sameEvseId);
  };
}

function tariffFeature(stored: StoredTariffFeature): TariffFeature {
  return toTariffFeature(preparePublicTariff(stored), stored);
}
