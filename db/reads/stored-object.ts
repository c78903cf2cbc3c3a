/**
 * One object by its key, as stored. No writes.
 */
import type { Knex } from 'knex';
import { gathered } from '../gathered.ts';
import type { Module, Owner } from '../model.ts';

/** A document of the registry with what is needed to serve it. */
export interface StoredDocument {
  readonly id: number;
  readonly owner: Owner;
  readonly objectId: string;
  /** JSON text in the registry's vocabulary. */
  readonly document: string;
  /** Versions to which it may be served without parsing. */
  readonly asStored: readonly string[];
  readonly lastUpdated: Date;
}

/** A row of either module's query below. */
export interface StoredDocumentRow {
  id: number;
  country_code: string;
  party_id: string;
  object_id: string;
  document: string;
  as_stored: string[];
  last_updated: Date;
}

/** The columns of a stored document, a module; the alias is the table's name. */
export const STORED_DOCUMENT_COLUMNS: Readonly<Record<Module, string>> = {
  locations: `location.id, location.country_code, location.party_id, location.location_id as object_id,
              location.document, location.as_stored, location.last_updated`,
  tariffs: `tariff.id, tariff.country_code, tariff.party_id, tariff.tariff_id as object_id,
            tariff.document, '{}'::text[] as as_stored, tariff.last_updated`,
};

export function storedDocument(row: StoredDocumentRow): StoredDocument {
  return {
    id: row.id,
    owner: { countryCode: row.country_code, partyId: row.party_id },
    objectId: row.object_id,
    document: row.document,
    asStored: row.as_stored,
    lastUpdated: row.last_updated,
  };
}

/** The object of this owner and id, published or not, for its owner to see (LR-15, TR-02); null when unknown. */
export async function readOwnObject(
  knex: Knex,
  module: Module,
  owner: Owner,
  objectId: string,
): Promise<StoredDocument | null> {
  const [table, idColumn] =
    module === 'locations' ? ['location', 'location.location_id'] : ['tariff', 'tariff.tariff_id'];
  const { rows } = await knex.raw<{ rows: StoredDocumentRow[] }>(
    `select ${STORED_DOCUMENT_COLUMNS[module]}
       from ${table}
      where ${table}.country_code = ?
        and ${table}.party_id = ?
        and lower(${idColumn}) = lower(?)`,
    [owner.countryCode, owner.partyId, objectId],
  );
  return rows[0] ? storedDocument(rows[0]) : null;
}

/** Asks for the published Locations of this id; of any owner, if none is given. */
export type PublishedLocationReader = (locationId: string, owner?: Owner) => Promise<StoredDocument[]>;

/**
 * Reads published Locations by id, one an owner: ids are unique per owner only (LS-13). Those that their owner does
 * not publish are unknown here. What many requests ask at once is read at once.
 */
export function publishedLocationReader(knex: Knex): PublishedLocationReader {
  const read = gathered<LocationQuestion, StoredDocument[]>((asked) => readPublishedLocations(knex, asked));
  return (locationId, owner) => read({ locationId, owner });
}

interface LocationQuestion {
  readonly locationId: string;
  readonly owner: Owner | undefined;
}

/** Answers each question at its place. */
async function readPublishedLocations(
  knex: Knex,
  questions: readonly LocationQuestion[],
): Promise<StoredDocument[][]> {
  const { rows } = await knex.raw<{ rows: (StoredDocumentRow & { place: number })[] }>(
    `select asked.place, ${STORED_DOCUMENT_COLUMNS.locations}
       from unnest(?::text[], ?::text[], ?::text[])
            with ordinality as asked (location_id, country_code, party_id, place)
       join location
         on lower(location.location_id) = lower(asked.location_id)
        and (asked.country_code is null
             or (location.country_code = asked.country_code and location.party_id = asked.party_id))
      where location.publish
        and not location.withheld
      order by location.id`,
    [
      questions.map(({ locationId }) => locationId),
      questions.map(({ owner }) => owner?.countryCode ?? null),
      questions.map(({ owner }) => owner?.partyId ?? null),
    ] as never,
  );
  const found: StoredDocument[][] = questions.map(() => []);
  for (const row of rows) found[row.place - 1]?.push(storedDocument(row));
  return found;
}

/**
 * The published Locations whose id is too long for some version and begins like this, for those who know them by an
 * alias of which only the beginning can be read. `0008-long-location-ids.ts` has the index.
 *
 * @param start in lower case, at least as long as the index knows
 */
export async function readLocationsWithLongId(
  knex: Knex,
  start: string,
  owner?: Owner,
): Promise<StoredDocument[]> {
  const { rows } = await knex.raw<{ rows: StoredDocumentRow[] }>(
    `select ${STORED_DOCUMENT_COLUMNS.locations}
       from location
      where left(lower(location.location_id), 16) = left(?, 16)
        and length(location.location_id) > 33
        and location.publish
        and not location.withheld
        and (?::text is null or (location.country_code = ? and location.party_id = ?))
      order by location.id`,
    [start, owner?.countryCode ?? null, owner?.countryCode ?? null, owner?.partyId ?? null],
  );
  return rows.map(storedDocument);
}
