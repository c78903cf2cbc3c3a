import { expect } from 'chai';
import fc from 'fast-check';
import { isOlder, laterOf } from '../../ingest/times.ts';

/** Every way in which OCPI writes a moment: with and without fraction, with and without Z. */
const dateTimes = fc
  .record({
    seconds: fc.integer({ min: 0, max: 90 }),
    fraction: fc.constantFrom('', '.0', '.1', '.12', '.120', '.5'),
    zone: fc.constantFrom('', 'Z'),
  })
  .map(({ seconds, fraction, zone }) => {
    const moment = new Date(Date.UTC(2026, 5, 1, 23, 59) + seconds * 1_000);
    return `${moment.toISOString().slice(0, 19)}${fraction}${zone}`;
  });

const momentOf = (dateTime: string) => Date.parse(dateTime.endsWith('Z') ? dateTime : `${dateTime}Z`);

describe('the order of OCPI DateTimes', () => {
  it('is that of the moments, however each is written', () => {
    const now = new Date('2026-06-03T00:00:00Z');
    fc.assert(
      fc.property(dateTimes, dateTimes, (one, other) => {
        const isOtherLater = momentOf(other) > momentOf(one);
        expect(laterOf(one, other)).to.equal(isOtherLater ? other : one);
        expect(isOlder(one, other, now)).to.equal(isOtherLater);
      }),
      { numRuns: 1_000 },
    );
  });
});
