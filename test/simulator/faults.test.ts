// Every fault does on the wire what its sentence says, and the switches hit the
// requests that they are set for.

import { expect } from 'chai';
import { type CpoPlatform, startCpoPlatform } from './cpo-platform.ts';
import { describeFaults, FAULTS, type FaultName, type FaultRule, parseFault } from './faults.ts';
import { makeFleet } from './fleet.ts';
import { type Crawl, crawl } from './navigation-provider.ts';
import { callOcpi, type OcpiAnswer } from './ocpi-client.ts';

const fleet = makeFleet({ seed: 1, locations: 20, now: new Date('2026-06-07T12:00:00Z') });
const ids = (objects: readonly object[]): unknown[] =>
  objects.map((object) => (object as { id: unknown }).id);
const all = ids(fleet.locations);

describe('simulator: faults', () => {
  let platform: CpoPlatform;

  beforeEach(async () => {
    platform = await startCpoPlatform({ fleet, pageSize: 5, control: true });
  });

  afterEach(() => platform.close());

  function get(rule?: FaultRule, timeout = 5000): Promise<OcpiAnswer> {
    if (rule) platform.faults.add(rule);
    return callOcpi(platform.locationsUrl, { token: platform.token, timeout });
  }

  function crawlWith(rule: FaultRule, mostPages = 50): Promise<Crawl> {
    platform.faults.add(rule);
    return crawl(platform.locationsUrl, { token: platform.token, mostPages });
  }

  async function failure(promise: Promise<unknown>): Promise<Error> {
    try {
      await promise;
    } catch (error) {
      return error as Error;
    }
    throw new Error('no failure');
  }

  const cases: Record<FaultName, () => Promise<void>> = {
    tooManyRequests: async () => {
      const answer = await get({ fault: 'tooManyRequests', retryAfter: 7, times: 1 });
      expect(answer).to.deep.include({ status: 429 });
      expect(answer.headers['retry-after']).to.equal('7');
      const dated = await get({ fault: 'tooManyRequests', retryAfter: 60, retryAfterDate: true });
      expect(Date.parse(String(dated.headers['retry-after'])) - Date.now()).to.be.within(57_000, 61_000);
    },
    randomServerError: async () => {
      expect(await get({ fault: 'randomServerError', times: 1 })).to.deep.include({
        status: 500,
        statusCode: null,
      });
      expect((await get({ fault: 'randomServerError', status: 503 })).status).to.equal(503);
    },
    slow: async () => {
      const started = performance.now();
      expect((await get({ fault: 'slow', delay: 120, times: 1 })).status).to.equal(200);
      expect(performance.now() - started).to.be.above(110);
      expect((await failure(get({ fault: 'slow', never: true }, 150))).name).to.equal('TimeoutError');
    },
    truncatedJson: async () => {
      const whole = await get();
      const cut = await get({ fault: 'truncatedJson', times: 1 });
      expect(cut).to.deep.include({ status: 200, json: undefined });
      expect(cut.headers['content-length']).to.equal(String(Buffer.byteLength(cut.text)));
      expect(cut.text.length / whole.text.length).to.be.closeTo(0.5, 0.01);
      const error = await failure(get({ fault: 'truncatedJson', reset: true }));
      expect((error as { code?: string }).code).to.be.oneOf(['UND_ERR_SOCKET', 'ECONNRESET']);
    },
    unauthorized: async () => {
      expect(await get({ fault: 'unauthorized' })).to.deep.include({ status: 401, statusCode: 2000 });
    },
    notFound: async () => {
      expect(await get({ fault: 'notFound' })).to.deep.include({ status: 404, statusCode: 2000 });
    },
    htmlInsteadOfJson: async () => {
      const answer = await get({ fault: 'htmlInsteadOfJson' });
      expect(answer).to.deep.include({ status: 200, json: undefined });
      expect(answer.headers['content-type']).to.include('text/html');
    },
    ocpiError: async () => {
      const answer = await get({ fault: 'ocpiError' });
      expect(answer).to.deep.include({ status: 200, statusCode: 3000, data: undefined });
      expect(answer.headers).to.not.have.property('link');
    },
    hugeBody: async () => {
      platform.faults.add({ fault: 'hugeBody' });
      const response = await fetch(platform.locationsUrl, {
        headers: { authorization: platform.authorization },
      });
      let bytes = 0;
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > 20_000_000) break;
      }
      expect(bytes).to.be.above(20_000_000);
    },
    redirect: async () => {
      const answer = await get({ fault: 'redirect' });
      expect(answer.status).to.equal(302);
      expect(answer.headers.location).to.equal('http://elsewhere.invalid/ocpi/2.2.1/locations');
    },
    wrongContentType: async () => {
      const answer = await get({ fault: 'wrongContentType' });
      expect(answer.headers['content-type']).to.equal('text/plain');
      expect(answer.statusCode).to.equal(1000);
    },
    onePerPage: async () => {
      const result = await crawlWith({ fault: 'onePerPage' });
      expect(result.pages.map(({ count }) => count)).to.deep.equal(Array(20).fill(1));
      expect(result.pages[0]?.headers['x-limit']).to.equal('1');
      expect(ids(result.objects)).to.deep.equal(all);
    },
    changingTotal: async () => {
      const down = await crawlWith({ fault: 'changingTotal', shifts: 2, times: 4 });
      const totals = (result: Crawl): unknown[] =>
        result.pages.map(({ headers }) => Number(headers['x-total-count']));
      expect(totals(down)).to.deep.equal([20, 19, 18, 18]);
      // Two objects slipped between the pages.
      expect(new Set(ids(down.objects)).size).to.equal(18);
      platform.faults.clear();
      const up = await crawlWith({ fault: 'changingTotal', direction: 'up', shifts: 2 });
      expect(totals(up)).to.deep.equal([18, 19, 20, 20]);
      // Two objects came twice, and the two that were added at the front were never seen.
      expect(up.count).to.equal(20);
      expect(new Set(ids(up.objects)).size).to.equal(18);
    },
    repeatingPage: async () => {
      const twice = await crawlWith({ fault: 'repeatingPage' });
      expect(twice.pages.map(({ count }) => count)).to.deep.equal(Array(8).fill(5));
      expect(twice.ended).to.equal('last-page');
      expect([...new Set(ids(twice.objects))]).to.deep.equal(all);
      platform.faults.clear();
      const self = await crawlWith({ fault: 'repeatingPage', self: true }, 6);
      expect(self.ended).to.equal('page-limit');
      expect(new Set(self.pages.map(({ url }) => url)).size).to.equal(1);
    },
    foreignLink: async () => {
      const answer = await get({ fault: 'foreignLink' });
      expect(answer.headers.link).to.equal(
        '<http://elsewhere.invalid/ocpi/2.2.1/locations?offset=5&limit=5>; rel="next"',
      );
    },
  };

  for (const name of Object.keys(FAULTS) as FaultName[]) {
    it(`${name}: ${FAULTS[name].sentence}`, () => cases[name]());
  }

  it('hit only the requests that match, so often as set, after as many as set', async () => {
    const rule = platform.faults.add({
      fault: 'notFound',
      path: /\/locations\b/g,
      method: 'GET',
      after: 1,
      times: 2,
    });
    const statuses: number[] = [];
    for (let count = 0; count < 5; count++) statuses.push((await get()).status);
    expect(statuses).to.deep.equal([200, 404, 404, 200, 200]);
    expect((await callOcpi(platform.tariffsUrl, { token: platform.token })).status).to.equal(200);
    expect(rule.hits).to.equal(2);
  });

  it('hit a share of requests when they have a probability', async () => {
    platform.faults.add({ fault: 'randomServerError', probability: 0.3 });
    let hits = 0;
    for (let count = 0; count < 200; count++) {
      if ((await callOcpi(platform.versionsUrl, { token: platform.token })).status === 500) hits += 1;
    }
    expect(hits / 200).to.be.closeTo(0.3, 0.12);
  });

  it('are switched while the platform runs, in code and over HTTP', async () => {
    const rule = platform.faults.add({ fault: 'unauthorized' });
    expect((await get()).status).to.equal(401);
    rule.remove();
    expect((await get()).status).to.equal(200);
    const url = `${platform.origin}/simulator/faults`;
    const added = await fetch(url, { method: 'POST', body: '{"fault":"notFound"}' });
    expect(((await added.json()) as { active: unknown[] }).active).to.have.length(1);
    expect((await get()).status).to.equal(404);
    expect((await fetch(url, { method: 'POST', body: '{"fault":"nonsense"}' })).status).to.equal(400);
    await fetch(url, { method: 'DELETE' });
    expect((await get()).status).to.equal(200);
  });

  it('hit the files as well', async () => {
    platform.faults.add({ fault: 'truncatedJson', path: '/files/', times: 1 });
    const whole = JSON.stringify(fleet.locations);
    const cut = await (await fetch(platform.files.locations)).text();
    expect(cut.length / whole.length).to.be.closeTo(0.5, 0.05);
    platform.faults.add({ fault: 'htmlInsteadOfJson', times: 1 });
    expect(await (await fetch(platform.files.locations)).text()).to.include('<html>');
    platform.faults.add({ fault: 'slow', delay: 100, times: 1 });
    expect(await (await fetch(platform.files.locations)).json()).to.have.length(20);
  });

  it('are read from the command line and listed for --help', () => {
    expect(parseFault('slow:delay=500,times=2,path=/locations')).to.deep.equal({
      fault: 'slow',
      delay: 500,
      times: 2,
      path: '/locations',
    });
    expect(() => parseFault('slow:dealy=5')).to.throw('slow knows no dealy');
    expect(() => parseFault('toString')).to.throw('unknown fault');
    for (const name of Object.keys(FAULTS)) expect(describeFaults()).to.include(name);
  });
});
