import { createConnection } from 'node:net';
import { expect } from 'chai';
import { configureHttpServer } from '../../../server/middleware/http-server.ts';
import { securityHeaders } from '../../../server/middleware/security-headers.ts';
import { send } from '../../support/ocpi-client.ts';
import { type SmallApp, startSmallApp } from './koa-app.ts';

describe('server/middleware/http-server', () => {
  let app: SmallApp;

  before(async () => {
    app = await startSmallApp(() => [
      securityHeaders({ publicUrl: 'https://nap.example.org' }),
      async (ctx) => {
        ctx.body = String(ctx.req.rawHeaders.length / 2);
      },
    ]);
    configureHttpServer(app.server, () => new Date('2026-06-01T00:00:00Z'));
  });
  after(() => app.stop());

  it('every wait for a client is bounded, and a request gets longer than its headers', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout } = app.server;
    for (const timeout of [headersTimeout, requestTimeout, keepAliveTimeout]) {
      expect(timeout).to.be.within(1_000, 300_000);
    }
    expect(requestTimeout).to.be.above(headersTimeout);
  });

  it('what is no HTTP is answered with JSON and closed', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = createConnection(Number(new URL(app.url).port), '127.0.0.1', () =>
        socket.write('?\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).to.match(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] as string)).to.include({
      status_code: 2000,
      timestamp: '2026-06-01T00:00:00.000Z',
    });
  });

  it('AUTH-14: browsers are told what our answers are not for, and to come by TLS only', async () => {
    const { headers } = await send(app.url, 'GET', '/');
    expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).to.contain("default-src 'none'");
    expect(headers['strict-transport-security']).to.match(/^max-age=\d{8}$/);
  });
});
