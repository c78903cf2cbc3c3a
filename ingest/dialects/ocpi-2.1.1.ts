/**
 * OCPI 2.1.1 on its way in: the same things under older names, and some that it does not say at all. Each difference
 * with its place in the requirements, chapter 2.
 *
 * Guarantees: nothing is assumed that a driver would rely on; what is assumed is noted. `toModel` expects a valid
 * object and does not check again.
 */
import type { Owner } from '../../db/model.ts';
import { SCHEMAS_OF_211 } from '../schemas/schema-sets.ts';
import { zoneAt } from '../time-zone.ts';
import type { Note, ObjectKind } from '../validation.ts';
import type { Dialect, Modelled } from './dialect.ts';
import { examinersOf, validatorOf } from './examiner.ts';
import { pricesToModel } from './prices.ts';

type Fields = Record<string, unknown>;

/** 2.1 `postal_code`: required, so that it is written like this where there is none. */
const NO_POSTAL_CODE = '-';

/** 2.1 `type`: words that say no more than nothing does. */
const UNTOLD_TYPES: readonly unknown[] = ['OTHER', 'UNKNOWN', null, undefined];

/** The validator of 2.1.1, compiled once a process. */
export const ocpi211Validator = validatorOf(() => SCHEMAS_OF_211);

/** The dialect of OCPI 2.1.1. */
export const ocpi211: Dialect = {
  version: '2.1.1',
  ...examinersOf(SCHEMAS_OF_211, ocpi211Validator, { coordinateDecimals: { min: 6, max: 6 } }), // 2.1 coordinates
  datesPatches: false,
  hasParking: false,
  toModel,
  patchToModel: (kind, patch) => sayAnew(kind, patch),
};

function toModel(kind: ObjectKind, value: unknown, owner: Owner): Modelled {
  const model = sayAnew(kind, value as Fields);
  if (kind !== 'location' && kind !== 'tariff') return { value: model, notes: [] };
  const owned: Fields = { country_code: owner.countryCode, party_id: owner.partyId, ...model };
  return kind === 'location' ? withUnsaid(owned) : { value: owned, notes: [] };
}

/** What a Location of 2.1.1 cannot say, and one of 2.2.1 must. */
function withUnsaid(location: Fields): Modelled {
  const notes: Note[] = [];
  const model: Fields = { ...location, publish: location.publish ?? true }; // 2.1 publish
  for (const field of ['parking_type', 'postal_code']) if (model[field] === null) delete model[field];
  if (!model.time_zone) {
    // 2.1 time_zone
    const { latitude, longitude } = location.coordinates as { latitude: string; longitude: string };
    model.time_zone = zoneAt(String(location.country), Number(latitude), Number(longitude));
    notes.push({
      rule: 'time-zone-derived',
      path: 'time_zone',
      message: `time_zone: is missing, taken as "${model.time_zone}" from the place`,
    });
  }
  return { value: model, notes };
}

/** The same in the words of 2.3.0; what is not said stays unsaid. */
function sayAnew(kind: ObjectKind, value: Fields): Fields {
  switch (kind) {
    case 'location':
      return locationAnew(withoutOwner(value));
    case 'evse':
      return evseAnew(value);
    case 'connector':
      return connectorAnew(value);
    case 'tariff':
      return tariffAnew(withoutOwner(value));
  }
}

/** 2.1, 2.4 country_code, party_id: no fields of 2.1.1; the URL or the credentials say whose it is. */
function withoutOwner({ country_code: _countryCode, party_id: _partyId, ...value }: Fields): Fields {
  return value;
}

function locationAnew(value: Fields): Fields {
  const { type, ...location } = value;
  delete location.parking_type;
  if (!UNTOLD_TYPES.includes(type))
    location.parking_type = type; // 2.1 type / parking_type
  else if (type !== undefined) location.parking_type = null; // a PATCH unsets it by that
  if (location.postal_code === NO_POSTAL_CODE) location.postal_code = null; // 2.1 postal_code
  change(location, 'opening_times', hoursAnew); // 2.3 Hours
  change(location, 'energy_mix', energyMixAnew); // 2.3 EnvironmentalImpact
  changeEach(location, 'evses', evseAnew);
  return location;
}

function evseAnew(value: Fields): Fields {
  const evse = { ...value };
  changeEach(evse, 'connectors', connectorAnew);
  return evse;
}

function connectorAnew(value: Fields): Fields {
  const { voltage, amperage, tariff_id: tariffId, ...connector } = value;
  if (voltage !== undefined) connector.max_voltage = voltage; // 2.2 voltage
  if (amperage !== undefined) connector.max_amperage = amperage; // 2.2 amperage
  if (tariffId !== undefined && !isFilled(connector.tariff_ids)) {
    connector.tariff_ids = tariffId === null ? [] : [tariffId]; // 2.2 tariff_id
  }
  return connector;
}

function tariffAnew(value: Fields): Fields {
  const { start_datetime: start, end_datetime: end, ...tariff } = value;
  if (start !== undefined) tariff.start_date_time ??= start; // 2.4 start_date_time
  if (end !== undefined) tariff.end_date_time ??= end; // 2.4 end_date_time
  change(tariff, 'energy_mix', energyMixAnew); // 2.3 EnvironmentalImpact
  return pricesToModel(tariff);
}

/** 2.3 Hours: regular hours, or round the clock when there are none. */
function hoursAnew(value: Fields): Fields {
  return { ...value, twentyfourseven: value.twentyfourseven ?? !isFilled(value.regular_hours) };
}

function energyMixAnew(value: Fields): Fields {
  const mix = { ...value };
  changeEach(mix, 'environ_impact', ({ source, ...impact }) => ({ ...impact, category: source }));
  return mix;
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

function change(holder: Fields, field: string, convert: (value: Fields) => Fields): void {
  if (holder[field]) holder[field] = convert(holder[field] as Fields);
}

function changeEach(holder: Fields, field: string, convert: (value: Fields) => Fields): void {
  const values = holder[field];
  if (Array.isArray(values)) holder[field] = (values as Fields[]).map(convert);
}
