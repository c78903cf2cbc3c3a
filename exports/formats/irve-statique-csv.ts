/**
 * `/data/irve-statique.csv`: EVSEs as `schema-irve-statique` 2.3 wants them, whatever their country
 * (docs/mapping/irve.md).
 *
 * Guarantees: every row meets the schema, and no cell says what the owner did not: a list of capabilities or of
 * parking restrictions that does not name a thing says that it is not there, as OCPI means it. What the schema
 * requires and OCPI has no place for gets the schema's own word (`Non concerné`, `Accessibilité inconnue`,
 * `inconnu`, an address in the domain that cannot exist); an EVSE of which power, opening hours or kind of site are
 * not known is left out, because there is no word for that. Coordinates are the station's, as the schema says;
 * `locations.csv` has those of EVSEs.
 */
import type { Connector, Evse, Location } from '../../db/model.ts';
import { CSV_MEDIA_TYPE } from '../csv.ts';
import { csvTable } from '../csv-table.ts';
import type { LocationFormat } from '../format.ts';
import { hasPlug, IRVE_PLUGS, irveIdentifier, irveStationIdentifier, otherPlugs } from '../irve.ts';
import { textOrNull } from '../missing.ts';
import { operatorName } from '../names.ts';
import { openingHours } from '../opening-hours.ts';
import { maxPowerInKilowatts } from '../power.ts';
import type { PublicLocation } from '../public-objects.ts';

/** The schema's word for an identifier that there is not. */
const NO_IDENTIFIER = 'Non concerné';

/**
 * The schema asks for the operator's e-mail address, and OCPI has no place for one. Nothing can be delivered to the
 * domain `invalid` (RFC 2606, section 2), so nobody takes this for an address.
 */
const NO_ADDRESS = 'inconnu@operateur.invalid';

/** Ways to pay on the spot without a contract (OCPI, Capability). */
const BANK_CARDS = [
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'CONTACTLESS_CARD_SUPPORT',
  'CHIP_CARD_SUPPORT',
  'PED_TERMINAL',
];

/** Who alone may use the place (OCPI, ParkingRestriction). */
const RESERVED_FOR = ['CUSTOMERS', 'EMPLOYEES', 'TAXIS', 'TENANTS'];

/** Above this a charging point is one of high power (Directive 2014/94/EU, Article 2). Kilowatt. */
const HIGH_POWER_KW = 22;

/** OCPI's ParkingType; along a motorway it depends on the power (`siteOf`). */
const SITES: Readonly<Record<string, string>> = {
  ON_STREET: 'Voirie',
  PARKING_GARAGE: 'Parking public',
  PARKING_LOT: 'Parking public',
  UNDERGROUND_GARAGE: 'Parking public',
  ON_DRIVEWAY: 'Parking privé à usage public',
};

/** In order. */
const TABLE = csvTable<[object: PublicLocation, evse: Evse]>([
  ['nom_amenageur', 'text', 'Who owns the Location', ({ location }) => textOrNull(location.owner?.name)],
  ['siren_amenageur', 'exact', 'Empty: OCPI has no SIREN number', nothing],
  ['contact_amenageur', 'exact', 'Empty: OCPI has no e-mail address', nothing],
  ['nom_operateur', 'text', 'Who operates it', operatorName],
  [
    'contact_operateur',
    'exact',
    'Always inconnu@operateur.invalid: OCPI has no e-mail address',
    () => NO_ADDRESS,
  ],
  [
    'telephone_operateur',
    'reference',
    'Telephone number for help on the spot',
    ({ location }) => textOrNull(location.help_phone),
  ],
  ['nom_enseigne', 'text', 'Who operates it, else its OCPI party', brandOf],
  [
    'id_station_itinerance',
    'identifier',
    'ID of the pool where the Location is named by it, else Non concerné',
    ({ location }, evse) => irveStationIdentifier(location.id, evse) ?? NO_IDENTIFIER,
  ],
  [
    'id_station_local',
    'identifier',
    'id of the Location, unique within its party',
    ({ location }) => location.id,
  ],
  ['nom_station', 'text', 'Name of the Location, else its address', ({ location }) => stationName(location)],
  ['implantation_station', 'text', 'By its parking_type', siteOf],
  ['adresse_station', 'text', 'Address, postal code and city', ({ location }) => fullAddress(location)],
  ['code_insee_commune', 'exact', 'Empty: OCPI has no INSEE code', nothing],
  [
    'coordonneesXY',
    'exact',
    '[longitude,latitude] of the Location, decimal degrees, WGS 84',
    ({ location: { coordinates } }) => `[${coordinates.longitude},${coordinates.latitude}]`,
  ],
  ['nbre_pdc', 'integer', 'EVSEs of the Location', ({ evses }) => evses.length],
  [
    'id_pdc_itinerance',
    'identifier',
    'EVSE ID without separators, else Non concerné',
    (_, evse) => irveIdentifier(evse) ?? NO_IDENTIFIER,
  ],
  ['id_pdc_local', 'identifier', 'uid of the EVSE, unique within the Location', (_, evse) => evse.uid],
  [
    'puissance_nominale',
    'number',
    'Kilowatt, of its strongest connector',
    (_, evse) => maxPowerInKilowatts(evse.connectors),
  ],
  ['prise_type_ef', 'boolean', 'DOMESTIC_E', (_, evse) => hasPlug(evse, 'ef')],
  ['prise_type_2', 'boolean', 'IEC_62196_T2', (_, evse) => hasPlug(evse, 'type2')],
  ['prise_type_combo_ccs', 'boolean', 'IEC_62196_T2_COMBO', (_, evse) => hasPlug(evse, 'comboCcs')],
  ['prise_type_chademo', 'boolean', 'CHADEMO', (_, evse) => hasPlug(evse, 'chademo')],
  ['prise_type_autre', 'boolean', 'Any other ConnectorType', (_, evse) => otherPlugs(evse).length > 0],
  ['gratuit', 'boolean', 'Empty: told by the tariffs', nothing],
  ['paiement_acte', 'boolean', 'A capability to pay on the spot is stated', (_, evse) => takesCards(evse)],
  [
    'paiement_cb',
    'boolean',
    'true where such a capability is stated, else empty',
    (_, evse) => takesCards(evse) || null,
  ],
  ['paiement_autre', 'boolean', 'Empty: OCPI does not tell', nothing],
  ['tarification', 'text', 'Empty: told by the tariffs', nothing],
  ['condition_acces', 'text', 'Accès réservé where parking is for some alone', (_, evse) => access(evse)],
  [
    'reservation',
    'boolean',
    'Capability RESERVABLE is stated',
    (_, evse) => includes(evse.capabilities, ['RESERVABLE']),
  ],
  [
    'horaires',
    'exact',
    'Opening hours as OpenStreetMap writes them, local time',
    ({ location }) => openingHours(location.opening_times),
  ],
  [
    'accessibilite_pmr',
    'text',
    'Réservé PMR, else Accessibilité inconnue',
    (_, evse) => wheelchairAccess(evse),
  ],
  ['restriction_gabarit', 'text', 'Always inconnu', () => 'inconnu'],
  [
    'station_deux_roues',
    'boolean',
    'Parking is for motorcycles alone',
    (_, evse) => includes(evse.parking_restrictions, ['MOTORCYCLES']),
  ],
  ['raccordement', 'exact', 'Empty: OCPI does not tell', nothing],
  ['num_pdl', 'exact', 'Empty: OCPI does not tell', nothing],
  ['date_mise_en_service', 'date', 'Empty: OCPI does not tell', nothing],
  ['observations', 'text', 'ConnectorTypes that have no column', (_, evse) => remark(evse)],
  [
    'date_maj',
    'date',
    "The owner's date of the Location, UTC",
    ({ location }) => location.last_updated.slice(0, 10),
  ],
  [
    'cable_t2_attache',
    'boolean',
    'A type 2 cable is attached; empty without type 2',
    (_, evse) => hasAttachedCable(evse),
  ],
]);

