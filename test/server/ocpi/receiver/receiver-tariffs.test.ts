import { expect } from 'chai';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../../../support/builders.ts';
import type { OcpiClient, OcpiResponse } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const ROOT = '/ocpi/2.2.1/receiver/tariffs';
const OWN = `${ROOT}/NL/TNM`;

describe('server/ocpi/receiver-tariffs', () => {
  let server: TestServer;
  let cpo: OcpiClient;

  before(async () => {
    server = await startTestServer();
    cpo = (await server.addConnection('cpo', { parties: ['NL-TNM'] })).client;
  });
  after(() => server.stop());

  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];
  const listed = async (id: string) =>
    (await cpo.get('/ocpi/2.2.1/sender/tariffs')).body.data.find(
      (tariff: { id: string }) => tariff.id === id,
    );

  it('TR-01, TR-02: PUT creates, then replaces; GET gives back what was put', async () => {
    const tariff = buildTariff({ id: 'T1', min_price: { excl_vat: 0.5, incl_vat: 0.605 } });
    expect(codes(await cpo.put(`${OWN}/T1`, tariff))).to.deep.equal([201, 1000]);
    expect((await cpo.get(`${OWN}/T1`)).body.data).to.deep.equal(tariff);
    const next = { ...tariff, currency: 'DKK', last_updated: '2026-06-02T12:00:00Z' };
    expect(codes(await cpo.put(`${OWN}/T1`, next))).to.deep.equal([200, 1000]);
    expect((await cpo.get(`${OWN}/t1`)).body.data.currency).to.equal('DKK');
  });

  it('TR-03, TR-04: DELETE removes it everywhere; a second one is 404, and a link to it stays', async () => {
    await cpo.put(`${OWN}/T2`, buildTariff({ id: 'T2' }));
    expect(await listed('T2')).to.be.an('object');
    const evses = [buildEvse({ connectors: [buildConnector({ tariff_ids: ['T2'] })] })];
    const location = '/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1';
    await cpo.put(location, buildLocation({ evses }));
    expect(codes(await cpo.delete(`${OWN}/T2`))).to.deep.equal([200, 1000]);
    expect(codes(await cpo.get(`${OWN}/T2`))).to.deep.equal([404, 2000]);
    expect(codes(await cpo.delete(`${OWN}/T2`))).to.deep.equal([404, 2000]);
    expect(await listed('T2')).to.equal(undefined);
    expect((await cpo.get(`${location}/EVSE-1/1`)).body.data.tariff_ids).to.deep.equal(['T2']);
  });

  it('TR-05: PATCH and POST are 405', async () => {
    for (const method of ['PATCH', 'POST']) {
      const response = await cpo.send(method, `${OWN}/T1`, { body: {} });
      expect(codes(response)).to.deep.equal([405, 2000]);
      expect(response.headers.allow).to.equal('GET, PUT, DELETE, HEAD, OPTIONS');
    }
  });

  it('TR-07: ids that differ are 2001, a foreign party is 404', async () => {
    expect(codes(await cpo.put(`${OWN}/T3`, buildTariff({ id: 'T4' })))).to.deep.equal([200, 2001]);
    expect(codes(await cpo.put(`${OWN}/T3`, buildTariff({ id: 'T3', party_id: 'XYZ' })))).to.deep.equal([
      200, 2001,
    ]);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(codes(await cpo.send(method, `${ROOT}/NL/XYZ/T3`)), method).to.deep.equal([404, 2000]);
    }
    expect(codes(await cpo.get(`${OWN}/T3`))).to.deep.equal([404, 2000]);
  });

  it('TR-09: elements and price components are needed', async () => {
    for (const elements of [[], [{ price_components: [] }], undefined]) {
      const response = await cpo.put(`${OWN}/T5`, buildTariff({ id: 'T5', elements }));
      expect(codes(response)).to.deep.equal([200, 2001]);
    }
  });

  it('TR-11, TR-12: the order of elements and the value of every price survive', async () => {
    const price_components = [0.1234, 12345678.9012, 0].map((price) => ({
      type: 'ENERGY',
      price,
      step_size: 1,
    }));
    const elements = price_components.map((component) => ({ price_components: [component] }));
    await cpo.put(`${OWN}/T6`, buildTariff({ id: 'T6', elements }));
    expect((await cpo.get(`${OWN}/T6`)).body.data.elements).to.deep.equal(elements);
    expect((await listed('T6')).elements).to.deep.equal(elements);
  });

  it('there is no list', async () => {
    expect((await cpo.get(ROOT)).status).to.equal(404);
    expect((await cpo.get(OWN)).status).to.equal(404);
  });
});
