import { expect } from 'chai';
import { lastUpdatedUnchanged } from '../../../ingest/rules/last-updated-unchanged.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('Content that changes under an unchanged last_updated', () => {
  const before = buildLocation();

  it('is told', () => {
    expect(
      pathsOf(lastUpdatedUnchanged, buildLocation({ city: 'Gouda' }), { previous: before }),
    ).to.deep.equal(['last_updated']);
  });

  it('is not told of a new object, of the same again, or of another time', () => {
    expect(pathsOf(lastUpdatedUnchanged, before)).to.deep.equal([]);
    expect(pathsOf(lastUpdatedUnchanged, buildLocation(), { previous: before })).to.deep.equal([]);
    const later = buildLocation({ city: 'Gouda', last_updated: '2026-06-01T12:00:01Z' });
    expect(pathsOf(lastUpdatedUnchanged, later, { previous: before })).to.deep.equal([]);
  });

  it('is not told of another order or another way to say nothing: that is the same content', () => {
    const evses = [buildEvse(), buildEvse({ uid: 'EVSE-2' })];
    const previous = buildLocation({ evses });
    const next = buildLocation({ evses: [...evses].reverse(), name: null });
    expect(pathsOf(lastUpdatedUnchanged, next, { previous })).to.deep.equal([]);
  });

  it('is not told of what the registry itself marked as REMOVED', () => {
    const gone = buildLocation({ evses: [buildEvse({ status: 'REMOVED' })] });
    expect(pathsOf(lastUpdatedUnchanged, gone, { previous: before })).to.deep.equal([]);
  });
});
