import { expect } from 'chai';
import { isFeature } from 'geojson-validation';
import { type EvseFeature, toEvseFeature } from '../../exports/evse-feature.ts';
import { toFeature } from '../../exports/feature.ts';
import { preparePublicLocation } from '../../exports/public-objects.ts';
import { toTariffFeature } from '../../exports/tariff-feature.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff230 } from '../support/builders.ts';

const CHANGED_AT = new Date('2026-06-03T08:30:00Z');

const location =
  preparePublicLocation({
    document: JSON.stringify(
      buildLocation({
        operator: { name: 'Tandem' },
        evses: [
          buildEvse({
            uid: 'Own',
            evse_id: 'NL*TNM*E1',
            coordinates: { latitude: '1.000001', longitude: '-2.000002' },
            capabilities: ['RFID_READER'],
            floor_level: '-1',
            physical_reference: '#NA',
            connectors: [buildConnector({ max_electric_power: 50_000 })],
          }),
          buildEvse({ uid: 'there', status: 'CHARGING' }),
          buildEvse({ uid: 'gone', status: 'REMOVED' }),
        ],
      }),
    ),
    asStored: [],
    changedAt: CHANGED_AT,
  }) ?? expect.fail('the Location is not shown');

function featureOf(uidKey: string): EvseFeature {
  const feature = toEvseFeature(location, uidKey, ['NL-GFX-HUB-1']) ?? expect.fail('no such EVSE');
  expect(isFeature(feature, true)).to.deep.equal([]);
  return feature;
}

describe('an EVSE as a GeoJSON Feature', () => {
  it('OD-05: stands where it says, else where its Location stands', () => {
    expect(featureOf('own').geometry.coordinates).to.deep.equal([-2.000002, 1.000001]);
    expect(featureOf('there').geometry.coordinates).to.deep.equal([5.110278, 52.089444]);
  });

  it('has the id of the contract, what it says itself, and what its Location says', () => {
    const { id, properties } = featureOf('own');
    expect(id).to.equal('NL-TNM-LOC-1-Own');
    expect(Object.keys(properties).join()).to.equal(
      'evse_id,uid,status,last_updated,max_power_kw,connectors,capabilities,parking_restrictions,floor_level,physical_reference,same_evse_id,country_code,party_id,location_id,name,address,postal_code,city,country,operator,owner,parking_type,time_zone,open_24_7,location_last_updated,changed_at',
    );
    expect(properties).to.include({ max_power_kw: 50, floor_level: '-1', physical_reference: null });
    expect(properties).to.include({ operator: 'Tandem', changed_at: CHANGED_AT.toISOString() });
    expect(properties.capabilities).to.deep.equal(['RFID_READER']);
    expect(properties.same_evse_id).to.deep.equal(['NL-GFX-HUB-1']);
    expect(featureOf('there').properties).to.include({
      max_power_kw: 11.04,
      status: 'CHARGING',
      evse_id: null,
    });
  });

  it('says of itself what the Feature of its Location says of it', () => {
    for (const { coordinates: _, ...said } of toFeature(location).properties.evses) {
      const { properties } = featureOf(said.uid.toLowerCase());
      expect({ ...properties, ...said }).to.deep.equal(properties);
    }
  });

  it('is none when it is REMOVED, or not there', () => {
    for (const uidKey of ['gone', 'nowhere']) expect(toEvseFeature(location, uidKey, [])).to.equal(null);
  });
});

describe('a Tariff as a GeoJSON Feature', () => {
  const tariff = buildTariff230({
    country_code: 'nl',
    min_price: { before_taxes: 1 },
    energy_mix: { is_green_energy: true },
  });
  const prepared = { tariff, document: '' };

  it('has the Tariff as its properties, the fields of OCPI first, at the places where it holds', () => {
    const positions = [
      [5, 52],
      [6, 53],
    ] as const;
    const feature = toTariffFeature(prepared, { places: 5_268, positions, changedAt: CHANGED_AT });
    expect(isFeature(feature, true)).to.deep.equal([]);
    expect(feature.id).to.equal('NL-TNM-TARIFF-1');
    expect(feature.geometry).to.deep.equal({ type: 'MultiPoint', coordinates: positions });
    expect(Object.keys(feature.properties).join()).to.equal(
      'country_code,party_id,tariff_id,currency,type,tax_included,tariff_alt_text,tariff_alt_url,min_price,max_price,elements,start_date_time,end_date_time,energy_mix,places,last_updated,changed_at',
    );
    expect(feature.properties).to.include({ tariff_id: 'TARIFF-1', type: null, places: 5_268 });
    expect(feature.properties.elements).to.deep.equal(tariff.elements);
  });

  it('has no geometry where nobody names it', () => {
    const feature = toTariffFeature(prepared, { places: 0, positions: [], changedAt: CHANGED_AT });
    expect(feature.geometry).to.equal(null);
    expect(isFeature(feature, true)).to.deep.equal([]);
  });
});
