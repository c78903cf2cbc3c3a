/**
 * What each file tells of an EVSE, or of a Location, in one set of words: its keys, and what it says. Written from the
 * descriptions of the files and not with the code that writes them: the power of a connector is worked out here
 * again, and so are the words of each file for a status.
 */
import { parseEvseId } from '../../../db/identifiers/evse-id.ts';
import type { Told } from './stream-objects.ts';

/** Whom it is about, and what is said. Fields are compared by name, so every teller uses the same names. */
export interface Statement {
  readonly about: Readonly<Record<string, unknown>>;
  readonly says: Readonly<Record<string, unknown>>;
}

export interface Teller {
  readonly level: 'evse' | 'location';
  /** Rows that follow each other with the same key are told together; by default each is told alone. */
  readonly groupBy?: (object: Told) => string;
  readonly tell: (group: readonly Told[]) => Statement[];
}

/** A JSON object of which some fields are read; what is missing is a fault that the comparison shows. */
// biome-ignore lint/suspicious/noExplicitAny: files are compared as they are, whatever is in them
type Any = any;

const PHASES: Readonly<Record<string, number>> = {
  AC_1_PHASE: 1,
  AC_2_PHASE: 2,
  AC_2_PHASE_SPLIT: 2,
  AC_3_PHASE: 3,
  DC: 1,
};

const SHORT_CURRENT: Readonly<Record<string, string>> = {
  AC_1_PHASE: 'AC1',
  AC_2_PHASE: 'AC2',
  AC_2_PHASE_SPLIT: 'AC2',
  AC_3_PHASE: 'AC3',
  DC: 'DC',
};

/** Operational status and occupancy (F1, F2), and the French words for them. */
const REGULATED: Readonly<Record<string, readonly [string, string, string, string]>> = {
  AVAILABLE: ['in_service', 'free', 'en_service', 'libre'],
  BLOCKED: ['in_service', 'occupied', 'en_service', 'occupe'],
  CHARGING: ['in_service', 'occupied', 'en_service', 'occupe'],
  RESERVED: ['in_service', 'reserved', 'en_service', 'reserve'],
  INOPERATIVE: ['out_of_service', 'unknown', 'hors_service', 'inconnu'],
  OUTOFORDER: ['out_of_service', 'unknown', 'hors_service', 'inconnu'],
  PLANNED: ['out_of_service', 'unknown', 'hors_service', 'inconnu'],
  UNKNOWN: ['unknown', 'unknown', 'inconnu', 'inconnu'],
};

/** By the name of the file. Null: it tells nothing of EVSEs. */
export const TELLERS: Readonly<Record<string, readonly Teller[] | null>> = {
  'locations.ocpi.json': [
    { level: 'evse', tell: ([location]) => evsesOfOcpi(location) },
    { level: 'location', tell: ([location]) => [locationOfOcpi(location)] },
  ],
  'locations.geojson': featureTellers(),
  'locations.geojsons': featureTellers(),
  'locations.fgb': [
    ...featureTellers(),
    { level: 'location', tell: ([feature]) => [countsOfFlatgeobuf(feature)] },
  ],
  'charging-point-locations.geojson': [
    { level: 'location', tell: ([feature]) => [availabilitiesOfFeature(feature)] },
  ],
  'locations.csv': [
    {
      level: 'evse',
      groupBy: ({ country_code, party_id, location_id, evse_uid }) =>
        JSON.stringify([country_code, party_id, location_id, evse_uid]),
      tell: (rows) => [evseOfConnectorRows(rows)],
    },
  ],
  'status.csv': [{ level: 'evse', tell: ([row]) => [evseOfStatusRow(row)] }],
  'evses.parquet': [{ level: 'evse', tell: ([row]) => [evseOfParquetRow(row)] }],
  'irve-statique.csv': [{ level: 'evse', tell: ([row]) => [evseOfStaticIrve(row)] }],
  'irve-dynamique.csv': [{ level: 'evse', tell: ([row]) => [evseOfDynamicIrve(row)] }],
  'tariffs.csv': null,
  'tariffs.ocpi.json': null,
};

/** The file that knows most; all others are held against it. */
export const REFERENCE = 'locations.ocpi.json';

function watts(connector: Any): number | null {
  const { max_electric_power, max_voltage, max_amperage, power_type } = connector;
  const power = max_electric_power || max_voltage * max_amperage * (PHASES[power_type] ?? Number.NaN);
  return power > 0 ? power : null;
}

