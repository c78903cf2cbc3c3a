/** LS-12 to LS-21, TS-02: single objects, whose they are, and who sees them. */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import { type Check, check, NotCovered } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { T1 } from '../objects.ts';
import { freshId, type Speaker } from '../speaker.ts';
import { named, now } from './listing.ts';

/** The id that a Location has in the list of this provider: in 2.1.1 not that of its owner. */
async function givenId(provider: Speaker, id: string): Promise<string> {
  if (provider.version !== '2.1.1') return id;
  const { objects } = await provider.crawl('locations');
  return objects.find(named(id))?.id ?? id;
}

async function listedSince(provider: Speaker, since: string): Promise<readonly Built[]> {
  return (await provider.crawl('locations', `?date_from=${since}`)).objects;
}

export const listedObjectChecks: readonly Check[] = [
  check('LS-12', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const id = await givenId(provider, await cpo.stored());
    const whole = (await provider.object([id])).body.data;
    expect(whole).to.include({ id, name: 'Station' });
    expect((await provider.object([id, 'E2'])).body.data).to.deep.equal(whole.evses[1]);
    expect((await provider.object([id, 'E2', '1'])).body.data).to.deep.equal(whole.evses[1].connectors[0]);
    for (const ids of [['UNKNOWN'], [id, 'UNKNOWN'], [id, 'E1', 'UNKNOWN']]) {
      expectAnswer(await provider.object(ids), 404, 2003);
    }
  }),

  check('LS-13', ['cpo', 'otherCpo', 'provider'], async ({ cpo, otherCpo, provider }) => {
    const id = freshId();
    await cpo.stored({ id });
    await otherCpo.stored({ id, evses: [otherCpo.evse({ uid: 'ONLY-HERE' })] });
    const several = await provider.object([id]);
    expectAnswer(several, 200, 2002);
    const owners = several.body.data.map(({ party_id }: Built) => party_id);
    expect(owners).to.have.members([cpo.party.party_id, otherCpo.party.party_id]);
    const { country_code, party_id } = cpo.party;
    const byQuery = await provider.object([id], `?country_code=${country_code}&party_id=${party_id}`);
    expect(byQuery.body.data.party_id).to.equal(party_id);
    const headers = { 'OCPI-to-country-code': country_code, 'OCPI-to-party-id': party_id };
    expect((await provider.object([id], '', headers)).body.data.party_id).to.equal(party_id);
    expect((await provider.object([id, 'ONLY-HERE'])).body.data.uid).to.equal('ONLY-HERE');
  }),

  check('LS-14', ['cpo', 'otherCpo', 'provider'], async ({ cpo, otherCpo, provider }) => {
    const [id, tariff] = [freshId(), freshId()];
    for (const speaker of [cpo, otherCpo]) {
      await speaker.storedTariff({ id: tariff });
      const evses = [speaker.evse({ uid: 'E1', connectors: [speaker.connector({ tariff_id: tariff })] })];
      await speaker.stored({ id, evses });
    }
    const locations = (await provider.crawl('locations')).objects.filter(named(id));
    const tariffs = (await provider.crawl('tariffs')).objects.filter(named(tariff));
    expect(new Set(locations.map((location) => location.id)).size).to.equal(2);
    const links = locations.map(({ evses }) => evses[0].connectors[0].tariff_id);
    expect(links)
      .to.have.members(tariffs.map((one) => one.id))
      .and.have.length(2);
    expect(new Set(links).size).to.equal(2);
  }),

  check('LS-15', ['provider', 'cpo'], async ({ provider, cpo }) => {
    const id = await givenId(provider, await cpo.stored());
    for (const ids of [[], [id], [id, 'E1'], [id, 'E1', '1']]) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const response = await provider.call(method, await provider.sender('locations', ids), { body: {} });
        expectAnswer(response, 405, 2000);
        expect(response.headers.allow).to.match(/GET/);
      }
    }
    expectAnswer(await provider.call('POST', await provider.sender('tariffs'), { body: {} }), 405, 2000);
  }),

  check('LS-16', ['cpo', 'provider'], async ({ cpo, provider, version }) => {
    const tariff = await cpo.storedTariff();
    const field = version === '2.1.1' ? 'tariff_id' : 'tariff_ids';
    const link = { [field]: version === '2.1.1' ? tariff : [tariff] };
    const id = await cpo.stored({ evses: [cpo.evse({ uid: 'E1', connectors: [cpo.connector(link)] })] });
    const location = (await provider.crawl('locations')).objects.find(named(id));
    const [wanted] = [location?.evses[0].connectors[0][field]].flat();
    const listed = async () => (await provider.crawl('tariffs')).objects.map((one) => one.id);
    expect(await listed()).to.include(wanted);
    expectDone(await cpo.push('DELETE', 'tariffs', [tariff]));
    expect(await listed()).not.to.include(wanted);
  }),

  check('LS-17', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const [id, tariff] = [await cpo.stored(), await cpo.storedTariff()];
    const locations = (await provider.crawl('locations')).objects;
    const tariffs = (await provider.crawl('tariffs')).objects;
    expect(locations.find(named(id))).to.include(cpo.party);
    expect(tariffs.find(named(tariff))).to.include(cpo.party);
  }),

  check('LS-18', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const id = await cpo.stored();
    const since = await now();
    for (const uid of ['E1', 'E2']) {
      expectDone(await cpo.patch('locations', [id, uid], { status: 'REMOVED', last_updated: T1 }));
    }
    const location = (await listedSince(provider, since)).find(named(id));
    expect(location?.evses.map(({ status }: Built) => status)).to.deep.equal(['REMOVED', 'REMOVED']);
  }),

  check('LS-18', ['cpo', 'provider'], async ({ cpo, provider, version }) => {
    if (version === '2.1.1') return;
    const id = await cpo.stored();
    const since = await now();
    expectDone(await cpo.patch('locations', [id], { publish: false, last_updated: T1 }));
    const withdrawn = (await listedSince(provider, since)).find(named(id));
    expect(withdrawn?.evses.map(({ status }: Built) => status)).to.deep.equal(['REMOVED', 'REMOVED']);
    const { objects } = await provider.crawl('locations');
    expect(objects.find(named(id))).to.equal(undefined);
  }),

  check('LS-19', ['provider'], async ({ provider }) => {
    if (!provider.isNamed) throw new NotCovered('needs the party that the token is of (--party)');
    const { country_code, party_id } = provider.party;
    const from = { 'OCPI-from-country-code': country_code, 'OCPI-from-party-id': party_id };
    const { headers } = await provider.list('locations', '?limit=1', from);
    expect(headers).to.include({ 'ocpi-to-country-code': country_code, 'ocpi-to-party-id': party_id });
    expect(headers['ocpi-from-party-id']).to.match(/^[A-Za-z0-9]{3}$/);
    expect(headers['ocpi-from-country-code']).to.match(/^[A-Za-z]{2}$/);
  }),

  check('LS-20', ['cpo', 'provider'], async ({ cpo, provider, version }) => {
    if (version === '2.1.1') return;
    const since = await now();
    const hidden = await cpo.stored({ publish: false });
    const shown = await cpo.stored();
    const { pages, objects } = await provider.crawl('locations', `?date_from=${since}`);
    expect(objects.find(named(shown))).to.be.an('object');
    expect(objects.find(named(hidden))).to.equal(undefined);
    expect(pages[0]?.headers['x-total-count']).to.equal(String(objects.length));
    expectAnswer(await provider.object([hidden]), 404, 2003);
  }),

  check('LS-21', ['cpo', 'provider'], async ({ cpo, provider }) => {
    for (let stored = 0; stored < 5; stored += 1) await cpo.stored();
    const names = ['x-total-count', 'x-limit', 'content-type'];
    for (const query of ['?offset=999999999', '?limit=5']) {
      const { headers } = await provider.list('locations', query);
      for (const name of names) expect(headers[name], `${name} ${query}`).to.match(/\S/);
    }
    const url = `${await provider.sender('locations')}?limit=5`;
    const headers = { Authorization: provider.authorization, 'Accept-Encoding': 'gzip' };
    const signal = AbortSignal.timeout(10_000);
    const response = await fetch(url, { headers, signal });
    expect(response.headers.get('content-encoding')).to.equal('gzip');
    expect(((await response.json()) as Built).data).to.have.length(5);
  }),

  check('TS-02', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const id = await cpo.storedTariff();
    expectAnswer(await provider.call('GET', await provider.sender('tariffs', [id])), 404, 2000);
  }),
];
