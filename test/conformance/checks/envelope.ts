/** ENV: envelopes, formats, ids of requests and of objects. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import type { OcpiResponse } from '../../support/ocpi-client.ts';
import { startRecordingPartner } from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone, expectEnvelope } from '../expectations.ts';
import { T1, T2 } from '../objects.ts';
import { freshId, type Speaker } from '../speaker.ts';
import { valueChecks } from './values.ts';

/** Milliseconds that two clocks may differ. */
const CLOCK_TOLERANCE_MS = 5000;
/** Bytes: far beyond any object. */
const HUGE = 50 * 1024 * 1024;

/** Answers of every kind that somebody with a token that pushes can get. */
async function answersOf(
  cpo: Speaker,
  headers: Record<string, string> = {},
): Promise<Record<string, OcpiResponse>> {
  const id = await cpo.stored();
  const broken = await cpo.receiver('locations', [id]);
  return {
    'versions 200': await cpo.call('GET', cpo.identity.versionsUrl, { headers }),
    'details 200': await cpo.call('GET', await cpo.detailsUrl(), { headers }),
    'GET 200': await cpo.read('locations', [id], headers),
    'PATCH 200': await cpo.patch('locations', [id], { name: 'New', last_updated: T1 }, headers),
    'PUT 2001': await cpo.put('locations', [id], cpo.location({ id, city: null }), headers),
    'PUT 400': await cpo.call('PUT', broken, { headers, body: '{"a":' }),
    'GET 401': await cpo.call('GET', broken, { headers: { ...headers, Authorization: 'Token no' } }),
    'GET 404': await cpo.read('locations', ['UNKNOWN'], headers),
    'POST 405': await cpo.push('POST', 'locations', [id], {}, headers),
  };
}

