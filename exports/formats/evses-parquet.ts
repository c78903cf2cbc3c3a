/**
 * `/data/evses.parquet`: GeoParquet 1.1, a row an EVSE with the columns of its Location, so that whoever counts or
 * joins needs no unfolding; connectors are a list in their row. Numbers, times and booleans are such; null is "not
 * known". Its point is the EVSE's own where it has one, else the Location's (OD-05). Licence, attribution, time and
 * sequence are key-value metadata of the file.
 */
import type { SchemaElement } from 'hyparquet';
import { geojsonToWkb } from 'hyparquet-writer';
import type { Connector, Evse } from '../../db/model.ts';
import { toPosition } from '../feature.ts';
import type { Datatype, PackedLocationFormat } from '../format.ts';
import { known } from '../known-columns.ts';
import { locationFeatureId } from '../names.ts';
import { closeParquet, openParquet, type ParquetColumn, packRows } from '../parquet.ts';
import { maxPowerInKilowatts, powerInKilowatts } from '../power.ts';
import type { PublicLocation } from '../public-objects.ts';

interface Row {
  readonly object: PublicLocation;
  readonly evse: Evse;
}

type Word = 'text' | 'text[]' | 'number' | 'boolean' | 'time' | 'point' | 'connectors';
type Read = (object: PublicLocation, evse: Evse) => unknown;

/** Name, what the values are, what they hold, and where that comes from: a line a column, in order. */
const TABLE: readonly (readonly [name: string, word: Word, description: string, read: Read])[] = [
  ['geometry', 'point', 'Point, WGS 84, longitude first, as WKB', pointOf],
  ['id', 'text', 'Country, party, Location and EVSE: CC-PTY-locationid-uid', idOf],
  known('country_code', 'text'),
  known('party_id', 'text'),
  known('location_id', 'text'),
  known('name', 'text'),
  known('address', 'text'),
  known('postal_code', 'text'),
  known('city', 'text'),
  known('state', 'text'),
  known('country', 'text'),
  known('time_zone', 'text'),
  known('parking_type', 'text'),
  [
    'open_24_7',
    'boolean',
    'Open without interruption',
    ({ location }) => location.opening_times?.twentyfourseven,
  ],
  known('operator', 'text'),
  known('suboperator', 'text'),
  known('owner', 'text'),
  known('help_phone', 'text'),
  [
    'green_energy',
    'boolean',
    'Only from renewable sources',
    ({ location }) => location.energy_mix?.is_green_energy,
  ],
  known('evse_uid', 'text'),
  known('evse_id', 'text'),
  known('status', 'text'),
  known('operational_status', 'text'),
  known('occupancy', 'text'),
  known('floor_level', 'text'),
  known('physical_reference', 'text'),
  ['capabilities', 'text[]', 'A list of OCPI Capabilities', (_, evse) => evse.capabilities],
  [
    'parking_restrictions',
    'text[]',
    'A list of OCPI ParkingRestrictions',
    (_, evse) => evse.parking_restrictions,
  ],
  [
    'max_power_kw',
    'number',
    'Kilowatt, of its strongest connector',
    (_, evse) => maxPowerInKilowatts(evse.connectors),
  ],
  [
    'connectors',
    'connectors',
    'A list of its connectors: id, standard, format, power_type, max_power_kw, tariff_ids',
    (_, evse) => evse.connectors.map(toConnector),
  ],
  [
    'location_last_updated',
    'time',
    "The owner's time of the Location",
    ({ location }) => new Date(location.last_updated),
  ],
  ['evse_last_updated', 'time', "The owner's time of the EVSE", (_, evse) => new Date(evse.last_updated)],
  ['changed_at', 'time', 'When the registry last changed the Location', ({ changedAt }) => changedAt],
];

/** Columns that change with a status. */
const LIVE: ReadonlySet<string> = new Set([
  'status',
  'operational_status',
  'occupancy',
  'location_last_updated',
  'evse_last_updated',
  'changed_at',
]);

const COLUMNS: readonly ParquetColumn<Row>[] = TABLE.map(([name, word, , read]) => ({
  name,
  elements: elementsOf(name, word),
  isLive: LIVE.has(name),
  read: ({ object, evse }) => read(object, evse),
}));

/** GeoParquet 1.1: without `crs` the coordinates are OGC:CRS84, longitude first. */
const GEO = JSON.stringify({
  version: '1.1.0',
  primary_column: 'geometry',
  columns: { geometry: { encoding: 'WKB', geometry_types: ['Point'] } },
});

/** In the words of the catalogue; a list or a point has no better one than `string`. */
const DATATYPES: Readonly<Partial<Record<Word, Datatype>>> = {
  number: 'number',
  boolean: 'boolean',
  time: 'dateTime',
};

export const evsesParquet: PackedLocationFormat = {
  name: 'evses.parquet',
  module: 'locations',
  mediaType: 'application/vnd.apache.parquet',
  title: 'EVSEs for analysis',
  description:
    'One row an EVSE with the columns of its Location, as GeoParquet: typed, compressed, and read column by column by DuckDB, pandas, R and GIS programs.',
  dataSets: ['static', 'dynamic'],
  standard: 'https://geoparquet.org/releases/v1.1.0/',
  columns: TABLE.map(([name, word, description]) => ({
    name,
    description,
    datatype: DATATYPES[word] ?? 'string',
  })),
  open: openParquet,
  pack: (entries, former) =>
    packRows(
      COLUMNS,
      entries.map((entry) => ('object' in entry ? { object: rowsOf(entry.object) } : entry)),
      former,
    ),
  close: ({ publication, generatedAt, sequence }, packs) =>
    closeParquet(COLUMNS, packs, {
      geo: GEO,
      licence: publication.licence,
      attribution: publication.attribution,
      generated_at: generatedAt.toISOString(),
      sequence: String(sequence),
    }),
};

/** The elements of the schema, a tree in order (Parquet, LogicalTypes). */
function elementsOf(name: string, word: Word): SchemaElement[] {
  switch (word) {
    case 'text':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }];
    case 'number':
      return [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }];
    case 'boolean':
      return [{ name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }];
    case 'time':
      return [
        {
          name,
          type: 'INT64',
          converted_type: 'TIMESTAMP_MILLIS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
          repetition_type: 'REQUIRED',
        },
      ];
    case 'point':
      return [{ name, type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' }];
    case 'text[]':
      return listOf(name, elementsOf('element', 'text'));
    case 'connectors':
      return listOf(name, [
        { name: 'element', repetition_type: 'REQUIRED', num_children: 6 },
        ...['id', 'standard', 'format', 'power_type'].flatMap((field) => elementsOf(field, 'text')),
        ...elementsOf('max_power_kw', 'number'),
        ...elementsOf('tariff_ids', 'text[]'),
      ]);
  }
}

function listOf(name: string, element: SchemaElement[]): SchemaElement[] {
  return [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}

function rowsOf(object: PublicLocation): Row[] {
  return object.evses.map((evse) => ({ object, evse }));
}

function idOf(object: PublicLocation, { uid }: Evse): string {
  return `${locationFeatureId(object)}-${uid}`;
}

function pointOf({ location }: PublicLocation, { coordinates }: Evse): Uint8Array {
  return geojsonToWkb({ type: 'Point', coordinates: [...toPosition(coordinates ?? location.coordinates)] });
}

function toConnector(connector: Connector) {
  const { id, standard, format, power_type, tariff_ids } = connector;
  return {
    id,
    standard,
    format,
    power_type,
    max_power_kw: powerInKilowatts(connector),
    tariff_ids: tariff_ids ?? [],
  };
}
