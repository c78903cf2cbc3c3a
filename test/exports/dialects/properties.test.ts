import { expect } from 'chai';
import fc from 'fast-check';
import { OCPI_VERSIONS } from '../../../db/ocpi-version.ts';
import { ocpi221 } from '../../../exports/dialects/ocpi-2.2.1.ts';
import { objectsOf } from '../../support/arbitrary-objects.ts';
import { giveOut, takeIn } from '../../support/through-versions.ts';

/** Each with a few hundred values in it. */
const RUNS = 150;

describe('properties of all versions', () => {
  for (const module of ['locations', 'tariffs'] as const) {
    for (const from of OCPI_VERSIONS) {
      it(`LS-11: any ${from} object of ${module} is valid in every version it comes out of`, () => {
        fc.assert(
          fc.property(objectsOf(from, module), (wire) => {
            const stored = takeIn(from, module, wire);
            for (const to of OCPI_VERSIONS) giveOut(to, module, stored, {}, false);
          }),
          { numRuns: RUNS },
        );
      });

      it(`CV-07: its owner gets any ${from} object of ${module} back as it was, from ${from}`, () => {
        fc.assert(
          fc.property(objectsOf(from, module), (wire) => {
            const stored = takeIn(from, module, wire);
            expect(giveOut(from, module, stored, { audience: 'owner' }, false)).to.deep.equal(wire);
          }),
          { numRuns: RUNS },
        );
      });
    }
  }

  for (const from of OCPI_VERSIONS) {
    it(`CV-07: a ${from} Location that may go out as stored is what 2.2.1 would make of it`, () => {
      let compared = 0;
      fc.assert(
        fc.property(objectsOf(from, 'locations'), (wire) => {
          const stored = takeIn(from, 'locations', wire);
          if (!stored.asStored.includes('2.2.1')) return;
          compared++;
          const converted = ocpi221.location({ ...stored, asStored: [] }) as string;
          expect(JSON.parse(converted)).to.deep.equal(JSON.parse(stored.document));
          expect(ocpi221.location(stored)).to.equal(stored.document);
        }),
        { numRuns: RUNS },
      );
      // Places to park are in every Location of 2.3.0 that is made here.
      expect(compared > 0).to.equal(from !== '2.3.0');
    });
  }
});
