import { expect } from 'chai';
import fc from 'fast-check';
import { parseBbox } from '../../../../server/open-data/ogc/bbox.ts';
import { formatCursor, parseCursor } from '../../../../server/open-data/ogc/cursor.ts';
import { type Interval, parseDatetime } from '../../../../server/open-data/ogc/datetime.ts';

describe('OGC API Features: bbox', () => {
  it('is one box, or two where it crosses the antimeridian', () => {
    expect(parseBbox('5, 52,6,53')).to.deep.equal([{ west: 5, south: 52, east: 6, north: 53 }]);
    expect(parseBbox('1e1,-1.5E-2,+20,.5')).to.deep.equal([
      { west: 10, south: -0.015, east: 20, north: 0.5 },
    ]);
    expect(parseBbox('170,-10,-5,-170,10,9')).to.deep.equal([
      { west: 170, south: -10, east: 180, north: 10 },
      { west: -180, south: -10, east: -170, north: 10 },
    ]);
  });

  it('is refused, in words, unless it is four or six numbers in their places', () => {
    for (const text of [
      '',
      '1,2,3',
      '1,2,3,4,5',
      '1,2,3,x',
      '1,2,3,',
      'NaN,1,2,3',
      '0x1,1,2,3',
      'Infinity,1,2,3',
    ]) {
      expect(parseBbox(text), text).to.include('four numbers');
    }
    expect(parseBbox('-181,0,0,1')).to.include('longitudes');
    expect(parseBbox('0,0,1,91')).to.include('latitudes');
    expect(parseBbox('0,2,1,1')).to.include('south');
  });

  it('whatever is sent gives boxes within the world, or words', () => {
    const degrees = fc.double({ min: -200, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.oneof(fc.tuple(degrees, degrees, degrees, degrees).map(String), fc.string()), (text) => {
        const boxes = parseBbox(text);
        if (typeof boxes === 'string') return boxes.length > 0;
        return boxes.every(
          ({ west, south, east, north }) =>
            -180 <= west && west <= east && east <= 180 && -90 <= south && south <= north && north <= 90,
        );
      }),
    );
  });
});

describe('OGC API Features: datetime', () => {
  const read = (text: string) => {
    const interval = parseDatetime(text);
    if (typeof interval === 'string') return interval;
    const { from, to } = interval as Interval;
    return [from?.toISOString(), to?.toISOString()];
  };

  it('is a moment or an interval, open at either end', () => {
    const noon = '2026-11-28T12:00:00.000Z';
    expect(read('2026-11-28T12:00:00Z')).to.deep.equal([noon, noon]);
    expect(read('2026-11-28t13:00:00.5+01:00')).to.deep.equal([
      '2026-11-28T12:00:00.500Z',
      '2026-11-28T12:00:00.500Z',
    ]);
    for (const open of ['..', '']) {
      expect(read(`2026-11-28T12:00:00Z/${open}`)).to.deep.equal([noon, undefined]);
      expect(read(`${open}/2026-11-28T12:00:00Z`)).to.deep.equal([undefined, noon]);
    }
    expect(read('2026-11-27/2026-11-28')).to.deep.equal([
      '2026-11-27T00:00:00.000Z',
      '2026-11-28T23:59:59.999Z',
    ]);
  });

  it('is refused, in words, when there is no such moment or interval', () => {
    for (const text of [
      ...['', '..', '../..', '/', 'now', '2026', '2026-13-01', '2026-02-30', '2026-02-30T00:00:00Z'],
      ...[
        '2026-11-28T12:00Z',
        '2026-11-28T12:00:00',
        '2026-11-28T25:00:00Z',
        '2026-11-28/2026-11-29/2026-11-30',
      ],
    ]) {
      expect(read(text), text).to.include('must be a moment');
    }
    expect(read('2026-11-28/2026-11-27')).to.include('ends before');
  });

  it('never fails, whatever is sent', () => {
    fc.assert(fc.property(fc.string(), (text) => parseDatetime(text) !== undefined));
  });
});

describe('OGC API Features: cursor', () => {
  it('reads what it wrote', () => {
    const part = fc.string({ maxLength: 100 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(
        fc.constantFrom('after' as const, 'before' as const),
        fc.maxSafeNat(),
        fc.option(part),
        (direction, id, key) => {
          const cursor = { direction, position: key === null ? ([id] as const) : ([id, key] as const) };
          expect(parseCursor(formatCursor(cursor))).to.deep.equal(cursor);
        },
      ),
    );
  });

  it('refuses whatever it did not write', () => {
    const write = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const value of [
      null,
      {},
      [],
      [1],
      [2, 3],
      [1, -1],
      [1, 1.5],
      [1, 2, 3],
      [1, 2, 'a\0'],
      [1, 2, 'a', 'b'],
      [1, 1e300],
    ]) {
      expect(parseCursor(write(value)), JSON.stringify(value)).to.equal(null);
    }
    fc.assert(fc.property(fc.string(), (text) => parseCursor(`~${text}`) === null));
    expect(parseCursor(formatCursor({ direction: 'after', position: [1, 'x'.repeat(5_000)] }))).to.equal(
      null,
    );
  });
});
