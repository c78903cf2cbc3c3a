/**
 * Locations, their EVSEs and connectors: read under lock, written as sets.
 *
 * Each function is one statement, or one a table, whatever the number of objects. What the columns say is
 * derived from the document here and nowhere else, so document and rows cannot disagree.
 */
import type { Knex } from 'knex';
import { compactEvseId } from '../identifiers/evse-id.ts';
import type { Connector, Evse, Location, Owner, Speaker } from '../model.ts';
import { connectorPower } from '../power.ts';
import { storableText } from './storable-text.ts';

/** A Location as stored, read under a lock that holds until the transaction ends. */
export interface StoredLocation {
  id: number;
  document: Location;
  withdrawnDocument: string | null;
  contentHash: Buffer;
  omittedEvses: string[];
  vanished: boolean;
  publish: boolean;
  expired: boolean;
  createdAt: Date;
  changedAt: Date;
  sequence: number;
}

interface StoredLocationRow {
  id: number;
  country_code: string;
  party_id: string;
  location_key: string;
  document: string;
  withdrawn_document: string | null;
  content_hash: Buffer;
  omitted_evses: string[];
  vanished: boolean;
  publish: boolean;
  expired: boolean;
  created_at: Date;
  changed_at: Date;
  sequence: number;
}

/** All of a Location that goes into its row. */
export interface LocationWrite {
  id: number;
  owner: Owner;
  speaker: Speaker;
  document: Location;
  withdrawnDocument: string | null;
  sourceVersion: string;
  asStored: readonly string[];
  contentHash: Buffer;
  inputHash: Buffer | null;
  omittedEvses: readonly string[];
  vanished: boolean;
  createdAt: Date;
  receivedAt: Date;
  changedAt: Date;
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
            lower(location.location_id) as location_key, location.document, location.withdrawn_document,
            location.content_hash, location.omitted_evses, location.vanished, location.publish,
            location.expired, location.created_at, location.changed_at, location.sequence
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
        contentHash: row.content_hash,
        omittedEvses: row.omitted_evses,
        vanished: row.vanished,
        publish: row.publish,
        expired: row.expired,
        createdAt: row.created_at,
        changedAt: row.changed_at,
        sequence: row.sequence,
      },
    ]),
  );
}

/** Writes Locations with their EVSEs and connectors: new ids are inserted, known ones replaced. */
export async function writeLocations(
  transaction: Knex.Transaction,
  writes: readonly LocationWrite[],
): Promise<void> {
  if (writes.length === 0) {
    return;
  }
  await transaction.raw(WRITE_LOCATIONS, [JSON.stringify(writes.map(locationRow))]);
  const ids = writes.map((write) => write.id);
  await transaction.raw(WRITE_EVSES, [JSON.stringify(writes.flatMap(evseRows)), ids]);
  await transaction.raw(WRITE_CONNECTORS, [JSON.stringify(writes.flatMap(connectorRows)), ids]);
}

const WRITE_LOCATIONS = `
insert into location (
       id, country_code, party_id, location_id, connection_id, source_id, source_version, document,
       withdrawn_document, as_stored, content_hash, input_hash, omitted_evses, vanished, publish, expired,
       name, address, postal_code, city, country, time_zone, parking_type, operator_name, geometry,
       last_updated, created_at, received_at, changed_at, sequence)
select l.id, l.country_code, l.party_id, l.location_id, l.connection_id, l.source_id, l.source_version, l.document,
       l.withdrawn_document, l.as_stored, l.content_hash, l.input_hash, l.omitted_evses, l.vanished, l.publish, l.expired,
       l.name, l.address, l.postal_code, l.city, l.country, l.time_zone, l.parking_type, l.operator_name,
       st_setsrid(st_makepoint(l.longitude, l.latitude), 4326),
       l.last_updated, l.created_at, l.received_at, l.changed_at, l.sequence
  from json_to_recordset(?) as l(
         id bigint, country_code text, party_id text, location_id text, connection_id bigint, source_id bigint,
         source_version text, document text, withdrawn_document text, as_stored text[], content_hash bytea,
         input_hash bytea, omitted_evses text[], vanished boolean, publish boolean, expired boolean,
         name text, address text, postal_code text, city text, country text, time_zone text,
         parking_type text, operator_name text, longitude double precision, latitude double precision,
         last_updated timestamptz, created_at timestamptz, received_at timestamptz, changed_at timestamptz,
         sequence bigint)
on conflict (id) do update
   set location_id        = excluded.location_id,
       connection_id      = excluded.connection_id,
       source_id          = excluded.source_id,
       source_version     = excluded.source_version,
       document           = excluded.document,
       withdrawn_document = excluded.withdrawn_document,
       as_stored          = excluded.as_stored,
       content_hash       = excluded.content_hash,
       input_hash         = excluded.input_hash,
       omitted_evses      = excluded.omitted_evses,
       vanished           = excluded.vanished,
       publish            = excluded.publish,
       expired            = excluded.expired,
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
       received_at        = excluded.received_at,
       changed_at         = excluded.changed_at,
       sequence           = excluded.sequence`;

