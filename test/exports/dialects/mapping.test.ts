/** `docs/mapping` says what each version cannot carry: held against what the dialects do with an object of everything. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Module } from '../../../db/model.ts';
import { OCPI_VERSIONS, type OcpiVersion } from '../../../db/ocpi-version.ts';
import {
  buildConnector,
  buildEvse,
  buildLocation,
  buildParking,
  buildTariff,
} from '../../support/builders.ts';
import { giveOut, NOW, OWNER, tariffFacts } from '../../support/through-versions.ts';

const LONG_ID = 'x'.repeat(39);
const TIME = '2026-06-01T12:00:00.123';
const IMAGE = { url: 'https://x.example/a.png', category: 'DRONE', type: 'PNG' };
const MIX = {
  is_green_energy: true,
  environ_impact: [
    { category: 'CARBON_DIOXIDE', amount: 1 },
    { category: 'NOISE', amount: 2 },
  ],
};

/** Says everything that some version cannot. */
const LOCATION = buildLocation({
  id: LONG_ID,
  publish_allowed_to: [{ uid: '1', type: 'EMAID' }],
  address: 'a'.repeat(46),
  postal_code: '#NA',
  state: 'Utrecht',
  coordinates: { latitude: '52.0894441', longitude: '5.1102781' },
  related_locations: [{ latitude: '52.0894441', longitude: '5.1102781' }],
  parking_type: 'ON_THE_MOON',
  help_phone: '+31 1',
  parking_places: [buildParking()],
  facilities: ['HOTEL', 'TRAM_STOP', 'CINEMA'],
  opening_times: {
    twentyfourseven: true,
    exceptional_openings: [{ period_begin: TIME, period_end: TIME }],
  },
  images: [IMAGE],
  operator: { name: 'T', logo: IMAGE },
  energy_mix: MIX,
  last_updated: TIME,
  evses: [
    buildEvse({
      uid: LONG_ID,
      capabilities: ['RFID_READER', 'PED_TERMINAL', 'TELEPATHY'],
      parking_restrictions: ['PLUGGED', 'TAXIS'],
      parking: [{ parking_id: 'P1' }],
      accepted_service_providers: ['X'],
      coordinates: { latitude: '52.0894441', longitude: '5.1102781' },
      status_schedule: [{ period_begin: TIME, status: 'PLANNED' }],
      images: [IMAGE],
      last_updated: TIME,
      connectors: [
        buildConnector({
          standard: 'SAE_J3400',
          power_type: 'AC_2_PHASE',
          max_electric_power: 7000,
          tariff_ids: ['A', 'B'],
          capabilities: ['OWN'],
          last_updated: TIME,
        }),
      ],
    }),
  ],
});

const TARIFF = buildTariff({
  type: 'REGULAR',
  min_price: { before_taxes: 1, after_taxes: 2 },
  max_price: { before_taxes: 9 },
  tax_included: 'YES',
  start_date_time: '2026-01-01T00:00:00Z',
  end_date_time: '2026-12-31T00:00:00Z',
  preauthorize_amount: 5,
  energy_mix: MIX,
  elements: [
    {
      price_components: [{ type: 'ENERGY', price: 1.21, vat: 21, step_size: 1 }],
      restrictions: { min_current: null, min_kwh: 1 },
    },
  ],
  last_updated: TIME,
});

const STORED: Readonly<Record<Module, object>> = { locations: LOCATION, tariffs: TARIFF };

/** Paths of fields that one of the two has otherwise than the other, lists of words as a whole. */
function differences(one: unknown, other: unknown, path = ''): string[] {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every(isObject)) {
    return one.flatMap((entry, index) => differences(entry, other[index], `${path}[]`));
  }
  if (isObject(one) && isObject(other)) {
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return names.flatMap((name) =>
      differences(one[name], other[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [path];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the page of a version names in the first column of its tables of fields, by module. */
function documented(version: OcpiVersion, module: Module): string[] {
  const page = readFileSync(new URL(`../../../docs/mapping/ocpi-${version}.md`, import.meta.url), 'utf8');
  const sections = page.split(/^## /m).filter((section) => section.includes('| Field |'));
  return sections
    .filter((section) => section.startsWith('Tariff') === (module === 'tariffs'))
    .flatMap((section) => section.split('\n'))
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) =>
      [...(line.split(' | ')[0] as string).matchAll(/`([^`]+)`/g)].map(([, path]) => path as string),
    );
}

describe('docs/mapping', () => {
  for (const version of OCPI_VERSIONS) {
    for (const module of ['locations', 'tariffs'] as const) {
      it(`names what ${version} gets otherwise of ${module}, all of it and nothing else`, () => {
        const stored = { owner: OWNER, document: JSON.stringify(STORED[module]), asStored: [] };
        const out = giveOut(version, module, stored, { tariffs: tariffFacts({ id: 'A' }), now: NOW });
        expect(differences(STORED[module], out).sort()).to.deep.equal(documented(version, module).sort());
      });
    }
  }
});
