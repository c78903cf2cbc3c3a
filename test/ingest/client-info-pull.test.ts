import { expect } from 'chai';
import { CLIENT_INFO_LIMIT } from '../../db/registry/client-info-store.ts';
import type { ClientInfoReport } from '../../ingest/client-info-pull.ts';
import { buildClientInfo, type RegisteredHub, registerHub, routingOf } from '../support/hub.ts';
import { authorization } from '../support/ocpi-client.ts';
import { type RecordingPartner, startRecordingPartner } from '../support/recording-partner.ts';
import { owner, startTestServer, type TestServer } from '../support/server.ts';

const CLIENTS = '/ocpi/2.2.1/receiver/hubclientinfo';
/** Milliseconds: a pull is due again. */
const DAY_MS = 24 * 3_600_000;

describe('ingest/client-info-pull', () => {
  let server: TestServer;
  let partner: RecordingPartner;
  let hub: RegisteredHub;
  let now: Date;

  beforeEach(async () => {
    now = new Date('2026-06-10T12:00:00Z');
    server = await startTestServer({ clock: () => now, config: { allowPrivateUrls: true } });
    partner = await startRecordingPartner({
      role: 'HUB',
      parties: ['DE-HUB'],
      pageSize: 2,
      objects: { clients: [] },
    });
    for (const party of ['DE-AAA', 'DE-BBB', 'DE-CCC', 'DE-DDD', 'DE-EEE']) give(party);
    hub = await registerHub(server, partner);
  });
  afterEach(async () => {
    await server.stop();
    await partner.stop();
  });

  const give = (party: string, changes = {}) =>
    partner.give('hubclientinfo', buildClientInfo(party, changes));
  const list = () => partner.endpoint('hubclientinfo', 'SENDER', '2.2.1');

  async function pull(): Promise<ClientInfoReport[]> {
    now = new Date(now.getTime() + DAY_MS);
    return server.services.clientInfoPuller.pullDue(new AbortController().signal);
  }

  async function known(): Promise<Record<string, string>> {
    const infos = await server.services.clientInfo.list(hub.connection.id);
    return Object.fromEntries(infos.map((info) => [`${info.owner.partyId} ${info.role}`, info.status]));
  }

  it('HCI-07: reads all pages, in one operation, with our token and without routing headers', async () => {
    expect(await pull()).to.deep.equal([
      { hub: 'hub', state: 'complete', received: 5, refused: 0, suspended: 0 },
    ]);
    expect(await known()).to.deep.equal({
      'AAA CPO': 'CONNECTED',
      'BBB CPO': 'CONNECTED',
      'CCC CPO': 'CONNECTED',
      'DDD CPO': 'CONNECTED',
      'EEE CPO': 'CONNECTED',
    });
    const requests = partner.requestsTo('GET', list());
    expect(requests).to.have.length(3);
    for (const request of requests) {
      expect(request.headers.authorization).to.equal(authorization(partner.token));
      expect(routingOf(request)).to.deep.equal({ to: 'undefined-undefined', from: 'undefined-undefined' });
    }
    expect(new Set(requests.map(({ headers }) => headers['x-correlation-id']))).to.have.property('size', 1);
    expect(new Set(requests.map(({ headers }) => headers['x-request-id']))).to.have.property('size', 3);
  });

  it('HCI-07: once it has registered, and some times a day; not with every look', async () => {
    const look = () => server.services.clientInfoPuller.pullDue(new AbortController().signal);
    expect(await look()).to.have.length(1);
    expect(await look()).to.have.length(0);
    now = new Date(now.getTime() + DAY_MS);
    expect(await look()).to.have.length(1);
    await server.services.connections.remove(hub.connection.id);
    hub = await registerHub(server, partner);
    expect(await look()).to.have.length(1);
  });

  it('HCI-07: at the start of the timed work', async () => {
    await server.services.scheduler.start();
    await partner.waitFor('GET', list(), 3);
    await server.services.scheduler.stop();
  });

  it('PC-10: a hub that refuses our token is not asked again until it registers anew', async () => {
    partner.refuseToken(partner.token);
    const [report] = await pull();
    expect(report).to.include({ state: 'refused', received: 0 });
    expect(report?.problem).to.contain('refused our token').and.not.contain(partner.token);
    partner.acceptToken(partner.token);
    expect(await pull()).to.deep.equal([]);
    await server.services.connections.remove(hub.connection.id);
    hub = await registerHub(server, partner);
    expect((await pull())[0]).to.include({ state: 'complete', received: 5 });
  });

  it('HCI-07: the list is the new truth; HCI-04: what it lacks is SUSPENDED, not removed', async () => {
    await pull();
    give('DE-BBB', { status: 'OFFLINE' });
    partner.withdraw('hubclientinfo', buildClientInfo('DE-CCC'));
    const [report] = await pull();
    expect(report).to.include({ state: 'complete', received: 4, suspended: 1 });
    expect(await known()).to.include({
      'BBB CPO': 'OFFLINE',
      'CCC CPO': 'SUSPENDED',
      'DDD CPO': 'CONNECTED',
    });
    expect((await hub.client.get(`${CLIENTS}/DE/CCC`)).body.data.status).to.equal('SUSPENDED');
    give('DE-CCC');
    await pull();
    expect(await known()).to.include({ 'CCC CPO': 'CONNECTED' });
  });

  it('what the hub pushes while its list is read is newer than the list', async () => {
    await pull();
    partner.withdraw('hubclientinfo', buildClientInfo('DE-DDD'));
    partner.override('GET', list(), async ({ query }) => {
      if (query.has('offset') && query.get('offset') !== '0') return undefined;
      now = new Date(now.getTime() + 1_000);
      await hub.client.put(`${CLIENTS}/DE/AAA`, buildClientInfo('DE-AAA', { status: 'PLANNED' }));
      await hub.client.put(`${CLIENTS}/DE/DDD`, buildClientInfo('DE-DDD', { status: 'OFFLINE' }));
      return undefined;
    });
    await pull();
    expect(await known()).to.include({ 'AAA CPO': 'PLANNED', 'DDD CPO': 'OFFLINE', 'BBB CPO': 'CONNECTED' });
  });

  it('RT-13: a list that breaks off changes nothing, and the log says why', async () => {
    await pull();
    give('DE-AAA', { status: 'OFFLINE' });
    const before = await known();
    const body = { status_code: 4003, status_message: 'no connection', timestamp: now.toISOString() };
    partner.override('GET', list(), ({ query }) => (query.get('offset') === '4' ? { body } : undefined));
    const [report] = await pull();
    expect(report).to.include({ state: 'failed', suspended: 0 });
    expect(report?.problem).to.match(/4003 \(the receiver is not connected to the hub\): no connection/);
    expect(await known()).to.deep.equal(before);
    expect(server.log.some(({ level, hub: name }) => level === 'warn' && name === 'hub')).to.equal(true);
    expect(server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('an empty list of a hub that has announced parties is taken for a mistake', async () => {
    await pull();
    const before = await known();
    partner.override('GET', list(), { body: { status_code: 1000, data: [], timestamp: now.toISOString() } });
    expect((await pull())[0]).to.include({ state: 'failed' });
    expect(await known()).to.deep.equal(before);
  });

  it('an entry that is no ClientInfo is told and left out, and then nobody is taken for gone', async () => {
    await pull();
    partner.withdraw('hubclientinfo', buildClientInfo('DE-EEE'));
    give('DE-BAD', { status: 'ASLEEP' });
    const [report] = await pull();
    expect(report).to.include({ state: 'complete', received: 5, refused: 1, suspended: 0 });
    expect(report?.problem).to.contain('status: must be one of CONNECTED');
    expect(await known()).to.include({ 'EEE CPO': 'CONNECTED' });
  });

  it('keeps no more than a hub may announce', async () => {
    await server.database.knex.raw(
      `insert into client_info (connection_id, country_code, party_id, role, status, last_updated, received_at)
       select ?, chr(65 + number / 1000) || 'X', lpad((number % 1000)::text, 3, '0'), 'CPO', 'OFFLINE', now(), now()
         from generate_series(0, ?::int - 1) as number`,
      [hub.connection.id, CLIENT_INFO_LIMIT],
    );
    const response = await hub.client.put(`${CLIENTS}/DE/NEW`, buildClientInfo('DE-NEW'));
    expect([response.status, response.body.status_code]).to.deep.equal([200, 2001]);
    const again = await hub.client.put(`${CLIENTS}/AX/000`, buildClientInfo('AX-000'));
    expect([again.status, again.body.status_code]).to.deep.equal([200, 1000]);
    expect(await server.services.clientInfo.find(hub.connection.id, owner('DE-NEW'))).to.deep.equal([]);
  });
});
