import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { PullContext } from '../../../ingest/adapter.ts';
import { ocpi } from '../../../ingest/adapters/ocpi.ts';
import { nextLinkOf } from '../../../ingest/ocpi-client/page.ts';
import { withQuery } from '../../../ingest/ocpi-client/position.ts';
import { compareVersions, pickVersion } from '../../../ingest/ocpi-client/versions.ts';
import { type CpoPlatform, type CpoPlatformOptions, startCpoPlatform } from '../../simulator/cpo-platform.ts';
import { makeFleet } from '../../simulator/fleet.ts';
import { drive } from './drive.ts';

const fleet = makeFleet({ seed: 5, locations: 23, now: new Date('2026-06-07T12:00:00Z') });
const ids = (objects: readonly unknown[]) => objects.map((object) => (object as { id: string }).id);

describe('the adapter ocpi with a platform', () => {
  let platform: CpoPlatform;

  const start = async (options: CpoPlatformOptions = {}) => {
    platform = await startCpoPlatform({ fleet, pageSize: 10, ...options });
  };
  const pull = (settings: Partial<PullContext> = {}) =>
    drive(ocpi, { url: platform.versionsUrl, token: platform.token, ...settings });
  const pullLocations = (settings: Partial<PullContext> = {}) =>
    drive(ocpi, {
      options: { locationsUrl: platform.locationsUrl },
      token: platform.token,
      ...settings,
    });
  const lists = () => platform.requests.filter(({ path }) => /locations/.test(path));

  afterEach(() => platform.close());

  it('VER-08, VER-09: finds the Sender modules from the versions URL, whatever else is offered', async () => {
    await start({ extraVersions: ['2.0', '2.2', '3.0', '2.10'], trailingSlash: true, mount: '/a/b' });
    const { objects, verdict } = await pull();
    expect(ids(objects.locations)).to.deep.equal(ids(fleet.locations));
    expect(ids(objects.tariffs)).to.deep.equal(ids(fleet.tariffs));
    expect(verdict.modules.map(({ module }) => module)).to.deep.equal(['locations', 'tariffs']);
    expect(platform.requests.slice(0, 3).map(({ url }) => url)).to.deep.equal([
      '/a/b/versions/',
      '/a/b/2.2.1/',
      '/a/b/2.2.1/locations/?limit=500',
    ]);
  });

  it('VER-09: says what is offered when there is no common version', async () => {
    await start({ version: '2.2', extraVersions: ['3.0'] });
    const { verdict } = await pull();
    expect(verdict.problems).to.deep.equal([
      `${platform.versionsUrl} offers 3.0, 2.2; we want 2.1.1, 2.2.1, 2.3.0`,
    ]);
    expect(verdict.modules).to.deep.equal([]);
  });

  for (const paging of ['link', 'cursor', 'total-only', 'none', 'everything'] as const) {
    it(`PC-02: reads the whole list of a platform that pages by "${paging}"`, async () => {
      await start({ paging });
      const { objects, verdict } = await pullLocations();
      expect(ids(objects.locations)).to.deep.equal(ids(fleet.locations));
      expect(verdict.problems).to.deep.equal([]);
      expect(verdict.notes).to.deep.equal([]);
      expect(lists().length).to.be.at.most(3);
    });
  }

  it('PC-02: without any header, a first page that is full is followed by a look for more', async () => {
    await start({ paging: 'none', locations: fleet.locations.slice(0, 20) });
    expect((await pullLocations()).objects.locations).to.have.length(20);
    expect(lists().map(({ query }) => query.get('offset'))).to.deep.equal([null, '10', '20']);
  });

  it('PC-02: follows Links as they are written: relative ones, and their own parameters', async () => {
    await start({ relativeLinks: true, extraParameters: { session: 'a/b=c d' } });
    expect((await pullLocations()).objects.locations).to.have.length(23);
    expect(lists().map(({ query }) => query.get('session'))).to.deep.equal([null, 'a/b=c d', 'a/b=c d']);
    expect(lists().map(({ query }) => query.get('limit'))).to.deep.equal(['500', '10', '10']);
  });

  it('PC-01, RT-01: sends from us to the one party of the source, on module requests only', async () => {
    await start();
    await pull({ parties: [{ countryCode: 'NL', partyId: 'TNM' }] });
    for (const { headers, path } of platform.requests) {
      const isModule = /locations|tariffs/.test(path);
      expect(headers['ocpi-from-country-code'], path).to.equal(isModule ? 'NL' : undefined);
      expect(headers['ocpi-from-party-id'], path).to.equal(isModule ? 'NAP' : undefined);
      expect(headers['ocpi-to-country-code'], path).to.equal(isModule ? 'NL' : undefined);
      expect(headers['ocpi-to-party-id'], path).to.equal(isModule ? 'TNM' : undefined);
      expect(headers.authorization).to.equal(platform.authorization);
    }
  });

  it('PC-01, RT-14: a platform of 2.1.1 is asked without routing headers, at the one URL of each module', async () => {
    await start({ version: '2.1.1' });
    const { objects, versions, verdict } = await pull({ parties: [{ countryCode: 'NL', partyId: 'TNM' }] });
    expect(objects.locations).to.have.length(23);
    expect(objects.locations[0]).not.to.have.any.keys('country_code', 'party_id', 'publish');
    expect([...versions]).to.deep.equal(['2.1.1']);
    expect(verdict.notes).to.deep.equal([]);
    for (const { headers } of platform.requests) {
      expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
    }
  });

  it('AUTH-04, AUTH-15: where 2.1.1 is named, the raw token goes first, and encoded on a 401', async () => {
    await start({ version: '2.1.1', tokenForm: 'raw' });
    await pull({ version: '2.1.1' });
    expect(platform.requests.filter(({ status }) => status === 401)).to.deep.equal([]);
    expect(platform.requests[0]?.headers.authorization).to.equal(`Token ${platform.token}`);
    await platform.close();
    await start({ version: '2.1.1', tokenForm: 'base64' });
    const { objects, verdict } = await pull({ version: '2.1.1' });
    expect(platform.requests.filter(({ status }) => status === 401)).to.have.length(1);
    expect(objects.locations).to.have.length(23);
    expect(verdict.memory).to.deep.equal({ tokenForm: 'base64', version: '2.1.1' });
  });

  it('RT-07: names no receiver for several parties, unless one is told', async () => {
    await start();
    const parties = [
      { countryCode: 'NL', partyId: 'TNM' },
      { countryCode: 'BE', partyId: 'TNM' },
    ];
    const options = { locationsUrl: platform.locationsUrl };
    await pullLocations({ parties });
    expect(lists()[0]?.headers['ocpi-to-party-id']).to.equal(undefined);
    platform.clearRequests();
    await pullLocations({ parties, options: { ...options, to: 'de-hub' } });
    expect(lists()[0]?.headers).to.include({ 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'HUB' });
  });

  it('ENV-19: every request has its own id, all of a pull one correlation id', async () => {
    await start();
    await pull();
    const requestIds = platform.requests.map(({ headers }) => headers['x-request-id']);
    expect(new Set(requestIds).size).to.equal(platform.requests.length);
    expect(new Set(platform.requests.map(({ headers }) => headers['x-correlation-id']))).to.deep.equal(
      new Set(['one-operation']),
    );
  });

  it('AUTH-15: sends the token encoded, on a 401 once raw, and remembers what worked', async () => {
    await start({ tokenForm: 'raw' });
    const first = await pull();
    expect(first.verdict.memory).to.deep.equal({ tokenForm: 'raw', version: '2.2.1' });
    expect(platform.requests.filter(({ status }) => status === 401)).to.have.length(1);
    platform.clearRequests();
    await pull({ memory: first.verdict.memory });
    expect(platform.requests.filter(({ status }) => status === 401)).to.have.length(0);
  });

  it('PC-10: a token that is refused in both forms is not tried again', async () => {
    await start();
    const { verdict } = await pull({ token: 'wrong' });
    expect(verdict.isBroken).to.equal(true);
    expect(platform.requests).to.have.length(2);
    platform.clearRequests();
    const known = await pull({ token: 'wrong', memory: { tokenForm: 'base64' } });
    expect(known.verdict.isBroken).to.equal(true);
    expect(known.verdict.memory).to.deep.equal({});
    expect(platform.requests).to.have.length(1);
  });

  it('AUTH-15: a form that a person has set is the only one', async () => {
    await start({ tokenForm: 'base64' });
    const options = { locationsUrl: platform.locationsUrl, tokenForm: 'raw' };
    expect((await pullLocations({ options })).verdict.isBroken).to.equal(true);
    expect(platform.requests).to.have.length(1);
  });

  it('PC-10: a refused token ends the pull: the tariffs are not asked for', async () => {
    await start();
    platform.faults.add({ fault: 'unauthorized', path: 'locations' });
    const { verdict } = await pull();
    expect(verdict.isBroken).to.equal(true);
    expect(platform.requests.some(({ path }) => path.includes('tariffs'))).to.equal(false);
  });

  it('takes the tariffs although the locations fail', async () => {
    await start();
    platform.faults.add({ fault: 'ocpiError', path: 'locations' });
    const { objects, verdict } = await pull();
    expect(objects.tariffs).to.have.length(fleet.tariffs.length);
    expect(verdict.modules.map(({ module, isWhole }) => [module, isWhole])).to.deep.equal([
      ['locations', false],
      ['tariffs', true],
    ]);
  });

  it('PC-07: asks for what changed since a moment, and calls that no whole list', async () => {
    await start();
    const dateFrom = new Date('2026-06-07T11:00:00.900Z');
    const { objects, verdict } = await pullLocations({ dateFrom });
    const changed = fleet.locations.filter(({ last_updated }) => Date.parse(last_updated) >= +dateFrom - 900);
    expect(ids(objects.locations)).to.deep.equal(ids(changed));
    expect(platform.requests[0]?.url).to.match(/\?date_from=2026-06-07T11:00:00Z&limit=500$/);
    expect(verdict.modules[0]).to.include({ state: 'complete', isWhole: false });
  });
});

