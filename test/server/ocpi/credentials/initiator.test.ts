import { expect } from 'chai';
import { AdminError } from '../../../../server/admin/admin-error.ts';
import type { IssuedToken } from '../../../../server/admin/service.ts';
import { buildLocation } from '../../../support/builders.ts';
import { failureOf } from '../../../support/failure.ts';
import { callUrl } from '../../../support/handshake.ts';
import { HANDSHAKE_FAULTS } from '../../../support/handshake-faults.ts';
import { type HandshakeRig, openHandshakeRig } from '../../../support/handshake-rig.ts';
import { authorization } from '../../../support/ocpi-client.ts';
import type { RecordingPartner } from '../../../support/recording-partner.ts';
import { startTestServer } from '../../../support/server.ts';

const STEPS = [
  { step: 'versions', method: 'GET', path: '/ocpi/versions' },
  { step: 'details', method: 'GET', path: '/ocpi/2.2.1' },
  { step: 'credentials', method: 'POST', path: '/ocpi/2.2.1/credentials' },
];

describe('a handshake that we begin', () => {
  let rig: HandshakeRig;
  before(async () => {
    rig = await openHandshakeRig();
  });
  afterEach(() => rig.reset());
  after(() => rig.stop());

  const admin = () => rig.server.services.admin;
  const connect = (partner: RecordingPartner, more: object = {}): Promise<IssuedToken> =>
    admin().addConnection({
      ...{ name: 'cpo', role: 'CPO', parties: 'DE-ABC' },
      ...{ versions_url: partner.versionsUrl, token: partner.token, ...more },
    });
  const failing = async (work: Promise<unknown>) => {
    const error = await failureOf(work);
    expect(error).to.be.instanceOf(AdminError);
    return error as AdminError;
  };
  const given = (partner: RecordingPartner) => partner.credentialsGiven.at(-1)?.token as string;
  const location = (id: string) => buildLocation({ country_code: 'DE', party_id: 'ABC', id });

  it('CRED-18, CRED-19: the partner can call back while our POST is open; then C replaces A', async () => {
    const partner = await rig.partner({ callsBack: true });
    partner.override('POST', '/ocpi/2.2.1/credentials', async ({ json }) => {
      // What the token that we just sent opens, while the partner has not answered yet.
      expect(await rig.opens(json.token)).to.deep.equal([200, 401]);
      const read = await callUrl('GET', `${rig.server.url}/ocpi/2.2.1/credentials`, { token: json.token });
      expect(read.body.data.token).to.equal(json.token);
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const url = `${rig.server.url}/ocpi/2.2.1/credentials`;
        expect((await callUrl(method, url, { token: json.token, body: {} })).status).to.equal(405);
      }
      return undefined;
    });
    const answer = await connect(partner);
    expect(answer).to.deep.equal({
      name: 'cpo',
      token: null,
      versions_url: `${rig.server.url}/ocpi/versions`,
      token_kind: 'credentials',
      registered: { version: '2.2.1', source: 'cpo', notes: [] },
    });
    expect(partner.callbacks.map(({ status }) => status)).to.deep.equal([200, 200]);
    expect(partner.requests.map(({ method, path, token }) => [method, path, token])).to.deep.equal([
      ['GET', '/ocpi/versions', partner.token],
      ['GET', '/ocpi/2.2.1', partner.token],
      ['POST', '/ocpi/2.2.1/credentials', partner.token],
    ]);
    expect(await rig.opens(given(partner))).to.deep.equal([200, 200]);
    const kept = await rig.server.services.connections.findByName('cpo');
    const sealed = kept?.peer?.sealedToken as string;
    const theirs = rig.server.services.secretBox.unseal(sealed);
    const versions = await callUrl('GET', partner.versionsUrl, { token: theirs });
    expect([versions.status, theirs === partner.token]).to.deep.equal([200, false]);
  });

  it('CRED-02: what we send are our own credentials, with a token of 64 printable characters at most', async () => {
    const partner = await rig.partner();
    await connect(partner);
    const { token, url, roles } = partner.credentialsGiven[0] as {
      token: string;
      url: string;
      roles: object[];
    };
    expect(token).to.match(/^[\x21-\x7e]{1,64}$/);
    expect(url).to.equal(`${rig.server.url}/ocpi/versions`);
    expect(roles[0]).to.include({ role: 'NAP', country_code: 'DE', party_id: 'NAP' });
  });

  it('CRED-17: nothing is sent to a CPO whose details list no locations as SENDER, or no credentials', async () => {
    const partner = await rig.partner();
    partner.modules = ['tariffs/SENDER'];
    const missing = await failing(connect(partner));
    expect(missing.code).to.equal('failed');
    expect(missing.message).to.contain('step "endpoints"').and.contain('locations as SENDER');
    const undo = partner.override('GET', '/ocpi/2.2.1', {
      body: {
        status_code: 1000,
        data: { endpoints: [{ identifier: 'locations', role: 'SENDER', url: partner.url }] },
      },
    });
    expect((await failing(connect(partner))).message).to.contain('do not list credentials');
    expect(partner.requestsTo('POST', '/')).to.deep.equal([]);
    expect(await admin().listConnections()).to.deep.equal([]);
    undo();
    expect((await connect(partner, { push_only: true })).registered?.source).to.equal(null);
  });

  it('VER-09: takes the highest version that both speak, or the one that was asked for', async () => {
    const partner = await rig.partner({ versions: ['2.2', '2.2.1', '3.0'] });
    expect((await connect(partner)).registered?.version).to.equal('2.2.1');
    const strange = await rig.partner({ versions: ['2.1.1', '3.0'] });
    const { message } = await failing(
      connect(strange, { name: 'strange', parties: 'DE-XYZ', version: '2.2.1' }),
    );
    expect(message).to.contain('offers 2.1.1, 3.0; we want 2.2.1');
  });

  for (const { step, method, path } of STEPS) {
    for (const { name, arrange } of HANDSHAKE_FAULTS) {
      it(`CRED-19: ${step} ${name}: nothing is stored, and the next try succeeds`, async () => {
        const partner = await rig.partner();
        const mend = arrange(partner, method, path);
        const { code, message } = await failing(connect(partner));
        expect(code).to.equal('failed');
        expect(message).to.contain('The handshake with cpo failed at step').and.not.contain(partner.token);
        expect(await rig.server.database.knex('connection')).to.deep.equal([]);
        expect(await rig.server.database.knex('source')).to.deep.equal([]);
        mend();
        expect((await connect(partner)).registered?.version).to.equal('2.2.1');
        expect(await rig.opens(given(partner))).to.deep.equal([200, 200]);
        expect(rig.server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
      });
    }
  }

  it('CRED-19: what the partner answered is told: HTTP status, OCPI status and message', async () => {
    const partner = await rig.partner();
    partner.override('POST', '/', {
      body: { status_code: 3001, status_message: 'Cannot reach you', timestamp: '2026-06-01T12:00:00Z' },
    });
    expect((await failing(connect(partner))).message).to.contain(
      'step "credentials": POST was answered with HTTP 200, OCPI status 3001: Cannot reach you',
    );
  });

  it('AUTH-15: encoded first, on a 401 once raw; what worked is used from then on; a set form is not left', async () => {
    const partner = await rig.partner();
    const isRaw = (sent: string | undefined) => sent !== authorization(partner.token);
    partner.override('*', '/ocpi', (request) =>
      request.headers.authorization === `Token ${partner.token}` || !request.token || isHex(request)
        ? undefined
        : { status: 401, body: { status_code: 2000 } },
    );
    await connect(partner);
    const sent = partner.requests.map(({ headers }) => isRaw(headers.authorization));
    expect(sent).to.deep.equal([false, true, true, true]);
    expect(await admin().showConnection('cpo')).to.include({ token_form: 'raw' });

    const strict = await rig.partner({ parties: ['DE-XYZ'] });
    strict.override('GET', '/', { status: 401, body: { status_code: 2000 } });
    await failing(connect(strict, { name: 'x', parties: 'DE-XYZ', token_form: 'raw' }));
    expect(strict.requests.map(({ headers }) => headers.authorization)).to.deep.equal([
      `Token ${strict.token}`,
    ]);
  });

  it('names and voices that are taken are told before the partner is called', async () => {
    const partner = await rig.partner();
    await rig.server.addConnection('holder', { parties: ['DE-ABC'] });
    await admin().addSource({ name: 'cpo', url: partner.versionsUrl, parties: 'NL-OLD' });
    const taken = await failing(connect(partner));
    expect([taken.code, taken.message.includes('nap source remove cpo')]).to.deep.equal(['conflict', true]);
    expect((await failing(connect(partner, { name: 'holder' }))).code).to.equal('conflict');
    const voice = await failureOf(connect(partner, { name: 'other' }));
    expect(voice.message).to.contain('the connection holder already speaks for DE-ABC');
    expect(partner.requestsTo('POST', '/')).to.deep.equal([]);
  });

  it('CRED-22: roles beyond the bound parties are told, and speak for nobody', async () => {
    const partner = await rig.partner({ parties: ['DE-ABC', 'DE-XYZ'] });
    const { registered } = await connect(partner);
    expect(registered?.notes.join()).to.contain('DE/XYZ');
    const voices = await rig.server.services.voices.list();
    expect(new Set(voices.map(({ owner }) => owner.partyId))).to.deep.equal(new Set(['ABC']));
  });

  it('a CPO is pulled by a source of its own name, with the token and at the URLs of the handshake', async () => {
    const partner = await rig.partner({ objects: { locations: [location('L1')] } });
    await connect(partner);
    expect(await admin().runSource('cpo', { full: true })).to.include({ state: 'complete', created: 1 });
    const pulls = partner.requestsTo('GET', partner.endpoint('locations', 'SENDER', '2.2.1'));
    expect(pulls.map(({ token }) => token === partner.token || token === undefined)).to.deep.equal([false]);
    const [source] = await admin().listSources();
    expect(source).to.include({ connection: 'cpo', url: null, has_token: false });
    const voices = await rig.server.services.voices.list();
    expect(voices.map(({ speaker }) => speaker.kind)).to.deep.equal(['connection', 'connection']);
  });

  it('CRED-05, CRED-21: our rotation replaces both tokens, and the source follows without being told', async () => {
    const partner = await rig.partner({ callsBack: true, objects: { locations: [location('L1')] } });
    await connect(partner);
    const first = given(partner);
    const sealed = (await rig.row('cpo')).peer_sealed_token;
    expect((await admin().rotateConnection('cpo')).registered).to.deep.include({
      version: '2.2.1',
      source: 'cpo',
    });
    expect(given(partner)).not.to.equal(first);
    expect(await rig.opens(first)).to.deep.equal([401, 401]);
    expect(await rig.opens(given(partner))).to.deep.equal([200, 200]);
    expect((await rig.row('cpo')).peer_sealed_token).not.to.equal(sealed);
    expect((await admin().runSource('cpo', { full: true })).state).to.equal('complete');
  });

  it('CRED-06: when our rotation fails the former tokens stay valid on both sides', async () => {
    const partner = await rig.partner({ objects: { locations: [location('L1')] } });
    await connect(partner);
    const standing = given(partner);
    for (const { arrange } of HANDSHAKE_FAULTS.slice(0, 8)) {
      const mend = arrange(partner, 'PUT', '/ocpi/2.2.1/credentials');
      expect((await failing(admin().rotateConnection('cpo'))).message).to.contain('--reset');
      expect(await rig.opens(standing)).to.deep.equal([200, 200]);
      mend();
    }
    expect((await rig.row('cpo')).pending_token_hash).to.equal(null);
    expect(await admin().showConnection('cpo')).to.deep.include({ consecutive_failures: 8 });
    expect((await admin().runSource('cpo', { full: true })).state).to.equal('complete');
    expect(await admin().showConnection('cpo')).to.include({ consecutive_failures: 0, state: 'registered' });
    expect((await admin().rotateConnection('cpo')).registered?.version).to.equal('2.2.1');
  });

  it('CRED-24: a PUT of the partner during our own is 405, and neither loses the tokens that work', async () => {
    const partner = await rig.partner();
    await connect(partner);
    const standing = given(partner);
    const statuses: number[] = [];
    partner.override('PUT', '/ocpi/2.2.1/credentials', async () => {
      const body = partner.credentials('2.2.1', 'crossing');
      const url = `${rig.server.url}/ocpi/2.2.1/credentials`;
      statuses.push((await callUrl('PUT', url, { token: standing, body })).status);
      return undefined;
    });
    await admin().rotateConnection('cpo');
    expect(statuses).to.deep.equal([405]);
    expect(await rig.opens(given(partner))).to.deep.equal([200, 200]);
  });

  it('a partner that has forgotten us is invited anew with --reset', async () => {
    const partner = await rig.partner();
    await connect(partner);
    const { token } = await admin().rotateConnection('cpo', { reset: true });
    expect(await rig.opens(given(partner))).to.deep.equal([401, 401]);
    expect(await rig.opens(token as string)).to.deep.equal([200, 401]);
    expect(await admin().showConnection('cpo')).to.include({ state: 'waiting', token_kind: 'registration' });
    expect((await rig.register(partner, token as string)).response.body.status_code).to.equal(1000);
  });

  it('CRED-07: removing a connection tells the partner, and does not wait for one that is silent', async () => {
    const partner = await rig.partner();
    await connect(partner);
    expect(await admin().removeConnection('cpo')).to.deep.equal({ removed: 'cpo', partner_problem: null });
    expect(partner.requestsTo('DELETE', '/ocpi/2.2.1/credentials')).to.have.length(1);
    const silent = await rig.partner();
    await connect(silent);
    silent.override('DELETE', '/', { delivery: 'never' });
    const { partner_problem: problem } = await admin().removeConnection('cpo');
    expect(problem).to.contain('DELETE');
    expect(await admin().listConnections()).to.deep.equal([]);
    expect(await admin().listSources()).to.deep.equal([]);
  });

  it('PC-10: a 401 to a pull marks source and connection; a new handshake mends both', async () => {
    const partner = await rig.partner({ objects: { locations: [location('L1')] } });
    await connect(partner);
    const refuse = partner.override('GET', partner.endpoint('locations', 'SENDER', '2.2.1'), {
      status: 401,
      body: { status_code: 2000 },
    });
    expect((await admin().runSource('cpo', { full: true })).state).to.equal('failed');
    const broken = await admin().showConnection('cpo');
    expect(broken).to.include({ state: 'refused', consecutive_failures: 1 });
    expect(broken.last_error).to.contain('refused our token');
    expect((await admin().listSources())[0]?.broken_at).not.to.equal(null);
    refuse();
    await admin().rotateConnection('cpo');
    expect(await admin().showConnection('cpo')).to.include({ state: 'registered', consecutive_failures: 0 });
    expect((await admin().listSources())[0]?.broken_at).to.equal(null);
  });

  it('show tells how a connection is and what the partner said of itself, and no secret', async () => {
    const partner = await rig.partner();
    await connect(partner);
    const shown = await admin().showConnection('cpo');
    expect(shown.peer?.versions_url).to.equal(partner.versionsUrl);
    expect(shown.peer?.roles).to.deep.equal([{ role: 'CPO', party: 'DE-ABC', name: 'Partner DE-ABC' }]);
    expect(shown.peer?.endpoints.map(({ identifier }) => identifier)).to.include.members([
      'locations',
      'tariffs',
    ]);
    expect(shown.registered_at).to.match(/^20/);
    expect(JSON.stringify(shown)).not.to.contain(given(partner)).and.not.to.contain(partner.token);
  });

  it('one that was left in the middle by a killed process is taken up again', async () => {
    const partner = await rig.partner();
    const { connections } = rig.server.services;
    const left = await rig.invite('cpo', { tokenHash: null });
    await connections.setPendingToken(left.id, Buffer.alloc(32));
    expect((await failing(connect(partner))).message).to.contain('is under way');
    await rig.server.database.knex('connection').update({ pending_since: '2020-01-01T00:00:00Z' });
    expect((await connect(partner)).registered?.version).to.equal('2.2.1');
    expect((await admin().listConnections()).map(({ state }) => state)).to.deep.equal(['registered']);
  });

  it('needs a party of our own, and says which settings give one', async () => {
    const party = { countryCode: 'XX', partyId: 'NAP' };
    const unset = await startTestServer({ beside: rig.server, config: { allowPrivateUrls: true, party } });
    try {
      const partner = await rig.partner();
      const wish = { name: 'cpo', role: 'CPO', parties: 'DE-ABC' };
      const begun = unset.services.admin.addConnection({
        ...wish,
        versions_url: partner.versionsUrl,
        token: partner.token,
      });
      expect((await failureOf(begun)).message).to.contain('NAP_COUNTRY_CODE');
      expect(partner.requests).to.deep.equal([]);
      expect((await unset.services.admin.addConnection(wish)).hint).to.contain('NAP_COUNTRY_CODE');
    } finally {
      await unset.stop();
    }
  });
});

/** A token that the partner gave us itself comes raw, too. */
function isHex({ headers }: { headers: { authorization?: string | undefined } }): boolean {
  return /^Token [0-9a-f]{32}$/.test(headers.authorization ?? '');
}
