import { expect } from 'chai';
import { timeZoneElsewhere } from '../../../ingest/rules/time-zone-elsewhere.ts';
import { buildLocation } from '../../support/builders.ts';
import { askRule } from '../../support/rules.ts';

describe('A time zone that does not fit the place', () => {
  const at = (latitude: string, longitude: string, more: object = {}) =>
    buildLocation({ coordinates: { latitude, longitude }, ...more });

  it('is told, with the zone there', () => {
    const [found] = askRule(timeZoneElsewhere, buildLocation({ time_zone: 'Europe/London' }));
    expect(found).to.deep.include({ path: 'time_zone', received: 'Europe/London' });
    expect(found?.message).to.contain('Europe/Amsterdam');
  });

  it('is not told of a zone with the same clock', () => {
    for (const time_zone of ['Europe/Amsterdam', 'Europe/Brussels', 'Europe/Berlin']) {
      expect(askRule(timeZoneElsewhere, buildLocation({ time_zone }))).to.deep.equal([]);
    }
  });

  it('is not told within 25 km of a border of zones', () => {
    const lithuanian = (longitude: string, time_zone: string) =>
      at('54.63860', longitude, { country: 'LTU', time_zone });
    // Kybartai, across the bridge from Kaliningrad; Marijampolė, fifty kilometres inland.
    expect(askRule(timeZoneElsewhere, lithuanian('22.76330', 'Europe/Vilnius'))).to.deep.equal([]);
    expect(askRule(timeZoneElsewhere, lithuanian('22.76330', 'Europe/Kaliningrad'))).to.deep.equal([]);
    expect(askRule(timeZoneElsewhere, lithuanian('23.50000', 'Europe/Kaliningrad'))).to.have.length(1);
  });

  it('is told of one that agrees in winter alone', () => {
    expect(askRule(timeZoneElsewhere, buildLocation({ time_zone: 'Africa/Algiers' }))).to.have.length(1);
  });

  it('is told of a name that nobody knows', () => {
    expect(askRule(timeZoneElsewhere, buildLocation({ time_zone: 'Utrecht' }))).to.have.length(1);
  });

  it('is not told where the place itself is wrong, nor at sea', () => {
    const time_zone = 'Europe/London';
    expect(askRule(timeZoneElsewhere, at('0.00000', '0.00000', { time_zone }))).to.deep.equal([]);
    expect(askRule(timeZoneElsewhere, at('5.110278', '52.089444', { time_zone }))).to.deep.equal([]);
    expect(askRule(timeZoneElsewhere, at('40.00000', '-40.00000', { country: 'XXX' }))).to.deep.equal([]);
  });
});
