import { expect } from 'chai';
import type { Connector, Evse } from '../../../db/model.ts';
import { shortId } from '../../../exports/dialects/alias.ts';
import { ocpi221 } from '../../../exports/dialects/ocpi-2.2.1.ts';
import { ocpi221Validator } from '../../../ingest/dialects/ocpi-2.2.1.ts';
import {
  type Built,
  buildConnector,
  buildEvse,
  buildLocation,
  buildTariff,
  type Overrides,
} from '../../support/builders.ts';

/** A Location that is not 2.2.1 as stored, converted. */
function convert(overrides: Overrides): Built {
  const wire = JSON.parse(
    ocpi221.location({ document: JSON.stringify(buildLocation(overrides)), asStored: ['2.3.0'] }) ?? 'null',
  );
  expect(ocpi221Validator().validate('location', wire)).to.deep.equal([]);
  return wire;
}

function convertTariff(overrides: Overrides): Built {
  const wire = JSON.parse(ocpi221.tariff({ document: JSON.stringify(buildTariff(overrides)) }) ?? 'null');
  if (wire !== null) expect(ocpi221Validator().validate('tariff', wire)).to.deep.equal([]);
  return wire;
}

function energy(price: number, vat?: number | null): Overrides[] {
  return [
    { price_components: [{ type: 'ENERGY', price, step_size: 1, ...(vat === undefined ? {} : { vat }) }] },
  ];
}

