import { expect } from 'chai';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../support/builders.ts';

describe('the 2.2.1 dialect', () => {
  it('CV-07: Locations, EVSEs and Connectors pass unchanged', () => {
    for (const [kind, value] of [
      ['location', buildLocation()],
      ['evse', buildEvse()],
      ['connector', buildConnector()],
    ] as const) {
      expect(ocpi221.toModel(kind, value)).to.equal(value);
    }
  });

  it('CV-02: price limits become before_taxes and after_taxes, and prices exclude tax', () => {
    const tariff = buildTariff({
      min_price: { excl_vat: 0.5, incl_vat: 0.605 },
      max_price: { excl_vat: 10, incl_vat: null },
    });
    expect(ocpi221.toModel('tariff', tariff)).to.deep.equal({
      ...tariff,
      min_price: { before_taxes: 0.5, after_taxes: 0.605 },
      max_price: { before_taxes: 10 },
      tax_included: 'NO',
    });
    expect(tariff).to.deep.include({ min_price: { excl_vat: 0.5, incl_vat: 0.605 } });
  });

  it('CV-02: a Tariff without price limits gets none, and a claim under the name tax_included is not believed', () => {
    expect(ocpi221.toModel('tariff', buildTariff({ tax_included: 'YES', min_price: null }))).to.deep.equal({
      ...buildTariff(),
      min_price: null,
      tax_included: 'NO',
    });
  });

  it('TR-11: elements keep their order', () => {
    const elements = [3, 1, 2].map((price) => ({
      price_components: [{ type: 'FLAT', price, step_size: 1 }],
    }));
    expect(ocpi221.toModel('tariff', buildTariff({ elements }))).to.deep.include({ elements });
  });

  it('a Location is served as stored in 2.2.1 and 2.3.0', () => {
    expect(ocpi221.asStored('location', buildLocation({ facilities: ['HOTEL'] }))).to.deep.equal([
      '2.2.1',
      '2.3.0',
    ]);
    expect(ocpi221.asStored('location', buildLocation({ evses: null }))).to.deep.equal(['2.2.1', '2.3.0']);
  });

  it('ENV-15: a value that 2.2.1 does not list is not served as stored to 2.2.1', () => {
    const locations = [
      buildLocation({ evses: [buildEvse({ connectors: [buildConnector({ standard: 'MCS' })] })] }),
      buildLocation({ evses: [buildEvse({ capabilities: ['X'] })] }),
      buildLocation({ evses: [buildEvse({ parking_restrictions: ['TAXIS'] })] }),
      buildLocation({ facilities: ['CINEMA'] }),
    ];
    for (const location of locations) expect(ocpi221.asStored('location', location)).to.deep.equal(['2.3.0']);
  });

  it('CV-03, LS-11: a document with fields that only 2.3.0 defines is served as stored to nobody', () => {
    expect(ocpi221.asStored('location', buildLocation({ help_phone: 5 }))).to.deep.equal([]);
    expect(ocpi221.asStored('evse', buildEvse({ parking: 'x' }))).to.deep.equal([]);
    expect(ocpi221.asStored('connector', buildConnector({ capabilities: {} }))).to.deep.equal([]);
  });

  it('a Tariff is stored in the words of 2.3.0', () => {
    expect(ocpi221.asStored('tariff', buildTariff())).to.deep.equal(['2.3.0']);
  });
});
