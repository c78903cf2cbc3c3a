import { expect } from 'chai';
import type { Registration } from '../../../support/handshake.ts';
import { type HandshakeRig, openHandshakeRig } from '../../../support/handshake-rig.ts';
import { authorization, type Data, OcpiClient } from '../../../support/ocpi-client.ts';
import type { RecordingPartner } from '../../../support/recording-partner.ts';

const CREDENTIALS = '/ocpi/2.2.1/credentials';

describe('credentials, as a partner calls them', () => {
  let rig: HandshakeRig;
  before(async () => {
    rig = await openHandshakeRig();
  });
  afterEach(() => rig.reset());
  after(() => rig.stop());

  /** A CPO that has registered. */
  async function registered(name = 'cpo'): Promise<{ partner: RecordingPartner; given: Registration }> {
    const partner = await rig.partner();
    const { token } = await rig.invite(name);
    const given = await rig.register(partner, token);
    expect(given.response.body, given.response.text).to.include({ status_code: 1000 });
    return { partner, given };
  }
  const cpoRole = (party: string, role = 'CPO') => ({
    role,
    country_code: party.slice(0, 2),
    party_id: party.slice(3),
    business_details: { name: party },
  });
  const put = (client: OcpiClient, body: unknown) => client.put(CREDENTIALS, body);

  it('CRED-01: POST reads versions and details with the new token before it answers, and keeps the endpoints', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    let answered = false;
    partner.override('GET', '/ocpi', () => {
      expect(answered).to.equal(false);
      return undefined;
    });
    const { response, ownToken } = await rig.register(partner, token);
    answered = true;
    expect([response.status, response.body.status_code]).to.deep.equal([200, 1000]);
    expect(partner.requests.map(({ method, path, token: sent }) => [method, path, sent])).to.deep.equal([
      ['GET', '/ocpi/versions', ownToken],
      ['GET', '/ocpi/2.2.1', ownToken],
    ]);
    const { peer_endpoints: endpoints, peer_roles: roles, ...row } = await rig.row('cpo');
    expect(row).to.include({
      token_kind: 'credentials',
      version: '2.2.1',
      peer_versions_url: partner.versionsUrl,
    });
    expect(endpoints).to.deep.include({
      identifier: 'locations',
      role: 'SENDER',
      url: partner.endpoint('locations', 'SENDER', '2.2.1'),
    });
    expect(roles[0]).to.deep.include({ role: 'CPO', owner: { countryCode: 'DE', partyId: 'ABC' } });
    expect(row.peer_sealed_token).to.match(/^v1\./).and.not.contain(ownToken);
  });

  it('CRED-02: the answer is our own credentials object: our token, URL and role NAP', async () => {
    const { given } = await registered();
    expect(given.response.body.data).to.deep.equal({
      token: given.token,
      url: `${rig.server.url}/ocpi/versions`,
      roles: [
        {
          role: 'NAP',
          party_id: 'NAP',
          country_code: 'DE',
          business_details: { name: 'National Access Point' },
        },
      ],
    });
  });

  it('AUTH-10, AUTH-11: each partner gets a token of its own, printable and at most 64 long', async () => {
    const { given } = await registered();
    const { token } = await rig.invite('other', { parties: ['DE-XYZ'] });
    const other = await rig.register(await rig.partner({ parties: ['DE-XYZ'] }), token);
    expect(given.token).to.match(/^[\x21-\x7e]{1,64}$/);
    expect(other.token)
      .to.match(/^[\x21-\x7e]{1,64}$/)
      .and.not.equal(given.token);
  });

  it('AUTH-12: with the registration its token is dead, and the new one opens everything', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    expect(await rig.opens(token)).to.deep.equal([200, 401]);
    const given = await rig.register(partner, token);
    expect(await rig.opens(token)).to.deep.equal([401, 401]);
    expect(await rig.opens(given.token as string)).to.deep.equal([200, 200]);
  });

  it('CRED-03: POST of a registered client is 405, and says which methods are open', async () => {
    const { partner, given } = await registered();
    const body = partner.credentials('2.2.1', 'another-token');
    const { status, headers, body: answer } = await given.client.send('POST', CREDENTIALS, { body });
    expect([status, answer.status_code, headers.allow]).to.deep.equal([405, 2000, 'GET, PUT, DELETE']);
  });

  it('CRED-04: PUT and DELETE before the registration are 405, with an unknown token 401', async () => {
    const { token } = await rig.invite('cpo');
    for (const method of ['PUT', 'DELETE']) {
      const body = { token: 'x' };
      const early = await new OcpiClient(rig.server.url, token).send(method, CREDENTIALS, { body });
      expect([early.status, early.body.status_code]).to.deep.equal([405, 2000]);
      const unknown = await new OcpiClient(rig.server.url, 'nobody').send(method, CREDENTIALS, { body });
      expect(unknown.status).to.equal(401);
    }
    expect(await rig.opens(token)).to.deep.equal([200, 401]);
  });

  it('E9: a static token reads the credentials and does nothing else with them', async () => {
    const { client } = await rig.server.addConnection('static', { parties: ['DE-STA'] });
    expect((await client.get(CREDENTIALS)).body.status_code).to.equal(1000);
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await client.send(method, CREDENTIALS, { body: {} })).status).to.equal(405);
  });

  it('CRED-05: PUT reads versions and details again, keeps the new URLs and roles, and gives a new token', async () => {
    const { partner, given } = await registered();
    const moved = await rig.partner();
    moved.acceptToken('moved-token');
    const changes = { roles: [cpoRole('DE-ABC', 'CPO'), cpoRole('DE-ABC', 'EMSP')] };
    const answer = await put(given.client, { ...moved.credentials('2.2.1', 'moved-token'), ...changes });
    expect(answer.body.status_code, answer.text).to.equal(1000);
    expect(answer.body.data.token).not.to.equal(given.token);
    expect(moved.requests.map(({ path }) => path)).to.deep.equal(['/ocpi/versions', '/ocpi/2.2.1']);
    expect(partner.requests).to.have.length(2);
    const row = await rig.row('cpo');
    expect(row.peer_versions_url).to.equal(moved.versionsUrl);
    expect(row.peer_roles.map(({ role }: Data) => role)).to.deep.equal(['CPO', 'EMSP']);
    expect(row.peer_endpoints.every(({ url }: Data) => url.startsWith(moved.url))).to.equal(true);
  });

  it('CRED-06: after PUT the old token is refused; after one that failed it is still the valid one', async () => {
    const { partner, given } = await registered();
    const old = given.token as string;
    const failed = await put(given.client, partner.credentials('2.2.1', 'never-accepted'));
    expect([failed.status, failed.body.status_code]).to.deep.equal([200, 3001]);
    expect(await rig.opens(old)).to.deep.equal([200, 200]);
    partner.acceptToken('second');
    const done = await put(given.client, partner.credentials('2.2.1', 'second'));
    expect(await rig.opens(old)).to.deep.equal([401, 401]);
    expect(await rig.opens(done.body.data.token)).to.deep.equal([200, 200]);
  });

  it('CRED-07: DELETE ends it in both directions; the connection stays and can be invited again', async () => {
    const { partner, given } = await registered();
    partner.clear();
    const answer = await given.client.delete(CREDENTIALS);
    expect([answer.status, answer.body.status_code, 'data' in answer.body]).to.deep.equal([200, 1000, false]);
    expect(await rig.opens(given.token as string)).to.deep.equal([401, 401]);
    const row = await rig.row('cpo');
    expect([row.token_hash, row.peer_sealed_token, row.peer_versions_url]).to.deep.equal([null, null, null]);
    const { admin } = rig.server.services;
    expect((await admin.runSource('cpo', { full: true })).state).to.equal('failed');
    expect(partner.requests).to.deep.equal([]);
    expect(await admin.showConnection('cpo')).to.include({ state: 'unregistered', peer: null });
    const { token } = await admin.rotateConnection('cpo');
    expect((await rig.register(partner, token as string)).response.body.status_code).to.equal(1000);
    expect((await admin.runSource('cpo', { full: true })).state).to.equal('complete');
  });

  it('CRED-08: GET gives our credentials with whichever token was used, and changes nothing', async () => {
    const { token } = await rig.invite('cpo');
    const before = await new OcpiClient(rig.server.url, token).get(CREDENTIALS);
    expect(before.body.data).to.include({ token });
    const { response, token: given } = await rig.register(await rig.partner(), token);
    expect(response.body.status_code).to.equal(1000);
    const after = await new OcpiClient(rig.server.url, given as string).get(CREDENTIALS);
    expect(after.body.data).to.deep.equal(response.body.data);
  });

  it('AUTH-16: what is kept of tokens is a hash of ours and a sealed text of theirs', async () => {
    const { given } = await registered();
    const everything = JSON.stringify(await rig.server.database.knex('connection'));
    expect(everything).not.to.contain(given.token).and.not.to.contain(given.ownToken);
    for (const line of rig.server.log) {
      expect(JSON.stringify(line)).not.to.contain(given.token).and.not.to.contain(given.ownToken);
    }
  });

  it('CRED-09: PATCH is 405', async () => {
    const { given } = await registered();
    expect((await given.client.patch(CREDENTIALS, { token: 'x' })).status).to.equal(405);
  });

  it('CRED-13: a body that is no credentials object is 2001 with every problem, and nobody is called', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    const role = cpoRole('DE-ABC');
    const wrong: [Record<string, unknown>, string][] = [
      [{ token: undefined }, 'token'],
      [{ token: 't'.repeat(65) }, 'token'],
      [{ token: 'with blank' }, 'token'],
      [{ url: undefined }, 'url'],
      [{ url: 'ftp://cpo.example/versions' }, 'url'],
      [{ url: 'not a URL' }, 'url'],
      [{ roles: [] }, 'roles'],
      [{ roles: 'CPO' }, 'roles'],
      [{ roles: [role, { ...role, party_id: 'abc' }] }, 'roles[1]'],
      [{ roles: [{ ...role, role: 'KING' }] }, 'roles[0].role'],
      [{ roles: [{ ...role, country_code: 'DEU' }] }, 'roles[0].country_code'],
      [{ roles: [{ ...role, party_id: 'ABCD' }] }, 'roles[0].party_id'],
      [{ roles: [{ ...role, business_details: {} }] }, 'roles[0].business_details.name'],
    ];
    for (const [changes, path] of wrong) {
      const { response } = await rig.register(partner, token, changes);
      expect([response.status, response.body.status_code], path).to.deep.equal([200, 2001]);
      expect(response.body.status_message).to.contain(path).and.not.contain('with blank');
    }
    const client = new OcpiClient(rig.server.url, token);
    expect((await client.send('POST', CREDENTIALS, { body: '{"token":' })).status).to.equal(400);
    expect((await client.send('POST', CREDENTIALS, { body: [] })).body.status_code).to.equal(2001);
    expect(partner.requests).to.deep.equal([]);
    expect((await rig.register(partner, token)).response.body.status_code).to.equal(1000);
  });

  it('CRED-14: one platform with several parties pushes for each of them', async () => {
    const partner = await rig.partner({ parties: ['DE-ABC', 'BE-ABC'] });
    const { token } = await rig.invite('platform', { parties: ['DE-ABC', 'BE-ABC'] });
    const { client } = await rig.register(partner, token);
    for (const party of ['DE/ABC', 'BE/ABC', 'DE/XYZ']) {
      const [country_code, party_id] = party.split('/');
      const tariff = { ...TARIFF, country_code, party_id };
      const { status } = await client.put(`/ocpi/2.2.1/receiver/tariffs/${party}/T1`, tariff);
      expect(status, party).to.equal(party === 'DE/XYZ' ? 404 : 201);
    }
  });

  it('a platform of several roles speaks for the bound parties for which it states a role that does', async () => {
    const { token } = await rig.invite('mixed', { role: 'EMSP', parties: ['DE-ABC', 'DE-MSP'] });
    const partner = await rig.partner();
    const roles = [cpoRole('DE-ABC'), cpoRole('DE-ABC', 'EMSP'), cpoRole('DE-MSP', 'EMSP')];
    const { client, response } = await rig.register(partner, token, { roles });
    expect(response.body.status_code, response.text).to.equal(1000);
    const tariff = { ...TARIFF, country_code: 'DE', party_id: 'ABC' };
    const pushed = await client.put('/ocpi/2.2.1/receiver/tariffs/DE/ABC/T1', tariff);
    expect(pushed.status, pushed.text).to.equal(201);
    expect((await rig.server.services.voices.list()).map(({ owner }) => owner.partyId)).to.deep.equal([
      'ABC',
      'ABC',
    ]);
    // It sees everything that is public, and its own.
    expect((await client.get('/ocpi/2.2.1/sender/tariffs')).body.data).to.have.length(1);
    expect((await client.get('/ocpi/2.2.1/receiver/tariffs/DE/ABC/T1')).status).to.equal(200);
  });

  it('CRED-20: EVSE ids of another operator are taken from whoever is registered', async () => {
    const { given } = await registered();
    const evse = {
      uid: '1',
      evse_id: 'NL*XYZ*E1',
      status: 'AVAILABLE',
      connectors: [CONNECTOR],
      last_updated: NOW,
    };
    const location = { ...LOCATION, evses: [evse] };
    const answer = await given.client.put('/ocpi/2.2.1/receiver/locations/DE/ABC/L1', location);
    expect([answer.status, answer.body.status_code], answer.text).to.deep.equal([201, 1000]);
  });

  it('CRED-22: a role of a party that is not bound to the token is 2001, and nobody is called', async () => {
    const partner = await rig.partner({ parties: ['DE-XYZ'] });
    const { token } = await rig.invite('cpo');
    const { response } = await rig.register(partner, token);
    expect([response.status, response.body.status_code]).to.deep.equal([200, 2001]);
    expect(response.body.status_message).to.contain('DE/XYZ');
    expect(partner.requests).to.deep.equal([]);
    expect(await rig.opens(token)).to.deep.equal([200, 401]);
  });

  it('CRED-22: a stated role that would speak for the party of another is refused, and the token stays', async () => {
    await rig.server.addConnection('first', { parties: ['DE-ABC'] });
    const { token } = await rig.invite('second', { role: 'EMSP' });
    const { response } = await rig.register(await rig.partner(), token);
    expect([response.status, response.body.status_code]).to.deep.equal([200, 2001]);
    expect(await rig.opens(token)).to.deep.equal([200, 401]);
  });

  it('CRED-24: of two POSTs with one token at once exactly one registers', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    const both = await Promise.all([rig.register(partner, token), rig.register(partner, token)]);
    const statuses = both.map(({ response }) => response.status).sort();
    expect(statuses[0]).to.equal(200);
    expect(statuses[1]).to.be.oneOf([401, 405]);
    const winner = both.find(({ response }) => response.status === 200);
    expect(await rig.opens(winner?.token as string)).to.deep.equal([200, 200]);
  });

  it('CRED-25: routing headers are neither sent nor minded', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    const headers = { 'OCPI-to-party-id': 'XYZ', Authorization: authorization(token) };
    const answer = await new OcpiClient(rig.server.url, token).get(CREDENTIALS, headers);
    expect(answer.status).to.equal(200);
    await rig.register(partner, token);
    const sent = partner.requests.flatMap((request) => Object.keys(request.headers));
    expect(
      [...sent, ...Object.keys(answer.headers)].filter((name) => name.startsWith('ocpi-')),
    ).to.deep.equal([]);
    for (const { headers: called } of partner.requests) {
      expect(called).to.include.keys('x-request-id', 'x-correlation-id');
    }
  });

  for (const role of ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP']) {
    it(`CRED-26: role ${role} is taken`, async () => {
      const partner = await rig.partner({ role });
      const { token } = await rig.invite('any', { role: 'OTHER' });
      const { response } = await rig.register(partner, token);
      expect(response.body.status_code, response.text).to.equal(1000);
      expect((await rig.row('any')).peer_roles[0].role).to.equal(role);
    });
  }

  it('VER-05: whatever roles the partner lists its own credentials endpoint with', async () => {
    for (const roles of [['RECEIVER'], ['SENDER'], ['SENDER', 'RECEIVER']]) {
      const partner = await rig.partner();
      const endpoints = roles.map((role) => ({ identifier: 'credentials', role, url: `${partner.url}/c` }));
      const locations = { identifier: 'locations', role: 'SENDER', url: `${partner.url}/l` };
      const data = { version: '2.2.1', endpoints: [...endpoints, locations] };
      partner.override('GET', '/ocpi/2.2.1', { body: { data, status_code: 1000, timestamp: NOW } });
      const { token } = await rig.invite(`cpo-${roles.length}${roles[0]}`, { role: 'HUB' });
      expect((await rig.register(partner, token)).response.body.status_code).to.equal(1000);
      await rig.reset();
    }
  });

  it('a party of our own that is not set is our fault: 3000, a warning, and nobody is called', async () => {
    const { startTestServer } = await import('../../../support/server.ts');
    const party = { countryCode: 'XX', partyId: 'NAP' };
    const unset = await startTestServer({ beside: rig.server, config: { allowPrivateUrls: true, party } });
    try {
      const partner = await rig.partner();
      const { token } = await rig.invite('cpo');
      const body = partner.credentials('2.2.1', 'token');
      const answer = await new OcpiClient(unset.url, token).send('POST', CREDENTIALS, { body });
      expect([answer.status, answer.body.status_code]).to.deep.equal([200, 3000]);
      expect(partner.requests).to.deep.equal([]);
      const warnings = unset.log.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
      expect(warnings.join()).to.contain('NAP_COUNTRY_CODE');
    } finally {
      await unset.stop();
    }
  });
});

const NOW = '2026-06-01T12:00:00Z';
const CONNECTOR = {
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 16,
  last_updated: NOW,
};
const LOCATION = {
  country_code: 'DE',
  party_id: 'ABC',
  id: 'L1',
  publish: true,
  address: 'Hauptstrasse 1',
  city: 'Aachen',
  country: 'DEU',
  coordinates: { latitude: '50.77664', longitude: '6.08342' },
  time_zone: 'Europe/Berlin',
  last_updated: NOW,
};
const TARIFF = {
  id: 'T1',
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.35, vat: 21, step_size: 1 }] }],
  last_updated: NOW,
};