/** Platforms that the simulator does not play: a list of 25 behind whatever a test says of headers and pages. */
describe('the adapter ocpi with an odd Sender', () => {
  const rows = Array.from({ length: 25 }, (_, index) => ({
    country_code: 'NL',
    party_id: 'TNM',
    id: `L${index}`,
  }));
  let server: Server;
  let url: string;
  let urls: string[];
  let answer: (query: URLSearchParams, request: IncomingMessage) => { rows: unknown[]; headers?: object };

  before(async () => {
    server = createServer((request, response) => {
      urls.push(request.url ?? '');
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      const page = answer(searchParams, request);
      response.writeHead(200, { 'content-type': 'application/json', ...page.headers });
      response.end(JSON.stringify({ status_code: 1000, data: page.rows }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/locations`;
  });

  beforeEach(() => {
    urls = [];
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const pull = (settings: Partial<PullContext> = {}) =>
    drive(ocpi, { options: { locationsUrl: url }, ...settings });
  const pageOf = (query: URLSearchParams, size = 10) => {
    const offset = Number(query.get('offset') ?? 0);
    return { offset, rows: rows.slice(offset, offset + size), next: offset + size };
  };
  const link = (to: string) => ({ link: `<${to}>; rel="next"` });

  it('VER-08: keeps the query of the URL that it was given', async () => {
    answer = () => ({ rows: [] });
    await pull({ options: { locationsUrl: `${url}?tenant=a%2Fb` } });
    expect(urls).to.deep.equal(['/locations?tenant=a%2Fb&limit=500']);
  });

  it('PC-06: a list that is shorter than its total is not whole', async () => {
    answer = (query) => ({ rows: pageOf(query).rows, headers: { 'x-total-count': 30 } });
    const { objects, verdict } = await pull();
    expect(objects.locations).to.have.length(25);
    expect(verdict.problems.join()).to.contain('X-Total-Count says 30, but only 25 came');
    expect(verdict.modules[0]).to.include({ state: 'partial', isWhole: false });
  });

  it('does not take a total that ignores date_from for missing pages', async () => {
    answer = (query) => ({ rows: pageOf(query).rows, headers: { 'x-total-count': 30 } });
    const { verdict } = await pull({ dateFrom: new Date('2026-06-01T00:00:00Z') });
    expect(verdict.modules[0]).to.include({ state: 'complete' });
    expect(verdict.notes).to.have.length(1);
  });

  it('takes a total that is the length of the page for what it is', async () => {
    answer = (query) => {
      const page = pageOf(query);
      const headers = page.next < 25 ? link(`${url}?offset=${page.next}`) : {};
      return { rows: page.rows, headers: { 'x-total-count': page.rows.length, ...headers } };
    };
    const { objects, verdict } = await pull();
    expect(ids(objects.locations)).to.deep.equal(ids(rows));
    expect(verdict.modules[0]).to.include({ isWhole: true });
    expect(verdict.notes.join()).to.contain('X-Total-Count is not the number of all objects');
  });

  it('PC-03: a Sender that gives the same page for every offset has not given its list', async () => {
    answer = () => ({ rows: rows.slice(0, 10), headers: { 'x-total-count': 25 } });
    const { objects, verdict } = await pull();
    expect(objects.locations).to.have.length(10);
    expect(verdict.problems.join()).to.contain('the same page came again for another offset');
    expect(urls).to.have.length(2);
  });

  it('PC-03: Links that always differ and always give the same page are left', async () => {
    let count = 0;
    answer = (query) =>
      query.has('offset')
        ? { rows: pageOf(query).rows, headers: { 'x-total-count': 25 } }
        : { rows: rows.slice(0, 10), headers: { 'x-total-count': 25, ...link(`${url}?cursor=${count++}`) } };
    const { objects, verdict } = await pull();
    expect(new Set(ids(objects.locations)).size).to.equal(25);
    expect(verdict.modules[0]).to.include({ isWhole: true });
    expect(urls.filter((asked) => asked.includes('cursor'))).to.have.length(3);
  });

  it('PC-03: Links to empty pages without end are left', async () => {
    let count = 0;
    answer = () => ({ rows: [], headers: link(`${url}?cursor=${count++}`) });
    expect((await pull()).objects.locations).to.deep.equal([]);
    expect(urls.length).to.be.below(10);
  });

  it('PC-03: replicas that disagree about the total do not make it read for ever', async () => {
    answer = (query, { url: asked = '' }) => ({
      rows: pageOf(query, 1).rows,
      headers: { 'x-total-count': asked.length % 2 === urls.length % 2 ? 25 : 26 },
    });
    const { objects } = await pull();
    expect(new Set(ids(objects.locations)).size).to.equal(25);
    expect(urls.length).to.be.below(200);
  });

  it('PC-04: reads on from further back by as many as have vanished, and knows when that was not enough', async () => {
    let deleted = 0;
    answer = (query) => {
      if (query.get('offset') === '10') deleted = 3;
      const offset = Number(query.get('offset') ?? 0);
      const left = rows.slice(deleted);
      return { rows: left.slice(offset, offset + 10), headers: { 'x-total-count': left.length } };
    };
    const { objects, verdict } = await pull();
    expect(urls.map((asked) => /offset=(\d+)/.exec(asked)?.[1])).to.deep.equal([undefined, '10', '7', '17']);
    expect(new Set(ids(objects.locations)).size).to.equal(25);
    expect(verdict.modules[0]).to.include({ isWhole: true });

    deleted = 0;
    answer = (query) => {
      const offset = Number(query.get('offset') ?? 0);
      if (offset === 10) deleted = 1;
      // The total says that one has gone, but the page for the place before holds something else entirely.
      const start = offset === 9 ? 15 : offset;
      return { rows: rows.slice(start, start + 10), headers: { 'x-total-count': 25 - deleted } };
    };
    const moved = await pull();
    expect(moved.verdict.problems.join()).to.contain('the list moved while it was read');
    expect(moved.verdict.modules[0]).to.include({ state: 'partial', isWhole: false });
  });

  it('PC-04: one object a page, and one of them vanishes', async () => {
    let deleted = 0;
    answer = (query) => {
      if (query.get('offset') === '10') deleted = 1;
      const offset = Number(query.get('offset') ?? 0);
      const left = rows.slice(deleted);
      const headers = offset + 1 < left.length ? link(`${url}?offset=${offset + 1}&limit=1`) : {};
      return { rows: left.slice(offset, offset + 1), headers: { 'x-total-count': left.length, ...headers } };
    };
    const { objects, verdict } = await pull();
    expect(new Set(ids(objects.locations)).size).to.equal(25);
    expect(verdict.modules[0]).to.include({ isWhole: true });
  });

  it('a Sender without headers that refuses an offset has given everything', async () => {
    answer = (query, request) => {
      if (!query.has('offset')) return { rows };
      request.socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return { rows: [] };
    };
    const { objects, verdict } = await pull();
    expect(objects.locations).to.have.length(25);
    expect(verdict.modules[0]).to.include({ isWhole: true });
  });

  it('PC-02: reads Links in any quoting', () => {
    const next = 'https://cpo.example/l?offset=5&limit=5';
    for (const header of [
      `<${next}>; rel="next"`,
      `<${next}>; rel=next`,
      `<${next}>;rel=next`,
      `<${next}>; title="a, b; c"; rel="next"`,
      `<https://cpo.example/l>; rel="first", <${next}>; rel="next"`,
      `<${next}>; rel="next last"`,
      `<${next}>; REL="NEXT"`,
      `<${next}>; rel='next'`,
      `${next}; rel="next"`,
    ]) {
      expect(nextLinkOf(header), header).to.equal(next);
    }
    for (const header of ['', `<${next}>; rel="prev"`, 'nonsense', undefined]) {
      expect(nextLinkOf(header)).to.equal(null);
    }
  });
});

describe('versions and positions', () => {
  it('VER-09: compares versions by their numbers', () => {
    expect(['2.10', '2.2.1', '2.2', '3.0', '2.9'].sort(compareVersions)).to.deep.equal([
      '2.2',
      '2.2.1',
      '2.9',
      '2.10',
      '3.0',
    ]);
    const offers = ['2.2', '2.3.0', '2.2.1', '2.10.0'].map((version) => ({ version, url: '' }));
    expect(pickVersion(offers, ['2.2.1', '2.3.0'])?.version).to.equal('2.3.0');
    expect(pickVersion(offers, ['2.3.0', '2.10.0', '2.2.1'])?.version).to.equal('2.10.0');
    expect(pickVersion(offers, ['2.1.1'])).to.equal(undefined);
  });

  it('puts parameters behind any URL', () => {
    const asked = { dateFrom: null, limit: 5 };
    expect(withQuery('https://a/b', asked)).to.equal('https://a/b?limit=5');
    expect(withQuery('https://a/b?', asked)).to.equal('https://a/b?limit=5');
    expect(withQuery('https://a/b?x=1', asked)).to.equal('https://a/b?x=1&limit=5');
    expect(withQuery('https://a/b?x=1#y', asked)).to.equal('https://a/b?x=1&limit=5');
    expect(withQuery('https://a/b', { dateFrom: null })).to.equal('https://a/b');
  });
});
