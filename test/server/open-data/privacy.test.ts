import { VectorTile } from '@mapbox/vector-tile';
import { expect } from 'chai';
import { PbfReader } from 'pbf';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../support/server.ts';

/** Planted in what nobody may see; looked for in everything that is published. */
const SECRET = 'SECRET0451';

/** An address that the access point pulls from, with a token of its partner. */
const PARTNER_URL = 'https://partner-0451.example/ocpi/versions';

/** Zooms of tiles, up to the one that shows every Location. */
const ZOOMS = Array.from({ length: 15 }, (_, zoom) => zoom);

/** Where the planted Locations are. */
const PLACE = { latitude: '52.089444', longitude: '5.110278' };

/** Everything that anybody can ask for, but files and services whose list is read from the access point itself. */
const THERE = [
  '/data',
  '/data/daily',
  '/data/catalogue.ttl',
  '/data/catalogue.jsonld',
  '/openapi.json',
  '/.well-known/nap.json',
  '/changes?since=0&limit=10000',
  '/changes?since=0&bbox=5,52,6,53',
  '/changes?since=0&party=NL-TNM',
  '/tiles/locations.json',
  '/ogc/collections',
  '/ogc/collections/locations/items?limit=1000',
  '/ogc/collections/evses/items?limit=1000',
  '/ogc/collections/tariffs/items?limit=1000',
  '/quality',
  '/quality.csv',
  '/quality/NL-TNM',
  '/quality/evse/NL*TNM*EHIDDEN',
  '/health/ready',
];

/** What is there, but not for everybody, and with what it is refused. */
const REFUSED: Readonly<Record<string, number>> = {
  [`/ogc/collections/locations/items/NL-TNM-${SECRET}`]: 404,
  '/ogc/collections/locations/items/NL-TNM-WITHDRAWN': 404,
  '/ogc/collections/evses/items/NL*TNM*EHIDDEN': 404,
  '/ogc/collections/evses/items/NL*TNM*EGONE': 404,
  '/ocpi/versions': 401,
};

const ADDRESSES = [...THERE, ...Object.keys(REFUSED)];

