import { expect } from 'chai';
import { buildLocation } from '../../../support/builders.ts';
import { routing, routingOf } from '../../../support/hub.ts';
import type { OcpiClient, OcpiResponse } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const LIST = '/ocpi/2.2.1/sender/locations';
const RECEIVER = '/ocpi/2.2.1/receiver/locations';

describe('server/ocpi/routing-headers', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  let provider: OcpiClient;

  before(async () => {
    server = await startTestServer();
    cpo = (await server.addConnection('cpo', { parties: ['NL-TNM', 'NL-TWO'] })).client;
    const other = (await server.addConnection('other', { parties: ['NL-XYZ'] })).client;
    provider = (await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] })).client;
    await cpo.put(`${RECEIVER}/NL/TNM/LOC-1`, buildLocation());
    await other.put(`${RECEIVER}/NL/XYZ/LOC-1`, buildLocation({ party_id: 'XYZ' }));
  });
  after(() => server.stop());

  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

  it('RT-01: the answer to a push carries them swapped, also when it is a refusal', async () => {
    const headers = routing({ to: 'DE-NAP', from: 'NL-TNM' });
    for (const body of [buildLocation(), {}, 'no json']) {
      const response = await cpo.send('PUT', `${RECEIVER}/NL/TNM/LOC-1`, { headers, body });
      expect(routingOf(response)).to.deep.equal({ to: 'NL-TNM', from: 'DE-NAP' });
    }
  });

  it('RT-02: without them all is well', async () => {
    expect(codes(await cpo.put(`${RECEIVER}/NL/TNM/LOC-1`, buildLocation()))).to.deep.equal([200, 1000]);
    expect(codes(await provider.get(LIST))).to.deep.equal([200, 1000]);
  });

  it('RT-03: half a pair is 2001', async () => {
    for (const name of [
      'OCPI-to-party-id',
      'OCPI-to-country-code',
      'OCPI-from-party-id',
      'OCPI-from-country-code',
    ]) {
      expect(codes(await provider.get(LIST, { [name]: 'NL' })), name).to.deep.equal([200, 2001]);
    }
  });

  it('RT-03: codes that are none are 2001', async () => {
    for (const to of ['NLD-NAP', 'NL-NAPX', '1L-NAP', 'NL-N*P']) {
      expect(codes(await provider.get(LIST, routing({ to }))), to).to.deep.equal([200, 2001]);
    }
  });

  it('RT-04: from another’s party is 2001', async () => {
    expect(codes(await provider.get(LIST, routing({ from: 'NL-TNM' })))).to.deep.equal([200, 2001]);
    const headers = routing({ from: 'NL-XYZ', to: 'DE-NAP' });
    const body = buildLocation();
    expect(codes(await cpo.send('PUT', `${RECEIVER}/NL/TNM/LOC-1`, { headers, body }))).to.deep.equal([
      200, 2001,
    ]);
  });

  it('RT-05: from may be another of the caller’s parties than the owner in the URL', async () => {
    const headers = routing({ from: 'NL-TWO', to: 'DE-NAP' });
    const response = await cpo.send('PUT', `${RECEIVER}/NL/TNM/LOC-1`, { headers, body: buildLocation() });
    expect(codes(response)).to.deep.equal([200, 1000]);
    expect(routingOf(response).to).to.equal('NL-TWO');
  });

  it('RT-06, E14: a push to another party is 2001: we are no hub', async () => {
    const headers = routing({ from: 'NL-TNM', to: 'NL-XYZ' });
    const response = await cpo.send('PUT', `${RECEIVER}/NL/TNM/LOC-1`, { headers, body: buildLocation() });
    expect(codes(response)).to.deep.equal([200, 2001]);
  });

  it('RT-06, LS-13: a list addressed to a CPO holds that owner’s objects only', async () => {
    const response = await provider.get(LIST, routing({ from: 'NL-NAV', to: 'nl-xyz' }));
    expect(response.body.data.map((location: { party_id: string }) => location.party_id)).to.deep.equal([
      'XYZ',
    ]);
    expect(response.headers['x-total-count']).to.equal('1');
    expect(routingOf(response)).to.deep.equal({ to: 'NL-NAV', from: 'nl-xyz' });
  });

  it('E14: a list addressed to a party that we do not serve is 2001; to a CPO without objects it is empty', async () => {
    expect(codes(await provider.get(LIST, routing({ to: 'NL-WHO' })))).to.deep.equal([200, 2001]);
    const { body } = await provider.get(LIST, routing({ to: 'NL-TWO' }));
    expect([body.status_code, body.data]).to.deep.equal([1000, []]);
  });

  it('LS-19: the answer to a list goes to the requester, from us', async () => {
    const response = await provider.get(LIST, routing({ from: 'NL-NAV', to: 'DE-NAP' }));
    expect(response.body.data).to.have.length(2);
    expect(routingOf(response)).to.deep.equal({ to: 'NL-NAV', from: 'DE-NAP' });
  });
});
