import { expect } from 'chai';
import { HANDSHAKE_FAULTS } from '../../../support/handshake-faults.ts';
import { type HandshakeRig, openHandshakeRig } from '../../../support/handshake-rig.ts';
import { startTestServer } from '../../../support/server.ts';

/** Where a responder calls back, and what it is called. */
const STEPS = [
  { step: 'versions', path: '/ocpi/versions' },
  { step: 'details', path: '/ocpi/2.2.1' },
];

describe('credentials, when the callback fails', () => {
  let rig: HandshakeRig;
  before(async () => {
    rig = await openHandshakeRig();
  });
  afterEach(() => rig.reset());
  after(() => rig.stop());

  for (const { step, path } of STEPS) {
    for (const { name, arrange } of HANDSHAKE_FAULTS) {
      it(`CRED-10: ${step} ${name}: 3001 or 3002, nothing is stored, and the next try succeeds`, async () => {
        const partner = await rig.partner();
        const { token } = await rig.invite('cpo');
        const before = await rig.row('cpo');
        const mend = arrange(partner, 'GET', path);
        const { response } = await rig.register(partner, token);
        expect(response.status, response.text).to.equal(200);
        expect(response.body.status_code).to.be.oneOf(step === 'versions' ? [3001, 3002] : [3001]);
        expect(response.body.status_message).to.contain('your token stays valid');
        const { last_contact_at: _at, token_form_seen: _form, ...after } = await rig.row('cpo');
        expect(before).to.deep.include(after);
        mend();
        const again = await rig.register(partner, token);
        expect(again.response.body.status_code, again.response.text).to.equal(1000);
        expect(await rig.opens(again.token as string)).to.deep.equal([200, 200]);
        expect(rig.server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
      });
    }
  }

  it('CRED-10: a partner that does not listen: 3001, and the next try succeeds', async () => {
    const gone = await rig.partner();
    await gone.stop();
    const { token } = await rig.invite('cpo');
    const partner = await rig.partner();
    const { response } = await rig.register(partner, token, { url: gone.versionsUrl });
    expect([response.status, response.body.status_code]).to.deep.equal([200, 3001]);
    expect((await rig.register(partner, token)).response.body.status_code).to.equal(1000);
  });

  it('CRED-11: a partner that does not speak the version that it called: 3002', async () => {
    const partner = await rig.partner({ versions: ['2.1.1'] });
    const { token } = await rig.invite('cpo');
    const { response } = await rig.register(partner, token);
    expect([response.status, response.body.status_code]).to.deep.equal([200, 3002]);
    expect(response.body.status_message).to.contain('2.1.1').and.contain('2.2.1');
    partner.versions.push('2.2.1');
    expect((await rig.register(partner, token)).response.body.status_code).to.equal(1000);
  });

  it('CRED-12: a CPO without locations as SENDER: 3003; one that only pushes needs none', async () => {
    const partner = await rig.partner();
    partner.modules = ['tariffs/SENDER', 'locations/RECEIVER'];
    const pulled = await rig.invite('pulled');
    const { response } = await rig.register(partner, pulled.token);
    expect([response.status, response.body.status_code]).to.deep.equal([200, 3003]);
    expect(response.body.status_message).to.contain('locations as SENDER');
    await rig.server.services.admin.setConnection('pulled', { push_only: true });
    expect((await rig.register(partner, pulled.token)).response.body.status_code).to.equal(1000);
    expect(await rig.server.services.sources.list()).to.deep.equal([]);
  });

  it('CRED-12: a navigation provider that only pulls needs no endpoint at all', async () => {
    const partner = await rig.partner({ role: 'NSP' });
    partner.modules = [];
    const { token } = await rig.invite('maps', { role: 'NSP' });
    expect((await rig.register(partner, token)).response.body.status_code).to.equal(1000);
  });

  it('CRED-23: private addresses and plain http are not called unless the setting allows them: 3001', async () => {
    const guarded = await startTestServer({ beside: rig.server });
    try {
      const partner = await rig.partner();
      const { token } = await rig.invite('cpo');
      const { OcpiClient } = await import('../../../support/ocpi-client.ts');
      for (const url of ['http://169.254.169.254/latest', 'https://169.254.169.254/', partner.versionsUrl]) {
        const body = { ...partner.credentials('2.2.1', 'token'), url };
        const client = new OcpiClient(guarded.url, token);
        const answer = await client.send('POST', '/ocpi/2.2.1/credentials', { body });
        expect([answer.status, answer.body.status_code], url).to.deep.equal([200, 3001]);
        expect(answer.body.status_message).to.contain('is refused');
      }
      expect(partner.requests).to.deep.equal([]);
      expect(await rig.opens(token)).to.deep.equal([200, 401]);
    } finally {
      await guarded.stop();
    }
  });

  it('AUTH-15: a partner that wants its token raw is called back so after a 401, and that is remembered', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    const raw = (sent: string | undefined) =>
      !/^Token [A-Za-z0-9+/]+=*$/.test(sent ?? '') || /^Token [0-9a-f]{32}$/.test(sent ?? '');
    partner.override('GET', '/ocpi', (request) =>
      raw(request.headers.authorization) ? undefined : { status: 401, body: { status_code: 2000 } },
    );
    expect((await rig.register(partner, token)).response.body.status_code).to.equal(1000);
    expect((await rig.row('cpo')).token_form).to.equal('raw');
    expect(partner.requests).to.have.length(3);
  });

  it('a partner that hangs up while it is called back has changed nothing', async () => {
    const partner = await rig.partner();
    const { token } = await rig.invite('cpo');
    const hangUp = new AbortController();
    partner.override('GET', '/ocpi/2.2.1', async () => {
      hangUp.abort();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return undefined;
    });
    partner.acceptToken('b');
    const asked = fetch(`${rig.server.url}/ocpi/2.2.1/credentials`, {
      method: 'POST',
      headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(partner.credentials('2.2.1', 'b')),
      signal: hangUp.signal,
    });
    expect(
      await asked.then(
        () => 'answered',
        () => 'hung up',
      ),
    ).to.equal('hung up');
    expect(await rig.opens(token)).to.deep.equal([200, 401]);
    partner.override('GET', '/ocpi/2.2.1', () => undefined);
    let again = await rig.register(partner, token);
    // Until our side has noticed, the first one is under way.
    for (let tries = 0; tries < 50 && again.response.status === 405; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      again = await rig.register(partner, token);
    }
    expect(again.response.body.status_code, again.response.text).to.equal(1000);
  });
});
