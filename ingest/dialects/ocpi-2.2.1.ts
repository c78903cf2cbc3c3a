/**
 * OCPI 2.2.1 on its way in. Locations, EVSEs and Connectors of 2.2.1 are those of 2.3.0 without its additions, so
 * they pass unchanged; only Tariffs say the same thing in other words (requirements, chapter 2.4).
 *
 * The schemas are compiled on first use. `toModel` and `asStored` expect a valid object and do not check again.
 */
import { createRepair } from '../repairs.ts';
import common from '../schemas/ocpi-2.2.1/common.schema.json' with { type: 'json' };
import connector from '../schemas/ocpi-2.2.1/connector.schema.json' with { type: 'json' };
import enumerations from '../schemas/ocpi-2.2.1/enumerations.schema.json' with { type: 'json' };
import evse from '../schemas/ocpi-2.2.1/evse.schema.json' with { type: 'json' };
import location from '../schemas/ocpi-2.2.1/location.schema.json' with { type: 'json' };
import tariff from '../schemas/ocpi-2.2.1/tariff.schema.json' with { type: 'json' };
import { createValidator, type ObjectKind, type Validator } from '../validation.ts';
import type { Dialect, OcpiVersion } from './dialect.ts';

/**
 * ENV-15: ConnectorType is closed in 2.2.1 and a Connector cannot do without one, but these two of 2.3.0 are being
 * built today and ocpi#345 advises to extend. They are stored, noted, and not sent to 2.2.1 partners as they are.
 */
export const ALLOWED_STANDARDS: readonly string[] = ['MCS', 'SAE_J3400'];

type Fields = Record<string, unknown>;

let compiled: Validator | undefined;

/** The validator of 2.2.1, compiled once a process. */
export function ocpi221Validator(): Validator {
  compiled ??= createValidator({
    common,
    enumerations,
    kinds: { location, evse, connector, tariff },
    allowedStandards: ALLOWED_STANDARDS,
  });
  return compiled;
}

const capabilities = new Set<unknown>(enumerations.$defs.Capability.enum);
const facilities = new Set<unknown>(enumerations.$defs.Facility.enum);
const parkingRestrictions = new Set<unknown>(enumerations.$defs.ParkingRestriction.enum);
const allowedStandards = new Set<unknown>(ALLOWED_STANDARDS);

/** Fields that only 2.3.0 defines. To 2.2.1 they are unknown properties, so nobody has checked what they hold. */
const NEWER_LOCATION_FIELDS = ['parking_places', 'help_phone'];
const NEWER_EVSE_FIELDS = ['parking', 'accepted_service_providers'];
const NEWER_CONNECTOR_FIELDS = ['capabilities'];

function holdsAny(fields: Fields, names: readonly string[]): boolean {
  return names.some((name) => fields[name] !== undefined && fields[name] !== null);
}

function allKnown(values: unknown, known: ReadonlySet<unknown>): boolean {
  return !Array.isArray(values) || values.every((value) => known.has(value));
}

function childrenOf(fields: Fields, name: string): Fields[] {
  const children = fields[name];
  return Array.isArray(children) ? (children as Fields[]) : [];
}

interface Findings {
  newerValue: boolean;
  newerField: boolean;
}

function lookAtConnector(fields: Fields, found: Findings): void {
  if (allowedStandards.has(fields.standard)) found.newerValue = true;
  if (holdsAny(fields, NEWER_CONNECTOR_FIELDS)) found.newerField = true;
}

function lookAtEvse(fields: Fields, found: Findings): void {
  if (!allKnown(fields.capabilities, capabilities)) found.newerValue = true;
  if (!allKnown(fields.parking_restrictions, parkingRestrictions)) found.newerValue = true;
  if (holdsAny(fields, NEWER_EVSE_FIELDS)) found.newerField = true;
  for (const child of childrenOf(fields, 'connectors')) lookAtConnector(child, found);
}

/**
 * The stored document of a Location reads the same in 2.2.1 and 2.3.0, except that a closed enumeration of 2.2.1 may
 * not hold a value that only 2.3.0 or nobody lists. A document with a field that only 2.3.0 defines is sent as stored
 * to nobody: 2.2.1 does not have the field (CV-03) and its content was never checked against 2.3.0 (LS-11).
 */
function asStored(kind: ObjectKind, value: unknown): OcpiVersion[] {
  // A Tariff is stored in the words of 2.3.0, which 2.2.1 does not have.
  if (kind === 'tariff') return ['2.3.0'];
  const fields = value as Fields;
  const found: Findings = { newerValue: false, newerField: false };
  if (kind === 'connector') lookAtConnector(fields, found);
  else if (kind === 'evse') lookAtEvse(fields, found);
  else {
    if (!allKnown(fields.facilities, facilities)) found.newerValue = true;
    if (holdsAny(fields, NEWER_LOCATION_FIELDS)) found.newerField = true;
    for (const child of childrenOf(fields, 'evses')) lookAtEvse(child, found);
  }
  if (found.newerField) return [];
  return found.newerValue ? ['2.3.0'] : ['2.2.1', '2.3.0'];
}

/** Price {excl_vat, incl_vat} of 2.2.1 is PriceLimit {before_taxes, after_taxes} of 2.3.0; other fields stay. */
function toPriceLimit(price: unknown): unknown {
  if (typeof price !== 'object' || price === null) return price;
  const { excl_vat: before, incl_vat: after, ...rest } = price as Fields;
  const limit: Fields = { ...rest, before_taxes: before };
  if (after !== undefined && after !== null) limit.after_taxes = after;
  return limit;
}

/**
 * Tariff, chapter 2.4. `tax_included` is required in 2.3.0 and unknown to 2.2.1, whose prices exclude VAT by
 * definition: so `NO`, also when no component names a `vat`, for `N/A` would claim that no tax exists, and 2.2.1
 * cannot say that. What 2.2.1 sends under that name is an unknown property and does not decide what is charged.
 */
function toModelTariff(value: Fields): Fields {
  const model: Fields = { ...value, tax_included: 'NO' };
  for (const limit of ['min_price', 'max_price']) {
    if (limit in model) model[limit] = toPriceLimit(model[limit]);
  }
  return model;
}

/** The dialect of OCPI 2.2.1. */
export const ocpi221: Dialect = {
  version: '2.2.1',
  inspect: (kind, value) => ocpi221Validator().inspect(kind, value),
  find: (kind, value) => ocpi221Validator().find(kind, value),
  repair: createRepair(ocpi221Validator),
  toModel: (kind, value) => (kind === 'tariff' ? toModelTariff(value as Fields) : value),
  asStored,
};