export const envelopeChecks: readonly Check[] = [
  check('ENV-01', ['cpo'], async ({ cpo }) => {
    for (const [where, response] of Object.entries(await answersOf(cpo))) expectEnvelope(response, where);
  }),

  check('ENV-02', ['caller'], async ({ caller }) => {
    const before = Date.now();
    const response = await caller.call('GET', caller.identity.versionsUrl);
    expectEnvelope(response, 'versions');
    const distance = Math.abs(Date.parse(response.body.timestamp) - before);
    expect(distance, response.body.timestamp).to.be.below(CLOCK_TOLERANCE_MS);
  }),

  check('ENV-03', ['provider'], async ({ provider }) => {
    for (const module of ['locations', 'tariffs'] as const) {
      const empty = await provider.list(module, '?offset=999999999');
      expectAnswer(empty, 200, 1000);
      expect(empty.body.data, module).to.deep.equal([]);
      expect((await provider.list(module, '?limit=1')).body.data, module).to.be.an('array');
    }
  }),

  check('ENV-04', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const tariff = await cpo.storedTariff();
    for (const response of [
      await cpo.put('locations', [id], cpo.location({ id, last_updated: T1 })),
      await cpo.patch('locations', [id], { name: 'New', last_updated: T2 }),
      await cpo.push('DELETE', 'tariffs', [tariff]),
    ]) {
      expectDone(response);
      expect(response.body.data ?? null, response.text).to.equal(null);
    }
  }),

  check('ENV-05', ['cpo'], async ({ cpo }) => {
    const id = await cpo.storedTariff();
    const response = await cpo.push('DELETE', 'tariffs', [id]);
    expectAnswer(response, 200, 1000);
    expectEnvelope(response, 'DELETE');
  }),

  check('ENV-06', ['cpo'], async ({ cpo }) => {
    const url = await cpo.receiver('locations', [freshId()]);
    for (const method of ['PUT', 'PATCH']) {
      for (const body of ['{"a":', '', 'null and void']) {
        expectAnswer(await cpo.call(method, url, { body }), 400);
      }
    }
  }),

  check('ENV-07', ['cpo'], async ({ cpo }) => {
    const location = cpo.location({ city: null });
    expectAnswer(await cpo.put('locations', [location.id], location), 200, 2001);
  }),

  check('ENV-08', ['cpo'], async ({ cpo }) => {
    const location = cpo.location();
    const typed = (type: string) => cpo.put('locations', [location.id], location, { 'Content-Type': type });
    for (const type of ['application/json', 'application/json; charset=utf-8']) expectDone(await typed(type));
    for (const type of ['text/plain', 'application/xml']) {
      const response = await typed(type);
      expectAnswer(response, 415);
      expectEnvelope(response, type);
    }
  }),

  check('ENV-17', ['cpo'], async ({ cpo }) => {
    const ids = { 'X-Request-ID': `one ${randomUUID()}`, 'X-Correlation-ID': `two_${randomUUID()}` };
    for (const [where, { headers }] of Object.entries(await answersOf(cpo, ids))) {
      expect(headers['x-request-id'], where).to.equal(ids['X-Request-ID']);
      expect(headers['x-correlation-id'], where).to.equal(ids['X-Correlation-ID']);
    }
  }),

  check('ENV-18', ['caller'], async ({ caller, version }) => {
    const headers = { 'X-Request-ID': undefined, 'X-Correlation-ID': undefined };
    const response = await caller.call('GET', caller.identity.versionsUrl, { headers });
    expectAnswer(response, 200, 1000);
    if (version === '2.1.1') return;
    expect(response.headers['x-request-id']).to.match(/\S/);
    expect(response.headers['x-correlation-id']).to.match(/\S/);
  }),

  check('ENV-19', ['pull'], async ({ pull, version }) => {
    const locations = ['A', 'B', 'C'].map((id) => ({ id }));
    const partner = await startRecordingPartner({ versions: [version], objects: { locations }, pageSize: 1 });
    try {
      const pulling = await pull(partner);
      await pulling.run();
      const first = partner.requests.map(({ headers }) => headers);
      expect(first.length).to.be.above(4);
      expect(new Set(first.map((headers) => headers['x-request-id'])).size).to.equal(first.length);
      expect(new Set(first.map((headers) => headers['x-correlation-id'])).size).to.equal(1);
      partner.clear();
      await pulling.run();
      const again = partner.requests[0]?.headers['x-correlation-id'];
      expect(again).to.match(/\S/).and.not.equal(first[0]?.['x-correlation-id']);
    } finally {
      await partner.stop();
    }
  }),

  check('ENV-20', ['cpo'], async ({ cpo }) => {
    const location = cpo.location({ name: 'x'.repeat(HUGE) });
    const url = await cpo.receiver('locations', [location.id]);
    const response = await cpo.call('PUT', url, { body: location }).catch((error: unknown) => error as Error);
    // Whoever refuses early may close before all of it was sent; the answer is lost then, the platform is not.
    if (!(response instanceof Error)) expectAnswer(response, 413);
    expectAnswer(await cpo.read('locations', [location.id]), 404);
  }),

  check('ENV-20', ['cpo'], async ({ cpo }) => {
    const deep = '['.repeat(100_000);
    const url = await cpo.receiver('locations', [freshId()]);
    const response = await cpo.call('PUT', url, { body: `{"a":${deep}${']'.repeat(100_000)}}` });
    expect(response.status, response.text.slice(0, 200)).to.be.oneOf([200, 400]);
    expect(response.body.status_code).to.equal(2001);
  }),

  check('ENV-21', ['cpo'], async ({ cpo }) => {
    for (const id of ['L/1', 'NL*TNM*1', 'with blank', '100%', 'a%2Fb', '?#&=+;']) {
      const unique = `${id}${freshId('')}`;
      const location = cpo.location({ id: unique, evses: [cpo.evse({ uid: id })] });
      expectAnswer(await cpo.put('locations', [unique], location), 201, 1000);
      expect((await cpo.own('locations', [unique])).id).to.equal(unique);
      expect((await cpo.own('locations', [unique, id])).uid).to.equal(id);
    }
  }),

  check('ENV-22', ['cpo', 'provider'], async ({ cpo, provider }) => {
    const id = await cpo.stored();
    const own = await cpo.call('GET', `${await cpo.receiver('locations', [id])}/`);
    expect((own.body.data as Built).id).to.equal(id);
    const url = await provider.sender('locations');
    const [plain, slashed] = [`${url}?limit=1`, `${url.replace(/\/$/, '')}/?limit=1`];
    const answers = [await provider.call('GET', plain), await provider.call('GET', slashed)];
    for (const response of answers) expectAnswer(response, 200, 1000);
    expect(answers[1]?.body.data).to.deep.equal(answers[0]?.body.data);
    expectAnswer(await provider.call('GET', `${provider.identity.versionsUrl}/`), 200, 1000);
  }),

  ...valueChecks,
];
