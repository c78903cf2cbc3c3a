import { expect } from 'chai';
import { buildEvse, buildLocation, type Overrides } from '../../../support/builders.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../../support/server.ts';
import { linkOf, OgcClient } from './ogc-client.ts';

describe('OGC API Features: one EVSE', () => {
  let server: TestServer;
  let partner: TestConnection;
  let ogc: OgcClient;

  before(async () => {
    server = await startTestServer();
    ogc = new OgcClient(server.url);
    partner = await server.addConnection('cpo', { parties: ['NL-TNM', 'NL-GFX', 'DE-ABC'] });
    await put({ id: 'HUB', party_id: 'GFX', evses: [buildEvse({ uid: 'copy', evse_id: 'NL-TNM-E1' })] });
    await put({ id: 'OWN', evses: [buildEvse({ uid: 'one', evse_id: 'NL*TNM*E1', status: 'CHARGING' })] });
    await put({ id: 'SECOND', party_id: 'GFX', evses: [buildEvse({ uid: 'x', evse_id: 'nltnme1' })] });
    await put({ id: 'A-B', evses: [buildEvse({ uid: 'C-D', evse_id: 'NL*TNM*E2' })] });
    await put({
      id: 'din',
      country_code: 'DE',
      party_id: 'ABC',
      evses: [buildEvse({ evse_id: '+49*823*1234*5678' })],
    });
    await put({ id: 'NAMED', evses: [buildEvse({ uid: 'NL*TNM*E3', evse_id: 'NL*TNM*E3' })] });
  });
  after(() => server.stop());

  async function put(overrides: Overrides): Promise<void> {
    const body = buildLocation(overrides);
    const path = `/ocpi/2.2.1/receiver/locations/${body.country_code}/${body.party_id}/${body.id}`;
    const { status, text } = await partner.client.put(path, body);
    expect(status, text).to.be.lessThan(300);
  }

  const item = (id: string) => ogc.json(`/collections/evses/items/${encodeURIComponent(id)}`);

  it('is found by its Feature id, in any case, with dashes in any part of it', async () => {
    for (const id of ['NL-TNM-A-B-C-D', 'nl-tnm-a-b-c-d']) {
      const { id: found, properties } = await item(id);
      expect(found).to.equal('NL-TNM-A-B-C-D');
      expect(properties).to.include({ location_id: 'A-B', uid: 'C-D', evse_id: 'NL*TNM*E2' });
    }
    expect((await item('NL-TNM-NAMED-NL*TNM*E3')).properties.uid).to.equal('NL*TNM*E3');
  });

  it('says its status in one request, by its EVSE ID in any spelling', async () => {
    for (const id of ['NL*TNM*E2', 'nl*tnm*e2', 'NLTNME2', 'NL-TNM-E2', ' NL*TNM*E*2 ']) {
      expect((await item(id)).id, id).to.equal('NL-TNM-A-B-C-D');
    }
    for (const id of ['+49*823*1234*5678', '49*823*12345678', 'DE*823*E12345678']) {
      expect((await item(id)).id, id).to.equal('DE-ABC-din-EVSE-1');
    }
    // As it stands in an address that nobody encoded.
    const plain = await ogc.json('/collections/evses/items/+49*823*1234*5678');
    expect(plain.properties).to.include({ status: 'AVAILABLE', evse_id: '+49*823*1234*5678' });
    expect(linkOf(plain, 'canonical').href).to.equal(
      `${server.url}/ogc/collections/evses/items/DE-ABC-din-EVSE-1`,
    );
  });

  it('is the twin that holds, when several carry its EVSE ID, and names the others', async () => {
    const others = ['NL-GFX-HUB-copy', 'NL-GFX-SECOND-x'];
    await server.services.qualityRound.run();
    for (const id of ['NL*TNM*E1', 'nltnme1']) {
      const { id: found, properties } = await item(id);
      expect(found).to.equal('NL-TNM-OWN-one');
      expect(properties).to.include({ status: 'CHARGING' });
      expect(properties.same_evse_id).to.deep.equal(others);
    }
    expect((await item('NL-GFX-HUB-copy')).properties.same_evse_id).to.deep.equal([
      'NL-TNM-OWN-one',
      'NL-GFX-SECOND-x',
    ]);
    for (const id of others) await item(id);
  });

  it('is another one once the one that held is gone, also before twins are decided anew', async () => {
    await put({
      id: 'OWN',
      evses: [
        buildEvse({
          uid: 'one',
          evse_id: 'NL*TNM*E1',
          status: 'REMOVED',
          last_updated: '2026-06-02T12:00:00Z',
        }),
      ],
      last_updated: '2026-06-02T12:00:00Z',
    });
    await put({ id: 'HUB', party_id: 'GFX', publish: false, last_updated: '2026-06-02T12:00:00Z' });
    const { id, properties } = await item('NL*TNM*E1');
    expect(id).to.equal('NL-GFX-SECOND-x');
    expect(properties.same_evse_id, 'what is gone or unpublished is not named').to.deep.equal([]);
    await server.services.qualityRound.run();
    expect((await item('NL*TNM*E1')).id).to.equal('NL-GFX-SECOND-x');
  });
});
