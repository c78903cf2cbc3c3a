/**
 * Any valid Location and Tariff of each version, for property tests: every field that the version has, absent, null
 * or filled, words of its enumerations and, where they are open, any other. One `last_updated` for a whole object,
 * so that nothing has to be lifted.
 */
import fc from 'fast-check';
import type { Module } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import { SCHEMAS_OF_211, SCHEMAS_OF_221 } from '../../ingest/schemas/schema-sets.ts';

type Fields = Record<string, unknown>;
type Any = fc.Arbitrary<unknown>;

const LATER = ['2.2.1', '2.3.0'];

/** Required fields, and fields that may be absent or null. */
function object(required: Record<string, Any>, optional: Record<string, Any> = {}): fc.Arbitrary<Fields> {
  const nullable = Object.entries(optional).map(([name, value]) => [name, fc.option(value, { freq: 4 })]);
  return fc.record(
    { ...required, ...Object.fromEntries(nullable) },
    { requiredKeys: Object.keys(required) as never },
  ) as fc.Arbitrary<Fields>;
}

function text(maxLength: number): fc.Arbitrary<string> {
  const ascii = fc.string({ unit: 'grapheme-ascii', maxLength });
  return fc.oneof(
    ascii,
    fc.constantFrom('Café', '北京', 'Ærø', '😀').map((word) => word.slice(0, maxLength)),
  );
}

function id(maxLength: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength })
    .filter((value) => value.toUpperCase() !== '#NA');
}

function list(value: Any, maxLength = 2): Any {
  return fc.array(value, { maxLength });
}

const moments = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2030-01-01T00:00:00Z'),
  noInvalidDate: true,
});
const url = fc.webUrl({ size: 'small' });
const number = fc.integer({ min: -100_000_000, max: 100_000_000 }).map((value) => value / 10_000);
const quantity = fc.integer({ min: 0, max: 2_000_000 });
const displayText = object({ language: fc.constantFrom('nl', 'en'), text: text(512) });
const timeOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));

/** The words of one version, and what it spells otherwise. */
class Vocabulary {
  readonly version: OcpiVersion;
  readonly isOld: boolean;
  readonly isOpen: boolean;

  constructor(version: OcpiVersion) {
    this.version = version;
    this.isOld = !LATER.includes(version);
    this.isOpen = version === '2.3.0';
  }

  /** A word of an enumeration; any word where 2.3.0 leaves it open. */
  word(name: string, open = false): fc.Arbitrary<string> {
    const { enumerations } = this.isOld ? SCHEMAS_OF_211 : SCHEMAS_OF_221;
    const words = (enumerations.$defs[name]?.enum ?? []).filter((word) => typeof word === 'string');
    const known = fc.constantFrom(...(words as string[]));
    return open && this.isOpen ? fc.oneof(known, fc.constantFrom('MCS', 'OF_OUR_OWN')) : known;
  }

  /** 2.1.1 shows whole seconds with Z; later ones fractions and no Z, too. */
  time(): fc.Arbitrary<string> {
    return fc.tuple(moments, fc.boolean(), fc.boolean()).map(([moment, fraction, zulu]) => {
      const whole = moment.toISOString().slice(0, 19);
      return this.isOld ? `${whole}Z` : `${whole}${fraction ? '.12' : ''}${zulu ? 'Z' : ''}`;
    });
  }

  /** Only fields of later versions. */
  later(fields: Record<string, Any>): Record<string, Any> {
    return this.isOld ? {} : fields;
  }

  /** Only fields of 2.3.0. */
  newest(fields: Record<string, Any>): Record<string, Any> {
    return this.isOpen ? fields : {};
  }

  get ownerFields(): Record<string, Any> {
    return this.later({ country_code: fc.constant('NL'), party_id: fc.constant('TNM') });
  }

  get longId(): fc.Arbitrary<string> {
    return id(this.isOld ? 39 : 36);
  }
}

function coordinates(words: Vocabulary, more: Record<string, Any> = {}): Any {
  const decimals = words.isOld ? fc.constant(6) : fc.integer({ min: 5, max: 7 });
  const degrees = (limit: number) =>
    fc
      .tuple(fc.integer({ min: -limit, max: limit }), fc.nat({ max: 9_999_999 }), decimals)
      .map(([whole, rest, count]) => `${whole}.${String(rest).padStart(7, '0').slice(0, count)}`);
  return object({ latitude: degrees(89), longitude: degrees(179) }, more);
}

