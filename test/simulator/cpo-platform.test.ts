// The simulated Sender: paging, filters, objects, files, tokens, and its own records.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { churn } from './churn.ts';
import { type CpoPlatform, type CpoPlatformOptions, startCpoPlatform } from './cpo-platform.ts';
import { type Fleet, makeFleet } from './fleet.ts';
import { splitList } from './json-text.ts';
import { crawl, crawlModule, headerOf, nextOf } from './navigation-provider.ts';
import { callOcpi } from './ocpi-client.ts';
import { randomStream } from './random.ts';

const now = new Date('2026-06-07T12:00:00Z');

describe('simulator: CPO platform', () => {
  const started: CpoPlatform[] = [];
  let fleet: Fleet;

  async function start(options: CpoPlatformOptions = {}): Promise<CpoPlatform> {
    const platform = await startCpoPlatform({ fleet, ...options });
    started.push(platform);
    return platform;
  }

  beforeEach(() => {
    fleet = makeFleet({ seed: 1, locations: 57, now });
  });

  afterEach(async () => {
    for (const platform of started.splice(0)) await platform.close();
  });

  it('gives every object once, in order, with a matching X-Total-Count', async () => {
    const platform = await start({ pageSize: 10 });
    const { token } = platform;
    const locations = await crawlModule(platform.versionsUrl, 'locations', { token });
    expect(locations.ended).to.equal('last-page');
    expect(locations.objects).to.deep.equal(fleet.locations);
    expect(locations.totalCount).to.equal(57);
    expect(locations.pages.map(({ count }) => count)).to.deep.equal([10, 10, 10, 10, 10, 7]);
    for (const { headers } of locations.pages) expect(headerOf(headers, 'x-limit')).to.equal('10');
    const tariffs = await crawlModule(platform.versionsUrl, 'tariffs', { token });
    expect(tariffs.objects).to.deep.equal(fleet.tariffs);
  });

  for (const options of [
    { paging: 'cursor' },
    { relativeLinks: true },
    { extraParameters: { session: 'a b&c' } },
    { mount: '/some/odd/path/v2', trailingSlash: true },
    { paging: 'everything' },
  ] satisfies CpoPlatformOptions[]) {
    it(`gives every object once with ${JSON.stringify(options)}`, async () => {
      const platform = await start({ pageSize: 9, ...options });
      const result = await crawlModule(platform.versionsUrl, 'locations', { token: platform.token });
      expect(result.ended).to.equal('last-page');
      expect(result.objects).to.deep.equal(fleet.locations);
    });
  }

  it('gives nothing but a cursor in the links of that style', async () => {
    const platform = await start({ pageSize: 9, paging: 'cursor' });
    const result = await crawl(platform.locationsUrl, { token: platform.token, parameters: { limit: 5 } });
    for (const { url } of result.pages.slice(1))
      expect([...new URL(url).searchParams.keys()]).to.deep.equal(['cursor']);
    expect(result.pages).to.have.length(12);
    expect(result.objects).to.deep.equal(fleet.locations);
  });

  it('gives only X-Total-Count, or no paging header at all', async () => {
    for (const [paging, total] of [
      ['total-only', '57'],
      ['none', undefined],
    ] as const) {
      const platform = await start({ pageSize: 9, paging });
      const { pages } = await crawl(platform.locationsUrl, {
        token: platform.token,
        parameters: { offset: 54 },
      });
      expect(pages[0]).to.deep.include({ count: 3 });
      expect(pages[0]?.headers['x-total-count']).to.equal(total);
      expect(pages[0]?.headers).to.not.have.any.keys('link', 'x-limit');
    }
  });

  it('takes date_from as inclusive and date_to as exclusive, on every page', async () => {
    const platform = await start({ pageSize: 5 });
    const times = fleet.locations.map(({ last_updated }) => last_updated).sort();
    const [date_from, date_to] = [times[10] as string, times[40] as string];
    const result = await crawl(platform.locationsUrl, {
      token: platform.token,
      parameters: { date_from, date_to },
    });
    const wanted = fleet.locations.filter(
      (item) => item.last_updated >= date_from && item.last_updated < date_to,
    );
    expect(result.objects).to.deep.equal(wanted);
    expect(result.totalCount).to.equal(wanted.length);
  });

  it('refuses a wrong offset, limit or date with status_code 2001', async () => {
    const platform = await start();
    for (const parameters of [
      { limit: 0 },
      { offset: -1 },
      { date_from: 'yesterday' },
      { cursor: 'eA' },
    ] as const) {
      const { pages } = await crawl(platform.locationsUrl, {
        token: platform.token,
        parameters: { ...parameters },
      });
      expect(pages[0]).to.deep.include({ status: 200, statusCode: 2001 });
    }
  });

  it('gives a Location, an EVSE and a Connector by id, and 404 for others', async () => {
    const platform = await start();
    const { token } = platform;
    const location = fleet.locations[3];
    const evse = location?.evses[0];
    const url = `${platform.locationsUrl}/${location?.id}`;
    expect((await callOcpi(url, { token })).data).to.deep.equal(location);
    expect((await callOcpi(`${url}/${evse?.uid}`, { token })).data).to.deep.equal(evse);
    expect((await callOcpi(`${url}/${evse?.uid}/1`, { token })).data).to.deep.equal(evse?.connectors[0]);
    expect(await callOcpi(`${url}/none`, { token })).to.deep.include({ status: 404, statusCode: 2003 });
    expect(await callOcpi(url, { token, method: 'PUT', body: '{}' })).to.deep.include({ status: 405 });
  });

  it('accepts the token in the forms it is told', async () => {
    const form = async (tokenForm: 'base64' | 'raw' | 'both', sent: 'base64' | 'raw'): Promise<number> => {
      const platform = await start({ tokenForm });
      return (await callOcpi(platform.versionsUrl, { token: platform.token, tokenForm: sent })).status;
    };
    expect([await form('both', 'raw'), await form('both', 'base64')]).to.deep.equal([200, 200]);
    expect([await form('base64', 'raw'), await form('raw', 'base64')]).to.deep.equal([401, 401]);
    const platform = await start();
    expect((await callOcpi(platform.versionsUrl)).status).to.equal(401);
  });

  it('records every request and repeats its ids', async () => {
    const platform = await start();
    const headers = {
      'x-request-id': 'r-1',
      'x-correlation-id': 'c-1',
      'ocpi-from-country-code': 'NL',
      'ocpi-from-party-id': 'NAP',
    };
    const answer = await callOcpi(`${platform.locationsUrl}?limit=3`, { token: platform.token, headers });
    expect(answer.headers).to.include({
      'x-request-id': 'r-1',
      'x-correlation-id': 'c-1',
      'ocpi-to-party-id': 'NAP',
    });
    expect(platform.requests).to.have.length(1);
    expect(platform.requests[0]).to.deep.include({
      method: 'GET',
      path: '/ocpi/2.2.1/locations',
      status: 200,
    });
    expect(platform.requests[0]?.query.get('limit')).to.equal('3');
    expect(platform.requests[0]?.headers['x-request-id']).to.equal('r-1');
    platform.clearRequests();
    expect(platform.requests).to.have.length(0);
  });

  it('serves what churn changed', async () => {
    const platform = await start({ pageSize: 1000 });
    const later = new Date(now.getTime() + 60_000);
    const result = churn(fleet, randomStream(1, 'churn'), 0.2, later, { newLocation: 0.2, removed: 0.2 });
    platform.apply(result);
    const { objects } = await crawl(platform.locationsUrl, { token: platform.token });
    expect(objects).to.deep.equal(fleet.locations);
    const changed = await crawl(platform.locationsUrl, {
      token: platform.token,
      parameters: { date_from: later.toISOString() },
    });
    const ids = new Set([
      ...result.evses.map(({ location }) => location.id),
      ...result.newLocations.map(({ id }) => id),
    ]);
    expect(new Set(changed.objects.map(({ id }) => id))).to.deep.equal(ids);
  });

  it('serves the same data as files that can be asked for conditionally', async () => {
    const platform = await start({ fileShape: 'envelope' });
    const plain = await fetch(platform.files.locations);
    expect(((await plain.json()) as { data: unknown }).data).to.deep.equal(fleet.locations);
    const gzip = Buffer.from(await (await fetch(platform.files.locationsGzip)).arrayBuffer());
    expect(JSON.parse(gunzipSync(gzip).toString()).data).to.deep.equal(fleet.locations);
    const etag = plain.headers.get('etag') ?? '';
    const since = plain.headers.get('last-modified') ?? '';
    expect((await fetch(platform.files.locations, { headers: { 'if-none-match': etag } })).status).to.equal(
      304,
    );
    expect(
      (await fetch(platform.files.locations, { headers: { 'if-modified-since': since } })).status,
    ).to.equal(304);
    platform.locations.put({ ...fleet.locations[0], name: 'renamed' });
    expect((await fetch(platform.files.locations, { headers: { 'if-none-match': etag } })).status).to.equal(
      200,
    );
  });

  it('answers 304 on lists only when it is told to', async () => {
    for (const conditional of [true, false]) {
      const platform = await start({ conditional });
      const { token } = platform;
      const first = await callOcpi(platform.tariffsUrl, { token });
      const headers = { 'if-none-match': String(first.headers.etag) };
      expect((await callOcpi(platform.tariffsUrl, { token, headers })).status).to.equal(
        conditional ? 304 : 200,
      );
    }
  });

  it('serves a file as it is, with rows that come twice', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    try {
      const row =
        '{"id" : "A\\"]", "country_code":"NL","party_id":"TNM", "last_updated":"2026-01-01T00:00:00", "x":1.50}';
      const path = join(folder, 'locations.json.gz');
      await writeFile(
        path,
        gzipSync(`{"status_code":1000,"nested":{"data":[9]},"data":[ ${row},\n${row} ] }`),
      );
      const platform = await startCpoPlatform({ locationsFile: path });
      started.push(platform);
      const answer = await callOcpi(platform.locationsUrl, { token: platform.token });
      expect(answer.text).to.include(`"data":[${row},${row}]`);
      expect(answer.headers['x-total-count']).to.equal('2');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('simulator: list splitter', () => {
  it('cuts any list into its elements, bare or in an envelope', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.boolean(),
        fc.nat(2),
        (list, envelope, indent) => {
          const whole = JSON.stringify(envelope ? { a: list, data: list, z: 1 } : list, null, indent);
          const parts = [...splitList(Buffer.from(whole))].map((part) => JSON.parse(part.toString()));
          expect(parts).to.deep.equal(JSON.parse(JSON.stringify(list)));
        },
      ),
    );
  });

  it('refuses a list that breaks off', () => {
    for (const text of ['[{"a":1},{"b"', '[{"a":"x', '{"data":1}', '<html>', '[1', '']) {
      expect(() => [...splitList(Buffer.from(text))], text).to.throw(SyntaxError);
    }
  });
});

describe('simulator: navigation provider', () => {
  it('reads the next link among others, with any quoting', () => {
    expect(nextOf('<http://a/?x=1,2>; rel="next"')).to.equal('http://a/?x=1,2');
    expect(nextOf('<http://a/p>; rel=prev, <http://a/n>; title="x"; rel=next')).to.equal('http://a/n');
    expect(nextOf('<http://a/p>; rel="last"')).to.equal(undefined);
    expect(nextOf(undefined)).to.equal(undefined);
  });
});
