import { expect } from 'chai';
import fc from 'fast-check';
import {
  cellAt,
  cellsOf,
  degreesAt,
  type GridPoint,
  gridPoint,
  MAX_ZOOM,
  pixelIn,
  placeOf,
} from '../../db/tile-grid.ts';

/** A cell of this zoom is a pixel. */
const DEEPEST = 26;
const LAST = 2 ** DEEPEST - 1;
const column = fc.integer({ min: 0, max: LAST });
const pixel = fc.record({ x: column, y: column });
const zoom = fc.integer({ min: 0, max: MAX_ZOOM });

/** The tile of a zoom that a pixel is in, by division. */
function tileAround({ x, y }: GridPoint, z: number) {
  const size = 2 ** (26 - z);
  return { z, x: Math.floor(x / size), y: Math.floor(y / size) };
}

describe('the grid of the vector tiles', () => {
  it('has a place in one tile of a zoom alone: that which the pixel is in', () => {
    const property = fc.property(pixel, pixel, zoom, (one, other, z) => {
      const place = placeOf(one);
      const own = cellsOf(tileAround(one, z), DEEPEST);
      expect(place).to.be.at.least(own.from).and.below(own.to);
      const foreign = tileAround(other, z);
      const { from, to } = cellsOf(foreign, DEEPEST);
      const { x, y } = tileAround(one, z);
      expect(place >= from && place < to).to.equal(x === foreign.x && y === foreign.y);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('finds the cell above a cell by leaving out two bits', () => {
    const property = fc.property(pixel, fc.integer({ min: 1, max: 26 }), (one, z) => {
      const place = placeOf(one);
      expect(Math.floor(cellAt(place, z) / 4)).to.equal(cellAt(place, z - 1));
    });
    fc.assert(property);
  });

  it('has the cells of a tile in one range', () => {
    const property = fc.property(pixel, zoom, (one, z) => {
      const { from, to } = cellsOf(tileAround(one, z), z + 4);
      expect(to - from).to.equal(256);
      expect(cellAt(placeOf(one), z + 4))
        .to.be.at.least(from)
        .and.below(to);
    });
    fc.assert(property);
  });

  it('keeps a pixel within its tile', () => {
    const property = fc.property(pixel, zoom, (one, z) => {
      const { x, y } = pixelIn(tileAround(one, z), one);
      expect(Math.min(x, y)).to.be.at.least(0);
      expect(Math.max(x, y)).to.be.at.most(4095);
    });
    fc.assert(property);
    expect(pixelIn({ z: 14, x: 2 ** 14 - 1, y: 0 }, { x: LAST, y: 7 })).to.deep.equal({ x: 4095, y: 7 });
  });

  it('leads from degrees to the pixel whose corners are around them', () => {
    const degrees = fc.record({
      longitude: fc.double({ min: -180, max: 179.999, noNaN: true }),
      latitude: fc.double({ min: -85, max: 85, noNaN: true }),
    });
    const property = fc.property(degrees, ({ longitude, latitude }) => {
      const { x, y } = gridPoint(longitude, latitude);
      const northWest = degreesAt({ x, y });
      const southEast = degreesAt({ x: x + 1, y: y + 1 });
      // The sixth decimal is a tenth of a metre.
      expect(longitude).to.be.within(northWest.longitude - 1e-9, southEast.longitude + 1e-9);
      expect(latitude).to.be.within(southEast.latitude - 1e-9, northWest.latitude + 1e-9);
    });
    fc.assert(property);
  });

  it('takes what lies beyond the world for its edge', () => {
    expect(gridPoint(180, 90)).to.deep.equal({ x: LAST, y: 0 });
    expect(gridPoint(-180, -90)).to.deep.equal({ x: 0, y: LAST });
    expect(gridPoint(999, -99)).to.deep.equal({ x: LAST, y: LAST });
    expect(gridPoint(0, 0)).to.deep.equal({ x: 2 ** 25, y: 2 ** 25 });
  });
});
