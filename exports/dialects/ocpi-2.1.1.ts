/**
 * The registry's words (OCPI 2.3.0) as OCPI 2.1.1. Only what differs stands here, each difference with its place in
 * `ocpi-requirements.md`, chapter 2.
 *
 * Guarantees: what 2.1.1 cannot carry is left out, never sent broken (LS-11), and never in a way that would promise
 * more than its owner does: a Location that is not published, a Tariff that is not valid now and a price with a
 * condition that 2.1.1 does not know are left out whole. Objects have no owner in 2.1.1, so that partners get ids
 * that name it (LS-14). Throws a SyntaxError when a stored document is not JSON, which the registry never holds.
 */
import type { Connector, Coordinates, Evse, Location, Module, Owner } from '../../db/model.ts';
import { CONDITIONS_AFTER_211 } from '../../db/registry/tariff-obstacles.ts';
import { namespacedId, readNamespacedId, shortId } from './alias.ts';
import { closeEnergyMix, closeEvseWords, closeImages } from './closed-words.ts';
import type { ExportContext, ExportDialect, Stored } from './dialect.ts';
import {
  changeField,
  changeList,
  cut,
  type Fields,
  isGiven,
  keepWords,
  otherNames,
  renamed,
  without,
} from './fields.ts';
import { elementsWithoutTax, mapComponents, withoutVat } from './prices.ts';
import { chooseTariff } from './tariff-choice.ts';
import { isWordOf, standardIn, WORDS_OF_211 } from './words.ts';

const VERSION = '2.1.1';

/** Characters of an id: string(39) of a Location and an EVSE, string(36) of a Tariff. */
const LONGEST_ID: Readonly<Record<Module, number>> = { locations: 39, tariffs: 36 };
/** Characters of Location.address. */
const LONGEST_ADDRESS = 45;
/** Location.postal_code is required, string(10); what is written where there is none. */
const NO_POSTAL_CODE = '-';

// 2.1: the owner stands nowhere, and these are of later versions.
const LOCATION_FIELDS_OF_LATER = new Set([
  ...['country_code', 'party_id', 'publish', 'publish_allowed_to', 'state', 'parking_type'],
  ...['parking_places', 'help_phone'],
]);
// 2.2
const EVSE_FIELDS_OF_LATER = new Set(['parking', 'accepted_service_providers']);
const CONNECTOR_FIELDS_OF_LATER = ['max_electric_power', 'tariff_ids', 'capabilities'];
const CONNECTOR_NAMES = otherNames(
  { max_voltage: 'voltage', max_amperage: 'amperage' },
  [...CONNECTOR_FIELDS_OF_LATER, 'tariff_id'], // the last is said anew, or not at all
);
// 2.4
const TARIFF_FIELDS_OF_LATER = new Set([
  ...['country_code', 'party_id', 'type', 'min_price', 'max_price', 'tax_included'],
  ...['start_date_time', 'end_date_time', 'preauthorize_amount'],
]);
const RESTRICTIONS_OF_LATER: ReadonlySet<string> = new Set(CONDITIONS_AFTER_211);
// 2.3
const IMPACT_NAMES = otherNames({ category: 'source' });

export const ocpi211 = {
  version: VERSION,
  needsTariffs: true,
  tariffLimits: { obstacles: ['tax', 'conditions'], onlyValid: true }, // CV-05, CV-06, 2.4 start_date_time
  location,
  tariff,
  evse,
  connector,
  objectId: (module, owner, id) => namespacedId(owner, id, LONGEST_ID[module]),
  evseUid: (uid: string) => shortId(uid, LONGEST_ID.locations),
  readId: (module, id) => readNamespacedId(id, LONGEST_ID[module]),
} as const satisfies ExportDialect;

function location({ owner, ...stored }: Stored, context: ExportContext): string | null {
  const location = stored.location ?? (JSON.parse(stored.document) as Location);
  // Its owner sees it all the same (LR-22).
  if (location.publish !== true && context.audience === 'partner') return null; // 2.1 publish, CV-13
  const wire = without(location, LOCATION_FIELDS_OF_LATER);
  wire.id = idFor(owner, location.id as string, 'locations', context); // LS-14
  wire.type = locationType(location.parking_type); // 2.1 type / parking_type
  wire.address = cut(location.address as string, LONGEST_ADDRESS); // 2.1 address
  if (!location.postal_code || location.postal_code === '#NA') wire.postal_code = NO_POSTAL_CODE; // 2.1 postal_code
  keepWords(wire, 'facilities', WORDS_OF_211.facilities); // 2.1 facilities
  wire.coordinates = sixDecimals(location.coordinates); // 2.1 coordinates, CV-08
  changeList(wire, 'related_locations', (places) => places.map(sixDecimals)); // 2.1 related_locations
  changeField(wire, 'opening_times', hours); // 2.3 Hours
  closeImages(wire, WORDS_OF_211, imageType); // 2.3 Image
  closeEnergyMix(wire, WORDS_OF_211, impactSource); // 2.3 EnvironmentalImpact
  wire.last_updated = wholeSeconds(location.last_updated); // 2.3 DateTime, CV-14
  changeList(wire, 'evses', (evses) =>
    evses.map((value) => evse(value as Evse, owner, context)).filter((value) => value !== null),
  );
  return JSON.stringify(wire);
}