function image(words: Vocabulary): Any {
  return object(
    { url, category: words.word('ImageCategory', true), type: fc.constantFrom('gif', 'jpeg', 'png', 'svg') },
    {
      thumbnail: url,
      width: fc.integer({ min: 0, max: 99_999 }),
      height: fc.integer({ min: 0, max: 99_999 }),
    },
  );
}

function hours(words: Vocabulary): Any {
  const period = object({ period_begin: words.time(), period_end: words.time() });
  const exceptional = { exceptional_openings: list(period), exceptional_closings: list(period) };
  const regular = object({
    weekday: fc.integer({ min: 1, max: 7 }),
    period_begin: fc.constant('08:00'),
    period_end: fc.constantFrom('18:00', '00:00', '02:00'),
  });
  return fc.oneof(
    object({ twentyfourseven: fc.constant(true) }, exceptional),
    object(
      {
        twentyfourseven: fc.constant(false),
        regular_hours: fc.array(regular, { minLength: 1, maxLength: 2 }),
      },
      exceptional,
    ),
  );
}

function energyMix(words: Vocabulary): Any {
  const category = words.word('EnvironmentalImpactCategory', true);
  return object(
    { is_green_energy: fc.boolean() },
    {
      energy_sources: list(
        object({ source: words.word('EnergySourceCategory'), percentage: fc.integer({ min: 0, max: 100 }) }),
      ),
      environ_impact: list(object({ [words.isOld ? 'source' : 'category']: category, amount: number })),
      supplier_name: text(64),
      energy_product_name: text(64),
    },
  );
}

function connector(words: Vocabulary, lastUpdated: string): fc.Arbitrary<Fields> {
  return object(
    {
      id: id(36),
      standard: words.word('ConnectorType', true),
      format: words.word('ConnectorFormat'),
      power_type: words.word('PowerType'),
      [words.isOld ? 'voltage' : 'max_voltage']: quantity,
      [words.isOld ? 'amperage' : 'max_amperage']: quantity,
      last_updated: fc.constant(lastUpdated),
    },
    {
      terms_and_conditions: url,
      ...words.later({ max_electric_power: quantity, tariff_ids: list(id(36)) }),
      ...words.newest({ capabilities: list(fc.constantFrom('ISO_15118_2_PLUG_AND_CHARGE', 'OWN')) }),
    },
  );
}

function distinct(value: fc.Arbitrary<Fields>, field: string, minLength: number): Any {
  const selector = (entry: Fields) => String(entry[field]).toLowerCase();
  return fc.uniqueArray(value, { minLength, maxLength: 2, selector });
}

function evse(words: Vocabulary, lastUpdated: string): fc.Arbitrary<Fields> {
  const schedule = object(
    { period_begin: words.time(), status: words.word('Status') },
    { period_end: words.time() },
  );
  return object(
    {
      uid: words.longId,
      status: words.word('Status'),
      connectors: distinct(connector(words, lastUpdated), 'id', 1),
      last_updated: fc.constant(lastUpdated),
    },
    {
      evse_id: id(48),
      status_schedule: list(schedule),
      capabilities: list(words.word('Capability', true)),
      floor_level: text(4),
      coordinates: coordinates(words),
      physical_reference: text(16),
      directions: list(displayText),
      parking_restrictions: list(words.word('ParkingRestriction', true)),
      images: list(image(words)),
      ...words.newest({
        parking: list(
          object({ parking_id: fc.constantFrom('P1', 'p2') }, { evse_position: fc.constant('LEFT') }),
        ),
        accepted_service_providers: list(text(50)),
      }),
    },
  );
}

/** The two places that EVSEs refer to. */
function parkingPlaces(words: Vocabulary): Any {
  const place = (name: string) =>
    object(
      {
        id: fc.constant(name),
        vehicle_types: fc.array(fc.constantFrom('VAN', 'BUS', 'HORSE'), { minLength: 1, maxLength: 2 }),
        restricted_to_type: fc.boolean(),
        reservation_required: fc.boolean(),
      },
      {
        physical_reference: text(12),
        max_vehicle_height: number,
        direction: fc.constantFrom('PARALLEL', 'ANGLE'),
        images: list(image(words)),
        standards: list(id(36)),
      },
    );
  return fc.tuple(place('P1'), place('P2'));
}

