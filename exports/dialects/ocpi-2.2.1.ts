/**
 * The registry's words (OCPI 2.3.0, a superset) as OCPI 2.2.1. Only what differs stands here, each difference
 * with its place in `ocpi-requirements.md`, chapter 2.
 *
 * Guarantees: fields that only 2.3.0 has and values that 2.2.1's closed enumerations lack are left out, never
 * guessed; a field that a partner added of its own stays; objects that cannot be said in 2.2.1 are null, never
 * broken (LS-11). Throws a SyntaxError when a stored document is not JSON, which the registry never holds.
 */
import type { Connector, Evse } from '../../db/model.ts';
import { shortId } from './alias.ts';
import type { ExportDialect } from './dialect.ts';

const VERSION = '2.2.1';

type Fields = Record<string, unknown>;

/** Decimals of a price that had to be computed: what OCPI's `number` promises. */
const PRICE_DECIMALS = 4;

// 2.1 and 2.2: fields that 2.3.0 added. A 2.2.1 partner may refuse what it does not know (CV-03).
const LOCATION_FIELDS_OF_230 = ['parking_places', 'help_phone'];
const EVSE_FIELDS_OF_230 = ['parking', 'accepted_service_providers'];
const CONNECTOR_FIELDS_OF_230 = ['capabilities'];
// 2.4
const TARIFF_FIELDS_OF_230 = ['tax_included', 'preauthorize_amount'];

// 2.1, Location.parking_type
const PARKING_TYPES = words(
  'ALONG_MOTORWAY PARKING_GARAGE PARKING_LOT ON_DRIVEWAY ON_STREET UNDERGROUND_GARAGE',
);
// 2.1, Location.facilities
const FACILITIES = words(
  `HOTEL RESTAURANT CAFE MALL SUPERMARKET SPORT RECREATION_AREA NATURE MUSEUM BIKE_SHARING BUS_STOP TAXI_STAND
   TRAM_STOP METRO_STATION TRAIN_STATION AIRPORT PARKING_LOT CARPOOL_PARKING FUEL_STATION WIFI`,
);
// 2.1, Location.publish_allowed_to: EMAID is 2.3.0's
const TOKEN_TYPES = words('AD_HOC_USER APP_USER OTHER RFID');
// 2.2, EVSE.capabilities
const CAPABILITIES = words(
  `CHARGING_PROFILE_CAPABLE CHARGING_PREFERENCES_CAPABLE CHIP_CARD_SUPPORT CONTACTLESS_CARD_SUPPORT
   CREDIT_CARD_PAYABLE DEBIT_CARD_PAYABLE PED_TERMINAL REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER
   START_SESSION_CONNECTOR_REQUIRED TOKEN_GROUP_CAPABLE UNLOCK_CAPABLE`,
);
// 2.2, EVSE.parking_restrictions: EMPLOYEES, TAXIS and TENANTS are 2.3.0's
const PARKING_RESTRICTIONS = words('EV_ONLY PLUGGED DISABLED CUSTOMERS MOTORCYCLES');
// 2.2, Connector.standard
const STANDARDS = words(
  `CHADEMO CHAOJI DOMESTIC_A DOMESTIC_B DOMESTIC_C DOMESTIC_D DOMESTIC_E DOMESTIC_F DOMESTIC_G DOMESTIC_H
   DOMESTIC_I DOMESTIC_J DOMESTIC_K DOMESTIC_L DOMESTIC_M DOMESTIC_N DOMESTIC_O GBT_AC GBT_DC
   IEC_60309_2_single_16 IEC_60309_2_three_16 IEC_60309_2_three_32 IEC_60309_2_three_64 IEC_62196_T1
   IEC_62196_T1_COMBO IEC_62196_T2 IEC_62196_T2_COMBO IEC_62196_T3A IEC_62196_T3C NEMA_5_20 NEMA_6_30 NEMA_6_50
   NEMA_10_30 NEMA_10_50 NEMA_14_30 NEMA_14_50 PANTOGRAPH_BOTTOM_UP PANTOGRAPH_TOP_DOWN TESLA_R TESLA_S`,
);
// 2.2, Connector.standard: mechanically compatible, and the field is required
const STANDARDS_RENAMED: Readonly<Record<string, string>> = { SAE_J3400: 'TESLA_S' };
// 2.3, Image.category: required, and OTHER is a word of 2.2.1
const IMAGE_CATEGORIES = words('CHARGER ENTRANCE LOCATION NETWORK OPERATOR OTHER OWNER');
// 2.3, EnvironmentalImpact.category
const ENVIRONMENTAL_IMPACTS = words('NUCLEAR_WASTE CARBON_DIOXIDE');

export const ocpi221: ExportDialect = { version: VERSION, location, tariff, evse, connector };

function location(document: string, asStored: readonly string[]): string | null {
  if (asStored.includes(VERSION)) return document;
  const wire = without(JSON.parse(document) as Fields, LOCATION_FIELDS_OF_230);
  if (typeof wire.id === 'string') wire.id = shortId(wire.id); // 2.1 id, CV-11
  change(wire, 'publish_allowed_to', (tokens) => tokens.filter(isKnownToken)); // 2.1 publish_allowed_to
  if (wire.parking_type && !isKnown(PARKING_TYPES, wire.parking_type)) delete wire.parking_type; // 2.1 type / parking_type
  change(wire, 'facilities', (values) => values.filter((value) => isKnown(FACILITIES, value))); // 2.1 facilities
  change(wire, 'images', (images) => images.map(image)); // 2.3 Image
  for (const role of ['operator', 'suboperator', 'owner']) logo(wire, role); // 2.3 Image
  energyMix(wire); // 2.3 EnvironmentalImpact
  change(wire, 'evses', (evses) =>
    evses.map((value) => evse(value as Evse)).filter((value) => value !== null),
  );
  return JSON.stringify(wire);
}