const WRITE_EVSES = `
with incoming as (
       select *
         from json_to_recordset(?) as e(
                location bigint, uid_key text, uid text, evse_id text, compact_id text, status text,
                capabilities text[], parking_restrictions text[], floor_level text, physical_reference text,
                longitude double precision, latitude double precision, last_updated timestamptz)
     ),
     gone as (
       delete from evse
        where evse.location = any(?::bigint[])
          and not exists (select from incoming
                           where incoming.location = evse.location
                             and incoming.uid_key = evse.uid_key)
     )
insert into evse (location, uid_key, uid, evse_id, compact_id, status, capabilities, parking_restrictions,
                  floor_level, physical_reference, geometry, last_updated)
select i.location, i.uid_key, i.uid, i.evse_id, i.compact_id, i.status, i.capabilities, i.parking_restrictions,
       i.floor_level, i.physical_reference, st_setsrid(st_makepoint(i.longitude, i.latitude), 4326), i.last_updated
  from incoming as i
on conflict (location, uid_key) do update
   set uid                  = excluded.uid,
       evse_id              = excluded.evse_id,
       compact_id           = excluded.compact_id,
       status               = excluded.status,
       capabilities         = excluded.capabilities,
       parking_restrictions = excluded.parking_restrictions,
       floor_level          = excluded.floor_level,
       physical_reference   = excluded.physical_reference,
       geometry             = excluded.geometry,
       last_updated         = excluded.last_updated
 where (evse.uid, evse.evse_id, evse.compact_id, evse.status, evse.capabilities, evse.parking_restrictions,
        evse.floor_level, evse.physical_reference, evse.geometry::bytea, evse.last_updated)
       is distinct from
       (excluded.uid, excluded.evse_id, excluded.compact_id, excluded.status, excluded.capabilities,
        excluded.parking_restrictions, excluded.floor_level, excluded.physical_reference,
        excluded.geometry::bytea, excluded.last_updated)`;

const WRITE_CONNECTORS = `
with incoming as (
       select *
         from json_to_recordset(?) as c(
                location bigint, uid_key text, connector_key text, connector_id text, standard text,
                format text, power_type text, max_voltage bigint, max_amperage bigint,
                max_electric_power bigint, max_power bigint, tariff_ids text[], last_updated timestamptz)
     ),
     gone as (
       delete from connector
        where connector.location = any(?::bigint[])
          and not exists (select from incoming
                           where incoming.location = connector.location
                             and incoming.uid_key = connector.uid_key
                             and incoming.connector_key = connector.connector_key)
     )
insert into connector (location, uid_key, connector_key, connector_id, standard, format, power_type,
                       max_voltage, max_amperage, max_electric_power, max_power, tariff_ids, last_updated)
select i.location, i.uid_key, i.connector_key, i.connector_id, i.standard, i.format, i.power_type,
       i.max_voltage, i.max_amperage, i.max_electric_power, i.max_power, i.tariff_ids, i.last_updated
  from incoming as i
on conflict (location, uid_key, connector_key) do update
   set connector_id       = excluded.connector_id,
       standard           = excluded.standard,
       format             = excluded.format,
       power_type         = excluded.power_type,
       max_voltage        = excluded.max_voltage,
       max_amperage       = excluded.max_amperage,
       max_electric_power = excluded.max_electric_power,
       max_power          = excluded.max_power,
       tariff_ids         = excluded.tariff_ids,
       last_updated       = excluded.last_updated
 where (connector.*) is distinct from (excluded.*)`;

