/**
 * Minimal valid objects in the words of each OCPI version, so that one check speaks all of them. Overrides are
 * given in the words of 2.2.1 where a version has the same thing under another name; what a version lacks is
 * left out. The times are those of the builders, some months ago.
 */
import {
  type Built,
  buildConnector,
  buildEvse,
  buildLocation,
  buildTariff,
  type Overrides,
} from '../support/builders.ts';
import type { OcpiVersion } from './rows/row.ts';

/** A party as objects name it. */
export interface Party {
  readonly country_code: string;
  readonly party_id: string;
}

/** Moments, in order, that are later than those of the builders. */
export const T0 = '2026-06-01T12:00:00Z';
export const T1 = '2026-06-02T12:00:00Z';
export const T2 = '2026-06-03T12:00:00Z';
export const T3 = '2026-06-04T12:00:00Z';

export function connectorOf(version: OcpiVersion, overrides: Overrides = {}): Built {
  return inWordsOf(version, buildConnector(overrides), CONNECTOR_211);
}

export function evseOf(version: OcpiVersion, overrides: Overrides = {}): Built {
  return buildEvse({ connectors: [connectorOf(version)], ...overrides });
}

export function locationOf(version: OcpiVersion, party: Party, overrides: Overrides = {}): Built {
  const location = buildLocation({ ...party, evses: [evseOf(version)], ...overrides });
  if (version !== '2.1.1') return location;
  const { country_code: _country, party_id: _party, publish: _publish, ...rest } = location;
  return { type: 'ON_STREET', postal_code: '3511 CE', ...inWordsOf(version, rest, LOCATION_211) };
}

export function tariffOf(version: OcpiVersion, party: Party, overrides: Overrides = {}): Built {
  const tariff = buildTariff({ ...party, ...overrides });
  if (version === '2.3.0') return { tax_included: 'NO', ...tariff };
  if (version === '2.2.1') return tariff;
  const { country_code: _country, party_id: _party, ...rest } = tariff;
  const elements = rest.elements?.map((element: Built) => ({
    ...element,
    price_components: element.price_components?.map(({ vat: _vat, ...component }: Built) => component),
  }));
  return elements ? { ...rest, elements } : rest;
}

/** A field's name in 2.1.1; null where it has none. */
type Renaming = Readonly<Record<string, string | null>>;

const CONNECTOR_211: Renaming = {
  max_voltage: 'voltage',
  max_amperage: 'amperage',
  max_electric_power: null,
};
const LOCATION_211: Renaming = { parking_type: 'type', state: null };

function inWordsOf(version: OcpiVersion, object: Built, renaming: Renaming): Built {
  if (version !== '2.1.1') return object;
  const entries = Object.entries(object).flatMap(([name, value]) => {
    const renamed = name in renaming ? renaming[name] : name;
    return renamed ? [[renamed, value]] : [];
  });
  return Object.fromEntries(entries);
}
