/**
 * A small registry that has every difficulty of an export once: several parties, unpublished, expired and
 * withdrawn Locations, REMOVED EVSEs, coordinates of EVSEs, texts that look like formulas, quotes, line breaks
 * and scripts of other alphabets, fields and connectors that only OCPI 2.3.0 has, and Tariffs of all kinds of
 * tax. It is written by the registry's own writer; only the time of change is set by hand, for golden files.
 */
import type { Location, Owner, Tariff } from '../../db/model.ts';
import { createWriter } from '../../db/registry/writer.ts';
import {
  buildConnector,
  buildEvse,
  buildLocation,
  buildTariff,
  type Overrides,
} from '../support/builders.ts';
import type { TestDatabase } from '../support/database.ts';
import { addTestSource } from '../support/pipeline.ts';

/** Stands in what must never be published; no output may contain it. */
export const SECRET = 'SECRET-0451';

export const CHANGED_AT = new Date('2026-06-03T08:30:00.250Z');

export const NATIVE_221 = ['2.2.1', '2.3.0'];
const NATIVE_230 = ['2.3.0'];

export interface Stored<T> {
  readonly document: T;
  readonly asStored: readonly string[];
}

function location(overrides: Overrides, asStored: readonly string[] = NATIVE_221): Stored<Location> {
  return { document: buildLocation(overrides), asStored };
}

function tariff(overrides: Overrides): Stored<Tariff> {
  return { document: buildTariff({ tax_included: 'NO', ...overrides }), asStored: [] };
}

const SHOWN: readonly Stored<Location>[] = [
  location({
    id: 'LOC-1',
    name: 'Stationsplein',
    postal_code: '3511 ED',
    parking_type: 'ON_STREET',
    operator: { name: 'Tandem', website: 'https://tandem.example' },
    owner: { name: 'Gemeente Utrecht' },
    opening_times: { twentyfourseven: true },
    energy_mix: { is_green_energy: true },
    evses: [
      buildEvse({
        uid: 'E1',
        evse_id: 'NL*TNM*E1*1',
        capabilities: ['RFID_READER', 'REMOTE_START_STOP_CAPABLE'],
        parking_restrictions: ['EV_ONLY'],
        coordinates: { latitude: '52.089501', longitude: '5.110301' },
        connectors: [
          buildConnector({ id: '1', max_electric_power: 22000, tariff_ids: ['FREE', 'TOU'] }),
          buildConnector({ id: '2', max_amperage: 32 }),
        ],
      }),
      buildEvse({ uid: 'E2', status: 'REMOVED', evse_id: `NL*TNM*E${SECRET}` }),
      buildEvse({ uid: 'E3', status: 'CHARGING', last_updated: '2026-06-02T07:00:00.123Z' }),
    ],
  }),
  location(
    {
      id: 'GARAGE',
      name: '=HYPERLINK("http://evil.example","free, really")',
      address: '@home 1',
      state: '\tUtrecht',
      help_phone: '+31 20 123 45 67',
      operator: { name: '+cmd|calc!A0' },
      suboperator: { name: '-1+2' },
      evses: [
        buildEvse({
          uid: '-1',
          evse_id: '+31*810*000*438',
          status: 'UNKNOWN',
          floor_level: '-1',
          physical_reference: '=A1',
          parking: [{ parking_id: 'P1' }],
          parking_restrictions: ['TAXIS', 'DISABLED'],
          connectors: [
            buildConnector({ id: '=1+1', power_type: 'DC', max_voltage: 500, max_amperage: 300 }),
            buildConnector({ id: 'm', standard: 'MCS', power_type: 'DC', max_electric_power: 1000000 }),
            buildConnector({ id: 'j', standard: 'SAE_J3400', max_voltage: 0, max_amperage: 0 }),
          ],
        }),
      ],
    },
    [],
  ),
  location({
    country_code: 'GB',
    party_id: 'ABC',
    id: 'loc-1',
    name: 'Κέντρο "Α", 漢字 🚗\nsecond line',
    city: '#NA',
    country: 'GBR',
    coordinates: { latitude: '51.500729', longitude: '-0.124625' },
    time_zone: 'Europe/London',
    opening_times: {
      twentyfourseven: false,
      regular_hours: [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }],
    },
    publish_allowed_to: [{ uid: SECRET, type: 'RFID' }],
    evses: [
      buildEvse({
        status: 'OUTOFORDER',
        connectors: [buildConnector({ power_type: 'AC_2_PHASE_SPLIT', max_voltage: 120, max_amperage: 40 })],
      }),
    ],
  }),
  location(
    { id: 'TRUCKS', evses: [buildEvse({ uid: 'T1', connectors: [buildConnector({ standard: 'MCS' })] })] },
    NATIVE_230,
  ),
];

