import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../support/server.ts';

const ID = 'NL*TNM*E1';

describe('views of open data', () => {
  let server: TestServer;
  let partner: TestConnection;

  before(async () => {
    server = await startTestServer();
    partner = await server.addConnection('cpo', { parties: ['NL-TNM', 'NL-GFX'] });
    await put('OWN', { evses: [buildEvse({ evse_id: ID }), buildEvse({ uid: 'E2', evse_id: 'NL*TNM*E2' })] });
    await put('HUB', { party_id: 'GFX', evses: [buildEvse({ evse_id: 'NL-TNM-E1' })] });
    await put('MIXED', {
      party_id: 'GFX',
      evses: [buildEvse({ uid: 'twin', evse_id: 'NLTNME2' }), buildEvse({ uid: 'other' })],
    });
    await server.services.qualityRound.run();
    for (const { state } of await server.services.snapshots.build()) expect(state).to.equal('built');
  });
  after(() => server.stop());

  async function put(id: string, overrides: Record<string, unknown>): Promise<void> {
    const body = buildLocation({ id, ...overrides });
    await partner.client.put(`/ocpi/2.2.1/receiver/locations/NL/${body.party_id}/${id}`, body);
  }

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/data/${path}`, { headers });

  /** E.g. `OWN: EVSE-1 E2`. */
  async function geojson(query: string): Promise<string[]> {
    const { features } = (await (await get(`locations.geojson${query}`)).json()) as {
      features: { properties: { location_id: string; evses: { uid: string }[] } }[];
    };
    return features.map(
      ({ properties }) => `${properties.location_id}: ${properties.evses.map(({ uid }) => uid).join(' ')}`,
    );
  }

  const sequenceOf = (collection: string) => JSON.parse(collection).sequence as number;

  it('raw is the usual one and shows everything', async () => {
    const everything = ['OWN: EVSE-1 E2', 'HUB: EVSE-1', 'MIXED: twin other'];
    expect(await geojson('')).to.deep.equal(everything);
    expect(await geojson('?view=raw')).to.deep.equal(everything);
    expect(await (await get('locations.geojson')).text()).not.to.contain('twins');
  });

  it('resolved shows each EVSE ID once, and no Location that has no EVSE left', async () => {
    expect(await geojson('?view=resolved')).to.deep.equal(['OWN: EVSE-1 E2', 'MIXED: other']);
    const csv = await (await get('locations.csv?view=resolved')).text();
    expect(csv.trim().split('\n')).to.have.length(1 + 3);
    expect(csv.split('\n')[0]).to.equal((await (await get('locations.csv')).text()).split('\n')[0]);
    const { data } = (await (await get('locations.ocpi.json?view=resolved')).json()) as {
      data: { id: string; evses: { uid: string }[] }[];
    };
    expect(data.map(({ id, evses }) => [id, evses.length])).to.deep.equal([
      ['OWN', 2],
      ['MIXED', 1],
    ]);
  });

  it('resolved says in GeoJSON what an EVSE holds against, and why', async () => {
    const { features } = (await (await get('locations.geojson?view=resolved')).json()) as {
      features: { properties: { evse_count: number; evses: Record<string, unknown>[] } }[];
    };
    expect(features[0]?.properties.evses[0]).to.include({ evse_id: ID, holds_by: 'direct' });
    expect(features[0]?.properties.evses[0]?.twins).to.deep.equal(['NL-GFX-HUB/EVSE-1']);
    expect(features[1]?.properties.evse_count).to.equal(1);
  });

  it('each view has its own tag, parts and gzip, and its name when it is saved', async () => {
    const raw = await get('locations.csv', { 'accept-encoding': 'identity' });
    const path = 'locations.csv?view=resolved';
    const resolved = await get(path, { 'accept-encoding': 'identity' });
    const etag = resolved.headers.get('etag') ?? '';
    expect(etag)
      .to.match(/^"[0-9a-f]{64}"$/)
      .and.not.equal(raw.headers.get('etag'));
    expect(resolved.headers.get('content-disposition')).to.equal(
      'attachment; filename="locations.resolved.csv"',
    );
    const text = await resolved.text();
    expect((await get(path, { 'accept-encoding': 'identity', 'if-none-match': etag })).status).to.equal(304);
    const part = await get(path, { 'accept-encoding': 'identity', range: 'bytes=5-9' });
    expect([part.status, await part.text()]).to.deep.equal([206, text.slice(5, 10)]);
    const snapshot = await server.services.snapshots.current('locations.csv', 'resolved');
    expect(gunzipSync(await readFile(snapshot?.gzip.path ?? '')).toString()).to.equal(text);
    expect(await (await get(path)).text()).to.equal(text);
  });

  it('an unknown view is 400 with the choices; Tariffs have but one', async () => {
    for (const [path, choices] of [
      ['locations.csv?view=best', 'raw, resolved'],
      ['locations.csv?view=raw&view=resolved', 'raw, resolved'],
      ['tariffs.csv?view=resolved', 'raw'],
    ] as const) {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')], path).to.deep.equal([
        400,
        'application/problem+json',
      ]);
      expect(await answer.text()).to.contain(`view is one of ${choices}`);
    }
    expect((await get('tariffs.csv?view=raw')).status).to.equal(200);
  });

  it('are both in the list of downloads', async () => {
    const answer = await fetch(`${server.url}/data`, { headers: { accept: 'application/json' } });
    const { downloads } = (await answer.json()) as {
      downloads: { name: string; objects: number; resolved?: { url: string; objects: number } }[];
    };
    const csv = downloads.find(({ name }) => name === 'locations.csv');
    expect([csv?.objects, csv?.resolved?.objects]).to.deep.equal([3, 2]);
    expect(csv?.resolved?.url).to.equal(`${server.url}/data/locations.csv?view=resolved`);
    expect(downloads.find(({ name }) => name === 'tariffs.csv')).not.to.have.property('resolved');
    const page = await (await fetch(`${server.url}/data`, { headers: { accept: 'text/html' } })).text();
    expect(page).to.contain('/data/locations.csv?view=resolved"');
  });

  it('resolved follows when twins are decided anew, and takes back what it left out', async () => {
    await put('OWN', { evses: [buildEvse({ status: 'REMOVED', evse_id: ID }), buildEvse({ uid: 'E2' })] });
    await server.services.snapshots.buildIfChanged();
    expect(await geojson('?view=resolved'), 'before').to.deep.equal([
      'OWN: E2',
      'HUB: EVSE-1',
      'MIXED: twin other',
    ]);
    await server.services.qualityRound.run();
    const raw = await (await get('locations.geojson')).text();
    const built = await server.services.snapshots.buildIfChanged();
    expect(new Set(built.map(({ state }) => state))).to.deep.equal(new Set(['built']));
    expect(sequenceOf(await (await get('locations.geojson')).text())).to.equal(sequenceOf(raw));
    expect(await geojson('?view=resolved')).to.deep.equal(['OWN: E2', 'HUB: EVSE-1', 'MIXED: twin other']);
    expect(await server.services.snapshots.buildIfChanged()).to.deep.equal([]);
  });
});
