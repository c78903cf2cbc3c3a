import { expect } from 'chai';
import { startTestServer, type TestConnection, type TestServer } from '../../../support/server.ts';

/** The three lists of versions: who uses them, what they hold, and on which side we are there. */
const TREES = [
  { root: '/ocpi', versions: ['2.2.1', '2.3.0'], sides: ['SENDER', 'RECEIVER'] },
  { root: '/ocpi/cpo', versions: ['2.1.1'], sides: ['SENDER'] },
  { root: '/ocpi/emsp', versions: ['2.1.1'], sides: ['RECEIVER'] },
] as const;

type Endpoint = { identifier: string; role?: string; url: string };

describe('server/ocpi/versions', () => {
  let server: TestServer;
  let provider: TestConnection;

  before(async () => {
    server = await startTestServer();
    provider = await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] });
  });
  after(() => server.stop());

  const endpoints = async (path: string): Promise<Endpoint[]> =>
    (await provider.client.get(path)).body.data.endpoints;

  for (const { root, versions, sides } of TREES) {
    it(`VER-01: ${root}/versions names each version with an absolute URL`, async () => {
      const { status, body } = await provider.client.get(`${root}/versions`);
      expect([status, body.status_code]).to.deep.equal([200, 1000]);
      expect(body.data).to.deep.equal(
        versions.map((version) => ({ version, url: `${server.url}${root}/${version}` })),
      );
    });

    for (const version of versions) {
      it(`VER-03, VER-07: every URL that ${root}/${version} advertises is served`, async () => {
        const { body } = await provider.client.get(`${root}/${version}`);
        expect(body.data.version).to.equal(version);
        const listed: Endpoint[] = body.data.endpoints;
        expect(listed.map(({ identifier }) => identifier)).to.include.members(['locations', 'tariffs']);
        for (const { url, identifier, role } of listed) {
          if (identifier !== 'locations' && identifier !== 'tariffs') continue;
          const isSender = (role ?? sides[0]) === 'SENDER';
          const path = `${new URL(url).pathname}${isSender ? '' : '/NL/NAV/unknown'}`;
          const answer = await provider.client.get(path);
          expect(answer.status, url).to.equal(isSender ? 200 : 404);
          expect(answer.body.status_message, url).not.to.contain('Nothing is served');
        }
      });
    }
  }

  for (const version of ['2.2.1', '2.3.0']) {
    it(`VER-04: ${version} lists locations and tariffs, each as SENDER and as RECEIVER`, async () => {
      const listed = await endpoints(`/ocpi/${version}`);
      const named = listed.map(({ identifier, role }) => `${identifier} ${role}`);
      expect(named).to.include.members([
        'locations SENDER',
        'locations RECEIVER',
        'tariffs SENDER',
        'tariffs RECEIVER',
      ]);
      expect(new Set(named).size).to.equal(named.length);
    });
  }

  it('VER-06: the two lists of 2.1.1 have no roles, one URL a module, and differ in it', async () => {
    const [towardsProviders, towardsOwners] = [
      await endpoints('/ocpi/cpo/2.1.1'),
      await endpoints('/ocpi/emsp/2.1.1'),
    ];
    for (const listed of [towardsProviders, towardsOwners]) {
      for (const endpoint of listed) expect(endpoint).to.have.all.keys('identifier', 'url');
      const identifiers = listed.map(({ identifier }) => identifier);
      expect(new Set(identifiers).size).to.equal(identifiers.length);
    }
    const urlOf = (listed: Endpoint[]) => listed.find(({ identifier }) => identifier === 'locations')?.url;
    expect(urlOf(towardsProviders)).to.equal(`${server.url}/ocpi/cpo/2.1.1/locations`);
    expect(urlOf(towardsOwners)).to.equal(`${server.url}/ocpi/emsp/2.1.1/locations`);
  });

  it('VER-06: to a provider of 2.1.1 we are a Sender only, to an owner a Receiver only', async () => {
    const putToProviders = await provider.client.put('/ocpi/cpo/2.1.1/locations/NL/NAV/L1', {});
    expect([putToProviders.status, putToProviders.body.status_code]).to.deep.equal([405, 2000]);
    const listFromOwners = await provider.client.get('/ocpi/emsp/2.1.1/locations');
    expect([listFromOwners.status, listFromOwners.body.status_code]).to.deep.equal([404, 2000]);
  });

  it('VER-02: it may be asked a hundred times and changes nothing', async () => {
    const first = await provider.client.get('/ocpi/versions');
    for (let time = 0; time < 100; time += 1) {
      expect((await provider.client.get('/ocpi/versions')).body.data).to.deep.equal(first.body.data);
    }
  });

  it('VER-07: an unlisted version or module is 404', async () => {
    for (const path of [
      '/ocpi/2.1.1',
      '/ocpi/2.2',
      '/ocpi/3.0',
      '/ocpi/cpo/2.2.1',
      '/ocpi/emsp/2.3.0',
      '/ocpi/cpo',
      '/ocpi/2.2.1/sender/cdrs',
      '/ocpi/2.2.1/locations',
      '/ocpi/cpo/2.1.1/sender/locations',
    ]) {
      const { status, body } = await provider.client.get(path);
      expect([status, body.status_code], path).to.deep.equal([404, 2000]);
    }
  });

  it('VER-10: only modules of the specification are listed', async () => {
    const modules = ['credentials', 'hubclientinfo', 'locations', 'tariffs'];
    for (const { root, versions } of TREES) {
      for (const version of versions) {
        for (const { identifier } of await endpoints(`${root}/${version}`)) {
          expect(modules).to.include(identifier);
        }
      }
    }
  });

  it('AUTH-01, AUTH-09: every list wants a token, and a registration token is enough for it', async () => {
    const bearer = await server.addConnection('registering', { tokenKind: 'registration' });
    for (const { root, versions } of TREES) {
      for (const path of [`${root}/versions`, `${root}/${versions[0]}`]) {
        expect((await fetch(`${server.url}${path}`)).status, path).to.equal(401);
        expect((await bearer.client.get(path)).status, path).to.equal(200);
      }
      for (const { identifier, url } of await endpoints(`${root}/${versions[0]}`)) {
        const { status } = await bearer.client.get(new URL(url).pathname);
        expect(status, url).to.equal(identifier === 'credentials' ? 200 : 401);
      }
    }
  });

  it('ENV-22: a trailing slash makes no difference', async () => {
    const { body } = await provider.client.get('/ocpi/versions/');
    expect(body.data).to.have.length(2);
    expect((await provider.client.get('/ocpi/2.2.1/')).body.data.version).to.equal('2.2.1');
    expect((await provider.client.get('/ocpi/emsp/2.1.1/')).body.data.version).to.equal('2.1.1');
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
