import { expect } from 'chai';
import { buildLocation, buildTariff230 } from '../../../support/builders.ts';
import type { Data, OcpiClient, OcpiResponse } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const RECEIVER = '/ocpi/2.3.0/receiver';

const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

describe('ids of several owners', () => {
  let server: TestServer;
  let provider: OcpiClient;
  const owners = new Map<string, OcpiClient>();

  before(async () => {
    server = await startTestServer();
    provider = (await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] })).client;
    for (const party of ['ONE', 'TWO']) {
      const { client } = await server.addConnection(party, { parties: [`NL-${party}`] });
      owners.set(party, client);
      const own = { party_id: party, id: 'SAME', name: party };
      const price = party === 'ONE' ? 1 : 2;
      const elements = [{ price_components: [{ type: 'FLAT', price, step_size: 1 }] }];
      const tariff = buildTariff230({ party_id: party, id: 'SAME', elements });
      await client.put(`${RECEIVER}/locations/NL/${party}/SAME`, buildLocation(own));
      await client.put(`${RECEIVER}/tariffs/NL/${party}/SAME`, tariff);
    }
  });
  after(() => server.stop());

  for (const version of ['2.2.1', '2.3.0']) {
    const sender = `/ocpi/${version}/sender`;

    it(`LS-13, RT-12: Locations and Tariffs of one id are two objects in ${version}, told apart by their owner`, async () => {
      for (const module of ['locations', 'tariffs']) {
        const { body, headers } = await provider.get(`${sender}/${module}`);
        expect(headers['x-total-count']).to.equal('2');
        expect(body.data.map(({ party_id, id }: Data) => [party_id, id])).to.deep.equal([
          ['ONE', 'SAME'],
          ['TWO', 'SAME'],
        ]);
      }
      const { body } = await provider.get(`${sender}/tariffs`);
      expect(body.data.map(({ elements }: Data) => elements[0].price_components[0].price)).to.deep.equal([
        1, 2,
      ]);
    });

    it(`LS-13: OCPI-to-* narrows a list of ${version} to one owner, its Tariffs too`, async () => {
      for (const module of ['locations', 'tariffs']) {
        const { body, headers } = await provider.get(`${sender}/${module}`, {
          'OCPI-to-country-code': 'NL',
          'OCPI-to-party-id': 'TWO',
        });
        expect(headers['x-total-count']).to.equal('1');
        expect(body.data.map(({ party_id }: Data) => party_id)).to.deep.equal(['TWO']);
      }
    });

    it(`LS-13: an id of two owners is 2002 in ${version}, until one is named`, async () => {
      expect(codes(await provider.get(`${sender}/locations/SAME`))).to.deep.equal([200, 2002]);
      const named = await provider.get(`${sender}/locations/SAME?country_code=NL&party_id=TWO`);
      expect(named.body.data.name).to.equal('TWO');
    });
  }

  it('LS-13: a change or deletion of one owner leaves the other as it was', async () => {
    const client = owners.get('ONE') as OcpiClient;
    const changed = await client.patch(`${RECEIVER}/locations/NL/TWO/SAME`, {
      name: 'Mine',
      last_updated: '2026-07-01T00:00:00Z',
    });
    expect(codes(changed)).to.deep.equal([404, 2000]);
    expect(codes(await client.delete(`${RECEIVER}/tariffs/NL/TWO/SAME`))).to.deep.equal([404, 2000]);
    expect(codes(await client.delete(`${RECEIVER}/tariffs/NL/ONE/SAME`))).to.deep.equal([200, 1000]);
    for (const version of ['2.2.1', '2.3.0']) {
      const { body } = await provider.get(`/ocpi/${version}/sender/tariffs`);
      expect(body.data.map(({ party_id }: Data) => party_id)).to.deep.equal(['TWO']);
    }
  });
});
