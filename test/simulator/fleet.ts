// Makes fleets of charging Locations and their Tariffs: valid OCPI 2.2.1, with the
// sizes and mixes of a real national feed (profile.ts) at invented addresses.
// Guarantees: the same options give the same objects; every object is made from a
// stream of its own, so that a fleet can be made object by object in flat memory
// (`FleetRecipe`) or as a whole (`makeFleet`), with the same result; EVSE ids are
// well-formed and unique; each connector is no younger than its EVSE, each EVSE no
// younger than its Location, nothing younger than `now`. Fails only on wrong options.

import {
  address,
  COUNTRIES,
  postalCode,
  type Region,
  SITE_NAMES,
  scatter,
  type Town,
  townsOf,
} from './places.ts';
import {
  AGES_IN_DAYS,
  CAPABILITY_SETS,
  CONNECTORS_PER_EVSE,
  ELECTRICAL,
  type Electrical,
  EVSES_PER_LOCATION,
  OLDEST_AGE_IN_DAYS,
  PARKING_RESTRICTION_SETS,
  PARKING_TYPES,
  PARTY_SHARES,
  PLUGS,
  STATED,
  STATUSES,
  TARIFFS_PER_LOCATION,
} from './profile.ts';
import { integerBetween, pick, type Random, randomStream, weighted } from './random.ts';
import { makeTariff } from './tariffs.ts';
import { type Connector, type Evse, type Location, type Tariff, toDateTime } from './wire.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** An owner of Locations. The first of a list owns the most. */
export interface FleetParty {
  country_code: string;
  party_id: string;
  name: string;
  website?: string;
}

export interface FleetOptions {
  seed: number;
  /** How many Locations. */
  locations: number;
  parties?: readonly FleetParty[];
  /** Where the Locations stand; the Netherlands unless told. */
  region?: Region | readonly Region[];
  /** The moment from which ages count; the present unless told. */
  now?: Date;
}

export interface Fleet {
  locations: Location[];
  tariffs: Tariff[];
  /** Present when the fleet was made here, so that more can be made of the same kind. */
  recipe?: FleetRecipe;
}

/** Invented owners, for when nobody asks for particular ones. */
export const DEFAULT_PARTIES: readonly FleetParty[] = [
  { country_code: 'NL', party_id: 'TNM', name: 'Simulated Charging' },
  { country_code: 'NL', party_id: 'SLS', name: 'Stroomloos Simulaties' },
  { country_code: 'NL', party_id: 'VNK', name: 'Vonk & Dochters' },
  { country_code: 'BE', party_id: 'KBL', name: 'Kabelkouter Laden' },
  { country_code: 'NL', party_id: 'WND', name: 'Windkracht Twaalf' },
];

const drawEvseCount = weighted(EVSES_PER_LOCATION);
const drawConnectorCount = weighted(CONNECTORS_PER_EVSE);
const drawStatus = weighted(STATUSES);
const drawElectrical = weighted(ELECTRICAL);
const drawCapabilities = weighted(CAPABILITY_SETS);
const drawRestrictions = weighted(PARKING_RESTRICTION_SETS);
const drawParkingType = weighted(PARKING_TYPES);
const drawAge = weighted(AGES_IN_DAYS);
const drawPlug = new Map(Object.entries(PLUGS).map(([power, rows]) => [power, weighted(rows)]));

/** Share of EVSEs that have the equipment of their Location rather than their own. */
const SAME_EQUIPMENT = 0.9;

/** What all EVSEs of one Location have in common while it is made. */
interface Site {
  party: FleetParty;
  number: string;
  town: Town;
  electrical: Electrical;
  lastUpdated: number;
  oldest: number;
  tariffs: number;
}

/** Makes any object of a fleet by its ordinal. */
export class FleetRecipe {
  readonly locationCount: number;
  readonly tariffCount: number;
  readonly #seed: number;
  readonly #now: number;
  readonly #parties: readonly FleetParty[];
  readonly #tariffsOfParty: readonly number[];
  readonly #towns: readonly Town[];
  readonly #drawParty: (random: Random) => number;

