import { expect } from 'chai';
import { buildLocation } from '../support/builders.ts';
import { buildClientInfo, type RegisteredHub, registerHub, routingOf } from '../support/hub.ts';
import { type RecordingPartner, startRecordingPartner } from '../support/recording-partner.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const CLIENTS = '/ocpi/2.2.1/receiver/hubclientinfo';

describe('ingest: a pull through a hub', () => {
  let server: TestServer;
  let partner: RecordingPartner;
  let hub: RegisteredHub;

  beforeEach(async () => {
    server = await startTestServer({ config: { allowPrivateUrls: true } });
    partner = await startRecordingPartner({ role: 'HUB', parties: ['DE-HUB'], pageSize: 2 });
    for (const id of ['L1', 'L2', 'L3']) give('ABC', id);
    for (const id of ['L1', 'L2']) give('XYZ', id);
  });
  afterEach(async () => {
    await server.stop();
    await partner.stop();
  });

  const give = (party: string, id: string) =>
    partner.give('locations', buildLocation({ country_code: 'DE', party_id: party, id }));
  const withdraw = (party: string, id: string) =>
    partner.withdraw('locations', { country_code: 'DE', party_id: party, id });
  const list = () => partner.endpoint('locations', 'SENDER', '2.2.1');
  const announce = (party: string, status = 'CONNECTED') =>
    hub.client.put(`${CLIENTS}/DE/${party}`, buildClientInfo(`DE-${party}`, { status }));

  async function connect(options: Parameters<typeof registerHub>[2] = {}, announced = ['ABC', 'XYZ']) {
    hub = await registerHub(server, partner, options);
    for (const party of announced) await announce(party);
    await server.services.sources.add({
      name: 'hub',
      kind: 'ocpi',
      connectionId: hub.connection.id,
      options: { locationsUrl: list() },
      sealedToken: server.services.secretBox.seal(partner.token),
      shrinkLimit: 1,
    });
  }
  const run = () => server.services.puller.run('hub', { full: true });

  /** Party, id and status of the first EVSE. */
  async function stored(): Promise<string[]> {
    const { rows } = await server.database.knex.raw(
      `select location.document::jsonb as document
         from location
        order by location.party_id, location.location_id`,
    );
    return rows.map(({ document }: { document: Record<string, never> }) => {
      const { party_id, id, evses } = document as unknown as ReturnType<typeof buildLocation>;
      return `${party_id} ${id} ${evses[0].status}`;
    });
  }

  it('RT-07, RT-12: asks the hub itself for everything, and tells the owners apart by the objects', async () => {
    await connect();
    expect(await run()).to.include({ state: 'complete', received: 5, created: 5 });
    expect(await stored()).to.deep.equal([
      ...['ABC L1 AVAILABLE', 'ABC L2 AVAILABLE', 'ABC L3 AVAILABLE'],
      ...['XYZ L1 AVAILABLE', 'XYZ L2 AVAILABLE'],
    ]);
    const requests = partner.requestsTo('GET', list());
    expect(requests).to.have.length(3);
    for (const request of requests) {
      expect(routingOf(request)).to.deep.equal({ to: 'DE-HUB', from: 'DE-NAP' });
    }
  });

  it('RT-07: a hub of 2.3.0 is addressed by its hub_party_id', async () => {
    await connect({ version: '2.3.0', hubPartyId: 'DEHUB', behind: ['DE-ABC', 'DE-XYZ'] }, []);
    expect(await run()).to.include({ state: 'complete', created: 5 });
    expect(routingOf(partner.requestsTo('GET', list())[0] as never).to).to.equal('DE-HUB');
  });

  it('PC-08: objects of parties neither named nor announced are refused, and kept with the reason', async () => {
    await connect({}, ['ABC']);
    give('NEW', 'L9');
    expect(await run()).to.include({ received: 6, created: 3, rejected: 3 });
    const kept = await server.database.knex('rejected_record').orderBy(['party_id', 'object_id']);
    expect(kept.map(({ party_id, object_id }) => `${party_id} ${object_id}`)).to.deep.equal([
      'NEW L9',
      'XYZ L1',
      'XYZ L2',
    ]);
    expect(JSON.stringify(kept[0])).to.contain('foreign-party');
    await announce('XYZ');
    expect(await run()).to.include({ unchanged: 3, created: 2, rejected: 1 });
  });

  it('CRED-22: parties named beside its own are the most that it may bring', async () => {
    await connect({ parties: ['DE-HUB', 'DE-ABC'] });
    expect(await run()).to.include({ received: 5, created: 3, rejected: 2 });
  });

  it('CRED-22: a registered voice of another wins', async () => {
    await server.addConnection('own', { parties: ['DE-XYZ'] });
    await connect();
    expect(await run()).to.include({ created: 3, rejected: 2 });
  });

  for (const status of [4000, 4001, 4002, 4003]) {
    it(`RT-13: a hub that answers ${status} has failed that call; nothing is lost`, async () => {
      await connect();
      await run();
      const before = await stored();
      const body = { status_code: status, status_message: 'far away', timestamp: new Date().toISOString() };
      const undo = partner.override('GET', list(), ({ query }) =>
        query.get('offset') === '2' ? { body } : undefined,
      );
      const report = await run();
      expect(report).to.include({ state: 'partial', received: 2, unchanged: 2, removed: 0 });
      expect(report.problem).to.match(new RegExp(`OCPI status ${status} \\(.*far away`));
      expect(await stored()).to.deep.equal(before);
      expect((await server.services.sources.findByName('hub'))?.brokenAt).to.equal(null);
      undo();
      expect(await run()).to.include({ state: 'complete', unchanged: 5 });
      expect(server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });
  }

  it('HCI-06: what the list lacks of a party that is away stays; of a connected one it is gone', async () => {
    await connect();
    await run();
    await announce('XYZ', 'OFFLINE');
    withdraw('ABC', 'L3');
    withdraw('XYZ', 'L1');
    withdraw('XYZ', 'L2');
    expect(await run()).to.include({ state: 'complete', received: 2, removed: 1 });
    expect(await stored()).to.include.members(['ABC L3 REMOVED', 'XYZ L1 AVAILABLE', 'XYZ L2 AVAILABLE']);
    await announce('XYZ');
    expect(await run()).to.include({ removed: 2 });
    expect(await stored()).to.include.members(['XYZ L1 REMOVED', 'XYZ L2 REMOVED']);
  });

  it('HCI-06: what the list still holds of a party that is away is taken', async () => {
    await connect();
    await announce('XYZ', 'SUSPENDED');
    expect(await run()).to.include({ received: 5, created: 5 });
  });
});
