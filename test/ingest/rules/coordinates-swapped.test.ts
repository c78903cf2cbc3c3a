import { expect } from 'chai';
import { coordinatesSwapped } from '../../../ingest/rules/coordinates-swapped.ts';
import { buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('Latitude and longitude swapped', () => {
  const at = (latitude: string, longitude: string, more: object = {}) =>
    buildLocation({ coordinates: { latitude, longitude }, ...more });

  it('are told', () => {
    expect(pathsOf(coordinatesSwapped, at('5.110278', '52.089444'))).to.deep.equal(['coordinates']);
  });

  it('are not told of a place in its country, nor of one that is outside either way', () => {
    expect(pathsOf(coordinatesSwapped, at('52.089444', '5.110278'))).to.deep.equal([]);
    expect(pathsOf(coordinatesSwapped, at('48.856600', '2.352200'))).to.deep.equal([]);
  });

  it('are not told where the place would be right both ways', () => {
    // In Nigeria, where latitude and longitude are alike.
    expect(pathsOf(coordinatesSwapped, at('7.000000', '9.000000', { country: 'NGA' }))).to.deep.equal([]);
    expect(pathsOf(coordinatesSwapped, at('9.000000', '7.000000', { country: 'NGA' }))).to.deep.equal([]);
  });

  it('are not told where the other way round is no place on earth', () => {
    expect(pathsOf(coordinatesSwapped, at('5.000000', '120.000000'))).to.deep.equal([]);
  });
});
