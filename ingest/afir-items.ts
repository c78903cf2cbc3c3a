/**
 * The items that Regulation (EU) 2025/655 asks of a point of charge, and which of them a Location lacks.
 *
 * An item about EVSEs or Connectors is there when every EVSE that drivers can use has it. Where OCPI has no field
 * (A4, A23, B5), the owner may send it under `nap` (`docs/mapping/`), which travels through untouched. What can be
 * derived from what is there (A3, A10, A18, B2) counts as said. Pure, and quick: it runs with every write.
 *
 * F3 asks for an ad hoc price: here, that every Connector names a Tariff. Whether that Tariff exists and is for ad
 * hoc payment is a rule across objects (`rules/tariff-leads-nowhere.ts`).
 */
import type { Evse, Location } from '../db/model.ts';

export interface AfirItem {
  /** `A1` to `F3`. */
  readonly id: string;
  readonly title: string;
  /** Where OCPI 2.3.0 carries it, or the field under `nap`. */
  readonly carrier: string;
  isSaid(location: Location, evses: readonly Evse[]): boolean;
}

type Fields = Record<string, unknown>;

/** Capabilities that let a driver pay by a card put into a reader (A20). */
const CARD_READER = ['CHIP_CARD_SUPPORT', 'CREDIT_CARD_PAYABLE', 'DEBIT_CARD_PAYABLE', 'PED_TERMINAL'];
/** Capabilities through which a contract is recognised (A24). */
const CONTRACT = ['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'TOKEN_GROUP_CAPABLE'];
/** Capabilities of smart charging (B9). */
const SMART = ['CHARGING_PROFILE_CAPABLE', 'CHARGING_PREFERENCES_CAPABLE'];
const PLUG_AND_CHARGE = ['ISO_15118_2_PLUG_AND_CHARGE', 'ISO_15118_20_PLUG_AND_CHARGE'];

/**
 * A capability that is not listed says that it is not there, provided that the owner lists any: so A20 to A22, A24,
 * B8 and B9 are said once an EVSE lists its capabilities.
 */
const listsCapabilities = ({ capabilities }: Evse) => isList(capabilities);

/** All items, in the order of the regulation. */
export const AFIR_ITEMS: readonly AfirItem[] = [
  location('A1', 'Name of operator and owner', 'operator.name, owner.name', ({ operator, owner }) =>
    isText(operator?.name ?? owner?.name),
  ),
  location('A2', 'Commercial name', 'operator.name', ({ operator }) => isText(operator?.name)),
  location('A3', 'Number of points of charge', 'evses', ({ evses }) => isList(evses)),
  location('A4', 'Staff on site', 'nap.service_staff', (of) => isSaidUnderNap(of, 'service_staff')),
  location('A5', 'Telephone number for help', 'help_phone', ({ help_phone: phone }) => isText(phone)),
  location('A6', 'Facilities', 'facilities', ({ facilities }) => Array.isArray(facilities)),
  location('A7', 'Coordinates', 'coordinates', () => true),
  location(
    'A8',
    'How to find it',
    'directions, floor_level, physical_reference, related_locations',
    (of, evses) =>
      isList(of.directions) ||
      isList(of.related_locations) ||
      (evses.length > 0 &&
        evses.every(
          (evse) => isText(evse.floor_level ?? evse.physical_reference) || isList(evse.directions),
        )),
  ),
  location('A9', 'Country', 'country', ({ country }) => isText(country)),
  location('A10', 'Region', 'from the coordinates', () => true),
  location('A11', 'City', 'city', ({ city }) => isText(city)),
  location('A12', 'Postal code', 'postal_code', ({ postal_code: code }) => isText(code)),
  location('A13', 'Address', 'address', ({ address }) => isText(address)),
  location('A14', 'Opening hours', 'opening_times', ({ opening_times: hours }) => isObject(hours)),
  location('A15', 'Time zone', 'time_zone', ({ time_zone: zone }) => isText(zone)),
  location('A16', 'Vehicle types', 'parking_places[].vehicle_types', everyParking('vehicle_types')),
  location(
    'A17',
    'Permitted mass and dimensions',
    'parking_places[].max_vehicle_weight, _height, _length, _width',
    (of) =>
      isList(of.parking_places) &&
      (of.parking_places as Fields[]).every((place) =>
        ['weight', 'height', 'length', 'width'].some(
          (what) => typeof place[`max_vehicle_${what}`] === 'number',
        ),
      ),
  ),
  location('A18', 'Number of parking spaces', 'parking_places', ({ parking_places: places }) =>
    isList(places),
  ),
  location(
    'A19',
    'Spaces for persons with disabilities',
    'parking_places[].vehicle_types, or parking_restrictions',
    (of, evses) =>
      isList(of.parking_places) || evses.some((evse) => evse.parking_restrictions?.includes('DISABLED')),
  ),
  evse('A20', 'Payment by card reader', `capabilities: ${CARD_READER.join(', ')}`, listsCapabilities),
  evse('A21', 'Contactless payment', 'capabilities: CONTACTLESS_CARD_SUPPORT', listsCapabilities),
  evse('A22', 'Other ad hoc payment', 'capabilities: REMOTE_START_STOP_CAPABLE', listsCapabilities),
  location('A23', 'Accepted payment services', 'nap.payment_service_providers', (of) =>
    isSaidUnderNap(of, 'payment_service_providers'),
  ),
  evse('A24', 'Payment by contract', `capabilities: ${CONTRACT.join(', ')}`, listsCapabilities),
  evse('B1', 'Identification code', 'evse_id', ({ evse_id: id }) => isText(id)),
  evse('B2', 'Number of connectors', 'connectors', ({ connectors }) => isList(connectors)),
  evse('B3', 'Type of connector', 'connectors[].standard', ({ connectors }) =>
    connectors.every(({ standard }) => isText(standard)),
  ),
  evse('B4', 'Type of current', 'connectors[].power_type', ({ connectors }) =>
    connectors.every(({ power_type: type }) => isText(type)),
  ),
  location('B5', 'Power of the station', 'nap.station_max_power', (of) =>
    isSaidUnderNap(of, 'station_max_power'),
  ),
  evse('B6', 'Power of the point of charge', 'connectors[].max_electric_power', ({ connectors }) =>
    connectors.every(
      ({ max_electric_power: power, max_voltage: voltage, max_amperage: amperage }) =>
        isPositive(power) || (isPositive(voltage) && isPositive(amperage)),
    ),
  ),
  evse('B7', 'Accepted mobility service providers', 'accepted_service_providers', (of) =>
    isList(of.accepted_service_providers),
  ),
  evse(
    'B8',
    'Plug and charge',
    `connectors[].capabilities: ${PLUG_AND_CHARGE.join(', ')}`,
    ({ connectors }) => connectors.every(({ capabilities }) => Array.isArray(capabilities)),
  ),
  evse('B9', 'Smart charging', `capabilities: ${SMART.join(', ')}`, listsCapabilities),
  location(
    'B10',
    'Electricity all from renewable sources',
    'energy_mix.is_green_energy',
    ({ energy_mix: mix }) => (isObject(mix) ? typeof (mix as Fields).is_green_energy === 'boolean' : false),
  ),
  evse('F1', 'In service or not', 'status', ({ status }) => status !== 'UNKNOWN'),
  evse('F2', 'Free or occupied', 'status', ({ status }) => status !== 'UNKNOWN'),
  evse('F3', 'Ad hoc price', 'connectors[].tariff_ids', ({ connectors }) =>
    connectors.every(({ tariff_ids: ids }) => isList(ids)),
  ),
];

/** The items that a published Location lacks, in the order of the regulation; none for what is not published. */
export function missingItems(location: Location): string[] {
  if (!location.publish) return [];
  const evses = (location.evses ?? []).filter(({ status }) => status !== 'REMOVED');
  if (evses.length === 0) return [];
  const missing: string[] = [];
  for (const item of AFIR_ITEMS) {
    if (!item.isSaid(location, evses)) missing.push(item.id);
  }
  return missing;
}

function location(
  id: string,
  title: string,
  carrier: string,
  isSaid: (location: Location, evses: readonly Evse[]) => boolean,
): AfirItem {
  return { id, title, carrier, isSaid };
}

function evse(id: string, title: string, carrier: string, isSaid: (evse: Evse) => boolean): AfirItem {
  return { id, title, carrier, isSaid: (_location, evses) => evses.every(isSaid) };
}

function everyParking(field: string): (location: Location) => boolean {
  return ({ parking_places: places }) =>
    isList(places) && (places as Fields[]).every((place) => isList(place[field]));
}

function isSaidUnderNap(location: Location, field: string): boolean {
  const { nap } = location;
  return isObject(nap) && (nap as Fields)[field] !== undefined && (nap as Fields)[field] !== null;
}

/** `#NA` says that a required text cannot be given (ENV-12): in open data that is missing. */
function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value !== '#NA';
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}
