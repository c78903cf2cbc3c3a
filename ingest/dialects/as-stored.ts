/**
 * To which versions may the stored document of a Location be sent without parsing it? To those in which it would read
 * the same: 2.2.1 and 2.3.0, of which the one is nearly the other. In 2.1.1 everything has another name.
 *
 * Looks at the document alone, not at the version in which some part of it came. Pure.
 */
import type { Connector, Evse, Location } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import { SCHEMAS_OF_221 } from '../schemas/schema-sets.ts';
import { ocpi230Validator } from './ocpi-2.3.0.ts';

type Fields = Record<string, unknown>;

/** Longest id of OCPI 2.2 and later; a 2.1.1 sender may use three characters more. */
const LONGEST_ID = 36;

/** Fields that only 2.3.0 defines. Under older versions they are unknown properties: nobody has checked what they hold. */
const NEWER_LOCATION_FIELDS = ['parking_places', 'help_phone'];
const NEWER_EVSE_FIELDS = ['parking', 'accepted_service_providers'];
const NEWER_CONNECTOR_FIELDS = ['capabilities'];

const known = (name: string): ReadonlySet<unknown> =>
  new Set([undefined, ...(SCHEMAS_OF_221.enumerations.$defs[name]?.enum ?? [])]);

const standards = known('ConnectorType');
const capabilities = known('Capability');
const facilities = known('Facility');
const parkingRestrictions = known('ParkingRestriction');
const parkingTypes = known('ParkingType');
const imageCategories = known('ImageCategory');
const tokenTypes = known('TokenType');
const environmentalImpacts = known('EnvironmentalImpactCategory');

/** What a document holds that one of the versions does not have. */
interface Found {
  /** A word that the closed enumerations of 2.2.1 lack. */
  newerWord: boolean;
  /** A field that only 2.3.0 has. */
  newerField: boolean;
  longId: boolean;
}

/** The versions to which the document of this Location, valid in the registry's words, may be sent as it is stored. */
export function versionsAsStored(location: Location): OcpiVersion[] {
  const found: Found = { newerWord: false, newerField: false, longId: location.id.length > LONGEST_ID };
  lookAtLocation(location, found);
  if (found.longId) return [];
  // A sender of 2.2.1 may have meant something else by a name of 2.3.0 (LS-11).
  const isValid230 = !found.newerField || ocpi230Validator().validate('location', location).length === 0;
  const isValid221 = !found.newerField && !found.newerWord; // CV-03
  return [...(isValid221 ? (['2.2.1'] as const) : []), ...(isValid230 ? (['2.3.0'] as const) : [])];
}

function lookAtLocation(location: Location, found: Found): void {
  lookAtFields(location, NEWER_LOCATION_FIELDS, found);
  lookAtWords(location.facilities, facilities, found);
  if (!parkingTypes.has(location.parking_type)) found.newerWord = true;
  lookAtEntries(location.publish_allowed_to, 'type', tokenTypes, found);
  lookAtEntries(location.images, 'category', imageCategories, found);
  for (const role of [location.operator, location.suboperator, location.owner]) {
    const logo = (role as Fields | null | undefined)?.logo;
    if (logo) lookAtEntries([logo], 'category', imageCategories, found);
  }
  lookAtEntries(location.energy_mix?.environ_impact, 'category', environmentalImpacts, found);
  for (const evse of location.evses ?? []) lookAtEvse(evse, found);
}

function lookAtEvse(evse: Evse, found: Found): void {
  if (evse.uid.length > LONGEST_ID) found.longId = true;
  lookAtFields(evse, NEWER_EVSE_FIELDS, found);
  lookAtWords(evse.capabilities, capabilities, found);
  lookAtWords(evse.parking_restrictions, parkingRestrictions, found);
  lookAtEntries(evse.images, 'category', imageCategories, found);
  for (const connector of evse.connectors) lookAtConnector(connector, found);
}

function lookAtConnector(connector: Connector, found: Found): void {
  lookAtFields(connector, NEWER_CONNECTOR_FIELDS, found);
  if (!standards.has(connector.standard)) found.newerWord = true;
}

function lookAtFields(fields: Readonly<Fields>, names: readonly string[], found: Found): void {
  if (names.some((name) => name in fields)) found.newerField = true;
}

function lookAtWords(values: unknown, words: ReadonlySet<unknown>, found: Found): void {
  if (Array.isArray(values) && !values.every((value) => words.has(value))) found.newerWord = true;
}

function lookAtEntries(entries: unknown, field: string, words: ReadonlySet<unknown>, found: Found): void {
  if (Array.isArray(entries)) {
    lookAtWords(
      entries.map((entry: Fields) => entry[field]),
      words,
      found,
    );
  }
}
