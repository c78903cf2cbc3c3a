/**
 * EVSEs and connectors, as rows beside the document of their Location: one statement a table, whatever the number
 * of Locations. What the columns say is derived from the document here and nowhere else.
 */
import type { Knex } from 'knex';
import { compactEvseId } from '../identifiers/evse-id.ts';
import type { Connector, Coordinates, Evse, Location } from '../model.ts';
import { connectorPower } from '../power.ts';
import { columnText, timestampText } from './column-values.ts';

/** A Location that was written. */
interface WrittenLocation {
  readonly id: number;
  readonly document: Location;
}

/** Writes the EVSEs and connectors of these Locations; rows of what their documents no longer have go. */
export async function writeEvses(
  transaction: Knex.Transaction,
  locations: readonly WrittenLocation[],
): Promise<void> {
  const ids = locations.map(({ id }) => id);
  await transaction.raw(WRITE_EVSES, [JSON.stringify(locations.flatMap(evseRows)), ids]);
  await transaction.raw(WRITE_CONNECTORS, [JSON.stringify(locations.flatMap(connectorRows)), ids]);
}

/** In an update of `evse`: another ID stands where one stood (ID-10); another spelling is none. */
const HAS_ANOTHER_ID = `coalesce(evse.compact_id, upper(evse.evse_id)) <> coalesce(excluded.compact_id, upper(excluded.evse_id))`;

/**
 * In an update of `evse`, whose Location was written just before: the time as the journal last told of it, null when it
 * is the one being written.
 */
const TIME_AS_LAST_TOLD = `case when (select location.published_document is not null from location where location.id = evse.location)
         then nullif(coalesce(evse.published_last_updated, evse.last_updated), excluded.last_updated) end`;

const WRITE_EVSES = `
with incoming as (
       select *
         from json_to_recordset(?) as e(
                location bigint, uid_key text, uid text, evse_id text, compact_id text, status text,
                capabilities text[], parking_restrictions text[], floor_level text, physical_reference text,
                longitude double precision, latitude double precision, stands_apart boolean, last_updated timestamptz)
     ),
     gone as (
       delete from evse
        where evse.location = any(?::bigint[])
          and not exists (select from incoming
                           where incoming.location = evse.location
                             and incoming.uid_key = evse.uid_key)
     )
insert into evse (location, uid_key, uid, evse_id, compact_id, status, capabilities, parking_restrictions,
                  floor_level, physical_reference, geometry, stands_apart, last_updated)
select i.location, i.uid_key, i.uid, i.evse_id, i.compact_id, i.status, i.capabilities, i.parking_restrictions,
       i.floor_level, i.physical_reference, st_setsrid(st_makepoint(i.longitude, i.latitude), 4326), i.stands_apart,
       i.last_updated
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
       stands_apart         = excluded.stands_apart,
       last_updated         = excluded.last_updated,
       published_last_updated = ${TIME_AS_LAST_TOLD},
       evse_id_changes      = evse.evse_id_changes + case when ${HAS_ANOTHER_ID} then 1 else 0 end,
       evse_id_changed_at   = case when ${HAS_ANOTHER_ID}
         then (select location.received_at from location where location.id = evse.location) else evse.evse_id_changed_at end
 where (evse.uid, evse.evse_id, evse.compact_id, evse.status, evse.capabilities, evse.parking_restrictions,
        evse.floor_level, evse.physical_reference, evse.geometry::bytea, evse.stands_apart, evse.last_updated,
        evse.published_last_updated)
       is distinct from
       (excluded.uid, excluded.evse_id, excluded.compact_id, excluded.status, excluded.capabilities,
        excluded.parking_restrictions, excluded.floor_level, excluded.physical_reference,
        excluded.geometry::bytea, excluded.stands_apart, excluded.last_updated,
        ${TIME_AS_LAST_TOLD})`;

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

function evseRows({ id, document }: WrittenLocation): object[] {
  return (document.evses ?? []).map((evse: Evse) => {
    const place = position(document.coordinates);
    const own = position(evse.coordinates ?? document.coordinates);
    return {
      location: id,
      uid_key: evse.uid.toLowerCase(),
      uid: evse.uid,
      evse_id: columnText(evse.evse_id),
      compact_id: compactEvseId(evse.evse_id),
      status: evse.status,
      capabilities: evse.capabilities ?? [],
      parking_restrictions: evse.parking_restrictions ?? [],
      floor_level: columnText(evse.floor_level),
      physical_reference: columnText(evse.physical_reference),
      ...own,
      // Where its Location stands it is found by that.
      stands_apart: own.longitude !== place.longitude || own.latitude !== place.latitude,
      last_updated: timestampText(evse.last_updated),
    };
  });
}

function position({ latitude, longitude }: Coordinates): { longitude: number; latitude: number } {
  return { longitude: Number(longitude), latitude: Number(latitude) };
}

function connectorRows({ id, document }: WrittenLocation): object[] {
  return (document.evses ?? []).flatMap((evse) =>
    evse.connectors.map((connector: Connector) => ({
      location: id,
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
