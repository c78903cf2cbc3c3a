import { expect } from 'chai';
import { requestLog } from '../../../server/middleware/request-log.ts';
import { send } from '../../support/ocpi-client.ts';
import { type SmallApp, startSmallApp } from './koa-app.ts';

describe('server/middleware/request-log', () => {
  let app: SmallApp;

  before(async () => {
    app = await startSmallApp((logger) => [
      requestLog({ logger }),
      async (ctx) => {
        ctx.state.connection = { name: 'cpo', token: 'secret' };
        ctx.state.requestId = 'request-1';
        if (ctx.path === '/ours') ctx.state.ocpiStatus = 3000;
        ctx.status = ctx.path === '/broken' ? 503 : 200;
        ctx.body = 'answer';
      },
    ]);
  });
  after(() => app.stop());

  async function lineOf(path: string) {
    app.log.length = 0;
    await send(app.url, 'GET', path, { headers: { Authorization: 'Token secret' } });
    while (app.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return app.log[0];
  }

  it('one line a request says who asked what and how it ended', async () => {
    const line = await lineOf('/ocpi/versions');
    expect(line).to.include({
      level: 'info',
      msg: 'request',
      method: 'GET',
      path: '/ocpi/versions',
      status: 200,
      connection: 'cpo',
      requestId: 'request-1',
    });
    expect(line.ms).to.be.a('number');
  });

  it('of the query only paging is logged, and no header is', async () => {
    const line = await lineOf('/list?offset=5&token=secret&date_from=2026-06-01T00:00:00Z');
    expect(line.query).to.deep.equal({ offset: '5', date_from: '2026-06-01T00:00:00Z' });
    expect(JSON.stringify(line)).not.to.contain('secret');
  });

  it('a path is logged as sent, and not at length', async () => {
    const line = await lineOf(`/a%0Ab%00${'x'.repeat(2_000)}`);
    expect(line.path)
      .to.match(/^\/a%0Ab%00x+$/)
      .and.have.length(500);
  });

  it('what failed on our side is a warning, what machines ask every few seconds is debug', async () => {
    expect((await lineOf('/ours')).level).to.equal('warn');
    expect((await lineOf('/broken')).level).to.equal('warn');
    expect((await lineOf('/health/live')).level).to.equal('debug');
    expect((await lineOf('/metrics')).level).to.equal('debug');
  });
});
