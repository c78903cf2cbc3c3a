import { expect } from 'chai';
import fc from 'fast-check';
import type { Evse, Location } from '../../../db/model.ts';
import { locationContentHash, sameButForStatuses, sameContent } from '../../../db/registry/content.ts';
import { objectsOf } from '../../support/arbitrary-objects.ts';
import { buildConnector, buildEvse, buildLocation } from '../../support/builders.ts';

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

const sameHash = (one: Location, other: Location) =>
  locationContentHash(one).equals(locationContentHash(other));

describe('what two states of a Location have in common', () => {
  it('is said by hashes and by comparing alike, whatever objects they share', () => {
    fc.assert(
      fc.property(locations, successions, successions, (location, first, second) => {
        const later = second(first(location));
        expect(sameContent(location, later)).to.equal(sameHash(location, later));
        expect(sameButForStatuses(location, later)).to.equal(
          sameHash(withoutStatuses(location), withoutStatuses(later)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is hashed as it always was, since hashes are kept', () => {
    const location = buildLocation({
      name: 'Größe "7"\u2028',
      directions: [],
      energy_mix: { is_green_energy: true, energy_sources: [{ source: 'WIND', percentage: 99.5 }] },
      evses: [
        buildEvse({ uid: 'b', floor_level: null }),
        buildEvse({ uid: 'A', connectors: [buildConnector({ tariff_ids: ['T\\1'] })] }),
      ],
    });
    expect(locationContentHash(location).toString('hex')).to.equal(
      'a9242e6739bc31d67d83408804c6785e924c426de4856def46ecacfd3bc5a68b',
    );
  });

  it('is not taken from another object whose names look alike', () => {
    const one = buildLocation({ 'a\nb': 1, c: 2 });
    const other = buildLocation({ a: 1, 'b\nc': 2 });
    expect(sameHash(one, other)).to.equal(false);
    expect(sameHash(one, structuredClone(one))).to.equal(true);
    expect(sameHash(other, structuredClone(other))).to.equal(true);
  });
});
