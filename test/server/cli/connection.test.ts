import { expect } from 'chai';
import { buildClientInfo } from '../../support/hub.ts';
import { OcpiClient } from '../../support/ocpi-client.ts';
import { type RecordingPartner, startRecordingPartner } from '../../support/recording-partner.ts';
import { type CommandRig, openCommandRig } from './command.ts';

describe('nap connection', () => {
  let rig: CommandRig;
  before(async () => {
    rig = await openCommandRig();
  });
  afterEach(async () => {
    for (const { name } of (await rig.nap('connection', 'list', '--json')).json()) {
      await rig.nap('connection', 'remove', name);
    }
  });
  after(() => rig.stop());

  const add = (name: string, ...more: string[]) => rig.nap('connection', 'add', name, ...more);
  const CPO = ['--role', 'CPO', '--party', 'NL-TNM,be-tnm'];
  const versions = async (token: string) =>
    (await new OcpiClient(rig.server.url as string, token).get('/ocpi/versions')).status;
  const tariffs = async (token: string) =>
    (await new OcpiClient(rig.server.url as string, token).get('/ocpi/2.2.1/sender/tariffs')).status;

  it('adds one whose token opens everything at once, and prints name, token and URL', async () => {
    const { code, json, stderr } = await add('tandem', ...CPO, '--static', '--json');
    expect(code).to.equal(0);
    expect(stderr).to.equal('');
    const { name, token, versions_url } = json();
    expect(name).to.equal('tandem');
    expect(versions_url).to.match(/^http:\/\/.+\/ocpi\/versions$/);
    expect([await versions(token), await tariffs(token)]).to.deep.equal([200, 200]);
  });

  it('AUTH-09: without --static adds one whose token opens the versions only, and says so', async () => {
    const { code, json, stderr } = await add('tandem', ...CPO, '--json');
    expect(code).to.equal(0);
    expect(json().token_kind).to.equal('registration');
    expect(stderr).to.contain('registration token').and.contain('--static');
    const { token } = json();
    expect([await versions(token), await tariffs(token)]).to.deep.equal([200, 401]);
  });

  it('VER-06, AUTH-15: a partner of 2.1.1 is given the list of its side, and our token goes to it raw', async () => {
    const old = async (name: string, role: string) => {
      const { json } = await add(
        name,
        '--role',
        role,
        '--party',
        `NL-${name}`,
        '--version',
        '2.1.1',
        '--json',
      );
      const { token_form } = (await rig.nap('connection', 'show', name, '--json')).json();
      return [new URL(json().versions_url as string).pathname, token_form];
    };
    expect(await old('CPO', 'CPO')).to.deep.equal(['/ocpi/emsp/versions', 'raw']);
    expect(await old('HUB', 'HUB')).to.deep.equal(['/ocpi/emsp/versions', 'raw']);
    expect(await old('NSP', 'NSP')).to.deep.equal(['/ocpi/cpo/versions', 'raw']);
  });

  it('prints token and URL for people, and that the token is shown once', async () => {
    const { stdout } = await add('tandem', ...CPO, '--static');
    const token = /^Token +(\S+)$/m.exec(stdout)?.[1] ?? '';
    expect(await versions(token)).to.equal(200);
    expect(stdout).to.contain('/ocpi/versions').and.contain('nap connection rotate tandem');
    for (const later of [rig.nap('connection', 'list'), rig.nap('connection', 'show', 'tandem', '--json')]) {
      expect((await later).stdout)
        .to.contain('tandem')
        .and.not.contain(token);
    }
  });

  it('refuses a party that another speaks for with 1, naming the holder and the way out', async () => {
    await add('tandem', ...CPO, '--static');
    const { code, json, stderr } = await add('late', '--role', 'CPO', '--party', 'NL-TNM', '--json');
    expect(code).to.equal(1);
    expect(json().error.code).to.equal('conflict');
    expect(stderr).to.contain('connection tandem').and.contain('nap connection remove tandem');
    expect((await rig.nap('connection', 'list', '--json')).json()).to.have.length(1);
  });

  it('refuses with 2 what can be no name and no party', async () => {
    const { code, stderr } = await add('no blanks', '--role', 'CPO', '--party', 'TNM');
    expect(code).to.equal(2);
    expect(stderr).to.contain('name must').and.contain('parties must');
  });

  it('shows and changes settings', async () => {
    await add(
      'tandem',
      ...CPO,
      '--push-only',
      '--clock',
      'object',
      '--token-form',
      'raw',
      '--version',
      '2.2.1',
    );
    const shown = (await rig.nap('connection', 'show', 'tandem', '--json')).json();
    expect(shown).to.deep.include({ push_only: true, clock: 'object', token_form: 'raw', version: '2.2.1' });
    expect(shown.parties).to.deep.equal(['NL-TNM', 'BE-TNM']);
    expect(shown).not.to.have.property('hub_parties');
    const words = ['--strictness', 'reject', '--no-push-only', '--party', 'NL-TNM', '--role', 'HUB'];
    const changed = (await rig.nap('connection', 'set', 'tandem', ...words, '--json')).json();
    expect(changed).to.include({ strictness: 'reject', push_only: false, clock: 'object', role: 'HUB' });
    expect(changed.parties).to.deep.equal(['NL-TNM']);
    expect((await rig.nap('connection', 'set', 'tandem')).code).to.equal(2);
    expect((await rig.nap('connection', 'show', 'tandem')).stdout).to.match(/^strictness +reject$/m);
  });

  it('CRED-15: shows of a hub which parties are behind it, and how they are', async () => {
    const hub = await add('hub', '--role', 'HUB', '--party', 'DE-HUB', '--static', '--json');
    expect((await rig.nap('connection', 'show', 'hub')).stdout).to.contain('announced no party');
    const client = new OcpiClient(rig.server.url as string, hub.json().token);
    for (const [party, status] of [
      ['ABC', 'CONNECTED'],
      ['XYZ', 'OFFLINE'],
    ] as const) {
      const body = buildClientInfo(`DE-${party}`, { status });
      await client.put(`/ocpi/2.2.1/receiver/hubclientinfo/DE/${party}`, body);
    }
    expect((await rig.nap('connection', 'show', 'hub', '--json')).json().hub_parties).to.deep.equal([
      { party: 'DE-ABC', role: 'CPO', status: 'CONNECTED', last_updated: '2026-06-01T12:00:00.000Z' },
      { party: 'DE-XYZ', role: 'CPO', status: 'OFFLINE', last_updated: '2026-06-01T12:00:00.000Z' },
    ]);
    expect((await rig.nap('connection', 'show', 'hub')).stdout).to.match(
      /^DE-XYZ +CPO +OFFLINE +2026-06-01/m,
    );
  });

  it('AUTH-12: rotates and removes; former tokens are dead at once', async () => {
    const first = (await add('tandem', ...CPO, '--static', '--json')).json().token;
    expect(await versions(first)).to.equal(200);
    const second = (await rig.nap('connection', 'rotate', 'tandem', '--json')).json().token;
    expect([await versions(first), await versions(second)]).to.deep.equal([401, 200]);
    const removed = await rig.nap('connection', 'remove', 'tandem', '--json');
    expect(removed.json()).to.deep.equal({ removed: 'tandem' });
    expect(await versions(second)).to.equal(401);
  });

  describe('with a partner that we register with', () => {
    let partner: RecordingPartner;
    beforeEach(async () => {
      partner = await startRecordingPartner({ parties: ['NL-TNM'], versions: ['2.2.1'] });
    });
    afterEach(() => partner.stop());

    const begin = (...more: string[]) =>
      add(
        'tandem',
        ...['--role', 'CPO', '--party', 'NL-TNM'],
        ...['--versions-url', partner.versionsUrl, '--token', partner.token, ...more],
      );

    it('CRED-19: registers, pulls it by a source of its own, and shows what it said of itself', async () => {
      const { code, stdout, stderr } = await begin();
      expect(code, stderr).to.equal(0);
      expect(stdout).to.contain('Registered with tandem, in OCPI').and.contain('nap source run tandem');
      expect((await rig.nap('source', 'run', 'tandem', '--json')).json().state).to.equal('complete');
      const shown = (await rig.nap('connection', 'show', 'tandem')).stdout;
      expect(shown)
        .to.match(/^state +registered$/m)
        .and.match(/^locations +SENDER +http/m);
      expect(shown)
        .to.match(/^CPO +NL-TNM +Partner NL-TNM$/m)
        .and.not.contain(partner.token);
      expect((await rig.nap('connection', 'list')).stdout).to.match(/^tandem +registered +CPO/m);
    });

    it('ends with 1 and names the step when it fails, and the same command succeeds later', async () => {
      const mend = partner.override('GET', '/ocpi/2.2.1', { status: 404, body: '' });
      const { code, stderr } = await begin('--version', '2.2.1');
      expect(code).to.equal(1);
      expect(stderr).to.contain('failed at step "details"').and.contain('HTTP 404');
      mend();
      expect((await begin('--version', '2.2.1')).code).to.equal(0);
    });

    it('rotates both tokens without showing one, resets, and tells the partner that it leaves', async () => {
      await begin();
      const rotated = await rig.nap('connection', 'rotate', 'tandem', '--json');
      expect(rotated.json()).to.deep.include({ token: null, token_kind: 'credentials' });
      expect(partner.requestsTo('PUT', '/')).to.have.length(1);
      const removed = (await rig.nap('connection', 'remove', 'tandem', '--json')).json();
      expect(removed).to.deep.equal({ removed: 'tandem', partner_problem: null });
      partner.acceptToken(partner.token);
      await begin();
      const reset = (await rig.nap('connection', 'rotate', 'tandem', '--reset', '--json')).json();
      expect(reset.token_kind).to.equal('registration');
      expect([await versions(reset.token), await tariffs(reset.token)]).to.deep.equal([200, 401]);
    });

    it('pulls through a connection by a source of another name', async () => {
      await begin('--push-only');
      const early = await rig.nap('source', 'add', 'late', '--connection', 'nobody');
      expect(early.code).to.equal(1);
      await rig.nap('connection', 'set', 'tandem', '--no-push-only');
      expect((await rig.nap('source', 'add', 'late', '--connection', 'tandem')).code).to.equal(0);
      expect((await rig.nap('source', 'run', 'late', '--json')).json().state).to.equal('complete');
    });

    it('wants URL and token together, and no static token beside them', async () => {
      const url = ['--versions-url', partner.versionsUrl];
      expect((await add('tandem', ...CPO, ...url)).code).to.equal(2);
      expect((await begin('--static')).code).to.equal(2);
      expect(partner.requests).to.deep.equal([]);
    });
  });

  for (const subcommand of ['show', 'rotate', 'remove']) {
    it(`ends with 1 when there is nothing to ${subcommand}, and says where to look`, async () => {
      const { code, stderr } = await rig.nap('connection', subcommand, 'nobody');
      expect(code).to.equal(1);
      expect(stderr).to.contain('There is no connection nobody').and.contain('nap connection list');
    });
  }
});
