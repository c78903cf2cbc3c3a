/**
 * Which Locations does a partner mean by an id of its version? The way back from what a dialect made of ids.
 *
 * Guarantees: finds every published Location that the dialect gives out under this id. One query, and
 * one more for an id that looks like an alias and is none of its own.
 */
import type { Knex } from 'knex';
import type { Owner } from '../../db/model.ts';
import {
  publishedLocationReader,
  readLocationsWithLongId,
  type StoredDocument,
} from '../../db/reads/stored-object.ts';
import type { ExportDialect } from './dialect.ts';

/**
 * The published Locations of this id, one an owner; several where the version's ids are unique per owner only
 * (LS-13).
 *
 * @param owner the only one that is asked about; any, if it is not given
 */
export type LocationFinder = (id: string, owner?: Owner) => Promise<StoredDocument[]>;

export function createLocationFinder(knex: Knex, dialect: ExportDialect): LocationFinder {
  const readPublished = publishedLocationReader(knex);
  return async function findLocations(id, owner) {
    const clue = dialect.readId('locations', id);
    const named = clue.owner ?? undefined;
    if (clue.id === '' || (named && owner && !isSame(named, owner))) return [];
    const asked = named ?? owner;
    const found = await readPublished(clue.id, asked);
    const { alias } = clue;
    if (found.length > 0 || alias === null) return found;
    const candidates = await readLocationsWithLongId(knex, alias.start, asked);
    return candidates.filter((candidate) => alias.fits(candidate.owner, candidate.objectId));
  };
}

function isSame(one: Owner, other: Owner): boolean {
  return one.countryCode === other.countryCode && one.partyId === other.partyId;
}
