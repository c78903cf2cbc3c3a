/**
 * Locations: read under lock, and written as sets (`location-writes.ts`).
 *
 * Each function is one statement, or one a table, whatever the number of objects. What the columns say is
 * derived from the document here and nowhere else, so document and rows cannot disagree.
 */
import type { Knex } from 'knex';
import type { Location, Owner, Speaker } from '../model.ts';
import { byteaText, columnText, joinTexts, type TextPlace, timestampText } from './column-values.ts';
import { evseTimeColumns } from './evse-times.ts';
import { asLastTold, asLastToldTime, EVSE_TIMES_AS_LAST_TOLD } from './journal.ts';

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

/** Writes whole rows: new ids are inserted, known ones replaced. */
export async function upsertLocations(
  transaction: Knex.Transaction,
  writes: readonly LocationWrite[],
): Promise<void> {
  const documents = joinTexts(writes.map(({ documentText }) => documentText));
  const rows = writes.map((write, index) => locationRow(write, documents.places[index] as TextPlace));
  await transaction.raw(WRITE_LOCATIONS, [documents.bytes, JSON.stringify(rows)]);
}

/** Ends a statement that has `written` Locations. */
export const WRITE_TIMES = `
insert into location_time (location, changed_at, last_updated)
select written.id, written.changed_at, written.last_updated
  from written
on conflict (location) do update
   set changed_at   = excluded.changed_at,
       last_updated = excluded.last_updated`;

const WRITE_LOCATIONS = `
with written as (
       insert into location (
              id, country_code, party_id, location_id, connection_id, source_id, source_version, document,
              withdrawn_document, as_stored, input_hash, omitted_evses, vanished, publish, expired,
              withheld, withheld_across, missing_items, missing_since, name, address, postal_code, city, country,
              time_zone, parking_type, operator_name, geometry, last_updated, evse_keys, evse_times, created_at,
              received_at, changed_at, sequence)
       select l.id, l.country_code, l.party_id, l.location_id, l.connection_id, l.source_id, l.source_version,
              convert_from(substring(?::bytea from l.document_from for l.document_bytes), 'UTF8'),
              l.withdrawn_document, l.as_stored, l.input_hash, l.omitted_evses, l.vanished, l.publish,
              l.expired, l.withheld, l.withheld_across, l.missing_items, l.missing_since, l.name, l.address,
              l.postal_code, l.city, l.country, l.time_zone, l.parking_type, l.operator_name,
              st_setsrid(st_makepoint(l.longitude, l.latitude), 4326), l.last_updated, l.evse_keys, l.evse_times,
              l.created_at, l.received_at, l.changed_at, l.sequence
         from json_to_recordset(?) as l(
                id bigint, country_code text, party_id text, location_id text, connection_id bigint,
                source_id bigint, source_version text, document_from integer, document_bytes integer,
                withdrawn_document text, as_stored text[], input_hash bytea,
                omitted_evses text[], vanished boolean, publish boolean, expired boolean, withheld boolean,
                withheld_across boolean, missing_items text[], missing_since timestamptz[], name text, address text,
                postal_code text, city text, country text, time_zone text, parking_type text, operator_name text,
                longitude double precision, latitude double precision, last_updated timestamptz,
                evse_keys text[], evse_times timestamptz[], created_at timestamptz, received_at timestamptz, changed_at timestamptz, sequence bigint)
       on conflict (id) do update
          set location_id        = excluded.location_id,
              connection_id      = excluded.connection_id,
              source_id          = excluded.source_id,
              source_version     = excluded.source_version,
              document           = excluded.document,
              published_document = ${asLastTold('location')},
              withdrawn_document = excluded.withdrawn_document,
              as_stored          = excluded.as_stored,
              input_hash         = excluded.input_hash,
              omitted_evses      = excluded.omitted_evses,
              vanished           = excluded.vanished,
              publish            = excluded.publish,
              expired            = excluded.expired,
              withheld           = excluded.withheld,
              withheld_across    = excluded.withheld_across,
              missing_items      = excluded.missing_items,
              missing_since      = excluded.missing_since,
              name               = excluded.name,
              address            = excluded.address,
              postal_code        = excluded.postal_code,
              city               = excluded.city,
              country            = excluded.country,
              time_zone          = excluded.time_zone,
              parking_type       = excluded.parking_type,
              operator_name      = excluded.operator_name,
              geometry           = excluded.geometry,
              last_updated       = excluded.last_updated,
              published_last_updated = ${asLastToldTime('location')},
              evse_keys          = excluded.evse_keys,
              evse_times         = excluded.evse_times,
              published_evse_times = ${EVSE_TIMES_AS_LAST_TOLD},
              received_at        = excluded.received_at,
              changed_at         = excluded.changed_at,
              sequence           = excluded.sequence
       returning location.id, location.changed_at, location.last_updated
     )
${WRITE_TIMES}`;

function locationRow(write: LocationWrite, place: TextPlace): object {
  return {
    country_code: write.owner.countryCode,
    party_id: write.owner.partyId,
    ...lastingColumns(write.document),
    missing_items: write.missingItems,
    missing_since: write.missingSince,
    created_at: write.createdAt,
    ...movingColumns(write, place),
  };
}

/** What the columns follow from that say what and where a Location is. */
export const LASTING_FIELDS = [
  'id',
  'publish',
  'name',
  'address',
  'postal_code',
  'city',
  'country',
  'time_zone',
  'parking_type',
  'operator',
  'coordinates',
] as const satisfies readonly (keyof Location)[];

function lastingColumns(location: Pick<Location, (typeof LASTING_FIELDS)[number]>): object {
  return {
    location_id: location.id,
    publish: location.publish,
    name: columnText(location.name),
    address: columnText(location.address),
    postal_code: columnText(location.postal_code),
    city: columnText(location.city),
    country: columnText(location.country),
    time_zone: columnText(location.time_zone),
    parking_type: columnText(location.parking_type),
    operator_name: columnText(location.operator?.name),
    longitude: Number(location.coordinates.longitude),
    latitude: Number(location.coordinates.latitude),
  };
}

/** The columns that any write may change, and the number by which it finds its row. */
export function movingColumns(write: LocationWrite, { from, bytes }: TextPlace): object {
  const { document } = write;
  return {
    id: write.id,
    ...speakerColumns(write.speaker),
    source_version: write.sourceVersion,
    document_from: from,
    document_bytes: bytes,
    withdrawn_document: write.withdrawnDocument,
    as_stored: write.asStored,
    input_hash: byteaText(write.inputHash),
    omitted_evses: write.omittedEvses,
    vanished: write.vanished,
    expired: isExpired(document),
    withheld: write.withheld,
    withheld_across: write.withheldAcross,
    last_updated: timestampText(document.last_updated),
    ...evseTimeColumns(document),
    received_at: write.receivedAt,
    changed_at: write.changedAt,
    sequence: write.sequence,
  };
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
