/**
 * What stands in `locations.geojson` and `locations.csv`, as SQL that makes it from the same documents: the limit of a
 * build, were the database to write the files itself. Of the Dutch feed the Features and the cells are the same, but
 * for coordinates of an EVSE's own, in 120 Features, and the apostrophe that keeps a cell from being a formula, in two.
 */

/** Each Location that is shown, with its document read once. */
const SHOWN = `
  from location
 cross join lateral (
       select coalesce(location.published_document, location.document)::jsonb as document
       offset 0
     ) as shown`;

/** Watt of a connector (OD-06). */
const POWER = `
coalesce(nullif((connector ->> 'max_electric_power')::float8, 0),
         (connector ->> 'max_voltage')::float8 * (connector ->> 'max_amperage')::float8
           * case connector ->> 'power_type'
               when 'AC_3_PHASE'       then 3
               when 'AC_2_PHASE'       then 2
               when 'AC_2_PHASE_SPLIT' then 2
               else 1
             end)`;

/** A Feature a row. */
export const FEATURES = `
select json_build_object(
         'type', 'Feature',
         'id', concat(location.country_code, '-', location.party_id, '-', location.location_id),
         'geometry', json_build_object(
           'type', 'Point',
           'coordinates', json_build_array(
             (shown.document #>> '{coordinates,longitude}')::float8,
             (shown.document #>> '{coordinates,latitude}')::float8)),
         'properties', json_build_object(
           'country_code',    location.country_code,
           'party_id',        location.party_id,
           'location_id',     location.location_id,
           'name',            shown.document ->> 'name',
           'address',         shown.document ->> 'address',
           'postal_code',     shown.document ->> 'postal_code',
           'city',            shown.document ->> 'city',
           'country',         shown.document ->> 'country',
           'operator',        shown.document #>> '{operator,name}',
           'owner',           shown.document #>> '{owner,name}',
           'parking_type',    shown.document ->> 'parking_type',
           'time_zone',       shown.document ->> 'time_zone',
           'open_24_7',       shown.document #> '{opening_times,twentyfourseven}',
           'max_power_kw',    total.max_power_kw,
           'evse_count',      total.evse_count,
           'evses_available', total.evses_available,
           'evses_by_status', (
             select json_object_agg(counted.status, counted.evses)
               from (
                 select evse ->> 'status' as status, count(*) as evses
                   from jsonb_array_elements(shown.document -> 'evses') as evse
                  where evse ->> 'status' <> 'REMOVED'
                  group by evse ->> 'status'
                  order by evse ->> 'status'
               ) as counted),
           'evses',           total.evses,
           'last_updated',    shown.document ->> 'last_updated',
           'changed_at',      to_char(location.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
${SHOWN}
 cross join lateral (
       select count(*)                                              as evse_count,
              count(*) filter (where evse ->> 'status' = 'AVAILABLE') as evses_available,
              max(power.most)                                       as max_power_kw,
              json_agg(json_build_object(
                'uid',          evse ->> 'uid',
                'evse_id',      evse ->> 'evse_id',
                'status',       evse ->> 'status',
                'last_updated', evse ->> 'last_updated',
                'connectors',   power.connectors))                  as evses
         from jsonb_array_elements(shown.document -> 'evses') as evse
        cross join lateral (
              select max(stated.kilowatt) as most,
                     json_agg(json_build_object(
                       'id',           connector ->> 'id',
                       'standard',     connector ->> 'standard',
                       'format',       connector ->> 'format',
                       'power_type',   connector ->> 'power_type',
                       'max_power_kw', stated.kilowatt,
                       'tariff_ids',   coalesce(nullif(connector -> 'tariff_ids', 'null'), '[]'))) as connectors
                from jsonb_array_elements(evse -> 'connectors') as connector
               cross join lateral (select ${POWER} / 1000 as kilowatt) as stated
            ) as power
        where evse ->> 'status' <> 'REMOVED'
     ) as total
 where location.public
 order by location.id`;

/** A list within a cell. */
const joined = (list: string) =>
  `(select string_agg(item, '|') from jsonb_array_elements_text(nullif(${list}, 'null')) as item)`;

/** Where an EVSE stands: by its own coordinates where it has them (OD-05). */
const PLACE = `coalesce(nullif(evse -> 'coordinates', 'null'), shown.document -> 'coordinates')`;

/** A connector a row, with the columns of the table. */
export const TABLE = `
select location.country_code,
       location.party_id,
       location.location_id,
       shown.document ->> 'name'                                as name,
       shown.document ->> 'address'                             as address,
       shown.document ->> 'postal_code'                         as postal_code,
       shown.document ->> 'city'                                as city,
       shown.document ->> 'state'                               as state,
       shown.document ->> 'country'                             as country,
       ${PLACE} ->> 'latitude'                                  as latitude,
       ${PLACE} ->> 'longitude'                                 as longitude,
       shown.document ->> 'time_zone'                           as time_zone,
       shown.document ->> 'parking_type'                        as parking_type,
       shown.document #>> '{opening_times,twentyfourseven}'     as open_24_7,
       shown.document #>> '{operator,name}'                     as operator,
       shown.document #>> '{suboperator,name}'                  as suboperator,
       shown.document #>> '{owner,name}'                        as owner,
       shown.document ->> 'help_phone'                          as help_phone,
       evse ->> 'uid'                                           as evse_uid,
       evse ->> 'evse_id'                                       as evse_id,
       evse ->> 'status'                                        as status,
       evse ->> 'floor_level'                                   as floor_level,
       evse ->> 'physical_reference'                            as physical_reference,
       ${joined(`evse -> 'capabilities'`)}                      as capabilities,
       ${joined(`evse -> 'parking_restrictions'`)}              as parking_restrictions,
       connector ->> 'id'                                       as connector_id,
       connector ->> 'standard'                                 as standard,
       connector ->> 'format'                                   as format,
       connector ->> 'power_type'                               as power_type,
       connector ->> 'max_voltage'                              as max_voltage,
       connector ->> 'max_amperage'                             as max_amperage,
       ${POWER}                                                 as max_power_w,
       ${joined(`connector -> 'tariff_ids'`)}                   as tariff_ids,
       shown.document #>> '{energy_mix,is_green_energy}'        as green_energy,
       shown.document ->> 'last_updated'                        as location_last_updated,
       evse ->> 'last_updated'                                  as evse_last_updated,
       connector ->> 'last_updated'                             as connector_last_updated
${SHOWN}
 cross join lateral jsonb_array_elements(shown.document -> 'evses') as evse
 cross join lateral jsonb_array_elements(evse -> 'connectors') as connector
 where location.public
   and evse ->> 'status' <> 'REMOVED'
 order by location.id`;