function evse(evse: Evse, owner: Owner, context: ExportContext): object | null {
  const connectors = evse.connectors
    .map((value) => connector(value, owner, context))
    .filter((value) => value !== null);
  if (connectors.length === 0) return null; // 2.2 Connector.standard, CV-09
  const wire: Fields = { ...without(evse, EVSE_FIELDS_OF_LATER), connectors };
  wire.uid = shortId(evse.uid, LONGEST_ID.locations); // 2.2 uid
  closeEvseWords(wire, WORDS_OF_211); // 2.2 capabilities, parking_restrictions
  closeImages(wire, WORDS_OF_211, imageType); // 2.3 Image
  changeField(wire, 'coordinates', sixDecimals); // 2.3 GeoLocation
  changeList(wire, 'status_schedule', (periods) => periods.map(period)); // 2.3 DateTime
  wire.last_updated = wholeSeconds(evse.last_updated); // 2.3 DateTime
  return wire;
}

function connector(connector: Connector, owner: Owner, context: ExportContext): object | null {
  const standard = standardIn(WORDS_OF_211, connector.standard);
  if (standard === null) return null; // 2.2 Connector.standard: no value to fall back on
  const wire = renamed(connector, CONNECTOR_NAMES); // 2.2 voltage, amperage
  wire.standard = standard;
  if (!isWordOf(WORDS_OF_211.powerTypes, connector.power_type)) wire.power_type = 'AC_1_PHASE'; // 2.2 power_type
  const tariffId = chooseTariff(owner, connector.tariff_ids ?? [], context); // 2.2 tariff_ids, CV-12
  if (tariffId !== null) wire.tariff_id = idFor(owner, tariffId, 'tariffs', context); // LS-14
  wire.last_updated = wholeSeconds(connector.last_updated); // 2.3 DateTime
  return wire;
}

function tariff({ document, owner }: Stored, context: ExportContext): string | null {
  const tariff = JSON.parse(document) as Fields;
  if (context.audience === 'partner' && !isValidNow(tariff, context.now)) return null; // 2.4 start_date_time
  const elements = elementsWithoutTax(tariff)?.filter(isUnderstood); // 2.4 tax_included, min_current, reservation
  if (!elements?.length) return null; // CV-05, CV-06
  const wire = without(tariff, TARIFF_FIELDS_OF_LATER);
  wire.id = idFor(owner, tariff.id as string, 'tariffs', context); // LS-14
  wire.elements = mapComponents(elements, withoutVat).map(element); // 2.4 vat
  closeEnergyMix(wire, WORDS_OF_211, impactSource); // 2.3 EnvironmentalImpact
  wire.last_updated = wholeSeconds(tariff.last_updated); // 2.3 DateTime
  return JSON.stringify(wire);
}

/** LS-14: a partner sees objects of many owners, whose ids may be the same; the owner knows its own. */
function idFor(owner: Owner, id: string, module: Module, { audience }: ExportContext): string {
  return audience === 'owner' ? shortId(id, LONGEST_ID[module]) : namespacedId(owner, id, LONGEST_ID[module]);
}

/** 2.1: UNKNOWN where nothing is said, OTHER for what 2.1.1 has no word for. */
function locationType(parkingType: unknown): string {
  if (!parkingType) return 'UNKNOWN';
  return isWordOf(WORDS_OF_211.parkingTypes, parkingType) ? (parkingType as string) : 'OTHER';
}

/** 2.3 GeoLocation: exactly six decimals, the nearest place that has them. */
function sixDecimals(place: unknown): Coordinates & Fields {
  const { latitude, longitude, ...rest } = place as Coordinates;
  return { ...rest, latitude: Number(latitude).toFixed(6), longitude: Number(longitude).toFixed(6) };
}

/** 2.3 Hours: around the clock, or regular hours. */
function hours(value: unknown): Fields {
  const times = { ...(value as Fields) };
  if (times.twentyfourseven === true) delete times.regular_hours;
  for (const field of ['exceptional_openings', 'exceptional_closings']) {
    changeList(times, field, (periods) => periods.map(period));
  }
  return times;
}

function period(value: unknown): Fields {
  const times = { ...(value as Fields) };
  for (const field of ['period_begin', 'period_end']) changeField(times, field, wholeSeconds);
  return times;
}

/** 2.3 DateTime: 2.1.1 shows no fractions, and its readers may take a time without `Z` for a local one. */
function wholeSeconds(value: unknown): string {
  return `${String(value).slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}Z`;
}

/** 2.3 Image.type. */
function imageType(image: Fields): Fields {
  return { ...image, type: String(image.type).toLowerCase() };
}

/** 2.3 EnvironmentalImpact: `category` is called `source`. */
function impactSource(impact: Fields): Fields {
  return renamed(impact, IMPACT_NAMES);
}

function isValidNow(tariff: Fields, now: Date): boolean {
  const { start_date_time: start, end_date_time: end } = tariff;
  const hasBegun = !isGiven(start) || momentOf(start) <= now.getTime();
  return hasBegun && (!isGiven(end) || momentOf(end) > now.getTime());
}

function momentOf(dateTime: unknown): number {
  const text = String(dateTime);
  return Date.parse(text.endsWith('Z') ? text : `${text}Z`);
}

/** CV-06: whether 2.1.1 knows every condition of an element. */
function isUnderstood(element: Fields): boolean {
  const restrictions = (element.restrictions ?? {}) as Fields;
  return CONDITIONS_AFTER_211.every((field) => !isGiven(restrictions[field]));
}

/** The restrictions without the later fields, which hold nothing. */
function element(value: Fields): Fields {
  const wire = { ...value };
  changeField(wire, 'restrictions', (restrictions) => without(restrictions as Fields, RESTRICTIONS_OF_LATER));
  return wire;
}