describe('ocpi 2.2.1 on its way out', () => {
  it('CV-07: sends the very same text when the document is 2.2.1 as stored, without reading it', () => {
    const text = '{ "not even": JSON';
    expect(ocpi221.location({ document: text, asStored: ['2.2.1', '2.3.0'] })).to.equal(text);
  });

  it('CV-03: leaves out what only 2.3.0 has, and keeps what a partner added', () => {
    const wire = convert({
      help_phone: '+31 1',
      parking_places: [{ id: 'P' }],
      nl_extra: { a: 1 },
      evses: [
        buildEvse({
          parking: [{ parking_id: 'P' }],
          accepted_service_providers: ['X'],
          connectors: [buildConnector({ capabilities: ['ISO_15118_2_PLUG_AND_CHARGE'], nl_extra: 2 })],
        }),
      ],
    });
    expect(wire).to.not.have.any.keys('help_phone', 'parking_places');
    expect(wire.nl_extra).to.deep.equal({ a: 1 });
    expect(wire.evses[0]).to.not.have.any.keys('parking', 'accepted_service_providers');
    expect(wire.evses[0].connectors[0]).to.deep.equal({ ...buildConnector(), nl_extra: 2 });
  });

  it('LS-11: leaves out words that 2.2.1 does not have, in lists and where a field is optional', () => {
    const wire = convert({
      parking_type: 'ON_THE_MOON',
      facilities: ['HOTEL', 'SAUNA'],
      publish_allowed_to: [
        { uid: '1', type: 'RFID' },
        { uid: '2', type: 'EMAID' },
      ],
      publish: false,
      energy_mix: {
        is_green_energy: true,
        environ_impact: [
          { category: 'NOISE', amount: 1 },
          { category: 'CARBON_DIOXIDE', amount: 2 },
        ],
      },
      images: [{ url: 'https://x.example/a.png', category: 'DRONE', type: 'png' }],
      operator: { name: 'T', logo: { url: 'https://x.example/b.png', category: 'LOGO', type: 'png' } },
      evses: [
        buildEvse({ capabilities: ['RFID_READER', 'TELEPATHY'], parking_restrictions: ['TAXIS', 'PLUGGED'] }),
      ],
    });
    expect(wire).to.not.have.property('parking_type');
    expect(wire.facilities).to.deep.equal(['HOTEL']);
    expect(wire.publish_allowed_to).to.deep.equal([{ uid: '1', type: 'RFID' }]);
    expect(wire.energy_mix.environ_impact).to.deep.equal([{ category: 'CARBON_DIOXIDE', amount: 2 }]);
    expect(wire.images[0].category).to.equal('OTHER');
    expect(wire.operator.logo.category).to.equal('OTHER');
    expect(wire.evses[0].capabilities).to.deep.equal(['RFID_READER']);
    expect(wire.evses[0].parking_restrictions).to.deep.equal(['PLUGGED']);
  });

  it('ENV-10: null and absent stay what they were', () => {
    const wire = convert({
      parking_type: null,
      evses: [buildEvse({ capabilities: null })],
      facilities: null,
    });
    expect(wire).to.include({ parking_type: null, facilities: null });
    expect(wire.evses[0].capabilities).to.equal(null);
    expect(wire).to.not.have.any.keys('images', 'energy_mix', 'operator');
  });

  it('CV-09: leaves out an EVSE of which no connector is left, and keeps the Location', () => {
    const wire = convert({
      evses: [
        buildEvse({ uid: 'truck', connectors: [buildConnector({ standard: 'MCS' })] }),
        buildEvse({
          uid: 'both',
          connectors: [buildConnector({ standard: 'MCS' }), buildConnector({ id: '2' })],
        }),
      ],
    });
    expect(wire.evses.map((evse: Evse) => evse.uid)).to.deep.equal(['both']);
    expect(wire.evses[0].connectors.map((connector: Connector) => connector.id)).to.deep.equal(['2']);
    expect(
      convert({ evses: [buildEvse({ connectors: [buildConnector({ standard: 'OWN' })] })] }).evses,
    ).to.deep.equal([]);
  });

  it('calls an SAE J3400 connector TESLA_S, and an MCS one nothing', () => {
    expect(ocpi221.connector(buildConnector({ standard: 'SAE_J3400' }))).to.deep.equal(
      buildConnector({ standard: 'TESLA_S' }),
    );
    expect(ocpi221.connector(buildConnector({ standard: 'MCS' }))).to.equal(null);
    expect(ocpi221.evse(buildEvse({ connectors: [buildConnector({ standard: 'MCS' })] }))).to.equal(null);
  });

  it('CV-10: keeps a REMOVED EVSE', () => {
    expect(convert({ evses: [buildEvse({ status: 'REMOVED' })] }).evses[0].status).to.equal('REMOVED');
  });

  it('CV-11: gives an id of 39 characters the same alias every time, whatever its case', () => {
    const id = 'x'.repeat(39);
    const wire = convert({ id, evses: [buildEvse({ uid: id })] });
    expect(wire.id).to.have.length(36).and.equal(wire.evses[0].uid).and.equal(shortId(id));
    expect(shortId(id.toUpperCase()).slice(20)).to.equal(wire.id.slice(20));
    expect(shortId(`${'x'.repeat(38)}y`)).to.not.equal(wire.id);
    expect(shortId('x'.repeat(36))).to.equal('x'.repeat(36));
  });

  it('CV-02: prices without tax stay, limits get their old names, tax_included goes', () => {
    const wire = convertTariff({
      tax_included: 'NO',
      preauthorize_amount: 50,
      elements: energy(0.1234, 21),
      min_price: { before_taxes: 1, after_taxes: 1.21 },
      max_price: { before_taxes: 12345678.9012, after_taxes: null },
    });
    expect(wire.elements).to.deep.equal(energy(0.1234, 21));
    expect(wire.min_price).to.deep.equal({ excl_vat: 1, incl_vat: 1.21 });
    expect(wire.max_price).to.deep.equal({ excl_vat: 12345678.9012 });
    expect(wire).to.not.have.any.keys('tax_included', 'preauthorize_amount');
  });

  it('CV-04: takes the tax out of prices that include it', () => {
    expect(convertTariff({ tax_included: 'YES', elements: energy(0.595, 19) }).elements).to.deep.equal(
      energy(0.5, 19),
    );
    expect(convertTariff({ tax_included: 'YES', elements: energy(0.45, 21) }).elements).to.deep.equal(
      energy(0.3719, 21),
    );
    expect(convertTariff({ tax_included: 'YES', elements: energy(0.45, 0) }).elements).to.deep.equal(
      energy(0.45, 0),
    );
  });

  it('CV-05: leaves out a Tariff whose prices include an unknown tax', () => {
    expect(convertTariff({ tax_included: 'YES', elements: [...energy(0.5, 21), ...energy(0.45)] })).to.equal(
      null,
    );
    expect(convertTariff({ tax_included: 'YES', elements: energy(0.45, null) })).to.equal(null);
  });

  it('says that no tax applies by leaving vat out', () => {
    expect(convertTariff({ tax_included: 'N/A', elements: energy(0.45, 21) }).elements).to.deep.equal(
      energy(0.45),
    );
  });

  it('TR-11, TR-12: keeps the order of elements and every digit', () => {
    const prices = [0.1, 12345678.9012, -0.0001, 1e-7, 0, 3];
    const wire = convertTariff({ tax_included: 'NO', elements: prices.flatMap((price) => energy(price)) });
    expect(wire.elements.map((element: Built) => element.price_components[0].price)).to.deep.equal(prices);
  });
});
