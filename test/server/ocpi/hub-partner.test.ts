import { expect } from 'chai';
import { buildLocation, buildTariff } from '../../support/builders.ts';
import { buildClientInfo, type RegisteredHub, registerHub, routing, routingOf } from '../../support/hub.ts';
import type { OcpiClient, OcpiResponse } from '../../support/ocpi-client.ts';
import { type RecordingPartner, startRecordingPartner } from '../../support/recording-partner.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const CLIENTS = '/ocpi/2.2.1/receiver/hubclientinfo';
const LOCATIONS = '/ocpi/2.2.1/receiver/locations';
const TARIFFS = '/ocpi/2.2.1/receiver/tariffs';
const LIST = '/ocpi/2.2.1/sender/locations';

const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

describe('server/ocpi: a hub as partner', () => {
  let server: TestServer;
  let partner: RecordingPartner;
  let hub: OcpiClient;

  before(async () => {
    server = await startTestServer();
    partner = await startRecordingPartner({ role: 'HUB', parties: ['DE-HUB'] });
    hub = (await registerHub(server, partner)).client;
    await announce('DE-ABC');
    await announce('DE-XYZ');
    await announce('DE-NSP', 'NSP');
    await announce('DE-MIX', 'EMSP');
  });
  after(async () => {
    await server.stop();
    await partner.stop();
  });

  const announce = (party: string, role = 'CPO') =>
    hub.put(`${CLIENTS}/${party.replace('-', '/')}`, buildClientInfo(party, { role }));

  function put(owner: string, headers = {}, body: object = { country_code: 'DE', party_id: owner }) {
    const location = buildLocation({ id: 'L1', ...body });
    return hub.send('PUT', `${LOCATIONS}/DE/${owner}/L1`, { headers, body: location });
  }

  it('CRED-15: it pushes for parties that it announced, and for no others', async () => {
    expect(codes(await put('ABC'))).to.deep.equal([201, 1000]);
    expect(codes(await put('XYZ'))).to.deep.equal([201, 1000]);
    expect(codes(await put('NEW'))).to.deep.equal([404, 2000]);
    const tariff = buildTariff({ country_code: 'DE', party_id: 'ABC' });
    expect(codes(await hub.put(`${TARIFFS}/DE/ABC/TARIFF-1`, tariff))).to.deep.equal([201, 1000]);
  });

  it('CRED-15: a party that is announced only in a role without objects has none', async () => {
    expect(codes(await put('NSP'))).to.deep.equal([404, 2000]);
    expect(codes(await put('MIX'))).to.deep.equal([404, 2000]);
    await announce('DE-MIX', 'OTHER');
    expect(codes(await put('MIX'))).to.deep.equal([201, 1000]);
  });

  it('RT-09: a broadcast keeps the codes of the CPO in its URL; the answer goes to the hub, from us', async () => {
    const response = await put('ABC', routing({ from: 'DE-HUB', to: 'DE-NAP' }));
    expect(codes(response)).to.deep.equal([200, 1000]);
    expect(routingOf(response)).to.deep.equal({ to: 'DE-HUB', from: 'DE-NAP' });
  });

  it('RT-01: what the hub forwards is answered to the party that sent it', async () => {
    const response = await put('ABC', routing({ from: 'DE-ABC', to: 'DE-NAP' }));
    expect(routingOf(response)).to.deep.equal({ to: 'DE-ABC', from: 'DE-NAP' });
    const list = await hub.get(LIST, routing({ from: 'DE-NSP', to: 'DE-NAP' }));
    expect(codes(list)).to.deep.equal([200, 1000]);
    expect(routingOf(list)).to.deep.equal({ to: 'DE-NSP', from: 'DE-NAP' });
  });

  it('RT-07: open routing, without a receiver, is for us', async () => {
    const response = await put('ABC', routing({ from: 'DE-ABC' }));
    expect(codes(response)).to.deep.equal([200, 1000]);
    expect(routingOf(response)).to.deep.equal({ to: 'DE-ABC', from: 'DE-NAP' });
  });

  it('RT-02: without any header the answer goes to the hub', async () => {
    expect(routingOf(await put('ABC'))).to.deep.equal({ to: 'DE-HUB', from: 'DE-NAP' });
  });

  it('RT-03: half a pair is 2001, from a hub as from anyone', async () => {
    for (const name of ['to-country-code', 'to-party-id', 'from-country-code', 'from-party-id']) {
      const value = name.endsWith('code') ? 'DE' : 'HUB';
      expect(codes(await put('ABC', { [`OCPI-${name}`]: value })), name).to.deep.equal([200, 2001]);
    }
  });

  it('E14: to another party is 2001 and not 4001, for we are no hub', async () => {
    for (const to of ['DE-ABC', 'DE-HUB', 'FR-QQQ']) {
      expect(codes(await put('ABC', routing({ from: 'DE-HUB', to }))), to).to.deep.equal([200, 2001]);
    }
  });

  describe('RT-05: URL, body and sender', () => {
    for (const { url, body, from, expected } of [
      { url: 'ABC', body: 'ABC', from: undefined, expected: [200, 1000] },
      { url: 'ABC', body: 'ABC', from: 'DE-ABC', expected: [200, 1000] },
      { url: 'ABC', body: 'ABC', from: 'de-abc', expected: [200, 1000] },
      { url: 'ABC', body: 'ABC', from: 'DE-HUB', expected: [200, 1000] },
      { url: 'ABC', body: 'ABC', from: 'DE-XYZ', expected: [200, 2001] },
      { url: 'ABC', body: 'ABC', from: 'DE-NSP', expected: [200, 2001] },
      { url: 'ABC', body: 'ABC', from: 'DE-NEW', expected: [200, 2001] },
      { url: 'ABC', body: 'ABC', from: 'DE-NAP', expected: [200, 2001] },
      { url: 'ABC', body: 'XYZ', from: 'DE-HUB', expected: [200, 2001] },
      { url: 'ABC', body: 'XYZ', from: 'DE-XYZ', expected: [200, 2001] },
      { url: 'ABC', body: 'NEW', from: 'DE-ABC', expected: [200, 2001] },
      { url: 'NEW', body: 'NEW', from: 'DE-HUB', expected: [404, 2000] },
      { url: 'NEW', body: 'ABC', from: 'DE-ABC', expected: [404, 2000] },
    ]) {
      it(`${url} in the URL, ${body} in the body, from ${from ?? 'nobody'}: ${expected.join('/')}`, async () => {
        const headers = from === undefined ? {} : routing({ from });
        const response = await put(url, headers, { country_code: 'DE', party_id: body });
        expect(codes(response)).to.deep.equal(expected);
      });
    }
  });

  it('CRED-22: a registered voice wins over what a hub announces, before and after', async () => {
    await announce('DE-OWN');
    expect(codes(await put('OWN'))).to.deep.equal([201, 1000]);
    const direct = await server.addConnection('own', { parties: ['DE-OWN'] });
    const response = await put('OWN');
    expect(codes(response)).to.deep.equal([404, 2000]);
    expect(response.body.status_message).to.contain('another voice');
    const location = buildLocation({ country_code: 'DE', party_id: 'OWN', id: 'L1', name: 'Own' });
    expect(codes(await direct.client.put(`${LOCATIONS}/DE/OWN/L1`, location))).to.deep.equal([200, 1000]);
  });
});

