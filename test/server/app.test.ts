import { expect } from 'chai';
import { buildLocation } from '../support/builders.ts';
import { send } from '../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('server/app', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const get = (path: string, headers = {}) => send(server.url, 'GET', path, { headers });

  it('every part of the route table answers', async () => {
    expect((await get('/health/live')).status).to.equal(200);
    expect((await get('/health/ready')).status).to.equal(200);
    expect((await get('/metrics')).text).to.contain('nap_');
    expect((await get('/ocpi/versions')).status).to.equal(401);
    expect((await get('/data')).status).to.equal(200);
    expect((await get('/admin/status')).status).to.equal(404);
  });

  it('outside /ocpi what nobody serves is a problem document, below it an envelope', async () => {
    const outside = await get('/nothing');
    expect([outside.status, outside.headers['content-type']]).to.deep.equal([
      404,
      'application/problem+json',
    ]);
    const { client } = await server.addConnection('lost');
    for (const path of ['/ocpi', '/ocpi/', '/ocpi/nothing', '/OCPI/nothing']) {
      const below = await client.get(path);
      expect([below.status, below.body.status_code], path).to.deep.equal([404, 2000]);
    }
    expect((await get('/ocpinion')).headers['content-type']).to.equal('application/problem+json');
  });

  it('every answer tells browsers to leave it alone, whoever gives it', async () => {
    for (const path of ['/health/live', '/ocpi/versions', '/data', '/nothing']) {
      expect((await get(path)).headers['x-content-type-options'], path).to.equal('nosniff');
    }
  });

  it('a push is in the Sender’s list, and the log has a line that names who sent it', async () => {
    const { client } = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    const path = '/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1';
    expect((await client.put(path, buildLocation())).status).to.equal(201);
    const { body } = await client.get('/ocpi/2.2.1/sender/locations');
    expect(body.data).to.have.length(1);
    const lines = server.log.filter((line) => line.path === path);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ level: 'info', method: 'PUT', connection: 'cpo', status: 201 });
  });

  it('a URL that cannot be read is no failure of ours', async () => {
    for (const path of ['//', '/%', '/data/%zz', '/?%', '/#']) {
      const { status } = await get(path);
      expect(status, path).to.be.within(200, 404);
    }
    expect(server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });
});
