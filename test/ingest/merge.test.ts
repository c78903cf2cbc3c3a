import { expect } from 'chai';
import fc from 'fast-check';
import type { Location } from '../../db/model.ts';
import { mergeLocation, NOTHING_LEFT_OUT } from '../../ingest/merge.ts';
import { liftLocation, timeOf } from '../../ingest/times.ts';
import { buildConnector, buildEvse, buildLocation } from '../support/builders.ts';

const NOW = new Date('2026-06-10T12:00:00Z');

/** One of a few moments before NOW, so that equal, older and newer all turn up. */
const moment = fc.integer({ min: 1, max: 6 }).map((day) => `2026-06-0${day}T00:00:00Z`);

const anyLocation: fc.Arbitrary<Location> = fc
  .record({
    name: fc.constantFrom('a', 'b'),
    last_updated: moment,
    evses: fc.uniqueArray(
      fc.record({
        uid: fc.constantFrom('1', '2', '3'),
        status: fc.constantFrom('AVAILABLE', 'CHARGING', 'REMOVED'),
        last_updated: moment,
        connectorTime: moment,
      }),
      { selector: (evse) => evse.uid },
    ),
  })
  .map(
    ({ evses, ...head }) =>
      liftLocation(
        buildLocation({
          ...head,
          evses: evses.map(({ connectorTime, ...evse }) =>
            buildEvse({ ...evse, connectors: [buildConnector({ last_updated: connectorTime })] }),
          ),
        }),
      ).location,
  );

const current = (document: Location, omittedEvses: string[] = [], vanished = false) => ({
  document,
  omittedEvses,
  vanished,
});

describe('merging a Location that is known', () => {
  it('PC-11: what just came wins at equal times', () => {
    const stored = buildLocation({ name: 'old' });
    const merged = mergeLocation(current(stored), { ...stored, name: 'new' }, NOTHING_LEFT_OUT, NOW);
    expect(merged.document.name).to.equal('new');
  });

  it('LR-26: a stored time from the future does not lock an object', () => {
    const stored = buildLocation({ name: 'old', evses: [], last_updated: '2027-01-01T00:00:00Z' });
    const incoming = { ...stored, name: 'new', last_updated: '2026-06-01T00:00:00Z' };
    expect(mergeLocation(current(stored), incoming, NOTHING_LEFT_OUT, NOW).document.name).to.equal('new');
  });

  it('loses no EVSE that was ever known, and removes none without a word', () => {
    fc.assert(
      fc.property(anyLocation, anyLocation, (stored, incoming) => {
        const { document, omittedEvses } = mergeLocation(current(stored), incoming, NOTHING_LEFT_OUT, NOW);
        const after = new Map(document.evses?.map((evse) => [evse.uid, evse.status]));
        for (const evse of stored.evses ?? []) {
          expect(after.has(evse.uid)).to.equal(true);
        }
        for (const uid of omittedEvses) {
          expect(after.get(uid)).to.equal('REMOVED');
          expect(incoming.evses?.some((evse) => evse.uid === uid)).to.equal(false);
        }
      }),
    );
  });

  it('never moves the time of an object back', () => {
    fc.assert(
      fc.property(anyLocation, anyLocation, (stored, incoming) => {
        const { document } = mergeLocation(current(stored), incoming, NOTHING_LEFT_OUT, NOW);
        expect(timeOf(document.last_updated)).to.be.at.least(timeOf(stored.last_updated));
        for (const evse of stored.evses ?? []) {
          const after = document.evses?.find((each) => each.uid === evse.uid);
          expect(timeOf(after?.last_updated ?? '')).to.be.at.least(timeOf(evse.last_updated));
        }
      }),
    );
  });

  it('is settled after one time: the same input again changes nothing', () => {
    fc.assert(
      fc.property(anyLocation, anyLocation, (stored, incoming) => {
        const once = mergeLocation(current(stored), incoming, NOTHING_LEFT_OUT, NOW);
        const twice = mergeLocation(
          current(once.document, [...once.omittedEvses]),
          incoming,
          NOTHING_LEFT_OUT,
          NOW,
        );
        const byUid = (location: Location) =>
          [...(location.evses ?? [])].sort((one, other) => one.uid.localeCompare(other.uid));
        expect(byUid(twice.document)).to.deep.equal(byUid(once.document));
        expect(twice.document.last_updated).to.equal(once.document.last_updated);
      }),
    );
  });

  it('PC-06: a vanished Location comes back as it is sent, whatever its age', () => {
    const incoming = buildLocation({ evses: [buildEvse({ uid: '1', status: 'AVAILABLE' })] });
    const gone = {
      ...incoming,
      last_updated: '2026-06-09T00:00:00Z',
      evses: [buildEvse({ uid: '1', status: 'REMOVED', last_updated: '2026-06-09T00:00:00Z' })],
    };
    const merged = mergeLocation(current(gone, ['1'], true), incoming, NOTHING_LEFT_OUT, NOW);
    expect(merged.document).to.deep.equal(incoming);
    expect(merged.omittedEvses).to.deep.equal([]);
  });
});
