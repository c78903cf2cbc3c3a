/** TR: Tariffs that a CPO pushes. */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { T1 } from '../objects.ts';
import type { Speaker } from '../speaker.ts';

const energy = (price: number) => ({ type: 'ENERGY', price, step_size: 1 });

/** A Tariff of the list, by the id that its owner gave it; in 2.1.1 ids are those of the access point. */
async function listed(provider: Speaker, id: string): Promise<Built | undefined> {
  const { objects } = await provider.crawl('tariffs');
  return objects.find((tariff) => tariff.id === id || tariff.id.endsWith(`-${id}`));
}

export const tariffsReceiverChecks: readonly Check[] = [
  check('TR-01 TR-02', ['cpo'], async ({ cpo }) => {
    const tariff = cpo.tariff({ tariff_alt_url: 'https://example.com/tariff' });
    expectAnswer(await cpo.put('tariffs', [tariff.id], tariff), 201, 1000);
    expect(await cpo.own('tariffs', [tariff.id])).to.deep.include(tariff);
    const { tariff_alt_url: _url, ...rest } = tariff;
    expectAnswer(
      await cpo.put('tariffs', [tariff.id], { ...rest, currency: 'DKK', last_updated: T1 }),
      200,
      1000,
    );
    const kept = await cpo.own('tariffs', [tariff.id]);
    expect([kept.currency, kept.tariff_alt_url ?? null]).to.deep.equal(['DKK', null]);
    expectAnswer(await cpo.read('tariffs', ['UNKNOWN']), 404, 2000);
  }),

  check('TR-03', ['cpo', 'provider'], async ({ cpo, provider, version }) => {
    const id = await cpo.storedTariff();
    expect(await listed(provider, id)).to.be.an('object');
    const link = version === '2.1.1' ? { tariff_id: id } : { tariff_ids: [id] };
    const location = await cpo.stored({
      evses: [cpo.evse({ uid: 'E1', connectors: [cpo.connector(link)] })],
    });
    expectAnswer(await cpo.push('DELETE', 'tariffs', [id]), 200, 1000);
    expectAnswer(await cpo.read('tariffs', [id]), 404);
    expect(await listed(provider, id)).to.equal(undefined);
    expect(await cpo.own('locations', [location, 'E1', '1'])).to.deep.include(link);
  }),

  check('TR-04', ['cpo'], async ({ cpo }) => {
    const id = await cpo.storedTariff();
    expectAnswer(await cpo.push('DELETE', 'tariffs', [id]), 200, 1000);
    expectAnswer(await cpo.push('DELETE', 'tariffs', [id]), 404, 2000);
    expectAnswer(await cpo.push('DELETE', 'tariffs', ['UNKNOWN']), 404, 2000);
  }),

  check('TR-05', ['cpo'], async ({ cpo }) => {
    const id = await cpo.storedTariff();
    for (const method of ['PATCH', 'POST'] as const) {
      const response = await cpo.push(method, 'tariffs', [id], { currency: 'DKK', last_updated: T1 });
      expectAnswer(response, 405, 2000);
      expect(response.headers.allow).to.match(/PUT/);
    }
    expect((await cpo.own('tariffs', [id])).currency).to.equal('EUR');
  }),

  check('TR-06', ['cpo'], async ({ cpo }) => {
    const tariff = cpo.tariff({ tariff_alt_url: 'https://example.com/tariff' });
    await cpo.put('tariffs', [tariff.id], tariff);
    const elements = [{ price_components: [energy(0.5)] }, { price_components: [energy(0.6)] }];
    expectAnswer(await cpo.patch('tariffs', [tariff.id], { elements }), 200, 1000);
    const kept = await cpo.own('tariffs', [tariff.id]);
    expect(kept.elements).to.deep.equal(elements);
    expect(kept.tariff_alt_url).to.equal(tariff.tariff_alt_url);
    expectAnswer(await cpo.patch('tariffs', ['UNKNOWN'], { elements }), 404);
  }),

  check('TR-07', ['cpo'], async ({ cpo, version }) => {
    const tariff = cpo.tariff();
    expectAnswer(await cpo.put('tariffs', ['OTHER'], tariff), 200, 2001);
    const foreign = { ...tariff, party_id: 'ZZZ' };
    if (version !== '2.1.1') expectAnswer(await cpo.put('tariffs', [tariff.id], foreign), 200, 2001);
    expectAnswer(await cpo.read('tariffs', [tariff.id]), 404);
    const url = await cpo.receiver('tariffs', [tariff.id], { country_code: 'FR', party_id: 'ZZZ' });
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? tariff : undefined;
      expectAnswer(await cpo.call(method, url, { body }), 404, 2000);
    }
  }),

  check('TR-08', ['cpo', 'connect'], async ({ cpo, connect }) => {
    for (const tax_included of ['YES', 'NO', 'N/A']) {
      const id = await cpo.storedTariff({ tax_included });
      expect((await cpo.own('tariffs', [id])).tax_included).to.equal(tax_included);
    }
    // `NA` may be repaired for others.
    const strict = await connect({ strictness: 'reject' });
    for (const tax_included of ['NA', 'MAYBE', null]) {
      const tariff = { ...strict.tariff(), tax_included };
      expectAnswer(await strict.put('tariffs', [tariff.id], tariff), 200, 2001);
    }
  }),

  check('TR-09', ['cpo'], async ({ cpo }) => {
    for (const elements of [[], [{ price_components: [] }], null]) {
      const tariff = cpo.tariff({ elements });
      expectAnswer(await cpo.put('tariffs', [tariff.id], tariff), 200, 2001);
    }
    await cpo.storedTariff({ elements: [{ price_components: [{ ...energy(0), step_size: 0 }] }] });
  }),

  check('TR-10', ['cpo'], async ({ cpo }) => {
    const restrictions = { reservation: 'RESERVATION' };
    const parts = [{ type: 'FLAT', price: 1, step_size: 1 }, energy(0.3)];
    const id = await cpo.storedTariff({ elements: [{ price_components: parts, restrictions }] });
    expect((await cpo.own('tariffs', [id])).elements[0].restrictions).to.deep.equal(restrictions);
  }),

  check('TR-11', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const elements = [0.9, 0.1, 0.5].map((price, index) => ({
      price_components: [energy(price)],
      restrictions: { max_kwh: 10 - index },
    }));
    const id = await cpo.storedTariff({ elements });
    expect((await cpo.own('tariffs', [id])).elements).to.deep.equal(elements);
    expect((await listed(provider, id))?.elements).to.deep.equal(elements);
  }),

  check('TR-12', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const prices = [0.1234, 12345678.9012, 0];
    const elements = prices.map((price) => ({ price_components: [energy(price)] }));
    const id = await cpo.storedTariff({ elements });
    for (const tariff of [await cpo.own('tariffs', [id]), await listed(provider, id)]) {
      expect(tariff.elements.map((element: Built) => element.price_components[0].price)).to.deep.equal(
        prices,
      );
    }
  }),

  check('TR-13', ['cpo', 'connect'], async ({ cpo, connect }) => {
    const undated = (speaker: Speaker) => speaker.tariff({ last_updated: undefined });
    const tariff = undated(cpo);
    expectDone(await cpo.put('tariffs', [tariff.id], tariff));
    expect((await cpo.own('tariffs', [tariff.id])).last_updated > T1).to.equal(true);
    const strict = await connect({ strictness: 'reject' });
    const refused = undated(strict);
    expectAnswer(await strict.put('tariffs', [refused.id], refused), 200, 2001);
  }),

  check('TR-14', ['cpo', 'download'], async ({ cpo, download, version }) => {
    const elements = [{ price_components: [{ type: 'FLAT', price: 0, step_size: 0 }] }];
    const id = await cpo.storedTariff({ elements });
    const link = version === '2.1.1' ? { tariff_id: id } : { tariff_ids: [id] };
    const location = await cpo.stored({
      evses: [
        cpo.evse({ uid: 'FREE', connectors: [cpo.connector(link)] }),
        cpo.evse({ uid: 'UNKNOWN', connectors: [cpo.connector()] }),
      ],
    });
    const { features } = JSON.parse((await download('locations.geojson')).text);
    const feature = features.find((one: Built) => one.properties.location_id === location);
    const ids = feature.properties.evses.map((evse: Built) => evse.connectors[0].tariff_ids ?? []);
    expect(ids).to.deep.equal([[id], []]);
    expect((await download('tariffs.ocpi.json')).text).to.include(`"${id}"`);
  }),
];
