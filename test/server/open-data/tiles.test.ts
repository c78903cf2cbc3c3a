import { expect } from 'chai';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../../support/builders.ts';
import { send } from '../../support/ocpi-client.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../support/server.ts';
import { decodeTile, expectedProperties, readFeatures, tileOf, tilesWith } from '../../support/tiles.ts';

const NAME = 'NAP of <Testland>';
/** Milliseconds: more than the position is gone by before it is looked at again. */
const A_WHILE = 5_000;

const NEIGHBOUR = { latitude: '52.090500', longitude: '5.111500' };
const AMSTERDAM = { latitude: '52.370200', longitude: '4.895200' };

describe('vector tiles', () => {
  let server: TestServer;
  let cpo: TestConnection;
  let now = Date.parse('2026-06-10T12:00:00Z');

  before(async () => {
    server = await startTestServer({
      config: { licence: 'CC-BY-4.0', name: NAME },
      clock: () => new Date(now),
    });
    cpo = await server.addConnection('cpo', { parties: ['NL-TNM'] });
  });
  beforeEach(async () => {
    await put({
      name: 'Stationsplein',
      operator: { name: 'Tandem' },
      evses: [
        buildEvse({ uid: 'A', connectors: [buildConnector({ max_electric_power: 7400 })] }),
        buildEvse({ uid: 'B', status: 'UNKNOWN' }),
        buildEvse({
          uid: 'C',
          status: 'REMOVED',
          connectors: [buildConnector({ max_electric_power: 50000 })],
        }),
      ],
    });
    await put({ id: 'LOC-2', coordinates: NEIGHBOUR, operator: { name: 'Tandem' } });
    await put({ id: 'LOC-3', coordinates: AMSTERDAM, operator: { name: 'Other' } });
    await put({ id: 'HIDDEN', publish: false });
    await catchUp();
  });
  after(() => server.stop());

  async function put(overrides: Overrides): Promise<void> {
    now += 1_000;
    const location = buildLocation({ last_updated: new Date(now).toISOString(), ...overrides });
    await cpo.client.put(`/ocpi/2.2.1/receiver/locations/NL/TNM/${location.id}`, location);
  }

  async function catchUp(): Promise<void> {
    await server.services.tileKeeper.catchUp();
    now += A_WHILE;
  }

  function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${server.url}${path}`, { headers });
  }

  async function tile(path: string) {
    const answer = await get(`/tiles/locations/${path}.mvt`);
    expect(answer.status).to.equal(200);
    return decodeTile(new Uint8Array(await answer.arrayBuffer()));
  }

  async function propertiesIn(path: string): Promise<object[]> {
    return (await tile(path)).map(({ properties }) => properties);
  }

  it('hold, at every zoom, what the GeoJSON file says of what is public', async () => {
    const features = await readFeatures(server.database);
    expect(features).to.have.length(3);
    for (let zoom = 0; zoom <= 14; zoom++) {
      for (const address of tilesWith(features, zoom)) {
        const properties = await propertiesIn(`${zoom}/${address.x}/${address.y}`);
        expect(properties).to.have.deep.members(expectedProperties(features, address));
      }
    }
  });

  it('show a Location alone as a point where it is, with its numbers', async () => {
    const [first] = await readFeatures(server.database);
    const { z, x, y } = tileOf(first as never, 14);
    const points = await tile(`${z}/${x}/${y}`);
    const point = points.find(({ properties }) => properties.id === 'NL-TNM-LOC-1');
    expect(point?.properties).to.deep.equal({
      id: 'NL-TNM-LOC-1',
      name: 'Stationsplein',
      operator: 'Tandem',
      evses: 2,
      available: 1,
      max_power_kw: 11.04,
    });
    const longitude = ((x + (point?.x ?? 0) / 4096) / 2 ** 14) * 360 - 180;
    expect(longitude).to.be.closeTo(5.110278, 1e-5);
  });

  it('show neighbours as one cluster between them, with the operator where it is the same', async () => {
    const [world] = await tile('0/0/0');
    expect(world?.properties).to.deep.equal({
      cluster: true,
      locations: 3,
      evses: 4,
      available: 3,
      max_power_kw: 11.04,
    });
    const [first] = await readFeatures(server.database);
    const { x, y } = tileOf(first as never, 8);
    const utrecht = (await tile(`8/${x}/${y}`)).find(({ properties }) => properties.locations === 2);
    expect(utrecht?.properties).to.deep.include({ cluster: true, operator: 'Tandem', evses: 3 });
    expect(((x + (utrecht?.x ?? 0) / 4096) / 2 ** 8) * 360 - 180).to.be.closeTo(5.1109, 1e-3);
  });

  it('say the new status once the job has followed, with the position that they are of', async () => {
    await put({ id: 'LOC-3', coordinates: AMSTERDAM, evses: [buildEvse({ status: 'CHARGING' })] });
    now += A_WHILE;
    const before = await get('/tiles/locations/0/0/0.mvt');
    await catchUp();
    const after = await get('/tiles/locations/0/0/0.mvt');
    expect(Number(after.headers.get('nap-sequence'))).to.equal(
      Number(before.headers.get('nap-sequence')) + 1,
    );
    const [world] = decodeTile(new Uint8Array(await after.arrayBuffer()));
    expect(world?.properties).to.include({ evses: 4, available: 2 });
  });

  it('are 304 while their content is the same, whatever changes elsewhere, and 200 once it is another', async () => {
    const path = '/tiles/locations/14/8423/5410.mvt';
    const first = await get(path);
    expect(first.headers.get('cache-control')).to.equal('public, max-age=10, no-transform');
    const etag = first.headers.get('etag') as string;
    expect(etag).to.match(/^"[\w-]+"$/);
    const same = { 'If-None-Match': etag };
    expect((await get(path, same)).status).to.equal(304);
    await put({ id: 'LOC-3', name: 'Renamed', coordinates: AMSTERDAM });
    await catchUp();
    const unchanged = await get(path, same);
    expect(unchanged.status).to.equal(304);
    expect(unchanged.headers.get('etag')).to.equal(etag);
    const features = await readFeatures(server.database);
    const other = tileOf(features.find(({ properties }) => properties.location_id === 'LOC-3') as never, 14);
    const amsterdam = `/tiles/locations/14/${other.x}/${other.y}.mvt`;
    const renamed = await get(amsterdam);
    await put({ id: 'LOC-3', name: 'Renamed again', coordinates: AMSTERDAM });
    await catchUp();
    const again = await get(amsterdam, { 'If-None-Match': renamed.headers.get('etag') as string });
    expect(again.status).to.equal(200);
  });

  it('are gzipped for whoever takes it, with an ETag of their own', async () => {
    const crowd = Array.from({ length: 20 }, (_, index) => `CROWD-${index}`);
    for (const id of crowd) await put({ id, coordinates: { latitude: '48.200000', longitude: '16.360000' } });
    await catchUp();
    const features = await readFeatures(server.database);
    const vienna = tileOf(
      features.find(({ properties }) => properties.location_id === crowd[0]) as never,
      14,
    );
    const path = `/tiles/locations/14/${vienna.x}/${vienna.y}.mvt`;
    const plain = await send(server.url, 'GET', path, { headers: { 'Accept-Encoding': 'identity' } });
    expect(plain.headers).not.to.have.property('content-encoding');
    const gzipped = await send(server.url, 'GET', path, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(gzipped.headers).to.include({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gzipped.headers.etag).to.equal(plain.headers.etag?.replace(/"$/, '-gzip"'));
    expect(await propertiesIn(`14/${vienna.x}/${vienna.y}`)).to.have.length(20);
    for (const id of crowd) await put({ id, publish: false });
  });

  it('are an empty layer where nothing is: some clients take an answer without a body for a fault', async () => {
    const answer = await get('/tiles/locations/14/0/0.mvt');
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('content-type')).to.equal('application/vnd.mapbox-vector-tile');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(bytes).to.have.length.within(1, 30);
    expect(decodeTile(bytes)).to.deep.equal([]);
  });

  for (const [path, status, words] of [
    ['15/0/0.mvt', 404, 'up to zoom 14'],
    ['2/4/0.mvt', 404, 'from 0 to 3'],
    ['2/0/4.mvt', 404, 'from 0 to 3'],
    ['2/0/-1.mvt', 400, 'whole numbers'],
    ['a/0/0.mvt', 400, 'whole numbers'],
    ['02/0/0.mvt', 400, 'whole numbers'],
    ['2/0/1e0.mvt', 400, 'whole numbers'],
    ['2/0/%7By%7D.mvt', 400, 'whole numbers'],
    ['2/0/99999999999999999999.mvt', 400, 'whole numbers'],
    ['2/0/0.pbf', 404, 'ends in .mvt'],
  ] as const) {
    it(`have no address like ${path}, and say why`, async () => {
      const answer = await get(`/tiles/locations/${path}`);
      expect(answer.status).to.equal(status);
      expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      expect(await answer.json())
        .to.have.property('detail')
        .that.includes(words);
    });
  }

  it('are described by a TileJSON with an absolute URL, fields, bounds, attribution and licence', async () => {
    const answer = await get('/tiles/locations.json');
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('content-type')).to.include('application/json');
    const {
      bounds,
      vector_layers: layers,
      ...facts
    } = (await answer.json()) as {
      bounds: number[];
      vector_layers: { id: string; fields: object; minzoom: number; maxzoom: number }[];
    };
    expect(facts).to.deep.include({
      tilejson: '3.0.0',
      tiles: [`${server.url}/tiles/locations/{z}/{x}/{y}.mvt`],
      attribution: 'NAP of &lt;Testland&gt;',
      licence: 'CC-BY-4.0',
      licence_url: 'https://spdx.org/licenses/CC-BY-4.0.html',
      minzoom: 0,
      maxzoom: 14,
    });
    const expected = [4.8952, 52.089444, 5.1115, 52.3702];
    for (const [index, degrees] of expected.entries()) expect(bounds[index]).to.be.closeTo(degrees, 1e-5);
    const fields = ['available', 'cluster', 'evses', 'id', 'locations', 'max_power_kw', 'name', 'operator'];
    expect(layers.map(({ id, minzoom, maxzoom }) => [id, minzoom, maxzoom])).to.deep.equal([
      ['locations', 0, 14],
    ]);
    expect(Object.keys(layers[0]?.fields ?? {}).sort()).to.deep.equal(fields);
  });

  it('are for any origin, read only, and can be asked for with HEAD', async () => {
    const path = '/tiles/locations/0/0/0.mvt';
    const answer = await get(path, { Origin: 'https://map.example' });
    expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
    const head = await send(server.url, 'HEAD', path);
    expect(head.status).to.equal(200);
    expect(head.headers.etag).to.equal(answer.headers.get('etag'));
    expect((await send(server.url, 'POST', path)).status).to.equal(405);
    expect((await send(server.url, 'OPTIONS', path)).status).to.equal(204);
  });

  it('log no warning for what clients ask', () => {
    expect(server.log.filter(({ level }) => ['warn', 'error', 'fatal'].includes(level))).to.deep.equal([]);
  });

  it('are 503 with a time to come again until all Locations were looked at, and then there', async () => {
    await server.database.knex('tile_head').update({ walked_to: 0 });
    now += A_WHILE;
    for (const path of ['/tiles/locations/0/0/0.mvt', '/tiles/locations.json']) {
      const answer = await get(path);
      expect(answer.status).to.equal(503);
      expect(answer.headers.get('retry-after')).to.equal('10');
    }
    await catchUp();
    expect((await get('/tiles/locations/0/0/0.mvt')).status).to.equal(200);
  });
});
