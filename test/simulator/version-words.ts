// The simulator's objects, which are OCPI 2.2.1, as platforms of 2.1.1 and 2.3.0 write
// them. Written from the specification and apart from the access point's dialects, so
// that a mistake there is not repeated here. Guarantees objects that are valid in the
// version; which of its own words an object uses depends on nothing but its id, so that
// a test can say what to expect. Never fails.

import type { Connector, Evse, GeoLocation, Location, Tariff } from './wire.ts';

export const WORDED_VERSIONS = ['2.1.1', '2.2.1', '2.3.0'] as const;
export type WordedVersion = (typeof WORDED_VERSIONS)[number];

type Words = Record<string, unknown>;

/** The object as a platform of this version writes it; one of another version stays as it is. */
export function inWords(version: string, object: Location | Tariff): object {
  const isTariff = 'elements' in object;
  if (version === '2.1.1') return isTariff ? tariff211(object) : location211(object);
  if (version === '2.3.0') return isTariff ? tariff230(object) : location230(object);
  return object;
}

/** One of so many by its id: 0 for the first, the eleventh, ... of ten. */
export function placeOf(id: string, many: number): number {
  return Number(/(\d+)\D*$/.exec(id)?.[1] ?? 0) % many;
}

/** 2.1.1, LocationType. */
const TYPES_211: Readonly<Record<string, string>> = {
  ON_STREET: 'ON_STREET',
  PARKING_GARAGE: 'PARKING_GARAGE',
  UNDERGROUND_GARAGE: 'UNDERGROUND_GARAGE',
  PARKING_LOT: 'PARKING_LOT',
};
/** 2.1.1, Capability. */
const CAPABILITIES_211: ReadonlySet<string> = new Set([
  'CHARGING_PROFILE_CAPABLE',
  'CREDIT_CARD_PAYABLE',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'UNLOCK_CAPABLE',
]);
/** 2.1.1, Location.address: string(45). */
const ADDRESS_211 = 45;

function seconds(dateTime: string): string {
  return `${dateTime.slice(0, 19)}Z`;
}

function place211({ latitude, longitude }: GeoLocation): GeoLocation {
  return { latitude: Number(latitude).toFixed(6), longitude: Number(longitude).toFixed(6) };
}

function location211(location: Location): Words {
  const { country_code, party_id, publish, parking_type, time_zone, opening_times, ...rest } = location;
  const { twentyfourseven, regular_hours } = opening_times;
  return {
    ...rest,
    type: parking_type === undefined ? 'UNKNOWN' : (TYPES_211[parking_type] ?? 'OTHER'),
    address: location.address.slice(0, ADDRESS_211),
    coordinates: place211(location.coordinates),
    evses: location.evses.map(evse211),
    opening_times: twentyfourseven ? { twentyfourseven } : { regular_hours },
    // Optional in 2.1.1, and half of them leave it out.
    ...(placeOf(location.id, 2) === 0 ? { time_zone } : {}),
    last_updated: seconds(location.last_updated),
  };
}

function evse211(evse: Evse): Words {
  const words: Words = { ...evse, connectors: evse.connectors.map(connector211) };
  if (evse.coordinates) words.coordinates = place211(evse.coordinates);
  if (evse.capabilities) {
    words.capabilities = evse.capabilities.filter((value) => CAPABILITIES_211.has(value));
  }
  words.last_updated = seconds(evse.last_updated);
  return words;
}

function connector211(connector: Connector): Words {
  const { max_voltage, max_amperage, max_electric_power, tariff_ids, ...rest } = connector;
  return {
    ...rest,
    voltage: max_voltage,
    amperage: max_amperage,
    ...(tariff_ids?.[0] === undefined ? {} : { tariff_id: tariff_ids[0] }),
    last_updated: seconds(connector.last_updated),
  };
}

function tariff211(tariff: Tariff): Words {
  const { country_code, party_id, type, start_date_time, ...rest } = tariff;
  const elements = tariff.elements.map((element) => ({
    ...element,
    price_components: element.price_components.map(({ vat, ...component }) => component),
  }));
  return { ...rest, elements, last_updated: seconds(tariff.last_updated) };
}

function location230(location: Location): Words {
  // Most Locations of a platform use nothing that is new.
  if (placeOf(location.id, 10) !== 0) return { ...location };
  const parking = {
    id: 'P1',
    vehicle_types: ['PERSONAL_VEHICLE'],
    restricted_to_type: false,
    reservation_required: false,
  };
  const [first, ...others] = location.evses;
  return {
    ...location,
    help_phone: '+31 20 1234567',
    parking_places: [parking],
    evses: [{ ...first, parking: [{ parking_id: 'P1' }] }, ...others],
  };
}

function tariff230(tariff: Tariff): Words {
  // A shop that talks to consumers states its prices with the tax.
  return { ...tariff, tax_included: placeOf(tariff.id, 5) === 0 ? 'YES' : 'NO' };
}
