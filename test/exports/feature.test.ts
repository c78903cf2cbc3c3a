import { expect } from 'chai';
import { isFeature } from 'geojson-validation';
import { type LocationFeature, toFeature } from '../../exports/feature.ts';
import { powerInKilowatts, powerInWatts } from '../../exports/power.ts';
import { preparePublicLocation } from '../../exports/public-objects.ts';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../support/builders.ts';

const CHANGED_AT = new Date('2026-06-03T08:30:00Z');

function featureOf(overrides: Overrides, partyName: string | null = null): LocationFeature {
  const document = JSON.stringify(buildLocation(overrides));
  const location = preparePublicLocation({ document, asStored: [], changedAt: CHANGED_AT }, partyName);
  const feature = toFeature(location ?? expect.fail('the Location is not shown'));
  expect(isFeature(feature, true)).to.deep.equal([]);
  return feature;
}

describe('a Location as a GeoJSON Feature', () => {
  it('has the id, the position and the properties of the contract, in its order', () => {
    const feature = featureOf({
      country_code: 'nl',
      evses: [buildEvse({ coordinates: { latitude: '1.000001', longitude: '-2.000002' } })],
    });
    expect(feature.id).to.equal('NL-TNM-LOC-1');
    expect(feature.geometry).to.deep.equal({ type: 'Point', coordinates: [5.110278, 52.089444] });
    expect(Object.keys(feature.properties).join()).to.equal(
      'country_code,party_id,location_id,name,address,postal_code,city,country,operator,owner,parking_type,time_zone,open_24_7,max_power_kw,evse_count,evses_available,evses_by_status,evses,last_updated,changed_at',
    );
    const [evse] = feature.properties.evses;
    expect(Object.keys(evse ?? {}).join()).to.equal('uid,evse_id,status,last_updated,coordinates,connectors');
    expect(evse?.coordinates, 'OD-04').to.deep.equal([-2.000002, 1.000001]);
    expect(Object.keys(evse?.connectors[0] ?? {}).join()).to.equal(
      'id,standard,format,power_type,max_power_kw,tariff_ids',
    );
  });

  it('counts the EVSEs that are shown; UNKNOWN is neither free nor occupied', () => {
    const statuses = ['UNKNOWN', 'AVAILABLE', 'REMOVED', 'CHARGING', 'AVAILABLE', 'PLANNED'];
    const { properties } = featureOf({
      evses: statuses.map((status, index) => buildEvse({ uid: `${index}`, status })),
    });
    expect(properties).to.include({ evse_count: 5, evses_available: 2 });
    expect(properties.evses_by_status).to.deep.equal({ AVAILABLE: 2, CHARGING: 1, PLANNED: 1, UNKNOWN: 1 });
    expect(properties.evses.map(({ uid }) => uid)).to.deep.equal(['0', '1', '3', '4', '5']);
  });

  it('ENV-12: takes #NA and empty texts for missing', () => {
    const { properties } = featureOf({
      address: '#NA',
      city: '',
      operator: { name: '#NA' },
      postal_code: ' ',
    });
    expect(properties).to.include({ address: null, city: null, operator: null, postal_code: null });
  });

  it('OD-09: names the party where no operator is named', () => {
    expect(featureOf({}, 'Tandem').properties.operator).to.equal('Tandem');
    expect(featureOf({ operator: { name: 'Other' } }, 'Tandem').properties.operator).to.equal('Other');
  });

  it('says of opening hours what is known', () => {
    expect(featureOf({}).properties.open_24_7).to.equal(null);
    expect(featureOf({ opening_times: { twentyfourseven: true } }).properties.open_24_7).to.equal(true);
    expect(featureOf({ opening_times: { twentyfourseven: false } }).properties.open_24_7).to.equal(false);
  });
});

describe('what may be shown of an object', () => {
  function prepare(overrides: Overrides) {
    const document = JSON.stringify(buildLocation(overrides));
    return { document, prepared: preparePublicLocation({ document, asStored: [], changedAt: CHANGED_AT }) };
  }

  it('is the stored text itself where nothing has to go', () => {
    const { document, prepared } = prepare({ name: 'a' });
    expect(prepared?.document).to.equal(document);
  });

  it('OD-02, OD-03: is without REMOVED EVSEs and publish_allowed_to', () => {
    const { prepared } = prepare({
      publish_allowed_to: [{ uid: 'x', type: 'RFID' }],
      evses: [buildEvse({ uid: 'a' }), buildEvse({ uid: 'b', status: 'REMOVED' })],
    });
    expect(JSON.parse(prepared?.document ?? '')).to.deep.equal(
      buildLocation({ evses: [buildEvse({ uid: 'a' })] }),
    );
    expect(prepared?.location).to.deep.equal(JSON.parse(prepared?.document ?? ''));
  });

  it('OD-01, LR-20: is nothing when it is not published or expired', () => {
    expect(prepare({ publish: false }).prepared).to.equal(null);
    expect(prepare({ evses: [buildEvse({ status: 'REMOVED' })] }).prepared).to.equal(null);
    expect(prepare({ evses: null }).prepared).to.equal(null);
  });
});

describe('power', () => {
  const derived: readonly [string, number, number, number][] = [
    ['AC_1_PHASE', 230, 16, 3680],
    ['AC_2_PHASE', 230, 16, 7360],
    ['AC_2_PHASE_SPLIT', 120, 40, 9600],
    ['AC_3_PHASE', 230, 32, 22080],
    ['DC', 500, 300, 150000],
  ];
  for (const [power_type, max_voltage, max_amperage, watts] of derived) {
    it(`OD-06: of ${power_type} at ${max_voltage} V and ${max_amperage} A is ${watts} W`, () => {
      expect(powerInWatts(buildConnector({ power_type, max_voltage, max_amperage }))).to.equal(watts);
    });
  }

  it('OD-06: is what the owner states, where he does', () => {
    expect(powerInKilowatts(buildConnector({ max_electric_power: 22170 }))).to.equal(22.17);
    expect(powerInWatts(buildConnector({ max_electric_power: null }))).to.equal(11040);
  });

  it('is unknown where everything is zero', () => {
    expect(powerInKilowatts(buildConnector({ max_electric_power: 0, max_voltage: 0 }))).to.equal(null);
  });
});
