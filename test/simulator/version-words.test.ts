// What the simulator says in other versions: valid in the eyes of the strictest reader of
// each, served by a platform and pushed by a CPO.

import { expect } from 'chai';
import { closedCheck } from '../support/closed-schemas.ts';
import { startCpoPlatform } from './cpo-platform.ts';
import { makeFleet } from './fleet.ts';
import { crawlModule } from './navigation-provider.ts';
import { inWords, placeOf, WORDED_VERSIONS } from './version-words.ts';

const fleet = makeFleet({ seed: 21, locations: 200, now: new Date('2026-06-07T12:00:00Z') });

describe('simulator: versions', () => {
  for (const version of WORDED_VERSIONS) {
    it(`a whole fleet in the words of ${version} is valid in ${version}`, () => {
      const check = closedCheck(version);
      for (const location of fleet.locations) {
        expect(check('locations', inWords(version, location)), location.id).to.deep.equal([]);
      }
      for (const tariff of fleet.tariffs) {
        expect(check('tariffs', inWords(version, tariff)), tariff.id).to.deep.equal([]);
      }
    });

    it(`a platform of ${version} serves its fleet in these words, also what is put there later`, async () => {
      const platform = await startCpoPlatform({ fleet, version, pageSize: 50 });
      try {
        const [first] = fleet.locations;
        platform.locations.put({ ...first, name: 'Renamed' });
        const { versionsUrl, token } = platform;
        const { objects, ended } = await crawlModule(versionsUrl, 'locations', { token, version });
        expect(ended).to.equal('last-page');
        expect(objects).to.deep.equal(
          fleet.locations.map((location) =>
            inWords(version, location === first ? { ...location, name: 'Renamed' } : location),
          ),
        );
      } finally {
        await platform.close();
      }
    });
  }

  it('some Locations of 2.3.0 use what is new in it, and some Tariffs have the tax in their prices', () => {
    const parking = fleet.locations.filter(({ id }) => placeOf(id, 10) === 0);
    expect(parking).to.have.length(20);
    for (const location of parking) {
      expect(inWords('2.3.0', location)).to.include.keys('parking_places', 'help_phone');
    }
    const taxes = fleet.tariffs.map(
      (tariff) => (inWords('2.3.0', tariff) as { tax_included: string }).tax_included,
    );
    expect(new Set(taxes)).to.deep.equal(new Set(['YES', 'NO']));
  });
});