function most(powers: readonly (number | null)[]): number | null {
  const known = powers.filter((power) => power !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function kilowatts(power: number | null): number | null {
  return power === null ? null : power / 1000;
}

function position({ latitude, longitude }: Any): number[] {
  return [Number(longitude), Number(latitude)];
}

function locationKey({ country_code, party_id }: Any, id: unknown): string {
  return `${country_code}-${party_id}-${id}`.replace(/^..-...-/, (owner) => owner.toUpperCase());
}

/** The EVSE ID as the French files spell it. */
function compact(evseId: unknown): string | null {
  const id = typeof evseId === 'string' ? parseEvseId(evseId) : null;
  return id?.kind === 'evse' ? id.compact : null;
}

function evsesOfOcpi(location: Any): Statement[] {
  return location.evses.map((evse: Any) => {
    const [operational_status, occupancy, etat_pdc, occupation_pdc] = REGULATED[evse.status] ?? [];
    return {
      about: {
        location: locationKey(location, location.id),
        location_id: location.id,
        uid: evse.uid,
        compact_id: compact(evse.evse_id),
      },
      says: {
        status: evse.status,
        power_kw: kilowatts(most(evse.connectors.map(watts))),
        position: position(evse.coordinates ?? location.coordinates),
        station: position(location.coordinates),
        ...{ operational_status, occupancy, etat_pdc, occupation_pdc },
      },
    };
  });
}

function locationOfOcpi(location: Any): Statement {
  const kinds: [string, boolean][] = location.evses.flatMap(({ status, connectors }: Any) => [
    ...new Map<string, [string, boolean]>(
      connectors.map((connector: Any) => {
        const kind = JSON.stringify([
          watts(connector),
          SHORT_CURRENT[connector.power_type],
          connector.standard,
          connector.format,
          [...(connector.tariff_ids ?? [])].sort(),
        ]);
        return [kind, [kind, status === 'AVAILABLE']];
      }),
    ).values(),
  ]);
  const statuses: string[] = location.evses.map(({ status }: Any) => status);
  return {
    about: { location: locationKey(location, location.id) },
    says: {
      station: position(location.coordinates),
      power_kw: kilowatts(most(location.evses.flatMap((evse: Any) => evse.connectors.map(watts)))),
      evses: statuses.length,
      by_status: countsOf(statuses),
      kinds: countsOf(kinds.map(([kind]) => kind)),
      available_kinds: countsOf(kinds.filter(([, available]) => available).map(([kind]) => kind)),
    },
  };
}

/** Each word with how often it stands there, in order of the words. */
function countsOf(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `locations.geojson` and what has the same properties. */
function featureTellers(): Teller[] {
  return [
    {
      level: 'evse',
      tell: ([feature]) => {
        const { geometry, properties } = feature as Any;
        const location = locationKey(properties, properties.location_id);
        return properties.evses.map((evse: Any) => ({
          about: { location, uid: evse.uid },
          says: {
            status: evse.status,
            power_kw: most(evse.connectors.map(({ max_power_kw }: Any) => max_power_kw)),
            position: evse.coordinates ?? geometry.coordinates,
          },
        }));
      },
    },
    {
      level: 'location',
      tell: ([feature]) => {
        const { geometry, properties } = feature as Any;
        return [
          {
            about: { location: locationKey(properties, properties.location_id) },
            says: {
              station: geometry.coordinates,
              power_kw: properties.max_power_kw ?? null,
              evses: properties.evse_count,
              ...(properties.evses_by_status
                ? { by_status: Object.entries(properties.evses_by_status) }
                : {}),
            },
          },
        ];
      },
    },
  ];
}

function countsOfFlatgeobuf(feature: Any): Statement {
  const { properties } = feature;
  const counts = Object.keys(REGULATED)
    .sort()
    .map((status): [string, number] => [status, properties[`evses_${status.toLowerCase()}`]])
    .filter(([, count]) => count > 0);
  return {
    about: { location: locationKey(properties, properties.location_id) },
    says: { by_status: counts },
  };
}

function availabilitiesOfFeature(feature: Any): Statement {
  const kinds = feature.properties.availabilities.map((availability: Any) => ({
    kind: JSON.stringify([
      availability.power_max,
      availability.power_type,
      availability.connector_type,
      availability.connector_format,
      availability.tariff_ids,
    ]),
    ...availability,
  }));
  const counts = (count: string) =>
    kinds
      .map((entry: Any) => [entry.kind, entry[count]])
      .filter(([, value]: Any) => value > 0)
      .sort(([a]: Any, [b]: Any) => (a < b ? -1 : 1));
  return {
    about: { location: feature.id },
    says: {
      station: feature.geometry.coordinates,
      kinds: counts('total'),
      available_kinds: counts('available'),
    },
  };
}

function evseOfConnectorRows(rows: readonly Any[]): Statement {
  const [row] = rows;
  const powers = rows.map(({ max_power_w }) => (max_power_w === '' ? null : Number(max_power_w)));
  return {
    about: { location: locationKey(row, row.location_id), uid: row.evse_uid },
    says: { status: row.status, power_kw: kilowatts(most(powers)), position: position(row) },
  };
}

function evseOfStatusRow(row: Any): Statement {
  const { status, operational_status, occupancy } = row;
  return {
    about: { location: locationKey(row, row.location_id), uid: row.evse_uid },
    says: { status, operational_status, occupancy },
  };
}

function evseOfParquetRow(row: Any): Statement {
  const { status, operational_status, occupancy, max_power_kw, geometry } = row;
  return {
    about: { location: locationKey(row, row.location_id), uid: row.evse_uid },
    says: {
      ...{ status, operational_status, occupancy },
      power_kw: max_power_kw,
      position: geometry.coordinates,
    },
  };
}

function evseOfStaticIrve(row: Any): Statement {
  return {
    about: { location_id: row.id_station_local, uid: row.id_pdc_local },
    says: { power_kw: Number(row.puissance_nominale), station: JSON.parse(row.coordonneesXY) },
  };
}

function evseOfDynamicIrve(row: Any): Statement {
  const { id_pdc_itinerance, etat_pdc, occupation_pdc } = row;
  return { about: { compact_id: id_pdc_itinerance }, says: { etat_pdc, occupation_pdc } };
}