export const irveStatiqueCsv: LocationFormat = {
  name: 'irve-statique.csv',
  module: 'locations',
  mediaType: CSV_MEDIA_TYPE,
  title: 'IRVE statique',
  description:
    'Charge points in the columns of the French schema-irve-statique: one row an EVSE, of whatever country, whose power, opening hours and kind of site are known.',
  dataSets: ['static'],
  standard: 'https://schema.data.gouv.fr/etalab/schema-irve-statique/',
  columns: TABLE.columns,
  open: () => TABLE.header(),
  write: (object) => TABLE.rows(expressible(object).map((evse): [PublicLocation, Evse] => [object, evse])),
  separator: '',
  close: () => '',
};

/** The EVSEs of which all that the schema requires can be said. */
function expressible(object: PublicLocation): Evse[] {
  const { location, evses } = object;
  if (openingHours(location.opening_times) === null || fullAddress(location) === '') return [];
  return evses.filter(
    (evse) => maxPowerInKilowatts(evse.connectors) !== null && siteOf(object, evse) !== null,
  );
}

function nothing(): null {
  return null;
}

function brandOf(object: PublicLocation): string {
  const { country_code, party_id } = object.location;
  return operatorName(object) ?? `${country_code}*${party_id}`.toUpperCase();
}

function stationName(location: Location): string {
  return textOrNull(location.name) ?? fullAddress(location);
}

function fullAddress({ address, postal_code, city }: Location): string {
  return [address, [postal_code, city].map(textOrNull).filter(isThere).join(' ')]
    .map(textOrNull)
    .filter(isThere)
    .join(' ');
}

function isThere(text: string | null): text is string {
  return text !== null;
}

/** Null when the owner does not say what kind of site it is. */
function siteOf({ location }: PublicLocation, evse: Evse): string | null {
  const parkingType = textOrNull(location.parking_type);
  if (parkingType === null) return null;
  if (includes(evse.parking_restrictions, ['CUSTOMERS'])) return 'Parking privé réservé à la clientèle';
  if (parkingType === 'ALONG_MOTORWAY') {
    return (maxPowerInKilowatts(evse.connectors) ?? 0) > HIGH_POWER_KW
      ? 'Station dédiée à la recharge rapide'
      : 'Parking public';
  }
  return SITES[parkingType] ?? null;
}

function takesCards(evse: Evse): boolean {
  return includes(evse.capabilities, BANK_CARDS);
}

function access(evse: Evse): string {
  return includes(evse.parking_restrictions, RESERVED_FOR) ? 'Accès réservé' : 'Accès libre';
}

function wheelchairAccess(evse: Evse): string {
  return includes(evse.parking_restrictions, ['DISABLED']) ? 'Réservé PMR' : 'Accessibilité inconnue';
}

function remark(evse: Evse): string | null {
  const others = otherPlugs(evse);
  return others.length === 0 ? null : `Autres prises : ${others.join(', ')}`;
}

function hasAttachedCable(evse: Evse): boolean | null {
  if (!hasPlug(evse, 'type2')) return null;
  const isType2 = ({ standard }: Connector) => standard === IRVE_PLUGS.type2;
  return evse.connectors.filter(isType2).some(({ format }) => format === 'CABLE');
}

/** OCPI's lists name what there is; a list that is not there names nothing. */
function includes(list: readonly string[] | null | undefined, words: readonly string[]): boolean {
  return list?.some((word) => words.includes(word)) ?? false;
}