const HIDDEN: readonly Stored<Location>[] = [
  location({
    id: 'HIDDEN',
    name: SECRET,
    publish: false,
    publish_allowed_to: [{ uid: SECRET, type: 'RFID' }],
  }),
  location({ id: 'GONE', name: SECRET, evses: [buildEvse({ status: 'REMOVED' })] }),
  location({ id: 'EMPTY', name: SECRET, evses: [] }),
];

const TARIFFS: readonly Stored<Tariff>[] = [
  tariff({ id: 'FREE', elements: [{ price_components: [{ type: 'FLAT', price: 0, step_size: 0 }] }] }),
  tariff({
    id: 'TOU',
    type: 'REGULAR',
    min_price: { before_taxes: 0.5, after_taxes: 0.605 },
    max_price: { before_taxes: 12345678.9012 },
    tariff_alt_text: [
      { language: 'nl', text: '=nachttarief, "goedkoop"' },
      { language: 'en', text: 'night rate' },
    ],
    tariff_alt_url: 'https://tandem.example/tariffs',
    start_date_time: '2026-01-01T00:00:00Z',
    elements: [
      {
        price_components: [
          { type: 'ENERGY', price: 0.1234, vat: 21, step_size: 1 },
          { type: 'PARKING_TIME', price: -0.5, vat: 0, step_size: 300 },
        ],
        restrictions: { start_time: '22:00', end_time: '06:00', day_of_week: ['SATURDAY', 'SUNDAY'] },
      },
      { price_components: [{ type: 'ENERGY', price: 0.35, vat: 21, step_size: 1 }], restrictions: null },
    ],
  }),
  tariff({
    country_code: 'GB',
    party_id: 'ABC',
    id: 'INCLUDED',
    currency: 'GBP',
    tax_included: 'YES',
    elements: [{ price_components: [{ type: 'ENERGY', price: 0.595, vat: 19, step_size: 1 }] }],
  }),
  tariff({
    country_code: 'GB',
    party_id: 'ABC',
    id: 'UNKNOWN-RATE',
    currency: 'GBP',
    tax_included: 'YES',
    elements: [{ price_components: [{ type: 'ENERGY', price: 0.6, step_size: 1 }] }],
  }),
  tariff({
    id: 'NO-TAX',
    tax_included: 'N/A',
    elements: [{ price_components: [{ type: 'TIME', price: 3, vat: 21, step_size: 60 }] }],
  }),
];

/** Counts of what the public may see. */
export const PUBLIC_LOCATIONS = SHOWN.length;
export const TARIFF_COUNT = TARIFFS.length;
/** TRUCKS has no connector that 2.2.1 knows, UNKNOWN-RATE no price that it can state. */
export const LOCATIONS_IN_221 = SHOWN.length - 1;
export const TARIFFS_IN_221 = TARIFFS.length - 1;

/** Writes to a registry as the pipeline does, without its checks. */
export interface FixtureRegistry {
  putLocation(stored: Stored<Location>): Promise<void>;
  putTariff(stored: Stored<Tariff>): Promise<void>;
}

export async function openFixtureRegistry(database: TestDatabase): Promise<FixtureRegistry> {
  const writer = createWriter({ knex: database.knex, clock: () => CHANGED_AT });
  const { speaker } = await addTestSource(database, 'fixture');
  const shared = {
    kind: 'write',
    sourceVersion: '2.3.0',
    inputHash: null,
    findings: [],
    findingsMode: 'replace',
  } as const;
  function ownerOf(document: { country_code: string; party_id: string }): Owner {
    return { countryCode: document.country_code, partyId: document.party_id };
  }
  return {
    async putLocation({ document, asStored }) {
      const { id } = document;
      const apply = () => ({ ...shared, document, asStored });
      await writer.submit({ module: 'locations', owner: ownerOf(document), id, speaker, apply });
    },
    async putTariff({ document, asStored }) {
      const { id } = document;
      const apply = () => ({ ...shared, document, asStored });
      await writer.submit({ module: 'tariffs', owner: ownerOf(document), id, speaker, apply });
    },
  };
}

/** Fills an empty registry. */
export async function fillFixtureRegistry(database: TestDatabase): Promise<FixtureRegistry> {
  const registry = await openFixtureRegistry(database);
  for (const stored of TARIFFS) await registry.putTariff(stored);
  for (const stored of [...SHOWN, ...HIDDEN]) await registry.putLocation(stored);
  // Public once, then withdrawn: its public state is still in the table.
  const withdrawn = location({ id: 'WITHDRAWN', name: SECRET });
  await registry.putLocation(withdrawn);
  await registry.putLocation({ ...withdrawn, document: { ...withdrawn.document, publish: false } });
  await database.knex.raw('update location set changed_at = ?', [CHANGED_AT]);
  return registry;
}

export { location as storedLocation, tariff as storedTariff };
