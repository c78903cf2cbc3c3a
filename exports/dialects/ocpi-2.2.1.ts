/**
 * The registry's words (OCPI 2.3.0, a superset) as OCPI 2.2.1. Only what differs stands here, each difference
 * with its place in `ocpi-requirements.md`, chapter 2.
 *
 * Guarantees: fields that only 2.3.0 has and values that 2.2.1's closed enumerations lack are left out, never
 * guessed; a field that a partner added of its own stays; objects that cannot be said in 2.2.1 are null, never
 * broken (LS-11). Throws a SyntaxError when a stored document is not JSON, which the registry never holds.
 */
import type { Connector, Evse } from '../../db/model.ts';
import { readShortId, shortId } from './alias.ts';
import { closeEnergyMix, closeEvseWords, closeImages } from './closed-words.ts';
import type { ExportDialect, Stored } from './dialect.ts';
import { changeField, changeList, type Fields, isGiven, keepWords, without } from './fields.ts';
import { elementsWithoutTax } from './prices.ts';
import { isWordOf, standardIn, WORDS_OF_221 } from './words.ts';

const VERSION = '2.2.1';

// 2.1 and 2.2: fields that 2.3.0 added. A 2.2.1 partner may refuse what it does not know (CV-03).
const LOCATION_FIELDS_OF_230 = new Set(['parking_places', 'help_phone']);
const EVSE_FIELDS_OF_230 = new Set(['parking', 'accepted_service_providers']);
const CONNECTOR_FIELDS_OF_230 = new Set(['capabilities']);
// 2.4
const TARIFF_FIELDS_OF_230 = new Set(['tax_included', 'preauthorize_amount']);

export const ocpi221 = {
  version: VERSION,
  needsTariffs: false,
  tariffLimits: { obstacles: ['tax'], onlyValid: false }, // CV-05
  location,
  tariff,
  evse,
  connector,
  objectId: (_module, _owner, id) => shortId(id),
  evseUid: (uid: string) => shortId(uid),
  readId: (_module, id) => readShortId(id),
} as const satisfies ExportDialect;

function location({ document, asStored }: Pick<Stored, 'document' | 'asStored'>): string | null {
  if (asStored.includes(VERSION)) return document;
  const wire = without(JSON.parse(document) as Fields, LOCATION_FIELDS_OF_230);
  changeField(wire, 'id', (id) => shortId(id as string)); // 2.1 id, CV-11
  changeList(wire, 'publish_allowed_to', (tokens) => tokens.filter(isKnownToken)); // 2.1 publish_allowed_to
  if (wire.parking_type && !isWordOf(WORDS_OF_221.parkingTypes, wire.parking_type)) delete wire.parking_type; // 2.1 type / parking_type
  keepWords(wire, 'facilities', WORDS_OF_221.facilities); // 2.1 facilities
  closeImages(wire, WORDS_OF_221); // 2.3 Image
  closeEnergyMix(wire, WORDS_OF_221); // 2.3 EnvironmentalImpact
  changeList(wire, 'evses', (evses) =>
    evses.map((value) => evse(value as Evse)).filter((value) => value !== null),
  );
  return JSON.stringify(wire);
}

function evse(evse: Evse): object | null {
  const connectors = (evse.connectors ?? []).map(connector).filter((value) => value !== null);
  if (connectors.length === 0) return null; // 2.2 Connector.standard, CV-09: never `connectors: []`
  const wire: Fields = { ...without(evse, EVSE_FIELDS_OF_230), uid: shortId(evse.uid), connectors };
  closeEvseWords(wire, WORDS_OF_221); // 2.2 capabilities, parking_restrictions
  closeImages(wire, WORDS_OF_221); // 2.3 Image
  return wire;
}

function connector(connector: Connector): object | null {
  const standard = standardIn(WORDS_OF_221, connector.standard);
  if (standard === null) return null; // 2.2 Connector.standard: no value to fall back on
  return { ...without(connector, CONNECTOR_FIELDS_OF_230), standard };
}

function tariff({ document }: Pick<Stored, 'document'>): string | null {
  const tariff = JSON.parse(document) as Fields;
  const elements = elementsWithoutTax(tariff);
  if (!elements) return null; // 2.4 tax_included, CV-05
  const wire: Fields = { ...without(tariff, TARIFF_FIELDS_OF_230), elements };
  changeField(wire, 'id', (id) => shortId(id as string)); // 2.4 id
  for (const limit of ['min_price', 'max_price']) changeField(wire, limit, toPrice); // 2.4 min_price, max_price
  closeEnergyMix(wire, WORDS_OF_221); // 2.3 EnvironmentalImpact
  return JSON.stringify(wire);
}

/** 2.4: PriceLimit {before_taxes, after_taxes} is 2.2.1's Price {excl_vat, incl_vat}. */
function toPrice(limit: unknown): unknown {
  const { before_taxes, after_taxes, ...rest } = limit as Fields;
  return { ...rest, excl_vat: before_taxes, ...(isGiven(after_taxes) ? { incl_vat: after_taxes } : {}) };
}

function isKnownToken(token: unknown): boolean {
  const { type } = token as Fields;
  return !isGiven(type) || isWordOf(WORDS_OF_221.tokenTypes, type);
}
