import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { TariffFormat } from '../../../exports/format.ts';
import { createSnapshots } from '../../../exports/snapshots.ts';
import { buildLocation, buildTariff } from '../../support/builders.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

describe('open data downloads', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ config: { licence: 'CC0-1.0', name: 'NAP of Testland' } });
    const { client } = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    for (const id of ['LOC-1', 'LOC-2', 'LOC-3']) {
      await client.put(`/ocpi/2.2.1/receiver/locations/NL/TNM/${id}`, buildLocation({ id, name: 'Été' }));
    }
    await client.put('/ocpi/2.2.1/receiver/tariffs/NL/TNM/TARIFF-1', buildTariff());
    const hidden = buildLocation({ id: 'HIDDEN', publish: false });
    await client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/HIDDEN', hidden);
    for (const { state } of await server.services.snapshots.build()) expect(state).to.equal('built');
  });
  after(() => server.stop());

  function call(
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
    url = server.url,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            bytes: Buffer.concat(chunks),
          }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  function problem({ headers, bytes }: Answer): Record<string, unknown> {
    expect(headers['content-type']).to.equal('application/problem+json');
    return JSON.parse(bytes.toString());
  }

  const GEOJSON = '/data/locations.geojson';
  const NAMES = [
    'locations.csv',
    'locations.geojson',
    'locations.ocpi.json',
    'tariffs.csv',
    'tariffs.ocpi.json',
  ];

  for (const name of NAMES) {
    it(`${name} is a file to keep, with its type, tag, time, sequence and licence, for any origin`, async () => {
      const { status, headers, bytes } = await call(`/data/${name}`);
      const snapshot = await server.services.snapshots.current(name);
      expect(status).to.equal(200);
      expect(headers).to.include({
        'content-length': String(bytes.length),
        'content-disposition': `attachment; filename="${name}"`,
        'accept-ranges': 'bytes',
        'access-control-allow-origin': '*',
        'nap-sequence': String(snapshot?.sequence),
        'last-modified': snapshot?.generatedAt.toUTCString(),
        link: [
          '<https://spdx.org/licenses/CC0-1.0.html>; rel="license"',
          ...(name.endsWith('.csv')
            ? [`<${name}-metadata.json>; rel="describedby"; type="application/csvm+json"`]
            : []),
        ].join(', '),
        vary: 'Accept-Encoding',
      });
      expect(headers['content-type']).to.equal((await server.services.snapshots.find(name))?.mediaType);
      expect(headers.etag).to.equal(snapshot?.identity.etag);
      expect(headers['access-control-expose-headers']).to.include('NAP-Sequence').and.include('ETag');
      expect(bytes.toString()).to.not.include('HIDDEN');
      expect(bytes.length).to.be.above(100);
    });
  }

  it('what was pushed over OCPI is there', async () => {
    const { features } = JSON.parse((await call(GEOJSON)).bytes.toString());
    expect(features.map(({ id }: { id: string }) => id)).to.deep.equal([
      'NL-TNM-LOC-1',
      'NL-TNM-LOC-2',
      'NL-TNM-LOC-3',
    ]);
    expect(features[0].properties.name).to.equal('Été');
    const { data } = JSON.parse((await call('/data/tariffs.ocpi.json')).bytes.toString());
    expect(data).to.deep.equal([buildTariff()]);
  });

  it('comes gzipped to whoever takes it, with a tag of its own', async () => {
    const plain = await call(GEOJSON);
    const packed = await call(GEOJSON, { 'Accept-Encoding': 'br, gzip' });
    expect(packed.headers['content-encoding']).to.equal('gzip');
    expect(packed.headers['content-length']).to.equal(String(packed.bytes.length));
    expect(packed.headers.etag).to.not.equal(plain.headers.etag);
    expect(gunzipSync(packed.bytes)).to.deep.equal(plain.bytes);
    for (const refusing of ['identity', 'gzip;q=0', 'br']) {
      const { headers } = await call(GEOJSON, { 'Accept-Encoding': refusing });
      expect(headers['content-encoding'], refusing).to.equal(undefined);
    }
  });

  it('is not sent again to whoever has it, in either encoding', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const first = await call(GEOJSON, { 'Accept-Encoding': encoding });
      const again = await call(GEOJSON, {
        'Accept-Encoding': encoding,
        'If-None-Match': first.headers.etag ?? '',
      });
      expect([again.status, again.bytes.length]).to.deep.equal([304, 0]);
      expect(again.headers).to.include({
        etag: first.headers.etag,
        vary: 'Accept-Encoding',
        'nap-sequence': first.headers['nap-sequence'],
      });
      expect(again.headers).to.not.have.property('content-encoding');
      const since = await call(GEOJSON, { 'If-Modified-Since': first.headers['last-modified'] ?? '' });
      expect(since.status).to.equal(304);
    }
  });

  it('comes in parts, that join to the whole, in either encoding', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const whole = await call(GEOJSON, { 'Accept-Encoding': encoding });
      const size = whole.bytes.length;
      const headers = { 'Accept-Encoding': encoding, 'If-Range': whole.headers.etag ?? '' };
      const head = await call(GEOJSON, { ...headers, Range: 'bytes=0-99' });
      const rest = await call(GEOJSON, { ...headers, Range: 'bytes=100-' });
      expect([head.status, rest.status]).to.deep.equal([206, 206]);
      expect(head.headers['content-range']).to.equal(`bytes 0-99/${size}`);
      expect(head.headers['content-length']).to.equal('100');
      expect(Buffer.concat([head.bytes, rest.bytes])).to.deep.equal(whole.bytes);
    }
  });

  it('is whole where the part was of another edition, and 416 where the range begins after it', async () => {
    const stale = await call(GEOJSON, { Range: 'bytes=0-9', 'If-Range': '"older"' });
    expect([stale.status, stale.headers['content-range']]).to.deep.equal([200, undefined]);
    const beyond = await call(GEOJSON, { Range: 'bytes=9999999-', 'Accept-Encoding': 'gzip' });
    expect(beyond.status).to.equal(416);
    expect(beyond.headers['content-range']).to.match(/^bytes \*\/\d+$/);
    expect(beyond.headers).to.not.have.property('content-encoding');
    expect(problem(beyond)).to.include({ status: 416 });
    expect((await call(GEOJSON, { 'If-Match': '"older"' })).status).to.equal(412);
  });

  it('HEAD answers like GET, without the body', async () => {
    for (const encoding of ['identity', 'gzip']) {
      const get = await call(GEOJSON, { 'Accept-Encoding': encoding });
      const head = await call(GEOJSON, { 'Accept-Encoding': encoding }, 'HEAD');
      expect([head.status, head.bytes.length]).to.deep.equal([200, 0]);
      for (const name of [
        'etag',
        'content-length',
        'content-type',
        'content-encoding',
        'last-modified',
        'accept-ranges',
      ]) {
        expect(head.headers[name], name).to.equal(get.headers[name]);
      }
    }
  });

  it('a page of any origin may ask with ranges and conditions', async () => {
    const headers = {
      Origin: 'https://map.example',
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'range,if-none-match',
    };
    const { status, headers: answer } = await call(GEOJSON, headers, 'OPTIONS');
    expect(status).to.equal(204);
    expect(answer).to.include({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    });
    expect(answer['access-control-allow-headers']).to.include('Range').and.include('If-None-Match');
    expect((await call('/data', {}, 'OPTIONS')).headers.allow).to.equal('GET, HEAD, OPTIONS');
  });

  it('what does not exist is 404, what is not served 405, both as problem documents that any origin may read', async () => {
    for (const path of [
      '/data/locations.xml',
      '/data/..%2f..%2fetc%2fpasswd',
      '/data/current.json',
      '/data/%00',
    ]) {
      const missing = await call(path);
      expect(missing.status, path).to.equal(404);
      expect(problem(missing)).to.include({ status: 404 });
      expect(missing.headers['access-control-allow-origin']).to.equal('*');
    }
    for (const path of ['/data', GEOJSON]) {
      const refused = await call(path, {}, 'POST');
      expect([refused.status, refused.headers.allow]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
      expect(problem(refused)).to.include({ status: 405 });
    }
  });

  describe('of a large file', () => {
    const BYTES = 30_000_000;
    const large: TariffFormat = {
      name: 'large.txt',
      module: 'tariffs',
      mediaType: 'text/plain',
      title: 'Large',
      description: 'More than the buffers between us and the client hold.',
      dataSets: ['static'],
      open: () => 'x'.repeat(BYTES),
      write: () => '',
      separator: '',
      close: () => '',
    };
    let big: TestServer;

    before(async () => {
      const directory = await mkdtemp(join(tmpdir(), 'nap-large-'));
      big = await startTestServer({
        beside: server,
        services: ({ database, logger, clock, snapshots: { publication } }) => ({
          snapshots: createSnapshots({
            knex: database.knex,
            directory,
            publication,
            clock,
            logger,
            formats: [large],
          }),
        }),
      });
      await big.services.snapshots.build();
    });
    after(() => big.stop());

    /** Files of this format that this process holds open. */
    async function openFiles(): Promise<number> {
      const descriptors = await readdir('/proc/self/fd');
      const paths = await Promise.all(
        descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
      );
      return paths.filter((path) => path.includes('large.txt')).length;
    }

    async function untilClosed(): Promise<void> {
      while ((await openFiles()) > 0) await setTimeout(20); // the test's own limit ends the wait
    }

    /** A client that reads the beginning and then nothing more. */
    function stall(): Promise<ClientRequest> {
      return new Promise((resolve, reject) => {
        const outgoing = request(`${big.url}/data/large.txt`, { agent: false }, (incoming) => {
          incoming.once('readable', () => resolve(outgoing));
          incoming.on('error', () => undefined);
        });
        outgoing.on('error', reject);
        outgoing.end();
      });
    }

    it('the file is closed when the client has all of it', async () => {
      const { bytes } = await call('/data/large.txt', {}, 'GET', big.url);
      expect(bytes.length).to.equal(BYTES);
      await untilClosed();
    });

    it('the file is closed when the client hangs up, and that is no error in the log', async () => {
      const clients = await Promise.all(Array.from({ length: 20 }, stall));
      expect(await openFiles()).to.equal(20);
      for (const client of clients) client.destroy();
      await untilClosed();
      expect(big.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });

    it('no file is opened for HEAD, 304, 412 and 416', async () => {
      const { headers } = await call('/data/large.txt', {}, 'HEAD', big.url);
      const asked: [string, Record<string, string>, number][] = [
        ['HEAD', {}, 200],
        ['GET', { 'If-None-Match': headers.etag ?? '' }, 304],
        ['GET', { 'If-Match': '"x"' }, 412],
        ['GET', { Range: `bytes=${BYTES}-` }, 416],
      ];
      for (const [method, conditions, status] of asked) {
        expect((await call('/data/large.txt', conditions, method, big.url)).status).to.equal(status);
        expect(await openFiles()).to.equal(0);
      }
    });

    it('whoever began to read an edition gets it to the end, also when the next one is published', async () => {
      const before = await big.services.snapshots.current('large.txt');
      const reading = await stall();
      const whole = new Promise<number>((resolve) => {
        const incoming = (reading as ClientRequest & { res: IncomingMessage }).res;
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        incoming.on('end', () => resolve(bytes));
      });
      await big.services.snapshots.build();
      await rm(before?.identity.path ?? '');
      expect(await whole).to.equal(BYTES);
    });
  });

  describe('without a file yet', () => {
    let empty: TestServer;
    before(async () => {
      empty = await startTestServer({ beside: server });
    });
    after(() => empty.stop());

    it('the first who asks has it built, and all get the same one', async () => {
      const answers = await Promise.all(
        [1, 2, 3, 4].map(() => call('/data/locations.csv', {}, 'GET', empty.url)),
      );
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
      expect(new Set(answers.map(({ headers }) => headers.etag)).size).to.equal(1);
      expect(
        empty.log.filter(
          ({ msg, format, view }) =>
            msg === 'a file of open data was built' && format === 'locations.csv' && view === 'raw',
        ),
      ).to.have.length(1);
    });

    it('is 503 with Retry-After when it cannot be built', async () => {
      const unable = await startTestServer({
        beside: server,
        services: ({ snapshots }) => ({
          snapshots: {
            ...{ publication: snapshots.publication, build: async () => [], buildIfChanged: async () => [] },
            ...{ current: async () => null, currentOrBuild: async () => null, close: async () => undefined },
            ...{ formats: () => snapshots.formats(), find: (name: string) => snapshots.find(name) },
            ...{ list: () => snapshots.list(), days: async () => [], dailyFile: async () => null },
          },
        }),
      });
      const answer = await call(GEOJSON, {}, 'GET', unable.url);
      expect([answer.status, answer.headers['retry-after']]).to.deep.equal([503, '10']);
      expect(problem(answer).detail).to.equal('The file has not been built yet: ask again');
      await unable.stop();
    });
  });
});
