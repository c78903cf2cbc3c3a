import { expect } from 'chai';
import { startTestServer, type TestConnection, type TestServer } from '../../../support/server.ts';

describe('server/ocpi/versions', () => {
  let server: TestServer;
  let provider: TestConnection;

  before(async () => {
    server = await startTestServer();
    provider = await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] });
  });
  after(() => server.stop());

  it('VER-01: the list names each version with an absolute URL', async () => {
    const { status, body } = await provider.client.get('/ocpi/versions');
    expect([status, body.status_code]).to.deep.equal([200, 1000]);
    expect(body.data).to.deep.equal([{ version: '2.2.1', url: `${server.url}/ocpi/2.2.1` }]);
  });

  it('VER-02: it may be asked a hundred times and changes nothing', async () => {
    const first = await provider.client.get('/ocpi/versions');
    for (let time = 0; time < 100; time += 1) {
      expect((await provider.client.get('/ocpi/versions')).body.data).to.deep.equal(first.body.data);
    }
  });

  it('VER-03, VER-04, VER-05: details list credentials once, locations and tariffs as SENDER and as RECEIVER', async () => {
    const { body } = await provider.client.get('/ocpi/2.2.1');
    expect(body.data.version).to.equal('2.2.1');
    expect(
      body.data.endpoints.map(({ identifier, role }: Record<string, string>) => `${identifier} ${role}`),
    ).to.have.members([
      'credentials SENDER',
      'locations SENDER',
      'locations RECEIVER',
      'tariffs SENDER',
      'tariffs RECEIVER',
    ]);
    for (const { url } of body.data.endpoints)
      expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+\/ocpi\/2\.2\.1\//);
  });

  it('VER-07: every URL that is advertised is served, and an unlisted version is 404', async () => {
    const { body } = await provider.client.get('/ocpi/2.2.1');
    for (const { url, role } of body.data.endpoints) {
      const below = role === 'SENDER' ? '' : '/NL/NAV/unknown';
      const { body: answer } = await provider.client.get(`${new URL(url).pathname}${below}`);
      expect(answer.status_message, url).not.to.contain('Nothing is served');
    }
    for (const path of ['/ocpi/2.3.0', '/ocpi/2.1.1', '/ocpi/2.2.1/sender/cdrs']) {
      expect((await provider.client.get(path)).status, path).to.equal(404);
    }
  });

  it('VER-10: only modules of the specification are listed', async () => {
    const { body } = await provider.client.get('/ocpi/2.2.1');
    for (const { identifier } of body.data.endpoints)
      expect(['credentials', 'locations', 'tariffs']).to.include(identifier);
  });

  it('ENV-22: a trailing slash makes no difference', async () => {
    const { body } = await provider.client.get('/ocpi/versions/');
    expect(body.data).to.have.length(1);
    expect((await provider.client.get('/ocpi/2.2.1/')).body.data.version).to.equal('2.2.1');
  });

  it('CRED-25: no routing headers here, whatever comes', async () => {
    const { status, headers } = await provider.client.get('/ocpi/versions', { 'OCPI-to-party-id': 'XYZ' });
    expect(status).to.equal(200);
    expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
  });

  it('URLs follow NAP_PUBLIC_URL when it is set, and never X-Forwarded-*', async () => {
    const behindProxy = await startTestServer({
      beside: server,
      config: { publicUrl: 'https://nap.example.org/base' },
    });
    try {
      const { client } = await behindProxy.addConnection('behind-proxy');
      const { body } = await client.get('/ocpi/versions', { 'X-Forwarded-Host': 'evil.example' });
      expect(body.data[0].url).to.equal('https://nap.example.org/base/ocpi/2.2.1');
    } finally {
      await behindProxy.stop();
    }
    const { body } = await provider.client.get('/ocpi/versions', {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
    });
    expect(body.data[0].url).to.equal(`${server.url}/ocpi/2.2.1`);
  });

  it('a Host header that is none does not get into a URL', async () => {
    const { body } = await provider.client.get('/ocpi/versions', { Host: 'a"><script>' });
    expect(body.data[0].url).to.equal(`${server.url}/ocpi/2.2.1`);
  });
});
