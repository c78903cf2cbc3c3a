/**
 * Makes minimal valid OCPI objects, of 2.2.1 unless their name says otherwise, so that a test mentions only what it is about. Overrides reach into nested
 * objects; lists are replaced as a whole; `undefined` removes a field. Each call makes new plain objects.
 */

/** Any JSON object: tests also build what no type allows. */
export type Overrides = Record<string, unknown>;

// biome-ignore lint/suspicious/noExplicitAny: tests read and break these objects field by field, valid or not.
export type Built = any;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withOverrides(base: Record<string, unknown>, overrides: Overrides): Record<string, unknown> {
  const result = { ...base };
  for (const [name, value] of Object.entries(overrides)) {
    const present = result[name];
    if (value === undefined) delete result[name];
    else
      result[name] =
        isObject(present) && isObject(value) ? withOverrides(present, value) : structuredClone(value);
  }
  return result;
}

const LAST_UPDATED = '2026-06-01T12:00:00Z';

/** A public 11 kW socket. */
export function buildConnector(overrides: Overrides = {}): Built {
  return withOverrides(
    {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'AC_3_PHASE',
      max_voltage: 230,
      max_amperage: 16,
      last_updated: LAST_UPDATED,
    },
    overrides,
  );
}

/** A free EVSE with one connector. */
export function buildEvse(overrides: Overrides = {}): Built {
  return withOverrides(
    { uid: 'EVSE-1', status: 'AVAILABLE', connectors: [buildConnector()], last_updated: LAST_UPDATED },
    overrides,
  );
}

/** A published Location in Utrecht with one EVSE. */
export function buildLocation(overrides: Overrides = {}): Built {
  return withOverrides(
    {
      country_code: 'NL',
      party_id: 'TNM',
      id: 'LOC-1',
      publish: true,
      address: 'Stationsplein 1',
      city: 'Utrecht',
      country: 'NLD',
      coordinates: { latitude: '52.089444', longitude: '5.110278' },
      time_zone: 'Europe/Amsterdam',
      evses: [buildEvse()],
      last_updated: LAST_UPDATED,
    },
    overrides,
  );
}

/** A Tariff of one price a kWh. */
export function buildTariff(overrides: Overrides = {}): Built {
  return withOverrides(
    {
      country_code: 'NL',
      party_id: 'TNM',
      id: 'TARIFF-1',
      currency: 'EUR',
      elements: [{ price_components: [{ type: 'ENERGY', price: 0.35, vat: 21, step_size: 1 }] }],
      last_updated: LAST_UPDATED,
    },
    overrides,
  );
}

/** A public 11 kW socket of 2.1.1, with its one Tariff. */
export function buildConnector211(overrides: Overrides = {}): Built {
  return withOverrides(
    {
      id: '1',
      standard: 'IEC_62196_T2',
      format: 'SOCKET',
      power_type: 'AC_3_PHASE',
      voltage: 230,
      amperage: 16,
      tariff_id: 'TARIFF-1',
      last_updated: LAST_UPDATED,
    },
    overrides,
  );
}

/** A free EVSE of 2.1.1 with one connector. */
export function buildEvse211(overrides: Overrides = {}): Built {
  return withOverrides(
    { uid: 'EVSE-1', status: 'AVAILABLE', connectors: [buildConnector211()], last_updated: LAST_UPDATED },
    overrides,
  );
}

/** The same Location as a 2.1.1 platform writes it. */
export function buildLocation211(overrides: Overrides = {}): Built {
  return withOverrides(
    {
      id: 'LOC-1',
      type: 'ON_STREET',
      address: 'Stationsplein 1',
      city: 'Utrecht',
      postal_code: '3511 CE',
      country: 'NLD',
      coordinates: { latitude: '52.089444', longitude: '5.110278' },
      evses: [buildEvse211()],
      last_updated: LAST_UPDATED,
    },
    overrides,
  );
}

/** The same Tariff as a 2.1.1 platform writes it. */
export function buildTariff211(overrides: Overrides = {}): Built {
  return withOverrides(
    {
      id: 'TARIFF-1',
      currency: 'EUR',
      elements: [{ price_components: [{ type: 'ENERGY', price: 0.35, step_size: 1 }] }],
      last_updated: LAST_UPDATED,
    },
    overrides,
  );
}

/** A Tariff of 2.3.0 of one price a kWh, without tax. */
export function buildTariff230(overrides: Overrides = {}): Built {
  return buildTariff({ tax_included: 'NO', ...overrides });
}

/** A place to park of 2.3.0. */
export function buildParking(overrides: Overrides = {}): Built {
  return withOverrides(
    { id: 'P1', vehicle_types: ['VAN'], restricted_to_type: false, reservation_required: false },
    overrides,
  );
}
