/** CV: what comes in by one version and is given out in another. */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { T1, T2 } from '../objects.ts';
import type { OcpiVersion } from '../rows/row.ts';
import { problemsOf } from '../schemas.ts';
import { freshId, type Module, type Speaker } from '../speaker.ts';
import { named, now } from './listing.ts';

/** What comes after 2.1.1. */
const LATER = ['2.2.1', '2.3.0'] as const;

/** An object of somebody in the list of a version; it must be valid there. */
async function given(reader: Speaker, module: Module, id: string, query = ''): Promise<Built | undefined> {
  const object = (await reader.crawl(module, query)).objects.find(named(id));
  if (object) {
    const kind = module === 'locations' ? 'location' : 'tariff';
    expect(problemsOf(reader.version, kind, object), `${id} in ${reader.version}`).to.deep.equal([]);
  }
  return object;
}

const price = (amount: number, more: object = {}) => ({
  type: 'ENERGY',
  price: amount,
  step_size: 1,
  ...more,
});

export const acrossVersionsChecks: readonly Check[] = [
  check('CV-01', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const tariff = await cpo.storedTariff();
    const evses = [cpo.evse({ uid: 'E1', connectors: [cpo.connector({ tariff_id: tariff })] })];
    const id = await cpo.stored({ evses, parking_type: 'UNKNOWN', time_zone: undefined });
    for (const version of LATER) {
      const location = await given(await reader(version), 'locations', id);
      expect(location).to.include({ ...cpo.party, publish: true, time_zone: 'Europe/Amsterdam' });
      expect(location).not.to.have.any.keys('parking_type', 'type');
      expect(location.evses[0].connectors[0]).to.deep.include({
        max_voltage: 230,
        max_amperage: 16,
        tariff_ids: [tariff],
      });
      expect(await given(await reader(version), 'tariffs', tariff)).to.include({ id: tariff, ...cpo.party });
    }
  }),

  check('CV-02', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const id = await cpo.storedTariff({ min_price: { excl_vat: 0.5, incl_vat: 0.605 } });
    const tariff = await given(await reader('2.3.0'), 'tariffs', id);
    expect(tariff.min_price).to.deep.equal({ before_taxes: 0.5, after_taxes: 0.605 });
    expect(tariff.tax_included).to.equal('NO');
  }),

  check('CV-03', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const parking_places = [
      {
        id: 'P1',
        vehicle_types: ['PERSONAL_VEHICLE'],
        restricted_to_type: false,
        reservation_required: false,
      },
    ];
    const connectors = [cpo.connector({ capabilities: ['ISO_15118_2_PLUG_AND_CHARGE'] })];
    const parking = [{ parking_id: 'P1', evse_position: 'LEFT' }];
    const evses = [cpo.evse({ uid: 'E1', connectors, parking, accepted_service_providers: ['Somebody'] })];
    const id = await cpo.stored({ evses, parking_places, help_phone: '+31 30 1234567' });
    const location = await given(await reader('2.2.1'), 'locations', id);
    expect(location).not.to.have.any.keys('parking_places', 'help_phone');
    expect(location.evses[0]).not.to.have.any.keys('parking', 'accepted_service_providers');
    expect(location.evses[0].connectors[0]).not.to.have.property('capabilities');
    expect(await given(await reader('2.3.0'), 'locations', id)).to.include({ help_phone: '+31 30 1234567' });
  }),

  check('CV-04', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const elements = [{ price_components: [price(0.595, { vat: 19 })] }];
    const id = await cpo.storedTariff({ tax_included: 'YES', elements });
    const [element] = (await given(await reader('2.2.1'), 'tariffs', id)).elements;
    expect(element.price_components[0]).to.include({ price: 0.5, vat: 19 });
  }),

  check('CV-05', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const elements = [{ price_components: [price(0.595)] }];
    const tariff = await cpo.storedTariff({ tax_included: 'YES', elements });
    const connectors = [cpo.connector({ tariff_ids: [tariff] })];
    const id = await cpo.stored({ evses: [cpo.evse({ uid: 'E1', connectors })] });
    expect(await given(await reader('2.2.1'), 'tariffs', tariff)).to.equal(undefined);
    expect(await given(await reader('2.3.0'), 'tariffs', tariff)).to.be.an('object');
    const location = await given(await reader('2.2.1'), 'locations', id);
    expect(location.evses[0].connectors[0].tariff_ids).to.deep.equal([tariff]);
  }),

  check('CV-06', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const elements = [
      { price_components: [price(0.1)], restrictions: { min_current: 16 } },
      { price_components: [price(0.2)], restrictions: { reservation: 'RESERVATION' } },
      { price_components: [price(0.3)] },
    ];
    const id = await cpo.storedTariff({ elements });
    const tariff = await given(await reader('2.1.1'), 'tariffs', id);
    const prices = tariff.elements.map((element: Built) => element.price_components[0].price);
    expect(prices).to.deep.equal([0.3]);
  }),

  check('CV-07', ['cpo', 'provider'], async ({ cpo, provider, version }) => {
    const regular_hours = [{ weekday: 5, period_begin: '08:00', period_end: '20:00' }];
    const id = freshId();
    const location = cpo.location({
      id,
      name: 'Alles',
      facilities: ['WIFI', 'CAFE'],
      // 2.1.1 asks for one of the two; everybody sends both.
      opening_times: { twentyfourseven: false, regular_hours },
      operator: { name: 'Operator', website: 'https://example.com' },
      directions: [{ language: 'nl', text: 'Links om' }],
      ...(version === '2.3.0' ? { x_unknown: { kept: [1, 'two'] } } : {}),
    });
    expectDone(await cpo.put('locations', [id], location));
    const elements = [0.1234, 0.5, 0].map((amount) => ({ price_components: [price(amount)] }));
    const tariff = cpo.tariff({ elements });
    expectDone(await cpo.put('tariffs', [tariff.id], tariff));
    const got = await given(provider, 'locations', id);
    expect({ ...got, id }).to.deep.equal(location);
    const gotTariff = await given(provider, 'tariffs', tariff.id);
    expect({ ...gotTariff, id: tariff.id }).to.deep.equal(tariff);
  }),

  check('CV-08', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const id = await cpo.stored({ coordinates: { latitude: '51.0475991', longitude: '5.11028' } });
    const { coordinates } = await given(await reader('2.1.1'), 'locations', id);
    expect(coordinates).to.deep.equal({ latitude: '51.047599', longitude: '5.110280' });
  }),

  check('CV-09', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const mcs = cpo.evse({ uid: 'MCS', connectors: [cpo.connector({ standard: 'MCS', power_type: 'DC' })] });
    const id = await cpo.stored({ evses: [mcs, cpo.evse({ uid: 'E2' })] });
    const uidsIn = async (version: OcpiVersion) =>
      (await given(await reader(version), 'locations', id)).evses.map(({ uid }: Built) => uid);
    expect(await uidsIn('2.2.1')).to.deep.equal(['E2']);
    expect(await uidsIn('2.3.0')).to.deep.equal(['MCS', 'E2']);
  }),

  check('CV-10', ['cpo', 'provider', 'reader'], async ({ cpo, provider, reader }) => {
    const id = await cpo.stored();
    const since = await now();
    expectDone(await cpo.patch('locations', [id, 'E1'], { status: 'REMOVED', last_updated: T1 }));
    for (const other of [provider, ...(await others(provider, reader))]) {
      const location = await given(other, 'locations', id, `?date_from=${since}`);
      const statuses = location.evses.map(({ status }: Built) => status);
      expect(statuses, other.version).to.deep.equal(['REMOVED', 'AVAILABLE']);
    }
  }),

  check('CV-11', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const name = freshId();
    const id = name.padEnd(39, 'x');
    await cpo.stored({ id, name });
    const aliases = new Set<string>();
    for (const version of [...LATER, ...LATER]) {
      const listed = (await (await reader(version)).crawl('locations')).objects;
      const location = listed.find((object) => object.name === name);
      expect(location?.id).to.have.length.within(1, 36);
      aliases.add(location?.id);
      expect((await (await reader(version)).object([location?.id])).body.data.name).to.equal(name);
    }
    expect([...aliases]).to.have.length(1);
  }),

  check('CV-12', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const past = await cpo.storedTariff({ type: 'REGULAR', end_date_time: '2020-01-01T00:00:00Z' });
    const adHoc = await cpo.storedTariff({ type: 'AD_HOC_PAYMENT' });
    const regular = await cpo.storedTariff({ type: 'REGULAR' });
    const connectors = [cpo.connector({ tariff_ids: [past, adHoc, regular] })];
    const id = await cpo.stored({ evses: [cpo.evse({ uid: 'E1', connectors })] });
    const old = await reader('2.1.1');
    const connector = (await given(old, 'locations', id)).evses[0].connectors[0];
    expect(connector).not.to.have.property('tariff_ids');
    expect(connector.tariff_id).to.equal((await given(old, 'tariffs', regular)).id);
  }),

  check('CV-13', ['cpo', 'reader'], async ({ cpo, reader }) => {
    const [hidden, shown] = [await cpo.stored({ publish: false }), await cpo.stored()];
    const old = await reader('2.1.1');
    const listed = (await given(old, 'locations', shown)).id as string;
    expect(await given(old, 'locations', hidden)).to.equal(undefined);
    expectAnswer(await old.object([listed.replace(shown, hidden)]), 404, 2003);
  }),

  check('CV-14', ['cpo', 'provider', 'reader'], async ({ cpo, provider, reader }) => {
    const evses = [cpo.evse({ uid: 'E1', last_updated: T1 })];
    const [id, tariff] = [
      await cpo.stored({ evses, last_updated: T2 }),
      await cpo.storedTariff({ last_updated: T2 }),
    ];
    for (const other of [provider, ...(await others(provider, reader))]) {
      const location = await given(other, 'locations', id);
      const times = [location.last_updated, location.evses[0].last_updated];
      expect(times, other.version).to.deep.equal([T2, T1]);
      expect((await given(other, 'tariffs', tariff)).last_updated, other.version).to.equal(T2);
    }
  }),
];

/** Readers of the other versions that are offered. */
async function others(
  provider: Speaker,
  reader: (version: OcpiVersion) => Promise<Speaker>,
): Promise<Speaker[]> {
  const versions = (['2.1.1', '2.2.1', '2.3.0'] as const).filter((version) => version !== provider.version);
  return Promise.all(versions.map(reader));
}
