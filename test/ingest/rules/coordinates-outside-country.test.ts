import { expect } from 'chai';
import { coordinatesOutsideCountry } from '../../../ingest/rules/coordinates-outside-country.ts';
import { buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('Coordinates outside the country', () => {
  const at = (latitude: string, longitude: string, more: object = {}) =>
    buildLocation({ coordinates: { latitude, longitude }, ...more });

  it('are told', () => {
    // Paris.
    expect(pathsOf(coordinatesOutsideCountry, at('48.856600', '2.352200'))).to.deep.equal(['coordinates']);
  });

  it('are not told of a place inside, on an island or beyond the sea', () => {
    for (const place of [at('52.089444', '5.110278'), at('53.4480', '5.7600'), at('12.1500', '-68.2700')]) {
      expect(pathsOf(coordinatesOutsideCountry, place)).to.deep.equal([]);
    }
    const reunion = at('-21.11500', '55.53600', { country: 'FRA' });
    expect(pathsOf(coordinatesOutsideCountry, reunion)).to.deep.equal([]);
  });

  it('are told from ten kilometres behind the border on', () => {
    // Aachen lies four kilometres behind it, Jülich seventeen behind Limburg.
    expect(pathsOf(coordinatesOutsideCountry, at('50.776300', '6.083600'))).to.deep.equal([]);
    expect(pathsOf(coordinatesOutsideCountry, at('50.922000', '6.358000'))).to.have.length(1);
  });

  it('are not told where they are swapped or zero, of which other rules speak, or without borders to go by', () => {
    expect(pathsOf(coordinatesOutsideCountry, at('5.110278', '52.089444'))).to.deep.equal([]);
    expect(pathsOf(coordinatesOutsideCountry, at('0.00000', '0.00000'))).to.deep.equal([]);
    expect(pathsOf(coordinatesOutsideCountry, at('52.08944', '5.11027', { country: 'XXX' }))).to.deep.equal(
      [],
    );
  });
});
