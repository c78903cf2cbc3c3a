import { expect } from 'chai';
import { buildLocation } from '../../../support/builders.ts';
import { buildClientInfo, routing, routingOf } from '../../../support/hub.ts';
import type { OcpiClient, OcpiResponse } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const CLIENTS = '/ocpi/2.2.1/receiver/hubclientinfo';
const LOCATIONS = '/ocpi/2.2.1/receiver/locations';

describe('server/ocpi/receiver-hub-client-info', () => {
  let server: TestServer;
  let hub: OcpiClient;
  let other: OcpiClient;

  before(async () => {
    server = await startTestServer();
    hub = (await server.addConnection('hub', { role: 'HUB', parties: ['DE-HUB'] })).client;
    other = (await server.addConnection('other', { role: 'HUB', parties: ['DE-HU2'] })).client;
  });
  after(() => server.stop());

  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];
  const announce = (party: string, changes = {}) =>
    hub.put(`${CLIENTS}/${party.replace('-', '/')}`, buildClientInfo(party, changes));

  it('HCI-01, HCI-02: PUT stores, PUT again replaces, GET gives it back as it was sent', async () => {
    const first = buildClientInfo('DE-AAA', { status: 'PLANNED' });
    expect(codes(await hub.put(`${CLIENTS}/DE/AAA`, first))).to.deep.equal([201, 1000]);
    expect((await hub.get(`${CLIENTS}/DE/AAA`)).body.data).to.deep.equal(first);
    const second = buildClientInfo('DE-AAA', { last_updated: '2026-06-02T12:00:00.250Z' });
    expect(codes(await hub.put(`${CLIENTS}/DE/AAA`, second))).to.deep.equal([200, 1000]);
    const response = await hub.get(`${CLIENTS}/de/aaa`);
    expect(codes(response)).to.deep.equal([200, 1000]);
    expect(response.body.data).to.deep.equal(second);
  });

  it('HCI-02: what no hub has told is 404, and so is what another hub has told', async () => {
    await announce('DE-AAB');
    expect(codes(await hub.get(`${CLIENTS}/DE/NEW`))).to.deep.equal([404, 2000]);
    expect(codes(await other.get(`${CLIENTS}/DE/AAB`))).to.deep.equal([404, 2000]);
  });

  it('HCI-03: another party in the body than in the URL is 2001, and nothing is stored', async () => {
    const response = await hub.put(`${CLIENTS}/DE/AAC`, buildClientInfo('FR-AAD'));
    expect(codes(response)).to.deep.equal([200, 2001]);
    expect(response.body.data.map(({ path }: { path: string }) => path)).to.deep.equal([
      'country_code',
      'party_id',
    ]);
    expect((await hub.get(`${CLIENTS}/DE/AAC`)).status).to.equal(404);
    expect((await hub.get(`${CLIENTS}/FR/AAD`)).status).to.equal(404);
  });

  it('HCI-03: without last_updated, as in the example of the specification, the time of receipt is taken', async () => {
    for (const last_updated of [undefined, null]) {
      const response = await announce(last_updated === null ? 'DE-AAE' : 'DE-AAF', { last_updated });
      expect(codes(response)).to.deep.equal([201, 1000]);
      expect(response.body.status_message).to.match(/with a note.*last_updated/);
    }
    const { body } = await hub.get(`${CLIENTS}/DE/AAE`);
    expect(body.data.last_updated).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
  });

  it('HCI-03: each field that is wrong is named in one answer', async () => {
    const wrong = { role: 'CHARGER', status: 'connected', last_updated: 'yesterday' };
    const response = await announce('DE-AAG', wrong);
    expect(codes(response)).to.deep.equal([200, 2001]);
    expect(response.body.data.map(({ path }: { path: string }) => path)).to.have.members(Object.keys(wrong));
    for (const body of [[], {}, { country_code: 'DE', party_id: 7 }, 'text']) {
      expect(codes(await hub.put(`${CLIENTS}/DE/AAG`, JSON.stringify(body)))).to.deep.equal([200, 2001]);
    }
    expect((await hub.get(`${CLIENTS}/DE/AAG`)).status).to.equal(404);
  });

  it('HCI-04: nothing else is defined, and nothing is ever removed', async () => {
    await announce('DE-AAH');
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const response = await hub.send(method, `${CLIENTS}/DE/AAH`, { body: buildClientInfo('DE-AAH') });
      expect(codes(response), method).to.deep.equal([405, 2000]);
      expect(response.headers.allow, method).to.contain('PUT');
    }
    expect((await hub.get(`${CLIENTS}/DE/AAH`)).status).to.equal(200);
  });

  it('HCI-05: who is no hub finds nothing here', async () => {
    for (const role of ['CPO', 'NSP', 'NAP'] as const) {
      const { client } = await server.addConnection(`no-hub-${role}`, { role, parties: [`NL-${role}`] });
      const path = `${CLIENTS}/NL/${role}`;
      expect(codes(await client.put(path, buildClientInfo(`NL-${role}`))), role).to.deep.equal([404, 2000]);
      expect(codes(await client.get(path)), role).to.deep.equal([404, 2000]);
    }
  });

  it('HCI-05: a party has an entry for each role; GET gives the last, or that of ?role=', async () => {
    await announce('DE-AAI', { role: 'CPO', status: 'OFFLINE' });
    expect(codes(await announce('DE-AAI', { role: 'EMSP' }))).to.deep.equal([201, 1000]);
    const roleOf = async (query: string) => (await hub.get(`${CLIENTS}/DE/AAI${query}`)).body.data?.role;
    expect(await roleOf('')).to.equal('EMSP');
    expect(await roleOf('?role=CPO')).to.equal('CPO');
    expect(await roleOf('?role=NSP')).to.equal(undefined);
    await announce('DE-AAI', { role: 'CPO' });
    expect(await roleOf('')).to.equal('CPO');
  });

  it('HCI-08, CRED-25: routing headers are neither looked at nor sent', async () => {
    const headers = routing({ to: 'FR-XXX', from: 'FR-YYY' });
    const body = buildClientInfo('DE-AAJ');
    const put = await hub.send('PUT', `${CLIENTS}/DE/AAJ`, { headers, body });
    expect(codes(put)).to.deep.equal([201, 1000]);
    for (const response of [put, await hub.get(`${CLIENTS}/DE/AAJ`, headers)]) {
      expect(routingOf(response)).to.deep.equal({ to: 'undefined-undefined', from: 'undefined-undefined' });
    }
  });

  it('HCI-06: a party may be spoken for while it is CONNECTED, and not when its status says otherwise', async () => {
    const push = () =>
      hub.put(`${LOCATIONS}/DE/FLP/L1`, buildLocation({ country_code: 'DE', party_id: 'FLP', id: 'L1' }));
    expect((await push()).status).to.equal(404);
    for (const [status, expected] of [
      ['PLANNED', 404],
      ['CONNECTED', 201],
      ['OFFLINE', 404],
      ['CONNECTED', 200],
      ['SUSPENDED', 404],
      ['CONNECTED', 200],
    ] as const) {
      await announce('DE-FLP', { status });
      const response = await push();
      expect(response.status, status).to.equal(expected);
      if (expected === 404) expect(response.body.status_message).to.contain('CONNECTED');
    }
    expect((await hub.get(`${LOCATIONS}/DE/FLP/L1`)).status).to.equal(200);
  });

  it('goes with the connection of its hub', async () => {
    const { client, connection } = await server.addConnection('gone', { role: 'HUB', parties: ['DE-HU3'] });
    await client.put(`${CLIENTS}/DE/AAK`, buildClientInfo('DE-AAK'));
    await server.services.connections.remove(connection.id);
    expect(await server.services.clientInfo.list(connection.id)).to.deep.equal([]);
  });
});
