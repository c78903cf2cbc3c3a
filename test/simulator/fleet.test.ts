// Fleets: deterministic, valid OCPI 2.2.1, and with the shares of the profile.

import { expect } from 'chai';
import fc from 'fast-check';
import { churn } from './churn.ts';
import { FleetRecipe, makeFleet } from './fleet.ts';
import { TOWNS } from './places.ts';
import {
  CAPABILITY_SETS,
  ELECTRICAL,
  EVSES_PER_LOCATION,
  PARKING_TYPES,
  STATUSES,
  TARIFF_SHAPES,
} from './profile.ts';
import { randomStream, type WeightedRows } from './random.ts';
import { makeElements } from './tariffs.ts';
import type { Evse, Location } from './wire.ts';

const now = new Date('2026-06-07T12:00:00Z');
const DAY = 86_400_000;

/** Compares the shares of what was drawn with the shares of a table. */
function expectShares<Value>(drawn: readonly Value[], rows: WeightedRows<Value>, tolerance: number): void {
  const total = rows.reduce((sum, [, weight]) => sum + weight, 0);
  const counts = new Map<string, number>();
  for (const value of drawn) counts.set(JSON.stringify(value), (counts.get(JSON.stringify(value)) ?? 0) + 1);
  for (const [value, weight] of rows) {
    const name = JSON.stringify(value);
    const share = (counts.get(name) ?? 0) / drawn.length;
    expect(share, name).to.be.closeTo(weight / total, tolerance);
  }
}

function expectValid(location: Location): void {
  expect(location.country_code).to.match(/^[A-Z]{2}$/);
  expect(location.party_id).to.match(/^[A-Z0-9]{3}$/);
  expect(location.country).to.match(/^[A-Z]{3}$/);
  expect(location.id).to.match(/^[\x20-\x7e]{1,36}$/);
  expect(location.postal_code.length).to.be.within(4, 10);
  expect(location.city.length).to.be.within(1, 45);
  expect(location.coordinates.latitude)
    .to.match(/^-?[0-9]{1,2}\.[0-9]{5,7}$/)
    .with.length.at.most(10);
  expect(location.coordinates.longitude)
    .to.match(/^-?[0-9]{1,3}\.[0-9]{5,7}$/)
    .with.length.at.most(11);
  const { twentyfourseven, regular_hours } = location.opening_times;
  expect(regular_hours === undefined).to.equal(twentyfourseven);
  for (const evse of location.evses) {
    expect(evse.uid).to.match(/^[\x20-\x7e]{1,36}$/);
    expect(evse.evse_id ?? 'NL*TNM*E1').to.match(/^([A-Z]{2})\*([A-Z0-9]{3})\*E([A-Z0-9][A-Z0-9*]{0,30})$/);
    expect(evse.connectors).to.not.have.length(0);
    expect(Date.parse(evse.last_updated)).to.be.at.most(Date.parse(location.last_updated));
    for (const connector of evse.connectors) {
      expect(Date.parse(connector.last_updated)).to.be.at.most(Date.parse(evse.last_updated));
      if (connector.standard === 'CHADEMO') expect(connector.power_type).to.equal('DC');
    }
  }
  const age = now.getTime() - Date.parse(location.last_updated);
  expect(age).to.be.within(0, 181 * DAY);
}

