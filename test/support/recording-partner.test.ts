import { expect } from 'chai';
import { buildEvse, buildLocation, buildTariff } from './builders.ts';
import { callUrl, registerAt } from './handshake.ts';
import { OcpiClient } from './ocpi-client.ts';
import { type RecordingPartner, startRecordingPartner } from './recording-partner.ts';

describe('a recording partner', () => {
  const partners: RecordingPartner[] = [];

  async function start(options: Parameters<typeof startRecordingPartner>[0] = {}) {
    const partner = await startRecordingPartner(options);
    partners.push(partner);
    return partner;
  }

  afterEach(async () => {
    for (const partner of partners.splice(0)) await partner.stop();
  });

  it('takes its token raw and in Base64, and no other', async () => {
    const { versionsUrl, token, requests } = await start();
    const statuses = [];
    for (const version of ['2.1.1', '2.2.1'])
      statuses.push((await callUrl('GET', versionsUrl, { token, version })).status);
    statuses.push((await callUrl('GET', versionsUrl, { token: 'another' })).status);
    expect(statuses).to.deep.equal([200, 200, 401]);
    expect(requests.map((request) => request.token)).to.deep.equal([token, token, undefined]);
  });

  it('lists its modules with roles, and without them in 2.1.1', async () => {
    const { url, token } = await start({ role: 'NSP', versions: ['2.1.1', '2.2.1'] });
    const client = new OcpiClient(url, token);
    const old = (await client.get('/ocpi/2.1.1')).body.data.endpoints;
    const present = (await client.get('/ocpi/2.2.1')).body.data.endpoints;
    expect(old.find((one: { identifier: string }) => one.identifier === 'locations')).to.deep.equal({
      identifier: 'locations',
      url: `${url}/ocpi/2.1.1/receiver/locations`,
    });
    expect(present).to.deep.include({
      identifier: 'locations',
      role: 'RECEIVER',
      url: `${url}/ocpi/2.2.1/receiver/locations`,
    });
  });

  it('records what came, with the query and the body as text and parsed', async () => {
    const { url, token, requestsTo } = await start();
    await new OcpiClient(url, token).put('/ocpi/2.2.1/receiver/locations/DE/ABC/L%2F1?a=b', { id: 'L/1' });
    const [request] = requestsTo('PUT', '/ocpi/2.2.1/receiver');
    expect(request).to.deep.include({
      path: '/ocpi/2.2.1/receiver/locations/DE/ABC/L%2F1',
      text: '{"id":"L/1"}',
      json: { id: 'L/1' },
      status: 201,
    });
    expect(request?.query.get('a')).to.equal('b');
  });

  it('keeps what its Receivers were sent, children inside their Location', async () => {
    const partner = await start({ role: 'NSP' });
    const client = new OcpiClient(partner.url, partner.token);
    const path = '/ocpi/2.3.0/receiver/locations/NL/TNM/LOC-1';
    const statuses = [
      await client.patch(`${path}/EVSE-1`, { status: 'BLOCKED' }),
      await client.put(path, buildLocation()),
      await client.put(`${path}/EVSE-2`, buildEvse({ uid: 'EVSE-2' })),
      await client.patch(`${path}/EVSE-1`, { status: 'BLOCKED' }),
      await client.get(`${path}/EVSE-1/1`),
    ].map(({ status }) => status);
    expect(statuses).to.deep.equal([404, 201, 201, 200, 200]);
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1')).to.deep.equal(
      buildLocation({ evses: [buildEvse({ status: 'BLOCKED' }), buildEvse({ uid: 'EVSE-2' })] }),
    );
  });

  it('deletes a Tariff once', async () => {
    const partner = await start({ role: 'NSP' });
    const client = new OcpiClient(partner.url, partner.token);
    const path = '/ocpi/2.2.1/receiver/tariffs/NL/TNM/TARIFF-1';
    await client.put(path, buildTariff());
    const statuses = [await client.delete(path), await client.delete(path)].map(({ status }) => status);
    expect(statuses).to.deep.equal([200, 404]);
  });

  it('gives its objects out in pages', async () => {
    const locations = ['A', 'B', 'C'].map((id) => buildLocation({ id }));
    const { url, token } = await start({ objects: { locations }, pageSize: 2 });
    const client = new OcpiClient(url, token);
    const first = await client.get('/ocpi/2.2.1/sender/locations');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] as string;
    const second = await callUrl('GET', next, { token });
    expect(first.headers).to.include({ 'x-total-count': '3', 'x-limit': '2' });
    expect([...first.body.data, ...second.body.data]).to.deep.equal(locations);
    expect(second.headers).not.to.have.property('link');
  });

  it('announces the parties of a hub, and keeps those that a hub announces', async () => {
    const client = { country_code: 'DE', party_id: 'XYZ', role: 'CPO', status: 'CONNECTED' };
    const hub = await start({ role: 'HUB', objects: { clients: [client] } });
    const listed = await new OcpiClient(hub.url, hub.token).get('/ocpi/2.2.1/sender/hubclientinfo');
    expect(listed.body.data).to.deep.equal([client]);
    const other = await start();
    await new OcpiClient(other.url, other.token).put('/ocpi/2.2.1/receiver/hubclientinfo/DE/XYZ', client);
    expect(other.received('hubclientinfo', 'DE', 'XYZ')).to.deep.equal(client);
  });

  it('registers with another partner, which calls back while its POST is open', async () => {
    const initiator = await start({ parties: ['DE-ABC'] });
    const responder = await start({ role: 'NAP', parties: ['DE-NAP'], callsBack: true });
    const { versionsUrl, token } = responder;
    const registration = await registerAt(initiator, { versionsUrl, token });
    expect(registration.response.body.data.roles[0]).to.include({ role: 'NAP', party_id: 'NAP' });
    expect(responder.callbacks.map(({ status }) => status)).to.deep.equal([200, 200]);
    expect(initiator.requests.map((request) => request.token)).to.deep.equal(
      Array(2).fill(registration.ownToken),
    );
    const after = [
      await callUrl('GET', versionsUrl, { token }),
      await callUrl('GET', versionsUrl, { token: registration.token as string }),
    ].map(({ status }) => status);
    expect(after).to.deep.equal([401, 200]);
  });

  it('answers as a test wants, until the test takes it back', async () => {
    const partner = await start();
    const client = new OcpiClient(partner.url, partner.token);
    const undo = partner.override('GET', partner.versionsUrl, { status: 503, body: 'busy' });
    const busy = await client.get('/ocpi/versions');
    undo();
    const well = await client.get('/ocpi/versions');
    expect([busy.status, busy.text, well.status]).to.deep.equal([503, 'busy', 200]);
  });

  it('can leave a caller without an answer', async () => {
    const partner = await start();
    partner.override('GET', partner.versionsUrl, { delivery: 'never' });
    const failed = new OcpiClient(partner.url, partner.token).get('/ocpi/versions').catch((error) => error);
    await partner.waitFor('GET', partner.versionsUrl);
    await partner.stop();
    partners.splice(partners.indexOf(partner), 1);
    expect(await failed).to.be.an('error');
  });

  it('echoes ids and turns routing headers round', async () => {
    const { url, token } = await start();
    const headers = {
      'X-Request-ID': 'one',
      'X-Correlation-ID': 'two',
      'OCPI-from-country-code': 'DE',
      'OCPI-from-party-id': 'NAP',
      'OCPI-to-country-code': 'DE',
      'OCPI-to-party-id': 'ABC',
    };
    const answer = await new OcpiClient(url, token).get('/ocpi/2.2.1/sender/tariffs', headers);
    expect(answer.headers).to.include({
      'x-request-id': 'one',
      'x-correlation-id': 'two',
      'ocpi-to-party-id': 'NAP',
      'ocpi-from-party-id': 'ABC',
    });
  });
});
