import { expect } from 'chai';
import { answerWithProblem } from '../../../server/middleware/errors.ts';
import { send } from '../../support/ocpi-client.ts';
import { type SmallApp, startSmallApp } from './koa-app.ts';

describe('server/middleware/errors', () => {
  let app: SmallApp;

  before(async () => {
    app = await startSmallApp((logger) => [
      answerWithProblem({ logger }),
      async (ctx) => {
        if (ctx.path === '/known') ctx.throw(409, 'Already there', { headers: { 'Retry-After': '5' } });
        if (ctx.path === '/hidden') ctx.throw(503, 'password of the database');
        if (ctx.path === '/unknown') throw new Error('password of the database');
        if (ctx.path === '/thrown') throw 'a text';
        if (ctx.path === '/fine') ctx.body = 'fine';
      },
    ]);
  });
  after(() => app.stop());

  const get = (path: string) => send(app.url, 'GET', path);

  it('what nobody serves is a problem document with 404', async () => {
    const { status, headers, text } = await get('/nothing');
    expect(status).to.equal(404);
    expect(headers['content-type']).to.equal('application/problem+json');
    expect(JSON.parse(text)).to.deep.equal({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Nothing is served at this URL',
    });
  });

  it('an error that may be shown keeps its status, message and headers', async () => {
    const { status, headers, text } = await get('/known');
    expect([status, headers['retry-after']]).to.deep.equal([409, '5']);
    expect(JSON.parse(text)).to.include({ status: 409, detail: 'Already there' });
  });

  it('any other error is a plain 500 with an id that is in the log, once', async () => {
    for (const path of ['/unknown', '/hidden', '/thrown']) {
      app.log.length = 0;
      const { status, text } = await get(path);
      expect(status).to.equal(500);
      expect(text).not.to.contain('password');
      expect(app.log.filter(({ level }) => level === 'error')).to.have.length(1);
      expect(JSON.parse(text).id).to.equal(app.log[0].errorId);
    }
  });

  it('what goes well passes untouched', async () => {
    expect((await get('/fine')).text).to.equal('fine');
  });
});