function location(words: Vocabulary): Any {
  const business = object({ name: text(100) }, { website: url, logo: image(words) });
  const token = object(
    { uid: id(36), type: words.word('TokenType', true) },
    { visual_number: fc.constant(null), group_id: id(36) },
  );
  const visibility = words.isOld
    ? fc.constant<Fields>({})
    : fc.oneof(
        { arbitrary: fc.constant<Fields>({ publish: true }), weight: 4 },
        {
          arbitrary: object({ publish: fc.constant(false) }, { publish_allowed_to: list(token) }),
          weight: 1,
        },
      );
  const body = words.time().chain((lastUpdated) =>
    object(
      {
        ...words.ownerFields,
        id: words.longId,
        address: text(words.isOld ? 45 : 255),
        city: text(45),
        country: fc.constantFrom('NLD', 'USA'),
        coordinates: coordinates(words),
        time_zone: fc.constant('Europe/Amsterdam'),
        last_updated: fc.constant(lastUpdated),
        ...(words.isOld
          ? {
              type: fc.constantFrom('ON_STREET', 'PARKING_GARAGE', 'PARKING_LOT', 'UNKNOWN'),
              postal_code: text(10).filter((code) => code !== ''),
            }
          : {}),
        ...words.newest({ parking_places: parkingPlaces(words) }),
      },
      {
        name: text(255),
        related_locations: list(coordinates(words, { name: displayText })),
        evses: distinct(evse(words, lastUpdated), 'uid', 0),
        directions: list(displayText),
        operator: business,
        suboperator: business,
        owner: business,
        facilities: list(words.word('Facility', true)),
        opening_times: hours(words),
        charging_when_closed: fc.boolean(),
        images: list(image(words)),
        energy_mix: energyMix(words),
        ...words.later({
          postal_code: text(10),
          state: text(45),
          parking_type: words.word('ParkingType', true),
        }),
        ...words.newest({ help_phone: id(25) }),
      },
    ),
  );
  return fc.tuple(body, visibility).map(([fields, visible]) => ({ ...fields, ...visible }));
}

function tariff(words: Vocabulary): Any {
  const component = object(
    { type: words.word('TariffDimensionType'), price: number, step_size: quantity },
    words.later({ vat: fc.constantFrom(0, 9, 21) }),
  );
  const restrictions = object(
    {},
    {
      ...{ start_time: timeOfDay, end_time: timeOfDay, start_date: fc.constant('2026-01-31') },
      ...{ min_kwh: number, max_kwh: number, min_power: number, max_duration: quantity },
      day_of_week: list(words.word('DayOfWeek')),
      ...words.later({ min_current: number, reservation: words.word('ReservationRestrictionType') }),
    },
  );
  const limit = words.isOpen
    ? object({ before_taxes: number }, { after_taxes: number })
    : object({ excl_vat: number }).chain((price) =>
        fc
          .option(number, { nil: undefined })
          .map((incl) => (incl === undefined ? price : { ...price, incl_vat: incl })),
      );
  const element = object(
    { price_components: fc.array(component, { minLength: 1, maxLength: 3 }) },
    { restrictions },
  );
  return object(
    {
      ...words.ownerFields,
      id: id(36),
      currency: fc.constantFrom('EUR', 'SEK'),
      elements: fc.array(element, { minLength: 1, maxLength: 3 }),
      last_updated: words.time(),
      ...words.newest({ tax_included: fc.constantFrom('YES', 'NO', 'N/A') }),
    },
    {
      tariff_alt_text: list(displayText),
      tariff_alt_url: url,
      energy_mix: energyMix(words),
      ...words.later({
        type: words.word('TariffType'),
        min_price: limit,
        max_price: limit,
        start_date_time: words.time(),
        end_date_time: words.time(),
      }),
    },
  );
}

/** Valid objects of a version. */
export function objectsOf(version: OcpiVersion, module: Module): Any {
  const words = new Vocabulary(version);
  return module === 'locations' ? location(words) : tariff(words);
}
