/**
 * Minimal valid objects in the words of OCPI 2.1.1 and 2.3.0, as `builders.ts` makes them for 2.2.1. Overrides and their
 * rules are the same.
 */
import {
  type Built,
  buildConnector,
  buildEvse,
  buildLocation,
  buildTariff,
  type Overrides,
} from './builders.ts';

/** A public 11 kW socket of 2.1.1. */
export function buildConnector211(overrides: Overrides = {}): Built {
  return buildConnector({
    max_voltage: undefined,
    max_amperage: undefined,
    voltage: 230,
    amperage: 16,
    ...overrides,
  });
}

/** A free EVSE of 2.1.1 with one connector. */
export function buildEvse211(overrides: Overrides = {}): Built {
  return buildEvse({ connectors: [buildConnector211()], ...overrides });
}

/** A Location of 2.1.1 in Utrecht with one EVSE; it does not say whose it is. */
export function buildLocation211(overrides: Overrides = {}): Built {
  return buildLocation({
    country_code: undefined,
    party_id: undefined,
    publish: undefined,
    type: 'ON_STREET',
    postal_code: '3511 CE',
    evses: [buildEvse211()],
    ...overrides,
  });
}

/** A Tariff of 2.1.1 of one price a kWh. */
export function buildTariff211(overrides: Overrides = {}): Built {
  return buildTariff({
    country_code: undefined,
    party_id: undefined,
    elements: [{ price_components: [{ type: 'ENERGY', price: 0.35, step_size: 1 }] }],
    ...overrides,
  });
}

/** A Tariff of 2.3.0 of one price a kWh, without tax. */
export function buildTariff230(overrides: Overrides = {}): Built {
  return buildTariff({ tax_included: 'NO', ...overrides });
}
