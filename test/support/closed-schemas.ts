/**
 * The strictest reader of each version: closed enumerations everywhere, no field of a later version, and on demand no
 * field that the version does not name. Made from the schemas that the registry validates with, but what a later
 * version added is written down here a second time.
 */
import type { Module } from '../../db/model.ts';
import { OCPI_VERSIONS, type OcpiVersion } from '../../db/ocpi-version.ts';
import {
  mergePatch,
  SCHEMAS_OF_211,
  SCHEMAS_OF_221,
  SCHEMAS_OF_230,
} from '../../ingest/schemas/schema-sets.ts';
import { createValidator, type Problem, type Schema, type SchemaSet } from '../../ingest/validation.ts';

type Json = Record<string, unknown>;
type Part = 'common' | 'location' | 'evse' | 'connector' | 'tariff';

/** Requirements, chapter 2: what came with 2.2.1 and with 2.3.0, under any reader's eyes. */
const FIELDS_OF_221: Readonly<Record<string, string[]>> = {
  location: ['country_code', 'party_id', 'publish', 'publish_allowed_to', 'state', 'parking_type'],
  connector: ['max_voltage', 'max_amperage', 'max_electric_power', 'tariff_ids'],
  tariff: [
    ...['country_code', 'party_id', 'type', 'min_price', 'max_price', 'start_date_time', 'end_date_time'],
    ...['start_datetime', 'end_datetime'],
  ],
  'tariff/PriceComponent': ['vat'],
  'tariff/TariffRestrictions': ['min_current', 'max_current', 'reservation'],
  'common/EnvironmentalImpact': ['category'],
};
const FIELDS_OF_230: Readonly<Record<string, string[]>> = {
  location: ['parking_places', 'help_phone'],
  evse: ['parking', 'accepted_service_providers'],
  connector: ['capabilities'],
  tariff: ['tax_included'],
};

const SETS: Readonly<
  Record<OcpiVersion, { schemas: SchemaSet; later: Readonly<Record<string, string[]>>[] }>
> = {
  '2.1.1': { schemas: SCHEMAS_OF_211, later: [FIELDS_OF_221, FIELDS_OF_230] },
  '2.2.1': { schemas: SCHEMAS_OF_221, later: [FIELDS_OF_230] },
  '2.3.0': { schemas: SCHEMAS_OF_230, later: [] },
};

/** Problems of an object that came out for a version; none when the strictest reader takes it. */
export type ClosedCheck = (module: Module, value: unknown) => Problem[];

const made = new Map<string, ClosedCheck>();

/** @param unknownFields whether fields that no version names are let through: those of partners of their own */
export function closedCheck(version: OcpiVersion, { unknownFields = false } = {}): ClosedCheck {
  const key = `${version} ${unknownFields}`;
  const known = made.get(key);
  if (known) return known;
  const validator = createValidator(closedSet(version, unknownFields));
  const check: ClosedCheck = (module, value) =>
    validator.inspect(module === 'locations' ? 'location' : 'tariff', value).problems;
  made.set(key, check);
  return check;
}

function closedSet(version: OcpiVersion, unknownFields: boolean): SchemaSet {
  const { schemas, later } = SETS[version];
  const word = (name: string) => ({ items: { $ref: `enumerations.schema.json#/$defs/${name}` } });
  const listsClosed: Partial<Record<Part, Json>> =
    version === '2.3.0'
      ? {}
      : {
          location: { properties: { facilities: word('Facility') } },
          evse: {
            properties: {
              capabilities: word('Capability'),
              parking_restrictions: word('ParkingRestriction'),
            },
          },
        };
  const close = (part: Part, schema: Schema): Schema => {
    const closed = mergePatch(schema, listsClosed[part] ?? {}) as Schema;
    forbid(part, closed, later);
    if (!unknownFields) closeObjects(closed);
    return closed;
  };
  const { kinds } = schemas;
  return {
    ...schemas,
    allowedStandards: [],
    common: close('common', structuredClone(schemas.common)),
    kinds: {
      location: close('location', structuredClone(kinds.location)),
      evse: close('evse', structuredClone(kinds.evse)),
      connector: close('connector', structuredClone(kinds.connector)),
      tariff: close('tariff', structuredClone(kinds.tariff)),
    },
  };
}

/** Fields of later versions may not be there, whatever they hold. */
function forbid(part: Part, schema: Schema, later: readonly Readonly<Record<string, string[]>>[]): void {
  for (const fields of later) {
    for (const [place, names] of Object.entries(fields)) {
      const [of, definition] = place.split('/');
      if (of !== part) continue;
      const holder = definition ? (schema.$defs as Record<string, Json>)[definition] : schema;
      if (!holder) throw new Error(`${place} is no definition of ${schema.$id}`);
      holder.properties = {
        ...(holder.properties as Json),
        ...Object.fromEntries(names.map((name) => [name, false])),
      };
    }
  }
}

function closeObjects(schema: Json): void {
  if (typeof schema.properties === 'object') schema.additionalProperties = false;
  for (const definition of Object.values((schema.$defs ?? {}) as Record<string, Json>))
    closeObjects(definition);
}

/** All versions, for tests that go through them. */
export const EACH_VERSION: readonly OcpiVersion[] = OCPI_VERSIONS;
