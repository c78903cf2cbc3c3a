/**
 * Locations as they stand in the registry, read under lock; `location-writes.ts` writes them.
 */
import type { Knex } from 'knex';
import type { Location, Owner, Speaker } from '../model.ts';

/** A Location as stored, read under a lock that holds until the transaction ends. */
export interface StoredLocation {
  id: number;
  document: Location;
  withdrawnDocument: string | null;
  sourceVersion: string;
  asStored: string[];
  inputHash: Buffer | null;
  speaker: Speaker | null;
  omittedEvses: string[];
  vanished: boolean;
  publish: boolean;
  expired: boolean;
  withheld: boolean;
  withheldAcross: boolean;
  missingItems: string[];
  /** Moments are as PostgreSQL writes them: they are only handed back. */
  missingSince: string[];
  receivedAt: string;
  changedAt: string;
  sequence: number;
}

interface StoredLocationRow {
  id: number;
  country_code: string;
  party_id: string;
  location_key: string;
  document: string;
  withdrawn_document: string | null;
  source_version: string;
  as_stored: string[];
  input_hash: Buffer | null;
  connection_id: number | null;
  source_id: number | null;
  omitted_evses: string[];
  vanished: boolean;
  publish: boolean;
  expired: boolean;
  withheld: boolean;
  withheld_across: boolean;
  missing_items: string[];
  missing_since: string[];
  received_at: string;
  changed_at: string;
  sequence: number;
}

/** All of a Location that goes into its row. */
export interface LocationWrite {
  id: number;
  owner: Owner;
  /** Null once the connection or source that brought it is gone. */
  speaker: Speaker | null;
  document: Location;
  /** The same, as JSON. */
  documentText: string;
  /** What is stored so far. */
  previous: Pick<StoredLocation, 'document' | 'missingItems'> | undefined;
  withdrawnDocument: string | null;
  sourceVersion: string;
  asStored: readonly string[];
  inputHash: Buffer | null;
  omittedEvses: readonly string[];
  vanished: boolean;
  withheld: boolean;
  /** By a rule across objects. */
  withheldAcross: boolean;
  /** AFIR items that it lacks, and in the same order since when. */
  missingItems: readonly string[];
  missingSince: readonly string[];
  /** Of a new one. */
  createdAt: Date;
  receivedAt: Date | string;
  changedAt: Date | string;
  sequence: number;
}

/** True when no EVSE is left that is not REMOVED: such a Location is not displayed (LR-20). */
export function isExpired(location: Location): boolean {
  return !(location.evses ?? []).some((evse) => evse.status !== 'REMOVED');
}

/**
 * Reads the Locations of these keys and locks them, in the order of their ids so that two writers never wait
 * for each other in a circle. Answers by `objectKey`.
 */
export async function lockLocations(
  transaction: Knex.Transaction,
  keys: readonly { owner: Owner; id: string }[],
): Promise<Map<string, StoredLocation>> {
  const { rows } = await transaction.raw<{ rows: StoredLocationRow[] }>(
    `select location.id, location.country_code, location.party_id,
            lower(location.location_id) as location_key, location.document,
            location.withdrawn_document, location.source_version, location.input_hash,
            location.connection_id, location.source_id, location.vanished, location.publish, location.expired,
            location.withheld, location.withheld_across,
            -- JSON, which V8 reads itself: arrays are read letter by letter.
            to_json(location.as_stored) as as_stored, to_json(location.omitted_evses) as omitted_evses,
            to_json(location.missing_items) as missing_items,
            to_json(location.missing_since::text[]) as missing_since,
            location.received_at::text, location.changed_at::text, location.sequence
       from location
       join unnest(?::text[], ?::text[], ?::text[]) as wanted (country_code, party_id, location_key)
         on location.country_code = wanted.country_code
        and location.party_id = wanted.party_id
        and lower(location.location_id) = wanted.location_key
      order by location.id
        for update of location`,
    [
      keys.map((key) => key.owner.countryCode),
      keys.map((key) => key.owner.partyId),
      keys.map((key) => key.id.toLowerCase()),
    ],
  );
  return new Map(
    rows.map((row) => [
      `${row.country_code}/${row.party_id}/${row.location_key}`,
      {
        id: row.id,
        document: JSON.parse(row.document),
        withdrawnDocument: row.withdrawn_document,
        sourceVersion: row.source_version,
        asStored: row.as_stored,
        inputHash: row.input_hash,
        speaker: speakerOfRow(row),
        omittedEvses: row.omitted_evses,
        vanished: row.vanished,
        publish: row.publish,
        expired: row.expired,
        withheld: row.withheld,
        withheldAcross: row.withheld_across,
        missingItems: row.missing_items,
        missingSince: row.missing_since,
        receivedAt: row.received_at,
        changedAt: row.changed_at,
        sequence: row.sequence,
      },
    ]),
  );
}

/** The two columns that say who brought an object. */
export interface SpeakerColumns {
  connection_id: number | null;
  source_id: number | null;
}

export function speakerColumns(speaker: Speaker | null): SpeakerColumns {
  return {
    connection_id: speaker?.kind === 'connection' ? speaker.id : null,
    source_id: speaker?.kind === 'source' ? speaker.id : null,
  };
}

export function speakerOfRow({
  connection_id: connection,
  source_id: source,
}: SpeakerColumns): Speaker | null {
  if (connection !== null) return { kind: 'connection', id: connection };
  return source === null ? null : { kind: 'source', id: source };
}