  constructor(options: FleetOptions) {
    const parties = options.parties ?? DEFAULT_PARTIES;
    const { locations, region = 'NL' } = options;
    if (!Number.isInteger(locations) || locations < 0 || locations > 9_999_999) {
      throw new RangeError(`a fleet has 0 to 9999999 locations, not ${locations}`);
    }
    if (parties.length === 0) throw new RangeError('a fleet needs at least one party');
    this.#seed = options.seed;
    this.#now = (options.now ?? new Date()).getTime();
    this.#parties = parties;
    this.#towns = townsOf(typeof region === 'string' ? [region] : region);
    const shares = parties.map((_, rank) => PARTY_SHARES[rank] ?? 0.001);
    const total = shares.reduce((sum, share) => sum + share, 0);
    this.#drawParty = weighted(shares.map((share, rank) => [rank, share] as const));
    const wanted = locations * TARIFFS_PER_LOCATION;
    this.#tariffsOfParty = shares.map((share) => {
      if (locations === 0) return 0;
      return Math.max(1, Math.round((share / total) * wanted));
    });
    this.locationCount = locations;
    this.tariffCount = this.#tariffsOfParty.reduce((sum, count) => sum + count, 0);
  }

  /** The Location with this ordinal; ordinals beyond the fleet make further ones. */
  location(ordinal: number, now = this.#now): Location {
    const random = randomStream(this.#seed, 'location', ordinal);
    const rank = this.#drawParty(random);
    const [youngest, oldest] = drawAge(random);
    const age = ordinal < this.locationCount ? youngest + random() * (oldest - youngest) : 0;
    const site: Site = {
      party: this.#parties[rank] as FleetParty,
      number: String(ordinal + 1).padStart(7, '0'),
      town: pick(random, this.#towns),
      electrical: drawElectrical(random),
      lastUpdated: now - age * DAY,
      oldest: now - OLDEST_AGE_IN_DAYS * DAY,
      tariffs: this.#tariffsOfParty[rank] as number,
    };
    return makeLocation(random, site);
  }

  /** The Tariff with this ordinal; ordinals beyond the fleet make further ones. */
  tariff(ordinal: number, now = this.#now): Tariff {
    const random = randomStream(this.#seed, 'tariff', ordinal);
    let rank = 0;
    let number = ordinal;
    while (rank < this.#parties.length - 1 && number >= (this.#tariffsOfParty[rank] as number)) {
      number -= this.#tariffsOfParty[rank] as number;
      rank += 1;
    }
    const { country_code, party_id } = this.#parties[rank] as FleetParty;
    const [youngest, oldest] = drawAge(random);
    const age = ordinal < this.tariffCount ? youngest + random() * (oldest - youngest) : 0;
    const id = tariffId(party_id, number);
    return makeTariff(random, { country_code, party_id, id }, now - age * DAY);
  }

  /** All Locations, one at a time. */
  *locations(): Generator<Location> {
    for (let ordinal = 0; ordinal < this.locationCount; ordinal++) yield this.location(ordinal);
  }

  /** All Tariffs, one at a time. */
  *tariffs(): Generator<Tariff> {
    for (let ordinal = 0; ordinal < this.tariffCount; ordinal++) yield this.tariff(ordinal);
  }
}

/** The whole fleet at once. */
export function makeFleet(options: FleetOptions): Fleet {
  const recipe = new FleetRecipe(options);
  return { locations: [...recipe.locations()], tariffs: [...recipe.tariffs()], recipe };
}

function tariffId(partyId: string, number: number): string {
  return `${partyId}-TARIFF-${String(number + 1).padStart(5, '0')}`;
}

function makeLocation(random: Random, site: Site): Location {
  const { party, town, number } = site;
  const { country, timeZone } = COUNTRIES[town.region];
  const operator =
    party.website === undefined ? { name: party.name } : { name: party.name, website: party.website };
  const evses = makeEvses(random, site);
  const location: Location = {
    country_code: party.country_code,
    party_id: party.party_id,
    id: `${party.party_id}-${number}`,
    publish: true,
    name: `${pick(random, SITE_NAMES)} ${town.name} ${Number(number)}`,
    address: address(random, town.region),
    city: town.name,
    postal_code: postalCode(random, town),
    country,
    coordinates: scatter(random, town.latitude, town.longitude),
    evses,
    operator,
    time_zone: timeZone,
    opening_times: makeOpeningTimes(random),
    last_updated: toDateTime(site.lastUpdated),
  };
  const parkingType = drawParkingType(random);
  if (parkingType !== null) location.parking_type = parkingType;
  if (random() < STATED.owner) location.owner = { name: party.name };
  for (const evse of evses) {
    if (random() < STATED.evseCoordinates) {
      const { latitude, longitude } = location.coordinates;
      evse.coordinates = scatter(random, Number(latitude), Number(longitude), 0.05);
    }
  }
  return location;
}

function makeOpeningTimes(random: Random): Location['opening_times'] {
  if (random() < STATED.openDayAndNight) return { twentyfourseven: true };
  const period_begin = pick(random, ['06:00', '07:00', '08:00']);
  const period_end = pick(random, ['18:00', '20:00', '22:00']);
  const days = integerBetween(random, 5, 7);
  const regular_hours = Array.from({ length: days }, (_, day) => ({
    weekday: day + 1,
    period_begin,
    period_end,
  }));
  return { twentyfourseven: false, regular_hours };
}

function makeEvses(random: Random, site: Site): Evse[] {
  const count = drawEvseCount(random);
  const newest = integerBetween(random, 0, count - 1);
  return Array.from({ length: count }, (_, index) => {
    // A Location is as young as its youngest EVSE; the others changed before.
    const age = index === newest ? 0 : random() ** 4 * 30 * DAY;
    return makeEvse(random, site, index + 1, Math.max(site.oldest, site.lastUpdated - age));
  });
}

function makeEvse(random: Random, site: Site, ordinal: number, lastUpdated: number): Evse {
  const { party, number } = site;
  const electrical = random() < SAME_EQUIPMENT ? site.electrical : drawElectrical(random);
  const changed = Math.max(site.oldest, lastUpdated - random() ** 2 * 90 * DAY);
  const evse: Evse = {
    uid: `${number}-${ordinal}`,
    status: drawStatus(random),
    connectors: makeConnectors(random, site, electrical, changed),
    last_updated: toDateTime(lastUpdated),
  };
  if (random() < STATED.evseId) {
    evse.evse_id = `${party.country_code}*${party.party_id}*E${number}*${ordinal}`;
  }
  const capabilities = drawCapabilities(random);
  if (capabilities.length > 0) evse.capabilities = [...capabilities];
  const restrictions = drawRestrictions(random);
  if (restrictions.length > 0) evse.parking_restrictions = [...restrictions];
  if (random() < STATED.physicalReference) evse.physical_reference = `${Number(number)}-${ordinal}`;
  if (random() < STATED.floorLevel) evse.floor_level = pick(random, ['-2', '-1', '0', '1']);
  if (random() < STATED.directions) {
    evse.directions = [{ language: 'en', text: 'Behind the building, follow the signs' }];
  }
  return evse;
}

function makeConnectors(random: Random, site: Site, electrical: Electrical, changed: number): Connector[] {
  const [powerType, voltage, amperage, power] = electrical;
  const plug = drawPlug.get(powerType);
  if (!plug) throw new Error(`the profile has no plugs for ${powerType}`);
  const tariff =
    random() < STATED.tariffIds
      ? tariffId(site.party.party_id, integerBetween(random, 0, site.tariffs - 1))
      : undefined;
  return Array.from({ length: drawConnectorCount(random) }, (_, index) => {
    const [standard, format] = plug(random);
    const connector: Connector = {
      id: String(index + 1),
      standard,
      format,
      power_type: powerType,
      max_voltage: voltage,
      max_amperage: amperage,
      last_updated: toDateTime(Math.max(site.oldest, changed - index * HOUR)),
    };
    if (power !== null) connector.max_electric_power = power;
    if (tariff !== undefined) connector.tariff_ids = [tariff];
    return connector;
  });
}
