/**
 * The journal, read by those who follow it to tell partners: what of a module changed after a position, once an
 * object, and what these objects are now.
 *
 * Guarantees: entries come in the order of commits, and none is passed over that commits later
 * (`db/registry/journal.ts`). One query each, bounded in rows, so that a follower of any age costs the same.
 */
import type { Knex } from 'knex';
import type { Module, Owner } from '../model.ts';
import { objectKey } from '../registry/mutation.ts';
import { type StoredDocument, type StoredDocumentRow, storedDocument } from './stored-object.ts';

/** An object that changed, whatever the number of times. */
export interface ChangedObject {
  /** See `objectKey`. */
  readonly key: string;
  readonly owner: Owner;
  readonly objectId: string;
  /** Positions of the first and the last of its entries here. */
  readonly first: number;
  readonly last: number;
  /** Uids of the EVSEs whose status changed when nothing else did; null otherwise. */
  readonly evses: readonly string[] | null;
  /** Of the last push that changed it; null when it was pulled. */
  readonly correlationId: string | null;
}

export interface JournalStretch {
  /** In the order of their first entry. Without those that the public must not hear of. */
  readonly objects: readonly ChangedObject[];
  /** All up to this position is in `objects`, or is nobody's business. */
  readonly upTo: number;
}

interface ChangeRow {
  sequence: number;
  public: boolean;
  country_code: string;
  party_id: string;
  object_id: string;
  evses: string[] | null;
  correlation_id: string | null;
}

/** Entries read at once: a burst of one object's changes is told as one change. */
const ENTRY_LIMIT = 2_000;

/**
 * What changed after a position, up to another.
 *
 * @param objectLimit the stretch ends before one more object than these
 */
export async function readJournalStretch(
  knex: Knex,
  module: Module,
  { after, upTo }: { after: number; upTo: number },
  objectLimit: number,
): Promise<JournalStretch> {
  const { rows } = await knex.raw<{ rows: ChangeRow[] }>(
    `select change.sequence, change.public, change.country_code, change.party_id, change.object_id,
            change.evses, change.correlation_id
       from change
      where change.sequence > ?
        and change.sequence <= ?
        and (change.kind = 'tariff') = ?
      order by change.sequence
      limit ?`,
    [after, upTo, module === 'tariffs', ENTRY_LIMIT],
  );
  const objects = new Map<string, ChangedObject>();
  for (const row of rows) {
    if (!row.public) continue;
    const key = objectKey({ countryCode: row.country_code, partyId: row.party_id }, row.object_id);
    const known = objects.get(key);
    if (!known && objects.size === objectLimit) {
      return { objects: [...objects.values()], upTo: row.sequence - 1 };
    }
    objects.set(key, known ? changedAgain(known, row) : changedOnce(key, row));
  }
  const isAll = rows.length < ENTRY_LIMIT;
  return { objects: [...objects.values()], upTo: isAll ? upTo : (rows.at(-1) as ChangeRow).sequence };
}

function changedOnce(key: string, row: ChangeRow): ChangedObject {
  return {
    key,
    owner: { countryCode: row.country_code, partyId: row.party_id },
    objectId: row.object_id,
    first: row.sequence,
    last: row.sequence,
    evses: row.evses,
    correlationId: row.correlation_id,
  };
}

function changedAgain(known: ChangedObject, row: ChangeRow): ChangedObject {
  const evses = known.evses && row.evses ? [...new Set([...known.evses, ...row.evses])] : null;
  return { ...known, last: row.sequence, evses, correlationId: row.correlation_id };
}

/** An object as everybody may see it now. */
export interface PresentObject extends StoredDocument {
  /** False for a Location that expired or was withdrawn: all its EVSEs are REMOVED. */
  readonly isShown: boolean;
}

/**
 * What these objects are now, by `objectKey`. Missing: Tariffs that were deleted, and Locations that were never
 * published. A Location that was withdrawn is its last public state with every EVSE REMOVED (LS-20).
 */
export async function readPresentObjects(
  knex: Knex,
  module: Module,
  objects: readonly Pick<ChangedObject, 'owner' | 'objectId'>[],
): Promise<Map<string, PresentObject>> {
  if (objects.length === 0) return new Map();
  const { rows } = await knex.raw<{ rows: PresentRow[] }>(PRESENT[module], [
    objects.map(({ owner }) => owner.countryCode),
    objects.map(({ owner }) => owner.partyId),
    objects.map(({ objectId }) => objectId.toLowerCase()),
  ]);
  return new Map(
    rows.map((row) => {
      const stored = storedDocument(row);
      return [objectKey(stored.owner, stored.objectId), { ...stored, isShown: row.is_shown }];
    }),
  );
}

interface PresentRow extends StoredDocumentRow {
  is_shown: boolean;
}

const PRESENT: Readonly<Record<Module, string>> = {
  locations: `
    select location.id, location.country_code, location.party_id, location.location_id as object_id,
           coalesce(location.withdrawn_document, location.document) as document, location.as_stored,
           location.last_updated, location.publish and not location.expired as is_shown
      from unnest(?::text[], ?::text[], ?::text[]) as wanted (country_code, party_id, location_key)
      join location
        on location.country_code = wanted.country_code
       and location.party_id = wanted.party_id
       and lower(location.location_id) = wanted.location_key
     where location.publish or location.withdrawn_document is not null`,
  tariffs: `
    select tariff.id, tariff.country_code, tariff.party_id, tariff.tariff_id as object_id,
           tariff.document, '{}'::text[] as as_stored, tariff.last_updated, true as is_shown
      from unnest(?::text[], ?::text[], ?::text[]) as wanted (country_code, party_id, tariff_key)
      join tariff
        on tariff.country_code = wanted.country_code
       and tariff.party_id = wanted.party_id
       and lower(tariff.tariff_id) = wanted.tariff_key`,
};
