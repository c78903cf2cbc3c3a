import { expect } from 'chai';
import fc from 'fast-check';
import type { Evse, Location } from '../../../db/model.ts';
import { sameButForStatuses, sameContent, sameTariff } from '../../../db/registry/content.ts';
import { objectsOf } from '../../support/arbitrary-objects.ts';
import { buildLocation, buildTariff } from '../../support/builders.ts';

const locations = objectsOf('2.2.1', 'locations') as fc.Arbitrary<Location>;

/** What may have become of a Location; parts that are not named stay the very same objects. */
const successions: fc.Arbitrary<(location: Location) => Location> = fc.constantFrom<
  (location: Location) => Location
>(
  (location) => location,
  (location) => structuredClone(location),
  (location) => ({ ...location, last_updated: '2030-01-01T00:00:00Z' }),
  (location) => ({ ...location, evses: location.evses?.toReversed() ?? null }),
  (location) => Object.fromEntries(Object.entries(location).toReversed()) as Location,
  (location) => ({ ...location, directions: [], 'an\nother': null }) as Location,
  (location) => ({ ...location, name: 'Another "one"\u2028\u0007' }),
  (location) => ({ ...location, evses: location.evses?.slice(1) ?? [] }),
  (location) => withEvse(location, (evse) => ({ ...evse, status: 'CHARGING' })),
  (location) => withEvse(location, (evse) => ({ ...evse, last_updated: '2030-01-01T00:00:00Z' })),
  (location) => withEvse(location, (evse) => ({ ...evse, floor_level: '-1' })),
  (location) => withEvse(location, (evse) => ({ ...evse, uid: `${evse.uid}x` })),
  (location) => withEvse(location, (evse) => ({ ...evse, connectors: evse.connectors.slice(1) })),
);

function withEvse(location: Location, change: (evse: Evse) => Evse): Location {
  const [first, ...others] = location.evses ?? [];
  return first ? { ...location, evses: [change(first), ...others] } : location;
}

const withoutStatuses = (location: Location): Location => ({
  ...location,
  evses: (location.evses ?? []).map((evse) => ({ ...evse, status: 'UNKNOWN' })),
});

/** All that a Location says, in one spelling. */
function said(location: Location): string {
  const { evses, ...site } = location;
  return JSON.stringify([
    inOneSpelling(site, ['last_updated']),
    inOrder(evses ?? [], ({ uid }) => uid).map(({ connectors, ...evse }) => [
      inOneSpelling(evse, ['last_updated']),
      inOrder(connectors, ({ id }) => id).map((connector) => inOneSpelling(connector, ['last_updated'])),
    ]),
  ]);
}

function inOneSpelling(value: unknown, without: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((entry) => inOneSpelling(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(
      ([name, field]) =>
        !without.includes(name) && !(field === null || (Array.isArray(field) && !field.length)),
    )
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => [name, inOneSpelling(field)]);
}

function inOrder<T>(parts: readonly T[], idOf: (part: T) => string): T[] {
  return parts.toSorted((one, other) => (idOf(one).toLowerCase() < idOf(other).toLowerCase() ? -1 : 1));
}

describe('what two states of a Location have in common', () => {
  it('is told as if each were written in one spelling, whatever objects they share', () => {
    fc.assert(
      fc.property(locations, successions, successions, (location, first, second) => {
        const later = second(first(location));
        expect(sameContent(location, later)).to.equal(said(location) === said(later));
        expect(sameButForStatuses(location, later)).to.equal(
          said(withoutStatuses(location)) === said(withoutStatuses(later)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is nothing where a field says nothing, and something where an entry of a list does', () => {
    const location = buildLocation({ operator: { name: 'TNM', website: null }, odd: [null, []] });
    expect(sameContent(location, buildLocation({ operator: { name: 'TNM' }, odd: [null, []] }))).to.equal(
      true,
    );
    expect(sameContent(location, buildLocation({ operator: { name: 'TNM' }, odd: [null] }))).to.equal(false);
    expect(sameContent(location, buildLocation({ operator: { name: 'TNM' }, odd: [[], null] }))).to.equal(
      false,
    );
  });

  it('goes by the fields of the objects themselves, whatever their names', () => {
    const one = buildLocation({ 'a\nb': 1, toString: null });
    expect(sameContent(one, buildLocation({ 'a\nb': 1 }))).to.equal(true);
    expect(sameContent(one, buildLocation({ a: 1, b: 1 }))).to.equal(false);
    expect(sameContent(one, buildLocation({ 'a\nb': 1, toString: 'x' }))).to.equal(false);
  });
});

describe('two states of a Tariff', () => {
  it('say the same where only their times differ, and not where its elements come in another order', () => {
    const [first, second] = [element(1), element(2)];
    const tariff = buildTariff({ elements: [first, second] });
    const later = { ...structuredClone(tariff), last_updated: '2030-01-01T00:00:00Z' };
    expect(sameTariff(tariff, later)).to.equal(true);
    expect(sameTariff(tariff, { ...later, elements: [second, first] })).to.equal(false);
  });
});

const element = (price: number) => ({ price_components: [{ type: 'ENERGY', price, step_size: 1 }] });
