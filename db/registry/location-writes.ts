/**
 * Locations with their EVSEs and connectors, written as sets: one statement a table, whatever the number of objects. What
 * the columns say is derived from the document here and nowhere else, so document and rows cannot disagree.
 *
 * Most writes, of a status as of a later state of a feed, change times and statuses of a known Location and nothing
 * else. Then the columns that say what and where it is, and what it lacks, stay as they are: they are neither handed
 * over nor made again, and the row is updated without the question whether there is one.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import type { Location } from '../model.ts';
import { byteaText, columnText, joinTexts, type TextPlace, timestampText } from './column-values.ts';
import { rowChanges } from './evse-rows.ts';
import { writeEvses } from './evse-table.ts';
import { evseTimeColumns } from './evse-times.ts';
import { asLastTold, asLastToldTime, EVSE_TIMES_AS_LAST_TOLD } from './journal.ts';
import { isExpired, type LocationWrite, speakerColumns } from './location-table.ts';
import { saysTheSame } from './says-the-same.ts';

/** Writes Locations with their EVSEs and connectors: new ids are inserted, known ones replaced. */
export async function writeLocations(
  transaction: Knex.Transaction,
  writes: readonly LocationWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  const parts = writes.map(({ id, document, previous }) => ({ id, document, previous: previous?.document }));
  // While the database writes the Locations, the rows of their EVSEs are made here.
  const [, changes] = await Promise.all([writeRows(transaction, writes), rowChanges(parts)]);
  await writeEvses(transaction, changes);
}

async function writeRows(transaction: Knex.Transaction, writes: readonly LocationWrite[]): Promise<void> {
  const revisions = new Set(writes.filter(isRevision));
  const others = writes.filter((write) => !revisions.has(write));
  await writeSet(transaction, UPSERT, others, upsertedRow);
  await writeSet(transaction, REVISE, [...revisions], movingColumns);
}

/** True when a write changes no more than `movingColumns`. */
function isRevision({ document, previous, missingItems }: LocationWrite): boolean {
  return (
    previous !== undefined &&
    saysTheSame(document, previous.document, LASTING_FIELDS) &&
    isDeepStrictEqual(missingItems, previous.missingItems)
  );
}

async function writeSet(
  transaction: Knex.Transaction,
  statement: string,
  writes: readonly LocationWrite[],
  rowOf: (write: LocationWrite, place: TextPlace) => object,
): Promise<void> {
  if (writes.length === 0) return;
  const documents = joinTexts(writes.map(({ documentText }) => documentText));
  const rows = writes.map((write, index) => rowOf(write, documents.places[index] as TextPlace));
  await transaction.raw(statement, [documents.bytes, JSON.stringify(rows)]);
}

/** Columns that come in with every write: see `movingColumns`. */
const MOVING = `id bigint, connection_id bigint, source_id bigint, source_version text, document_from integer,
                document_bytes integer, withdrawn_document text, as_stored text[], input_hash bytea,
                omitted_evses text[], vanished boolean, expired boolean, withheld boolean, withheld_across boolean,
                last_updated timestamptz, evse_keys text[], evse_times timestamptz[], received_at timestamptz,
                changed_at timestamptz, sequence bigint`;

/** The document of the row `l`, which comes beside it. */
const DOCUMENT = `convert_from(substring(?::bytea from l.document_from for l.document_bytes), 'UTF8')`;

/** What every write of a known Location sets; what comes in is called `excluded`. */
const SET_MOVING = `connection_id          = excluded.connection_id,
              source_id              = excluded.source_id,
              source_version         = excluded.source_version,
              document               = excluded.document,
              published_document     = ${asLastTold('location')},
              withdrawn_document     = excluded.withdrawn_document,
              as_stored              = excluded.as_stored,
              input_hash             = excluded.input_hash,
              omitted_evses          = excluded.omitted_evses,
              vanished               = excluded.vanished,
              expired                = excluded.expired,
              withheld               = excluded.withheld,
              withheld_across        = excluded.withheld_across,
              last_updated           = excluded.last_updated,
              published_last_updated = ${asLastToldTime('location')},
              evse_keys              = excluded.evse_keys,
              evse_times             = excluded.evse_times,
              published_evse_times   = ${EVSE_TIMES_AS_LAST_TOLD},
              received_at            = excluded.received_at,
              changed_at             = excluded.changed_at,
              sequence               = excluded.sequence`;

/** Ends a statement that has `written` Locations. */
const WRITE_TIMES = `
insert into location_time (location, changed_at, last_updated)
select written.id, written.changed_at, written.last_updated
  from written
on conflict (location) do update
   set changed_at   = excluded.changed_at,
       last_updated = excluded.last_updated`;

/** Whole rows. */
const UPSERT = `
with written as (
       insert into location (
              id, country_code, party_id, location_id, connection_id, source_id, source_version, document,
              withdrawn_document, as_stored, input_hash, omitted_evses, vanished, publish, expired, withheld,
              withheld_across, missing_items, missing_since, name, address, postal_code, city, country, time_zone,
              parking_type, operator_name, geometry, last_updated, evse_keys, evse_times, created_at, received_at,
              changed_at, sequence)
       select l.id, l.country_code, l.party_id, l.location_id, l.connection_id, l.source_id, l.source_version,
              ${DOCUMENT},
              l.withdrawn_document, l.as_stored, l.input_hash, l.omitted_evses, l.vanished, l.publish, l.expired,
              l.withheld, l.withheld_across, l.missing_items, l.missing_since, l.name, l.address, l.postal_code,
              l.city, l.country, l.time_zone, l.parking_type, l.operator_name,
              st_setsrid(st_makepoint(l.longitude, l.latitude), 4326), l.last_updated, l.evse_keys, l.evse_times,
              l.created_at, l.received_at, l.changed_at, l.sequence
         from json_to_recordset(?) as l(
                ${MOVING},
                country_code text, party_id text, location_id text, publish boolean, missing_items text[],
                missing_since timestamptz[], name text, address text, postal_code text, city text, country text,
                time_zone text, parking_type text, operator_name text, longitude double precision,
                latitude double precision, created_at timestamptz)
       on conflict (id) do update
          set location_id            = excluded.location_id,
              publish                = excluded.publish,
              missing_items          = excluded.missing_items,
              missing_since          = excluded.missing_since,
              name                   = excluded.name,
              address                = excluded.address,
              postal_code            = excluded.postal_code,
              city                   = excluded.city,
              country                = excluded.country,
              time_zone              = excluded.time_zone,
              parking_type           = excluded.parking_type,
              operator_name          = excluded.operator_name,
              geometry               = excluded.geometry,
              ${SET_MOVING}
       returning location.id, location.changed_at, location.last_updated
     )
${WRITE_TIMES}`;

/** Of known Locations what moves. */
const REVISE = `
with excluded as materialized (
       select l.*,
              ${DOCUMENT} as document
         from json_to_recordset(?) as l(
                ${MOVING})
     ),
     written as (
       update location
          set ${SET_MOVING}
         from excluded
        where location.id = excluded.id
       returning location.id, location.changed_at, location.last_updated
     )
${WRITE_TIMES}`;

function upsertedRow(write: LocationWrite, place: TextPlace): object {
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
const LASTING_FIELDS = [
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
function movingColumns(write: LocationWrite, { from, bytes }: TextPlace): object {
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
