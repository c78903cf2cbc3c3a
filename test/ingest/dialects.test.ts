import { expect } from 'chai';
import type { Location } from '../../db/model.ts';
import { versionsAsStored } from '../../ingest/dialects/as-stored.ts';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import type { ObjectKind } from '../../ingest/validation.ts';
import {
  buildConnector,
  buildEvse,
  buildLocation,
  buildTariff,
  type Overrides,
} from '../support/builders.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };

function toModel(kind: ObjectKind, value: unknown): unknown {
  const { value: model, notes } = ocpi221.toModel(kind, value, OWNER);
  expect(notes).to.deep.equal([]);
  return model;
}

function asStored(overrides: Overrides): string[] {
  return versionsAsStored(buildLocation(overrides) as Location);
}

describe('the 2.2.1 dialect', () => {
  it('CV-07: Locations, EVSEs and Connectors pass unchanged', () => {
    for (const [kind, value] of [
      ['location', buildLocation()],
      ['evse', buildEvse()],
      ['connector', buildConnector()],
    ] as const) {
      expect(toModel(kind, value)).to.equal(value);
    }
  });

  it('CV-02: price limits become before_taxes and after_taxes, and prices exclude tax', () => {
    const tariff = buildTariff({
      min_price: { excl_vat: 0.5, incl_vat: 0.605 },
      max_price: { excl_vat: 10, incl_vat: null },
    });
    expect(toModel('tariff', tariff)).to.deep.equal({
      ...tariff,
      min_price: { before_taxes: 0.5, after_taxes: 0.605 },
      max_price: { before_taxes: 10 },
      tax_included: 'NO',
    });
    expect(tariff).to.deep.include({ min_price: { excl_vat: 0.5, incl_vat: 0.605 } });
  });

  it('CV-02: a Tariff without price limits gets none, and a claim under the name tax_included is not believed', () => {
    expect(toModel('tariff', buildTariff({ tax_included: 'YES', min_price: null }))).to.deep.equal({
      ...buildTariff(),
      min_price: null,
      tax_included: 'NO',
    });
  });

  it('TR-11: elements keep their order', () => {
    const elements = [3, 1, 2].map((price) => ({
      price_components: [{ type: 'FLAT', price, step_size: 1 }],
    }));
    expect(toModel('tariff', buildTariff({ elements }))).to.deep.include({ elements });
  });
});

describe('to which versions a document goes out as it is stored', () => {
  it('a Location of words that both have: to 2.2.1 and 2.3.0', () => {
    expect(asStored({ facilities: ['HOTEL'], parking_type: null })).to.deep.equal(['2.2.1', '2.3.0']);
    expect(asStored({ evses: null })).to.deep.equal(['2.2.1', '2.3.0']);
  });

  it('ENV-15: one with a word that 2.2.1 does not list: to 2.3.0 only', () => {
    const image = { url: 'https://x.example/a.png', category: 'DRONE', type: 'png' };
    const overrides: Overrides[] = [
      { evses: [buildEvse({ connectors: [buildConnector({ standard: 'MCS' })] })] },
      { evses: [buildEvse({ capabilities: ['X'] })] },
      { evses: [buildEvse({ parking_restrictions: ['TAXIS'] })] },
      { evses: [buildEvse({ images: [image] })] },
      { facilities: ['CINEMA'] },
      { parking_type: 'ON_THE_MOON' },
      { images: [image] },
      { operator: { name: 'T', logo: image } },
      { publish: false, publish_allowed_to: [{ uid: '1', type: 'EMAID' }] },
      { energy_mix: { is_green_energy: true, environ_impact: [{ category: 'NOISE', amount: 1 }] } },
    ];
    for (const each of overrides) expect(asStored(each), JSON.stringify(each)).to.deep.equal(['2.3.0']);
  });

  it('CV-03, LS-11: one with fields of 2.3.0: to 2.3.0, if they hold what 2.3.0 asks', () => {
    const parking = {
      id: 'P',
      vehicle_types: ['VAN'],
      restricted_to_type: true,
      reservation_required: false,
    };
    const good: Overrides[] = [
      { help_phone: '+31 1' },
      { help_phone: null },
      { parking_places: [parking], evses: [buildEvse({ parking: [{ parking_id: 'p' }] })] },
      { evses: [buildEvse({ connectors: [buildConnector({ capabilities: ['ANY'] })] })] },
    ];
    for (const each of good) expect(asStored(each), JSON.stringify(each)).to.deep.equal(['2.3.0']);
    const bad: Overrides[] = [
      { help_phone: 5 },
      { parking_places: [{ id: 'P' }] },
      { evses: [buildEvse({ parking: 'x' })] },
      { evses: [buildEvse({ parking: [{ parking_id: 'P' }] })] },
      { evses: [buildEvse({ connectors: [buildConnector({ capabilities: {} })] })] },
    ];
    for (const each of bad) expect(asStored(each), JSON.stringify(each)).to.deep.equal([]);
  });

  it('CV-11: one with an id that only 2.1.1 allows: to nobody', () => {
    expect(asStored({ id: 'x'.repeat(37) })).to.deep.equal([]);
    expect(asStored({ evses: [buildEvse({ uid: 'x'.repeat(39) })] })).to.deep.equal([]);
  });
});