function evse(evse: Evse): object | null {
  const connectors = (evse.connectors ?? []).map(connector).filter((value) => value !== null);
  if (connectors.length === 0) return null; // 2.2 Connector.standard, CV-09: never `connectors: []`
  const wire: Fields = { ...without(evse, EVSE_FIELDS_OF_230), uid: shortId(evse.uid), connectors };
  change(wire, 'capabilities', (values) => values.filter((value) => isKnown(CAPABILITIES, value))); // 2.2
  change(wire, 'parking_restrictions', (values) =>
    values.filter((value) => isKnown(PARKING_RESTRICTIONS, value)),
  ); // 2.2
  change(wire, 'images', (images) => images.map(image)); // 2.3 Image
  return wire;
}

function connector(connector: Connector): object | null {
  const standard = STANDARDS_RENAMED[connector.standard] ?? connector.standard; // 2.2 Connector.standard
  if (!isKnown(STANDARDS, standard)) return null; // 2.2 Connector.standard: no value to fall back on
  return { ...without(connector, CONNECTOR_FIELDS_OF_230), standard };
}

/**
 * Numbers leave as they stand in the document (TR-12): it was written by JSON.stringify, whose numbers survive
 * being read and written again to the digit.
 */
function tariff(document: string): string | null {
  const tariff = JSON.parse(document) as Fields;
  const elements = pricesWithoutTax(tariff);
  if (!elements) return null; // 2.4 tax_included, CV-05
  const wire: Fields = { ...without(tariff, TARIFF_FIELDS_OF_230), elements };
  if (typeof wire.id === 'string') wire.id = shortId(wire.id); // 2.4 id
  for (const limit of ['min_price', 'max_price']) priceLimit(wire, limit); // 2.4 min_price, max_price
  energyMix(wire); // 2.3 EnvironmentalImpact
  return JSON.stringify(wire);
}

/** 2.4 tax_included: 2.2.1 prices are without VAT. Null when one of them cannot be computed. */
function pricesWithoutTax(tariff: Fields): Fields[] | null {
  const elements = tariff.elements as (Fields & { price_components: Fields[] })[];
  switch (tariff.tax_included) {
    case 'YES': // CV-04
      if (elements.some((element) => element.price_components.some(({ vat }) => typeof vat !== 'number'))) {
        return null;
      }
      return mapComponents(elements, (component) => ({
        ...component,
        price: beforeTax(component.price as number, component.vat as number),
      }));
    case 'N/A': // no tax applies, and 2.2.1 says so by leaving `vat` out
      return mapComponents(elements, (component) => without(component, ['vat']));
    default: // 'NO'
      return elements;
  }
}

function mapComponents(
  elements: (Fields & { price_components: Fields[] })[],
  convert: (component: Fields) => Fields,
): Fields[] {
  return elements.map((element) => ({ ...element, price_components: element.price_components.map(convert) }));
}

function beforeTax(price: number, vat: number): number {
  const scale = 10 ** PRICE_DECIMALS;
  return Math.round((price / (1 + vat / 100)) * scale) / scale;
}

/** 2.4: PriceLimit {before_taxes, after_taxes} is 2.2.1's Price {excl_vat, incl_vat}. */
function priceLimit(tariff: Fields, field: string): void {
  const limit = tariff[field] as Fields | null | undefined;
  if (!limit) return;
  const { before_taxes, after_taxes, ...rest } = limit;
  tariff[field] = {
    ...rest,
    excl_vat: before_taxes,
    ...(after_taxes === undefined || after_taxes === null ? {} : { incl_vat: after_taxes }),
  };
}

function energyMix(holder: Fields): void {
  const mix = holder.energy_mix as Fields | null | undefined;
  if (!mix) return;
  const copy = { ...mix };
  change(copy, 'environ_impact', (impacts) =>
    impacts.filter((impact) => isKnown(ENVIRONMENTAL_IMPACTS, (impact as Fields).category)),
  );
  holder.energy_mix = copy;
}

function image(value: unknown): unknown {
  const image = value as Fields;
  return isKnown(IMAGE_CATEGORIES, image.category) ? image : { ...image, category: 'OTHER' };
}

function logo(location: Fields, role: string): void {
  const details = location[role] as Fields | null | undefined;
  if (details?.logo) location[role] = { ...details, logo: image(details.logo) };
}

function isKnownToken(token: unknown): boolean {
  const { type } = token as Fields;
  return type === undefined || type === null || isKnown(TOKEN_TYPES, type);
}

function isKnown(known: ReadonlySet<string>, value: unknown): boolean {
  return typeof value === 'string' && known.has(value);
}

/** Replaces a list where there is one; null and absent stay as they are. */
function change(holder: Fields, field: string, convert: (values: unknown[]) => unknown[]): void {
  const values = holder[field];
  if (Array.isArray(values)) holder[field] = convert(values);
}

function without(object: Readonly<Fields>, fields: readonly string[]): Fields {
  const copy = { ...object };
  for (const field of fields) delete copy[field];
  return copy;
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
