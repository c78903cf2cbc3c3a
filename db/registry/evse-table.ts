/**
 * EVSEs and connectors, as rows beside the document of their Location: one statement a table, whatever the number
 * of Locations, and none where nothing changes (`evse-rows.ts`).
 */
import type { Knex } from 'knex';
import type { RowChanges } from './evse-rows.ts';

/** Writes EVSEs and connectors of Locations that are written already; rows of what their documents no longer have go. */
export async function writeEvses(
  transaction: Knex.Transaction,
  { evses, statuses, connectors, goneEvses, goneConnectors }: RowChanges,
): Promise<void> {
  if (evses.length > 0 || goneEvses.length > 0) {
    await transaction.raw(WRITE_EVSES, [
      `[${evses.join()}]`,
      goneEvses.map(({ location }) => location),
      goneEvses.map(({ uidKey }) => uidKey),
    ]);
  }
  if (statuses.length > 0) await transaction.raw(WRITE_STATUSES, [`[${statuses.join()}]`]);
  if (connectors.length > 0 || goneConnectors.length > 0) {
    await transaction.raw(WRITE_CONNECTORS, [
      `[${connectors.join()}]`,
      goneConnectors.map(({ location }) => location),
      goneConnectors.map(({ uidKey }) => uidKey),
      goneConnectors.map(({ connectorKey }) => connectorKey),
    ]);
  }
}

/** In an update of `evse`: another ID stands where one stood (ID-10); another spelling is none. */
const HAS_ANOTHER_ID = `coalesce(evse.compact_id, upper(evse.evse_id)) <> coalesce(excluded.compact_id, upper(excluded.evse_id))`;

const WRITE_EVSES = `
with incoming as (
       select *
         from json_to_recordset(?) as e(
                location bigint, uid_key text, uid text, evse_id text, compact_id text, status text,
                capabilities text[], parking_restrictions text[], floor_level text, physical_reference text,
                longitude double precision, latitude double precision, stands_apart boolean)
     ),
     gone as (
       delete from evse
        using unnest(?::bigint[], ?::text[]) as key (location, uid_key)
        where evse.location = key.location
          and evse.uid_key = key.uid_key
     )
insert into evse (location, uid_key, uid, evse_id, compact_id, status, capabilities, parking_restrictions,
                  floor_level, physical_reference, geometry, stands_apart)
select i.location, i.uid_key, i.uid, i.evse_id, i.compact_id, i.status, i.capabilities, i.parking_restrictions,
       i.floor_level, i.physical_reference, st_setsrid(st_makepoint(i.longitude, i.latitude), 4326), i.stands_apart
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
       evse_id_changes      = evse.evse_id_changes + case when ${HAS_ANOTHER_ID} then 1 else 0 end,
       evse_id_changed_at   = case when ${HAS_ANOTHER_ID}
         then (select location.received_at from location where location.id = evse.location) else evse.evse_id_changed_at end
 where (evse.uid, evse.evse_id, evse.compact_id, evse.status, evse.capabilities, evse.parking_restrictions,
        evse.floor_level, evse.physical_reference, evse.geometry::bytea, evse.stands_apart)
       is distinct from
       (excluded.uid, excluded.evse_id, excluded.compact_id, excluded.status, excluded.capabilities,
        excluded.parking_restrictions, excluded.floor_level, excluded.physical_reference,
        excluded.geometry::bytea, excluded.stands_apart)`;

const WRITE_STATUSES = `
update evse
   set status = incoming.status
  from json_to_recordset(?) as incoming (location bigint, uid_key text, status text)
 where evse.location = incoming.location
   and evse.uid_key = incoming.uid_key`;

const WRITE_CONNECTORS = `
with incoming as (
       select *
         from json_to_recordset(?) as c(
                location bigint, uid_key text, connector_key text, connector_id text, standard text,
                format text, power_type text, max_voltage bigint, max_amperage bigint,
                max_electric_power bigint, max_power bigint, tariff_ids text[])
     ),
     gone as (
       delete from connector
        using unnest(?::bigint[], ?::text[], ?::text[]) as key (location, uid_key, connector_key)
        where connector.location = key.location
          and connector.uid_key = key.uid_key
          and connector.connector_key = key.connector_key
     )
insert into connector (location, uid_key, connector_key, connector_id, standard, format, power_type,
                       max_voltage, max_amperage, max_electric_power, max_power, tariff_ids)
select i.location, i.uid_key, i.connector_key, i.connector_id, i.standard, i.format, i.power_type,
       i.max_voltage, i.max_amperage, i.max_electric_power, i.max_power, i.tariff_ids
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
       tariff_ids         = excluded.tariff_ids
 where (connector.*) is distinct from (excluded.*)`;
