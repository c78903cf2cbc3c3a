import { expect } from 'chai';
import { coordinatesNullIsland } from '../../../ingest/rules/coordinates-null-island.ts';
import { buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('Coordinates at null island', () => {
  const at = (latitude: string, longitude: string, more: object = {}) =>
    buildLocation({ coordinates: { latitude, longitude }, ...more });

  it('are told', () => {
    expect(pathsOf(coordinatesNullIsland, at('0.00000', '0.00000'))).to.deep.equal(['coordinates']);
  });

  it('are not told of any other place, not even with one zero', () => {
    expect(pathsOf(coordinatesNullIsland, at('52.089444', '5.110278'))).to.deep.equal([]);
    expect(pathsOf(coordinatesNullIsland, at('51.477800', '0.000000', { country: 'GBR' }))).to.deep.equal([]);
  });

  it('end a tenth of a degree from zero', () => {
    expect(pathsOf(coordinatesNullIsland, at('0.09999', '-0.09999'))).to.have.length(1);
    expect(pathsOf(coordinatesNullIsland, at('0.10000', '0.00000'))).to.deep.equal([]);
  });

  it('are not told of what is not published', () => {
    expect(pathsOf(coordinatesNullIsland, at('0.00000', '0.00000', { publish: false }))).to.deep.equal([]);
  });
});