describe('server/ocpi: what limits a hub', () => {
  let server: TestServer;
  let partner: RecordingPartner;

  beforeEach(async () => {
    server = await startTestServer();
    partner = await startRecordingPartner({ role: 'HUB', parties: ['DE-HUB'] });
  });
  afterEach(async () => {
    await server.stop();
    await partner.stop();
  });

  const put = ({ client }: Pick<RegisteredHub, 'client'>, party: string, headers = {}) =>
    client.send('PUT', `${LOCATIONS}/DE/${party}/L1`, {
      headers,
      body: buildLocation({ country_code: 'DE', party_id: party, id: 'L1' }),
    });
  const announce = ({ client }: Pick<RegisteredHub, 'client'>, party: string, changes = {}) =>
    client.put(`${CLIENTS}/${party.replace('-', '/')}`, buildClientInfo(party, changes));

  it('CRED-22: parties named beside its own are the most that it may speak for', async () => {
    const hub = await registerHub(server, partner, { parties: ['DE-HUB', 'DE-ABC'] });
    await announce(hub, 'DE-XYZ');
    expect(codes(await put(hub, 'XYZ'))).to.deep.equal([404, 2000]);
    expect(codes(await put(hub, 'ABC', routing({ from: 'DE-HUB' })))).to.deep.equal([201, 1000]);
    await announce(hub, 'DE-ABC', { status: 'SUSPENDED' });
    expect(codes(await put(hub, 'ABC'))).to.deep.equal([404, 2000]);
  });

  it('RT-09: with a static token the first party that was named is the hub', async () => {
    const hub = await server.addConnection('static', { role: 'HUB', parties: ['DE-ZZZ', 'DE-ABC'] });
    expect(routingOf(await put(hub, 'ABC'))).to.deep.equal({ to: 'DE-ZZZ', from: 'DE-NAP' });
  });

  it('CRED-16: a hub of 2.3.0 names itself by hub_party_id, and in its roles who is behind it', async () => {
    const hub = await registerHub(server, partner, {
      version: '2.3.0',
      hubPartyId: 'DEHUB',
      behind: ['DE-ABC', 'DE-XYZ'],
    });
    expect(codes(await put(hub, 'ABC', routing({ from: 'DE-HUB' })))).to.deep.equal([201, 1000]);
    expect(routingOf(await put(hub, 'ABC'))).to.deep.equal({ to: 'DE-HUB', from: 'DE-NAP' });
    expect(codes(await put(hub, 'NEW'))).to.deep.equal([404, 2000]);
    await announce(hub, 'DE-NEW');
    expect(codes(await put(hub, 'NEW'))).to.deep.equal([201, 1000]);
    await announce(hub, 'DE-XYZ', { status: 'OFFLINE' });
    expect(codes(await put(hub, 'XYZ'))).to.deep.equal([404, 2000]);
  });

  it('CRED-22: a platform that only calls itself a hub tells of others and does not speak for them', async () => {
    const hub = await registerHub(server, partner, {
      role: 'CPO',
      parties: ['DE-HUB'],
      version: '2.3.0',
      hubPartyId: 'DEHUB',
      behind: ['DE-ABC'],
    });
    expect(codes(await announce(hub, 'DE-ABC'))).to.deep.equal([201, 1000]);
    expect(codes(await put(hub, 'ABC'))).to.deep.equal([404, 2000]);
    expect(codes(await put(hub, 'HUB'))).to.deep.equal([201, 1000]);
  });
});
