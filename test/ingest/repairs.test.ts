import { expect } from 'chai';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import type { ObjectKind } from '../../ingest/validation.ts';
import {
  type Built,
  buildConnector,
  buildEvse,
  buildLocation,
  buildTariff,
  type Overrides,
} from '../support/builders.ts';

function repaired(kind: ObjectKind, value: unknown): { value: Built; rules: string[] } {
  const before = structuredClone(value);
  const result = ocpi221.repair(kind, value);
  expect(value, 'input is not changed').to.deep.equal(before);
  return { value: result.value, rules: result.repairs.map(({ rule }) => rule) };
}

/** A repair: what is received, what it becomes, and a conforming relative that stays as it is. */
interface Case {
  title: string;
  rules: string[];
  kind?: ObjectKind;
  received: Overrides;
  becomes: Overrides;
  untouched?: Overrides;
}

const hours = [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }];
const energyMix = { is_green_energy: true };

const cases: Case[] = [
  {
    title: 'an id sent as a number becomes a string',
    rules: ['repair:number-to-string'],
    received: { id: 249 },
    becomes: { id: '249' },
    untouched: { id: '0249' },
  },
  {
    title: 'a number sent as a string becomes a number',
    rules: ['repair:string-to-number'],
    kind: 'connector',
    received: { max_voltage: '230' },
    becomes: { max_voltage: 230 },
    untouched: { max_voltage: 0 },
  },
  {
    title: 'TR-12: a price sent as a string keeps its decimals',
    rules: ['repair:string-to-number'],
    kind: 'tariff',
    received: { min_price: { excl_vat: '0.1234' } },
    becomes: { min_price: { excl_vat: 0.1234 } },
  },
  {
    title: 'a fraction of an ampere is rounded',
    rules: ['repair:number-rounded'],
    kind: 'connector',
    received: { max_amperage: 15.8 },
    becomes: { max_amperage: 16 },
  },
  {
    title: 'a boolean sent as text becomes a boolean',
    rules: ['repair:boolean-spelling'],
    received: { publish: 'False' },
    becomes: { publish: false },
  },
  {
    title: 'LR-30: coordinates sent as numbers become strings',
    rules: ['repair:coordinates-as-string'],
    received: { coordinates: { latitude: 52.089444 } },
    becomes: { coordinates: { latitude: '52.089444' } },
  },
  {
    title: 'coordinates with too few decimals are padded',
    rules: ['repair:coordinates-padded'],
    received: { coordinates: { latitude: '52.08', longitude: '5' } },
    becomes: { coordinates: { latitude: '52.08000', longitude: '5.00000' } },
    untouched: { coordinates: { latitude: '52.08000' } },
  },
  {
    title: 'coordinates with too many decimals are cut',
    rules: ['repair:coordinates-cut'],
    received: { coordinates: { longitude: '4.43000693' } },
    becomes: { coordinates: { longitude: '4.4300069' } },
    untouched: { coordinates: { latitude: '-33.1234567', longitude: '-126.1234567' } },
  },
  {
    title: 'coordinates with blanks, a decimal comma or leading zeros are respelled',
    rules: ['repair:coordinates-spelling'],
    received: { coordinates: { latitude: '052.089444', longitude: ' 5,110278' } },
    becomes: { coordinates: { latitude: '52.089444', longitude: '5.110278' } },
    untouched: { coordinates: { longitude: '005.11028' } },
  },
  {
    title: 'an enumeration in the wrong case or with blanks is respelled',
    rules: ['repair:enum-spelling'],
    kind: 'connector',
    received: { power_type: 'ac_3_phase', format: 'socket ', standard: 'IEC_60309_2_THREE_16' },
    becomes: { power_type: 'AC_3_PHASE', format: 'SOCKET', standard: 'IEC_60309_2_three_16' },
  },
  {
    title: 'ENV-13: a status with trailing blanks is respelled',
    rules: ['repair:enum-spelling'],
    kind: 'evse',
    received: { status: 'CHARGING ' },
    becomes: { status: 'CHARGING' },
  },
  {
    title: 'an evident name of a connector becomes its value',
    rules: ['repair:connector-synonym'],
    kind: 'connector',
    received: { standard: 'Type 2 outlet' },
    becomes: { standard: 'IEC_62196_T2' },
  },
  {
    title: 'a time with microseconds is cut to milliseconds',
    rules: ['repair:time-spelling'],
    received: { last_updated: '2025-06-21T11:20:36.504571' },
    becomes: { last_updated: '2025-06-21T11:20:36.504Z' },
    untouched: { last_updated: '2025-06-21T11:20:36.50457' },
  },
  {
    title: 'a time with an offset becomes UTC',
    rules: ['repair:time-spelling'],
    received: { last_updated: '2026-01-01T00:30:00+02:00' },
    becomes: { last_updated: '2025-12-31T22:30:00Z' },
    untouched: { last_updated: '2026-01-01T00:30:00' },
  },
  {
    title: 'a time with a blank for the T and +00:00 is respelled',
    rules: ['repair:time-spelling'],
    received: { last_updated: '2026-01-01 00:30:00.5+00:00' },
    becomes: { last_updated: '2026-01-01T00:30:00.5Z' },
  },
  {
    title: 'an alpha-2 country becomes alpha-3',
    rules: ['repair:country-alpha-2'],
    received: { country: 'nl' },
    becomes: { country: 'NLD' },
  },
  {
    title: 'a country in lower case is respelled',
    rules: ['repair:country-spelling'],
    received: { country: 'nld' },
    becomes: { country: 'NLD' },
  },
  {
    title: 'a currency in lower case is respelled',
    rules: ['repair:currency-spelling'],
    kind: 'tariff',
    received: { currency: 'eur ' },
    becomes: { currency: 'EUR' },
  },
  {
    title: 'a language with its region is shortened',
    rules: ['repair:language-spelling'],
    received: { directions: [{ language: 'nl-NL', text: 'Links' }] },
    becomes: { directions: [{ language: 'nl', text: 'Links' }] },
    untouched: { directions: [{ language: 'DE', text: 'Links' }] },
  },
  {
    title: 'an empty string in an optional field is taken as absent',
    rules: ['repair:empty-to-null'],
    received: { parking_type: '', operator: { name: 'X', website: '' } },
    becomes: { operator: { name: 'X' } },
    untouched: { name: '' },
  },
  {
    title: 'PC-14: a missing publish is taken as true',
    rules: ['repair:publish-assumed'],
    received: { publish: undefined },
    becomes: { publish: true },
    untouched: { publish: false },
  },
  {
    title: 'PC-14: a missing time zone is derived from the country',
    rules: ['repair:time-zone-derived'],
    received: { time_zone: undefined },
    becomes: { time_zone: 'Europe/Amsterdam' },
  },
  {
    title: 'a time zone that is none is derived from the country and, where it has several, the coordinates',
    rules: ['repair:time-zone-derived'],
    received: {
      country: 'ESP',
      time_zone: 'Spain',
      coordinates: { latitude: '28.46364', longitude: '-16.25185' },
    },
    becomes: {
      country: 'ESP',
      time_zone: 'Atlantic/Canary',
      coordinates: { latitude: '28.46364', longitude: '-16.25185' },
    },
    untouched: { time_zone: 'UTC' },
  },
  {
    title: "PC-14: an EVSE without last_updated has its Location's",
    rules: ['repair:last-updated-inherited'],
    received: { evses: [buildEvse({ last_updated: undefined })] },
    becomes: { evses: [buildEvse()] },
  },
  {
    title: "PC-14: a Connector without last_updated has its EVSE's",
    rules: ['repair:last-updated-inherited'],
    kind: 'evse',
    received: { last_updated: '2026-05-05T05:05:05Z', connectors: [buildConnector({ last_updated: null })] },
    becomes: {
      last_updated: '2026-05-05T05:05:05Z',
      connectors: [buildConnector({ last_updated: '2026-05-05T05:05:05Z' })],
    },
  },
  {
    title: 'LR-29: twentyfourseven false without hours means unknown hours',
    rules: ['repair:hours-unknown'],
    received: { opening_times: { twentyfourseven: false, regular_hours: null } },
    becomes: {},
    untouched: { opening_times: { twentyfourseven: false, regular_hours: hours } },
  },
  {
    title: 'LR-29: regular hours beside twentyfourseven true are dropped',
    rules: ['repair:hours-dropped'],
    received: { opening_times: { twentyfourseven: true, regular_hours: hours } },
    becomes: { opening_times: { twentyfourseven: true } },
  },
  {
    title: 'LR-29: regular hours without twentyfourseven mean false',
    rules: ['repair:hours-flag'],
    received: { opening_times: { regular_hours: hours } },
    becomes: { opening_times: { regular_hours: hours, twentyfourseven: false } },
  },
  {
    title: 'LR-28: 24:00 as an end becomes 00:00',
    rules: ['repair:end-of-day'],
    received: {
      opening_times: { twentyfourseven: false, regular_hours: [{ ...hours[0], period_end: '24:00' }] },
    },
    becomes: {
      opening_times: { twentyfourseven: false, regular_hours: [{ ...hours[0], period_end: '00:00' }] },
    },
    untouched: {
      opening_times: { twentyfourseven: false, regular_hours: [{ ...hours[0], period_end: '02:00' }] },
    },
  },
  {
    title: 'times of day with seconds or one digit are respelled',
    rules: ['repair:time-of-day-spelling'],
    received: {
      opening_times: {
        twentyfourseven: false,
        regular_hours: [{ weekday: 1, period_begin: '8:00', period_end: '18:00:00' }],
      },
    },
    becomes: { opening_times: { twentyfourseven: false, regular_hours: hours } },
  },
  {
    title: 'voltage, amperage and tariff_id of 2.1.1 get their new names',
    rules: ['repair:legacy-name'],
    kind: 'connector',
    received: {
      max_voltage: undefined,
      max_amperage: undefined,
      voltage: 230,
      amperage: 16,
      tariff_id: 'T1',
    },
    becomes: { tariff_ids: ['T1'] },
    untouched: { voltage: 400 },
  },
  {
    title: 'of two EVSEs with one uid the newest is kept',
    rules: ['repair:duplicate-dropped'],
    received: {
      evses: [
        buildEvse({ status: 'UNKNOWN' }),
        buildEvse({ uid: 'evse-1', last_updated: '2026-06-02T00:00:00Z' }),
        buildEvse(),
      ],
    },
    becomes: { evses: [buildEvse({ uid: 'evse-1', last_updated: '2026-06-02T00:00:00Z' })] },
    untouched: { evses: [buildEvse(), buildEvse({ uid: 'EVSE-2' })] },
  },
  {
    title: 'of two Connectors with one id the newest is kept, the first when none is newer',
    rules: ['repair:duplicate-dropped'],
    kind: 'evse',
    received: {
      connectors: [buildConnector({ max_amperage: 32 }), buildConnector(), buildConnector({ id: '2' })],
    },
    becomes: { connectors: [buildConnector({ max_amperage: 32 }), buildConnector({ id: '2' })] },
  },
  {
    title: 'a text with line breaks is put on one line',
    rules: ['repair:control-characters'],
    received: { name: 'Hotel\nZee' },
    becomes: { name: 'Hotel Zee' },
  },
  {
    title: 'blanks around a text go when it does not conform',
    rules: ['repair:blanks-trimmed'],
    received: { name: '\tHotel ', postal_code: '   3511 CE   ' },
    becomes: { name: 'Hotel', postal_code: '3511 CE' },
    untouched: { name: ' Hotel ' },
  },
  {
    title: 'an over-long text is cut, by characters',
    rules: ['repair:text-cut'],
    received: { city: '🔌'.repeat(50) },
    becomes: { city: '🔌'.repeat(45) },
  },
  {
    title: 'an over-long floor or bay is left out, for half of it would lead astray',
    rules: ['repair:optional-removed'],
    kind: 'evse',
    received: { floor_level: 'Tankstation', physical_reference: 'x'.repeat(17) },
    becomes: {},
    untouched: { floor_level: 'Tank' },
  },
  {
    title: 'an unknown value of an optional enumeration is left out',
    rules: ['repair:optional-removed'],
    received: { parking_type: 'Not_implemented', charging_when_closed: 'perhaps' },
    becomes: {},
  },
  {
    title: 'an optional URL that is none is left out',
    rules: ['repair:optional-removed'],
    received: { operator: { name: 'X', website: 'www.example.com' } },
    becomes: { operator: { name: 'X' } },
  },
  {
    title: 'the smallest optional part that a fault lies in is left out',
    rules: ['repair:optional-removed'],
    received: {
      images: [{ url: 'https://example.com/a.png' }],
      owner: { website: 'https://example.com' },
      energy_mix: { ...energyMix, energy_sources: [{ source: 'SUN', percentage: 50 }] },
      directions: [{ text: 'no language' }],
    },
    becomes: { images: [], energy_mix: { ...energyMix, energy_sources: [] }, directions: [] },
  },
  {
    title: 'invalid coordinates of an EVSE are left out',
    rules: ['repair:optional-removed'],
    kind: 'evse',
    received: { coordinates: { latitude: 'north' } },
    becomes: {},
  },
  {
    title: 'null in a list of ids is left out',
    rules: ['repair:null-in-list'],
    kind: 'connector',
    received: { tariff_ids: [null, 'T1', null] },
    becomes: { tariff_ids: ['T1'] },
  },
  {
    title: 'one entry where a list belongs is taken as a list of one',
    rules: ['repair:list-wrapped'],
    received: { directions: { language: 'nl', text: 'Links' }, facilities: 'HOTEL' },
    becomes: { directions: [{ language: 'nl', text: 'Links' }], facilities: ['HOTEL'] },
  },
];

const BUILDERS = { location: buildLocation, evse: buildEvse, connector: buildConnector, tariff: buildTariff };

describe('repairs', () => {
  for (const { title, rules, kind = 'location', received, becomes, untouched } of cases) {
    it(`${title} (${rules.join(', ')})`, () => {
      const build = BUILDERS[kind];
      const result = repaired(kind, build(received));
      expect(result.value).to.deep.equal(build(becomes));
      expect(result.rules).to.deep.equal(rules);
      expect(ocpi221.inspect(kind, result.value).problems).to.deep.equal([]);
      if (untouched === undefined) return;
      const conforming = build(untouched);
      expect(ocpi221.repair(kind, conforming)).to.deep.equal({ value: conforming, repairs: [] });
    });
  }
});
