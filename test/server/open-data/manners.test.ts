/** How much one may ask, and how it is told that something will end. */
import { expect } from 'chai';
import type { Deprecation } from '../../../server/open-data/deprecations.ts';
import { costClassOf, limitRates } from '../../../server/open-data/limit-rates.ts';
import type { RateLimit } from '../../../server/open-data/rate-limits.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { startSmallApp } from '../middleware/koa-app.ts';

const SMALL: readonly RateLimit[] = [
  { name: 'api', appliesTo: 'pages', requests: 3, windowSeconds: 60 },
  { name: 'download', appliesTo: 'files', requests: 2, windowSeconds: 60 },
];

const ENDING: Deprecation = {
  path: '/data/tariffs.csv',
  what: 'the column vat',
  deprecatedAt: new Date('2026-12-01T00:00:00Z'),
  sunsetAt: new Date('2028-01-01T00:00:00Z'),
  instead: 'the column tax_rate',
};

describe('manners', () => {
  let server: TestServer;
  let clients = 0;

  before(async () => {
    server = await startTestServer({ services: () => ({ rateLimits: SMALL, deprecations: [ENDING] }) });
    await server.services.snapshots.build();
  });
  after(() => server.stop());

  /** Asks as a client that the proxy in front of us has never seen. */
  function newClient() {
    clients += 1;
    const address = `203.0.113.${clients}`;
    return (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${server.url}${path}`, { method, headers: { 'x-forwarded-for': address, ...headers } });
  }

  describe('of limits', () => {
    it('every answer says what the limit is and what is left, in structured fields', async () => {
      const ask = newClient();
      for (const left of [2, 1, 0]) {
        const { headers, status } = await ask('/data');
        expect(status).to.equal(200);
        expect(headers.get('ratelimit-policy')).to.equal('"api";q=3;w=60');
        expect(headers.get('ratelimit')).to.match(new RegExp(`^"api";r=${left};t=\\d+$`));
        expect(headers.get('access-control-expose-headers')).to.include('RateLimit, RateLimit-Policy');
      }
    });

    it('beyond it is 429 with Retry-After, as a problem that any origin may read, and nobody else is held up', async () => {
      const ask = newClient();
      for (let asked = 0; asked < 3; asked += 1) await ask('/quality');
      const refused = await ask('/data');
      expect(refused.status).to.equal(429);
      expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
      expect(refused.headers.get('ratelimit')).to.include('"api";r=0;');
      expect(refused.headers.get('access-control-allow-origin')).to.equal('*');
      expect(refused.headers.get('cache-control')).to.equal('no-store');
      expect(refused.headers.get('content-type')).to.equal('application/problem+json');
      expect(((await refused.json()) as { detail: string }).detail).to.include(
        'More than 3 requests in 60 s',
      );
      expect((await newClient()('/data')).status).to.equal(200);
      expect(server.log.filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
    });

    it('files are counted apart, and one that has not changed is not counted', async () => {
      const ask = newClient();
      const first = await ask('/data/tariffs.csv');
      expect(first.headers.get('ratelimit')).to.include('"download";r=1;');
      const etag = first.headers.get('etag') ?? '';
      for (let asked = 0; asked < 5; asked += 1) {
        expect((await ask('/data/tariffs.csv', { 'if-none-match': etag })).status).to.equal(304);
      }
      expect((await ask('/data/tariffs.csv')).status).to.equal(200);
      expect((await ask('/data/tariffs.csv')).status).to.equal(429);
      expect((await ask('/data')).status).to.equal(200);
    });

    it('where only a proxy is seen, nobody is limited', async () => {
      for (let asked = 0; asked < 6; asked += 1) {
        const { status, headers } = await fetch(`${server.url}/data`);
        expect([status, headers.get('ratelimit')]).to.deep.equal([200, null]);
      }
    });

    it('health, partners and administration are not limited, and preflight requests cost nothing', async () => {
      const ask = newClient();
      for (const path of ['/health/live', '/ocpi/versions', '/admin/status', '/quality/mine']) {
        expect((await ask(path)).headers.get('ratelimit'), path).to.equal(null);
      }
      for (let asked = 0; asked < 5; asked += 1)
        expect((await ask('/data', {}, 'OPTIONS')).status).to.equal(204);
      expect((await ask('/data')).headers.get('ratelimit')).to.include('r=2;');
    });

    it('clients beyond those that memory has room for pass, and the others stay limited', async () => {
      const services = { rateLimits: SMALL, config: { trustedProxies: [] } };
      const app = await startSmallApp(() => [
        limitRates(services, { clientLimit: 2 }),
        (ctx) => {
          ctx.body = 'ok';
        },
      ]);
      const ask = async (client: number, times: number) => {
        const statuses: number[] = [];
        for (let asked = 0; asked < times; asked += 1) {
          const headers = { 'x-forwarded-for': `198.51.100.${client}` };
          statuses.push((await fetch(`${app.url}/data`, { headers })).status);
        }
        return statuses;
      };
      expect(await ask(1, 4)).to.deep.equal([200, 200, 200, 429]);
      expect(await ask(2, 4)).to.deep.equal([200, 200, 200, 429]);
      expect(await ask(3, 5)).to.deep.equal([200, 200, 200, 200, 200]);
      expect(await ask(1, 1)).to.deep.equal([429]);
      await app.stop();
    });

    it('what a request costs is decided by its path, its range and what it accepts', () => {
      const cost = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
        costClassOf({ path, method, get: (name: string) => headers[name] ?? '' });
      for (const path of [
        ...[
          '/data',
          '/data/',
          '/data/catalogue.ttl',
          '/data/schemas/nap.json',
          '/data/daily',
          '/changes',
          '/ogc/api',
        ],
        ...['/data/locations.csv-metadata.json', '/tiles/locations/1/2/3.mvt', '/quality', '/openapi.json'],
        '/.well-known/nap.json',
      ]) {
        expect(cost(path), path).to.equal('api');
      }
      for (const path of ['/data/locations.csv', '/data/daily/2026-11-27/locations.csv', '/quality.csv']) {
        expect(cost(path), path).to.equal('download');
        expect(cost(path, {}, 'HEAD'), path).to.equal('api');
      }
      const part = (range: string) => cost('/data/locations.fgb', { Range: range });
      expect(part('bytes=0-999999')).to.equal('api');
      expect(part('bytes=-1000')).to.equal('api');
      expect(part('bytes=100000000-100500000')).to.equal('api');
      for (const range of ['bytes=0-', 'bytes=0-999999999', 'bytes=0-1,2-3', 'lines=0-1']) {
        expect(part(range), range).to.equal('download');
      }
      expect(cost('/changes', { Accept: 'text/event-stream' })).to.equal('stream');
      for (const path of ['/', '/health/live', '/ocpi/versions', '/admin/x', '/quality/mine', '/databank']) {
        expect(cost(path), path).to.equal(null);
      }
    });
  });

  describe('of deprecation', () => {
    it('whoever asks for what will end is told since when, until when, and where to read on', async () => {
      const { headers } = await fetch(`${server.url}/data/tariffs.csv`);
      expect(headers.get('deprecation')).to.equal('@1796083200');
      expect(headers.get('sunset')).to.equal('Sat, 01 Jan 2028 00:00:00 GMT');
      expect(headers.get('link'))
        .to.include('rel="describedby"')
        .and.include('</data#deprecation>; rel="deprecation"');
    });

    it('nobody else is', async () => {
      const { headers } = await fetch(`${server.url}/data/locations.csv`);
      expect([headers.get('deprecation'), headers.get('sunset')]).to.deep.equal([null, null]);
    });

    it('stands in the list for programs and on the page for people', async () => {
      const document = (await (await fetch(`${server.url}/.well-known/nap.json`)).json()) as {
        deprecations: unknown[];
      };
      expect(document.deprecations).to.deep.equal([
        {
          ...{ path: ENDING.path, what: ENDING.what, instead: ENDING.instead },
          deprecated_at: '2026-12-01T00:00:00.000Z',
          sunset_at: '2028-01-01T00:00:00.000Z',
        },
      ]);
      const page = await (await fetch(`${server.url}/data`, { headers: { accept: 'text/html' } })).text();
      expect(page).to.include('the column vat').and.include('until 2028-01-01');
    });
  });
});
