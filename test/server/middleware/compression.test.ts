import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { compression } from '../../../server/middleware/compression.ts';
import { Pieces } from '../../../server/middleware/pieces.ts';
import { type SmallApp, startSmallApp } from './koa-app.ts';

const LONG = 'charge point '.repeat(1_000);

describe('server/middleware/compression', () => {
  let app: SmallApp;

  before(async () => {
    app = await startSmallApp(() => [
      compression(),
      async (ctx) => {
        ctx.set('Content-Type', 'application/json');
        if (ctx.path === '/tagged') ctx.set('ETag', `"${createHash('sha256').update(LONG).digest('hex')}"`);
        if (ctx.path === '/pieces') {
          const pieces = new Pieces(['charge', LONG, 'point'].map((text) => Buffer.from(text)));
          ctx.body = pieces;
          ctx.length = pieces.bytes;
        } else if (ctx.path === '/stream') ctx.body = Readable.from([LONG]);
        else ctx.body = ctx.path === '/short' ? 'short' : LONG;
      },
    ]);
  });
  after(() => app.stop());

  const get = (path: string, accepted: string, method = 'GET') =>
    fetch(`${app.url}${path}`, { method, headers: { 'Accept-Encoding': accepted } });

  it('a long answer is gzipped for who takes it, and keeps its type', async () => {
    const response = await get('/long', 'br, gzip');
    expect(response.headers.get('Content-Encoding')).to.equal('gzip');
    expect(response.headers.get('Content-Type')).to.equal('application/json');
    expect(Number(response.headers.get('Content-Length'))).to.be.below(LONG.length / 10);
    expect(await response.text()).to.equal(LONG);
  });

  it('it stays plain for who does not take gzip, and says that it varies', async () => {
    for (const accepted of ['identity', 'br', 'gzip;q=0']) {
      const response = await get('/long', accepted);
      expect(response.headers.get('Content-Encoding'), accepted).to.equal(null);
      expect(response.headers.get('Vary')).to.equal('Accept-Encoding');
      expect(await response.text()).to.equal(LONG);
    }
  });

  it('one in pieces is sent as if it were whole, plain or gzipped', async () => {
    const whole = `charge${LONG}point`;
    const plain = await get('/pieces', 'identity');
    expect(plain.headers.get('Content-Length')).to.equal(String(whole.length));
    expect(await plain.text()).to.equal(whole);
    const zipped = await get('/pieces', 'gzip');
    expect(zipped.headers.get('Content-Encoding')).to.equal('gzip');
    expect(await zipped.text()).to.equal(whole);
    const head = await get('/pieces', 'identity', 'HEAD');
    expect(head.headers.get('Content-Length')).to.equal(String(whole.length));
  });

  it('short answers, streams, HEAD and what has an ETag stay as they are', async () => {
    for (const [path, method] of [
      ['/short', 'GET'],
      ['/stream', 'GET'],
      ['/long', 'HEAD'],
      ['/tagged', 'GET'],
    ] as const) {
      const response = await get(path, 'gzip', method);
      expect(response.headers.get('Content-Encoding'), path).to.equal(null);
      await response.arrayBuffer();
    }
  });
});