describe('simulator: fleet', () => {
  it('is the same for the same seed and another for another seed', () => {
    const options = { locations: 200, now };
    expect(makeFleet({ ...options, seed: 7 }).locations).to.deep.equal(
      makeFleet({ ...options, seed: 7 }).locations,
    );
    expect(makeFleet({ ...options, seed: 7 }).tariffs).to.deep.equal(
      makeFleet({ ...options, seed: 7 }).tariffs,
    );
    expect(makeFleet({ ...options, seed: 8 }).locations).to.not.deep.equal(
      makeFleet({ ...options, seed: 7 }).locations,
    );
  });

  it('gives any Location by its ordinal, the same as in the whole fleet', () => {
    const options = { seed: 3, locations: 50, now };
    const fleet = makeFleet(options);
    expect(new FleetRecipe(options).location(41)).to.deep.equal(fleet.locations[41]);
    expect([...new FleetRecipe(options).tariffs()]).to.deep.equal(fleet.tariffs);
  });

  it('is valid with unique ids for any seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.integer({ min: 0, max: 60 }),
        (seed, locations) => {
          const fleet = makeFleet({ seed, locations, now, region: ['NL', 'BE', 'LU', 'DE'] });
          fleet.locations.forEach(expectValid);
          const evses = fleet.locations.flatMap((location) => location.evses);
          const ids = evses.flatMap(({ evse_id }) =>
            evse_id === undefined ? [] : [evse_id.replaceAll('*', '')],
          );
          expect(new Set(ids).size).to.equal(ids.length);
          const keys = fleet.locations.map(
            (location) => `${location.country_code}${location.party_id}${location.id}`,
          );
          expect(new Set(keys).size).to.equal(locations);
          const tariffs = new Set(
            fleet.tariffs.map((tariff) => tariff.country_code + tariff.party_id + tariff.id),
          );
          expect(tariffs.size).to.equal(fleet.tariffs.length);
          for (const { country_code, party_id, evses: own } of fleet.locations) {
            for (const id of own.flatMap((evse) =>
              evse.connectors.flatMap((item) => item.tariff_ids ?? []),
            )) {
              expect(tariffs.has(country_code + party_id + id), id).to.equal(true);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stays within two kilometres of the town it names, in the region asked for', () => {
    const { locations } = makeFleet({ seed: 5, locations: 500, now, region: 'BE' });
    for (const { city, country, coordinates } of locations) {
      expect(country).to.equal('BEL');
      const town = TOWNS.find(({ name }) => name === city);
      const north = (Number(coordinates.latitude) - (town?.latitude ?? 0)) * 111.32;
      const east =
        (Number(coordinates.longitude) - (town?.longitude ?? 0)) * 111.32 * Math.cos((Math.PI * 50.7) / 180);
      expect(Math.hypot(north, east)).to.be.below(2.1);
    }
  });

  it('has the shares of the profile', () => {
    const { locations, tariffs } = makeFleet({ seed: 11, locations: 6000, now });
    const evses: Evse[] = locations.flatMap((location) => location.evses);
    const connectors = evses.flatMap((evse) => evse.connectors);
    expectShares(
      locations.map((location) => location.evses.length),
      EVSES_PER_LOCATION,
      0.015,
    );
    expectShares(
      locations.map((location) => location.parking_type ?? null),
      PARKING_TYPES,
      0.02,
    );
    expectShares(
      evses.map((evse) => evse.status),
      STATUSES,
      0.015,
    );
    expectShares(
      evses.map((evse) => evse.capabilities ?? []),
      CAPABILITY_SETS,
      0.015,
    );
    const electrical = connectors.map(
      (item) =>
        [item.power_type, item.max_voltage, item.max_amperage, item.max_electric_power ?? null] as const,
    );
    expectShares(electrical, ELECTRICAL, 0.025);
    const shareOf = (standard: string): number =>
      connectors.filter((item) => item.standard === standard).length / connectors.length;
    expect(shareOf('IEC_62196_T2')).to.be.closeTo(0.94665, 0.02);
    expect(shareOf('IEC_62196_T2_COMBO')).to.be.closeTo(0.04287, 0.02);
    expect(connectors.filter((item) => item.tariff_ids).length / connectors.length).to.be.closeTo(
      0.79849,
      0.02,
    );
    expect(tariffs.length / locations.length).to.be.closeTo(0.166, 0.005);
    expect(tariffs.filter((tariff) => tariff.elements.length === 1).length / tariffs.length).to.be.closeTo(
      0.942,
      0.03,
    );
  });

  it('makes each shape of Tariff with elements in a meaningful order', () => {
    for (const [shape] of TARIFF_SHAPES) {
      const elements = makeElements(randomStream(1, 'test'), shape, now.getTime());
      const hours = /^hours-(\d+)$/.exec(shape);
      if (hours) {
        expect(elements).to.have.length(Number(hours[1]));
        expect(elements.at(-1)?.restrictions).to.equal(undefined);
      }
      for (const { price_components } of elements) expect(price_components).to.not.have.length(0);
    }
  });
});

describe('simulator: churn', () => {
  it('changes the share asked for and moves times forward', () => {
    const fleet = makeFleet({ seed: 2, locations: 300, now });
    const live = fleet.locations
      .flatMap(({ evses }) => evses)
      .filter(({ status }) => status !== 'REMOVED').length;
    const before = new Map(fleet.locations.map((location) => [location.id, location.last_updated]));
    const result = churn(fleet, randomStream(2, 'churn'), 0.25, now);
    expect(result.evses).to.have.length(Math.round(live * 0.25));
    for (const { location, evse, from } of result.evses) {
      expect(evse.status).to.not.equal(from);
      expect(Date.parse(evse.last_updated)).to.be.at.most(Date.parse(location.last_updated));
      expect(Date.parse(location.last_updated)).to.be.above(Date.parse(before.get(location.id) ?? ''));
    }
  });

  it('brings new Locations, new Tariffs, new prices and removals when told to', () => {
    const fleet = makeFleet({ seed: 2, locations: 300, now });
    const rates = { removed: 0.5, newLocation: 0.1, newTariff: 0.1, priceChange: 0.1 };
    const { evses, newLocations, tariffs } = churn(fleet, randomStream(9, 'churn'), 0.5, now, rates);
    expect(evses.filter(({ evse }) => evse.status === 'REMOVED').length / evses.length).to.be.closeTo(
      0.5,
      0.1,
    );
    expect(newLocations).to.have.length.above(10);
    expect(fleet.locations).to.have.length(300 + newLocations.length);
    expect(new Set(fleet.locations.map(({ id }) => id)).size).to.equal(fleet.locations.length);
    expect(new Set(fleet.tariffs.map(({ id, party_id }) => party_id + id)).size).to.equal(
      fleet.tariffs.length,
    );
    expect(tariffs).to.have.length.above(20);
    newLocations.forEach(expectValid);
  });

  it('does the same for the same seed', () => {
    const run = (): unknown => {
      const fleet = makeFleet({ seed: 4, locations: 100, now });
      churn(fleet, randomStream(1, 'churn'), 0.3, now);
      return fleet.locations;
    };
    expect(run()).to.deep.equal(run());
  });
});
