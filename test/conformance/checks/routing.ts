/** RT: routing headers. What a hub does for others stands with HubClientInfo. */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import type { OcpiResponse } from '../../support/ocpi-client.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { type Party, T1 } from '../objects.ts';
import { freshId, type Speaker } from '../speaker.ts';

const pair = (direction: 'from' | 'to', { country_code, party_id }: Party) => ({
  [`OCPI-${direction}-country-code`]: country_code,
  [`OCPI-${direction}-party-id`]: party_id,
});

/** A pair of routing headers of an answer, or undefined. */
function routed({ headers }: OcpiResponse, direction: 'from' | 'to'): Party | undefined {
  const country_code = headers[`ocpi-${direction}-country-code`];
  const party_id = headers[`ocpi-${direction}-party-id`];
  return country_code && party_id ? { country_code, party_id } : undefined;
}

/** The platform's own party, as it names itself in a list. */
async function platformOf(speaker: Speaker): Promise<Party> {
  const url = await speaker.sender('tariffs');
  const party = routed(await speaker.call('GET', url, { headers: pair('from', speaker.party) }), 'from');
  if (!party) throw new Error('The platform does not say who it is: no OCPI-from-* on a list');
  return party;
}

export const routingChecks: readonly Check[] = [
  check('RT-01', ['cpo'], async ({ cpo }) => {
    const platform = await platformOf(cpo);
    const headers = { ...pair('from', cpo.party), ...pair('to', platform) };
    const location = cpo.location();
    const tariff = cpo.tariff();
    for (const response of [
      await cpo.put('locations', [location.id], location, headers),
      await cpo.put('tariffs', [tariff.id], tariff, headers),
      await cpo.read('locations', [location.id], headers),
      await cpo.read('locations', ['UNKNOWN'], headers),
    ]) {
      expect(routed(response, 'to')).to.deep.equal(cpo.party);
      expect(routed(response, 'from')).to.deep.equal(platform);
    }
  }),

  check('RT-02', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const id = await cpo.stored();
    expectAnswer(await cpo.read('locations', [id]), 200, 1000);
    expectAnswer(await provider.list('locations', '?limit=1'), 200, 1000);
  }),

  check('RT-03', ['cpo'], async ({ cpo }) => {
    for (const header of ['to-country-code', 'to-party-id', 'from-country-code', 'from-party-id']) {
      const value = header.endsWith('code') ? cpo.party.country_code : cpo.party.party_id;
      const location = cpo.location();
      const response = await cpo.put('locations', [location.id], location, { [`OCPI-${header}`]: value });
      expectAnswer(response, 200, 2001);
      expectAnswer(await cpo.read('locations', [location.id]), 404);
    }
  }),

  check('RT-04', ['cpo', 'otherCpo'], async ({ cpo, otherCpo }) => {
    const location = cpo.location();
    const response = await cpo.put('locations', [location.id], location, pair('from', otherCpo.party));
    expect([response.status, response.body.status_code], response.text).to.be.deep.oneOf([
      [200, 2001],
      [404, 2000],
    ]);
    expectAnswer(await cpo.read('locations', [location.id]), 404);
  }),

  check('RT-05', ['cpo', 'otherCpo'], async ({ cpo, otherCpo }) => {
    const own = await cpo.receiver('locations', [freshId()]);
    const foreign = await cpo.receiver('locations', [freshId()], otherCpo.party);
    const idOf = (url: string) => url.split('/').at(-1);
    const body = (url: string, party: Party) => ({ ...cpo.location({ id: idOf(url) }), ...party });
    expectAnswer(await cpo.call('PUT', own, { body: body(own, otherCpo.party) }), 200, 2001);
    expectAnswer(await cpo.call('PUT', foreign, { body: body(foreign, cpo.party) }), 404, 2000);
    expectAnswer(await cpo.call('PUT', foreign, { body: body(foreign, otherCpo.party) }), 404, 2000);
    expectAnswer(await cpo.call('PUT', own, { body: body(own, cpo.party) }), 201, 1000);
  }),

  check('RT-06', ['cpo', 'otherCpo', 'provider'], async ({ cpo, otherCpo, provider }) => {
    const ids = [await cpo.stored(), await otherCpo.stored()];
    const headers = { ...pair('from', provider.party), ...pair('to', cpo.party) };
    const page = await provider.list('locations', '', headers);
    expectAnswer(page, 200, 1000);
    const owners = new Set(page.body.data.map(({ party_id }: Built) => party_id));
    expect([...owners]).to.deep.equal([cpo.party.party_id]);
    expectAnswer(await provider.object([ids[0] as string], '', headers), 200, 1000);
    expectAnswer(await provider.object([ids[1] as string], '', headers), 404, 2003);
    const location = cpo.location();
    const push = await cpo.put('locations', [location.id], location, pair('to', otherCpo.party));
    // 4001 is for those who are a hub.
    expect(push.body.status_code, push.text).to.be.oneOf([2001, 4001]);
    expectAnswer(await cpo.read('locations', [location.id]), 404);
  }),

  check('RT-10', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const id = await cpo.stored({ last_updated: T1 });
    const { country_code, party_id } = cpo.party;
    const query = `?country_code=${country_code}&party_id=${party_id}`;
    const { data } = (await provider.object([id], query)).body;
    const own = await cpo.own('locations', [id]);
    expect(own.last_updated).to.equal(T1);
    expect(data).to.deep.equal(own);
  }),

  check('RT-12', ['cpo', 'otherCpo', 'provider'], async ({ cpo, otherCpo, provider }) => {
    const id = freshId();
    await cpo.stored({ id });
    await otherCpo.stored({ id });
    const { objects } = await provider.crawl('locations');
    const owners = objects.filter((location) => location.id === id).map(({ party_id }) => party_id);
    expect(owners).to.have.members([cpo.party.party_id, otherCpo.party.party_id]);
  }),

  check('RT-14', ['cpo'], async ({ cpo }) => {
    const location = cpo.location();
    const headers = { ...pair('from', { country_code: 'XX', party_id: 'XXX' }), 'OCPI-to-party-id': 'YYY' };
    const response = await cpo.put('locations', [location.id], location, headers);
    expectDone(response);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
  }),
];