describe('what nobody may see', () => {
  let server: TestServer;
  let partner: TestConnection;

  before(async () => {
    server = await startTestServer({ config: { contact: 'https://nap.example/contact' } });
    partner = await server.addConnection('cpo', { parties: ['NL-TNM'], token: `${SECRET}-token` });
    await server.services.admin.addSource({
      ...{ name: `source-${SECRET}`, kind: 'ocpi', url: PARTNER_URL, token: `${SECRET}-theirs` },
      ...{ parties: ['BE-XYZ'], schedule: '0 0 1 1 *' },
    });
    const hidden = buildEvse({ uid: SECRET, evse_id: 'NL*TNM*EHIDDEN', physical_reference: SECRET });
    await put('SHOWN', {
      name: 'for everybody',
      evses: [
        buildEvse({ uid: 'E1', evse_id: 'NL*TNM*E1' }),
        buildEvse({ uid: 'GONE', evse_id: 'NL*TNM*EGONE', status: 'REMOVED', physical_reference: SECRET }),
      ],
    });
    // Never published, with all that goes with it.
    await put(SECRET, {
      name: SECRET,
      publish: false,
      evses: [hidden],
      publish_allowed_to: [{ uid: SECRET, type: 'RFID', issuer: SECRET, group_id: SECRET }],
    });
    // Published first, and then no longer; what it is since then is nobody's business.
    await put('WITHDRAWN', { name: 'once public', evses: [hidden] });
    await put('WITHDRAWN', { name: SECRET, publish: false, evses: [hidden] });
    await server.services.qualityRound.run();
    await server.services.tileKeeper.catchUp();
    for (const { state } of await server.services.snapshots.build()) expect(state).to.equal('built');
  });
  after(() => server.stop());

  async function put(id: string, overrides: Record<string, unknown>): Promise<void> {
    const body = buildLocation({ id, coordinates: PLACE, ...overrides });
    const answer = await partner.client.put(`/ocpi/2.2.1/receiver/locations/NL/TNM/${id}`, body);
    expect(answer.status, id).to.be.oneOf([200, 201]);
  }

  function expectNothingPrivate(bytes: Buffer | string, where: string): void {
    const text = Buffer.from(bytes).toString('latin1');
    for (const planted of [SECRET, '"publish_allowed_to"', 'partner-0451']) {
      expect(text.includes(planted), `${planted} in ${where}`).to.equal(false);
    }
  }

  /** What is asked for in whatever form must be there: what is not served has no secrets either. */
  async function read(path: string, accept: string, status = 200): Promise<string> {
    const answer = await fetch(server.url + path, { headers: { accept, 'accept-encoding': 'identity' } });
    if (accept === '*/*') expect(answer.status, path).to.equal(status);
    return Buffer.from(await answer.arrayBuffer()).toString('latin1');
  }

  it('is really there: its owner sees it', async () => {
    const { body } = await partner.client.get(`/ocpi/2.2.1/receiver/locations/NL/TNM/${SECRET}`);
    expect(JSON.stringify(body)).to.include('publish_allowed_to').and.to.include(SECRET);
  });

  it('OD-01, OD-02, OD-03: is in no file, in no view', async () => {
    const listings = await server.services.snapshots.list();
    expect(listings.length).to.be.greaterThan(10);
    let withShown = 0;
    for (const { format, view } of listings) {
      const text = await read(`/data/${format.name}?view=${view}`, '*/*');
      expectNothingPrivate(text, `${format.name} ${view}`);
      if (text.includes('NL*TNM*E1') || text.includes('NLTNME1') || text.includes('SHOWN')) withShown += 1;
      else
        expect(text, `${format.name} looks into the same registry`).to.satisfy(
          (one: string) => one.length > 0,
        );
    }
    expect(withShown, 'files that show the public Location').to.be.greaterThan(10);
  });

  for (const address of ADDRESSES) {
    it(`is not at ${address.replace(SECRET, '...')}, in any form`, async () => {
      for (const accept of [
        '*/*',
        'application/json',
        'text/html',
        'application/x-ndjson',
        'text/csv',
        'text/turtle',
      ]) {
        // An address that was asked for may come back in the words of a refusal.
        const text = (await read(address, accept, REFUSED[address])).replaceAll(`NL-TNM-${SECRET}`, '');
        expectNothingPrivate(text, `${address} as ${accept}`);
      }
    });
  }

  it('is in no feed that the access point names', async () => {
    const { feeds } = JSON.parse(await read('/.well-known/nap.json', 'application/json'));
    expect(feeds.length).to.be.greaterThan(15);
    for (const { url, media_type, access } of feeds) {
      if (media_type === 'text/event-stream' || url.includes('{')) continue;
      const { pathname, search } = new URL(url);
      const status = access === 'token' ? 401 : 200;
      expectNothingPrivate(await read(pathname + search, '*/*', status), url);
    }
  });

  it('is not in the stream of changes', async () => {
    const stream = await fetch(`${server.url}/changes?since=0`, { headers: { accept: 'text/event-stream' } });
    let text = '';
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      // The withdrawn Location is the last that the public hears of: by its id, and as gone.
      if (text.includes('NL-TNM-WITHDRAWN')) break;
    }
    expect(text).to.include('NL-TNM-SHOWN').and.to.include('"delete"');
    expectNothingPrivate(text, 'the stream');
  });

  it('is in no tile of any zoom, and counts in none', async () => {
    for (const zoom of ZOOMS) {
      const [x, y] = tileOf(zoom);
      const answer = await fetch(`${server.url}/tiles/locations/${zoom}/${x}/${y}.mvt`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expectNothingPrivate(bytes, `zoom ${zoom}`);
      const layer = new VectorTile(new PbfReader(bytes)).layers.locations;
      const counts = Array.from({ length: layer?.length ?? 0 }, (_, index) => {
        const { properties } = (layer as NonNullable<typeof layer>).feature(index);
        return [properties.locations ?? 1, properties.evses];
      });
      expect(counts, `zoom ${zoom}`).to.deep.equal([[1, 1]]);
    }
  });
});

/** Column and row of the tile at the place (Web Mercator). */
function tileOf(zoom: number): [number, number] {
  const latitude = (Number(PLACE.latitude) * Math.PI) / 180;
  const x = (Number(PLACE.longitude) + 180) / 360;
  const y = (1 - Math.log(Math.tan(latitude) + 1 / Math.cos(latitude)) / Math.PI) / 2;
  return [Math.floor(x * 2 ** zoom), Math.floor(y * 2 ** zoom)];
}