function locationRow(write: LocationWrite): object {
  const { document } = write;
  return {
    id: write.id,
    country_code: write.owner.countryCode,
    party_id: write.owner.partyId,
    location_id: document.id,
    ...speakerColumns(write.speaker),
    source_version: write.sourceVersion,
    document: JSON.stringify(document),
    withdrawn_document: write.withdrawnDocument,
    as_stored: write.asStored,
    content_hash: byteaText(write.contentHash),
    input_hash: byteaText(write.inputHash),
    omitted_evses: write.omittedEvses,
    vanished: write.vanished,
    publish: document.publish,
    expired: isExpired(document),
    name: columnText(document.name),
    address: columnText(document.address),
    postal_code: columnText(document.postal_code),
    city: columnText(document.city),
    country: columnText(document.country),
    time_zone: columnText(document.time_zone),
    parking_type: columnText(document.parking_type),
    operator_name: columnText(document.operator?.name),
    longitude: Number(document.coordinates.longitude),
    latitude: Number(document.coordinates.latitude),
    last_updated: timestampText(document.last_updated),
    created_at: write.createdAt,
    received_at: write.receivedAt,
    changed_at: write.changedAt,
    sequence: write.sequence,
  };
}

function evseRows(write: LocationWrite): object[] {
  return (write.document.evses ?? []).map((evse: Evse) => {
    const { latitude, longitude } = evse.coordinates ?? write.document.coordinates;
    return {
      location: write.id,
      uid_key: evse.uid.toLowerCase(),
      uid: evse.uid,
      evse_id: columnText(evse.evse_id),
      compact_id: compactEvseId(evse.evse_id),
      status: evse.status,
      capabilities: evse.capabilities ?? [],
      parking_restrictions: evse.parking_restrictions ?? [],
      floor_level: columnText(evse.floor_level),
      physical_reference: columnText(evse.physical_reference),
      longitude: Number(longitude),
      latitude: Number(latitude),
      last_updated: timestampText(evse.last_updated),
    };
  });
}

function connectorRows(write: LocationWrite): object[] {
  return (write.document.evses ?? []).flatMap((evse) =>
    evse.connectors.map((connector: Connector) => ({
      location: write.id,
      uid_key: evse.uid.toLowerCase(),
      connector_key: connector.id.toLowerCase(),
      connector_id: connector.id,
      standard: connector.standard,
      format: connector.format,
      power_type: connector.power_type,
      max_voltage: connector.max_voltage,
      max_amperage: connector.max_amperage,
      max_electric_power: connector.max_electric_power ?? null,
      max_power: connectorPower(connector),
      tariff_ids: connector.tariff_ids ?? [],
      last_updated: timestampText(connector.last_updated),
    })),
  );
}

/** The two columns that say who brought an object. */
export function speakerColumns(speaker: Speaker): { connection_id: number | null; source_id: number | null } {
  return {
    connection_id: speaker.kind === 'connection' ? speaker.id : null,
    source_id: speaker.kind === 'source' ? speaker.id : null,
  };
}

/** A byte string in PostgreSQL's own notation, as it travels inside JSON. */
export function byteaText(bytes: Buffer | null): string | null {
  return bytes === null ? null : `\\x${bytes.toString('hex')}`;
}

/** OCPI's DateTime without `Z` is UTC all the same (3.1). */
export function timestampText(dateTime: string): string {
  return dateTime.endsWith('Z') ? dateTime : `${dateTime}Z`;
}

function columnText(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : storableText(text);
}
