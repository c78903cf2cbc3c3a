import { expect } from 'chai';
import { isFeatureCollection } from 'geojson-validation';
import {
  fillFixtureRegistry,
  PUBLIC_LOCATIONS,
  SECRET,
  TARIFF_COUNT,
} from '../../../exports/fixture-registry.ts';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../../../support/builders.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../../support/server.ts';
import { type Json, linkOf, OgcClient } from './ogc-client.ts';

const COLLECTIONS = ['locations', 'evses', 'tariffs'];

describe('OGC API Features: lists', () => {
  let server: TestServer;
  let ogc: OgcClient;
  const total: Readonly<Record<string, number>> = {
    locations: PUBLIC_LOCATIONS,
    evses: 5,
    tariffs: TARIFF_COUNT,
  };

  before(async () => {
    server = await startTestServer({ config: { licence: 'CC0-1.0' } });
    await fillFixtureRegistry(server.database);
    ogc = new OgcClient(server.url);
  });
  after(() => server.stop());

  it('are GeoJSON with counts, time, licence, position and links', async () => {
    for (const id of COLLECTIONS) {
      const { headers, text } = await ogc.get(`/collections/${id}/items`);
      const page = JSON.parse(text);
      expect(headers['content-type']).to.equal('application/geo+json');
      expect(isFeatureCollection(page, true)).to.deep.equal([]);
      expect(page).to.include({ numberMatched: total[id], numberReturned: total[id], licence: 'CC0-1.0' });
      expect(page.sequence).to.equal(Number(headers['nap-sequence']));
      expect(new Date(page.timeStamp).toISOString()).to.equal(page.timeStamp);
      expect(linkOf(page, 'self', 'application/geo+json').href).to.equal(
        `${server.url}/ogc/collections/${id}/items`,
      );
      expect(linkOf(page, 'alternate', 'text/html').href).to.equal(
        `${server.url}/ogc/collections/${id}/items?f=html`,
      );
      expect(linkOf(page, 'collection').href).to.equal(`${server.url}/ogc/collections/${id}`);
      expect(linkOf(page, 'next')).to.equal(undefined);
      expect(linkOf(page, 'prev')).to.equal(undefined);
    }
  });

  it('have each Feature as it is by itself, but for its links', async () => {
    for (const id of COLLECTIONS) {
      for (const feature of await ogc.walk(`/collections/${id}/items`)) {
        const { links, ...alone } = await ogc.json(
          `/collections/${id}/items/${encodeURIComponent(feature.id)}`,
        );
        expect(alone).to.deep.equal(feature);
        expect(linkOf({ links }, 'self').href).to.equal(linkOf({ links }, 'canonical').href);
        expect(linkOf({ links }, 'collection').href).to.equal(`${server.url}/ogc/collections/${id}`);
      }
    }
  });

  it('have the same Features of Locations as the GeoJSON file', async () => {
    await server.services.snapshots.build();
    const file = (await (await fetch(`${server.url}/data/locations.geojson`)).json()) as Json;
    expect(await ogc.walk('/collections/locations/items')).to.deep.equal(file.features);
  });

  it('come in pages of any size, along next and back along prev', async () => {
    for (const id of COLLECTIONS) {
      const all = await ogc.ids(`/collections/${id}/items`);
      for (const limit of [1, 2, 3]) {
        expect(await ogc.ids(`/collections/${id}/items?limit=${limit}`), `${id} by ${limit}`).to.deep.equal(
          all,
        );
      }
      let page = await ogc.json(`/collections/${id}/items?limit=2`);
      while (linkOf(page, 'next')) page = await ogc.json(linkOf(page, 'next').href);
      const backwards = [...page.features.map(({ id: one }: Json) => one)];
      while (linkOf(page, 'prev')) {
        page = await ogc.json(linkOf(page, 'prev').href);
        backwards.unshift(...page.features.map(({ id: one }: Json) => one));
      }
      expect(backwards, id).to.deep.equal(all);
    }
  });

  it('keep filters and form in the links to other pages, also in the header', async () => {
    const path = '/collections/evses/items?limit=1&bbox=5,52,6,53&f=json';
    const { headers, text } = await ogc.get(path);
    const next = linkOf(JSON.parse(text), 'next');
    expect(next.type).to.equal('application/geo+json');
    expect(next.href).to.match(/limit=1&bbox=5,52,6,53&f=json&cursor=[A-Za-z0-9_-]+$/);
    expect(headers.link).to.include(`<${next.href}>; rel="next"; type="application/geo+json"`);
    expect((await ogc.json(next.href)).numberMatched).to.equal((await ogc.json(path)).numberMatched);
  });

  it('take a limit that is too great for the greatest, and refuse what is no limit', async () => {
    expect((await ogc.json('/collections/locations/items?limit=999999')).numberReturned).to.equal(
      PUBLIC_LOCATIONS,
    );
    for (const limit of ['0', '-1', 'ten', '1.5', '']) {
      expect(await ogc.refusal(`/collections/locations/items?limit=${limit}`)).to.match(/^limit: must be/);
    }
  });

  it('refuse what they cannot read, in words that say what to write instead', async () => {
    for (const [query, words] of [
      ['bbox=1,2,3', 'west,south,east,north'],
      ['bbox=52.0,5.0,52.1,95.2', 'longitude comes first'],
      ['bbox-crs=EPSG:28992', 'only http://www.opengis.net/def/crs/OGC/1.3/CRS84 is served'],
      ['crs=EPSG:4326', 'only http://www.opengis.net/def/crs/OGC/1.3/CRS84 is served'],
      ['datetime=yesterday', '2026-11-28T10:00:00Z/..'],
      ['cursor=nonsense', 'next'],
      ['cursor=WzEsIngiXQ', 'next'],
      ['party=TNM', 'NL-TNM'],
      ['connector=CCS%20Combo', 'IEC_62196_T2_COMBO'],
      ['min_power_kw=strong', 'kilowatt'],
      ['min_power_kw=99999999', 'kilowatt'],
      ['status=FREE', 'AVAILABLE'],
      ['status=REMOVED', 'AVAILABLE'],
      ['operator=a,,b', '1 to 100 characters'],
      ['operator=a%00', 'characters'],
      [`operator=${'a,'.repeat(60)}a`, 'at most 50 values'],
      ['status=AVAILABLE&status=CHARGING', 'more than once'],
    ]) {
      expect(await ogc.refusal(`/collections/locations/items?${query}`), query).to.include(words);
    }
    expect(await ogc.refusal('/collections/evses/items?evse_id=E1')).to.include('EVSE ID');
    expect(await ogc.refusal('/collections/tariffs/items?currency=EURO')).to.include('characters');
    expect(await ogc.refusal('/collections/tariffs/items?type=CHEAP')).to.include('REGULAR');
    expect(server.log.filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
  });

  it('take the one coordinate reference system by its name', async () => {
    const crs = encodeURIComponent('http://www.opengis.net/def/crs/OGC/1.3/CRS84');
    expect(
      await ogc.ids(`/collections/locations/items?bbox=-1,51,0,52&bbox-crs=${crs}&crs=${crs}`),
    ).to.deep.equal(['GB-ABC-loc-1']);
  });

  it('show nothing that is not public, in no form, by no filter', async () => {
    const paths = [
      ...COLLECTIONS.flatMap((id) => [`/collections/${id}/items?f=json`, `/collections/${id}/items?f=html`]),
      ...['f=json', 'f=html'].map((form) => `/collections/locations/items/GB-ABC-loc-1?${form}`),
      `/collections/locations/items?operator=${SECRET}`,
      `/collections/evses/items?evse_id=NL*TNM*E${SECRET.replace('-', '')}`,
    ];
    for (const path of paths) {
      const { status, text } = await ogc.get(path);
      expect(status, path).to.equal(200);
      const shown =
        path.includes(`=${SECRET}`) || path.includes('evse_id') ? JSON.parse(text).features : text;
      expect(JSON.stringify(shown), path).to.not.match(
        new RegExp(`${SECRET}|publish_allowed_to|HIDDEN|GONE|WITHDRAWN`),
      );
    }
    expect((await ogc.ids('/collections/evses/items')).sort()).to.deep.equal([
      ...[
        'GB-ABC-loc-1-EVSE-1',
        'NL-TNM-GARAGE--1',
        'NL-TNM-LOC-1-E1',
        'NL-TNM-LOC-1-E3',
        'NL-TNM-TRUCKS-T1',
      ],
    ]);
  });

  it('show Tariffs at the Locations whose Connectors name them', async () => {
    const features = await ogc.walk('/collections/tariffs/items');
    const geometries = Object.fromEntries(features.map(({ id, geometry }) => [id, geometry]));
    expect(geometries['NL-TNM-FREE']).to.deep.equal({
      type: 'MultiPoint',
      coordinates: [[5.110278, 52.089444]],
    });
    expect(geometries['GB-ABC-INCLUDED']).to.equal(null);
    const { properties } = features.find(({ id }) => id === 'NL-TNM-TOU');
    expect(properties).to.include({
      tariff_id: 'TOU',
      currency: 'EUR',
      type: 'REGULAR',
      places: 1,
      end_date_time: null,
    });
    expect(properties.elements).to.have.length(2);
    expect(await ogc.ids('/collections/tariffs/items?bbox=5,52,6,53')).to.deep.equal([
      'NL-TNM-FREE',
      'NL-TNM-TOU',
    ]);
    expect(await ogc.ids('/collections/tariffs/items?currency=gbp')).to.deep.equal([
      'GB-ABC-INCLUDED',
      'GB-ABC-UNKNOWN-RATE',
    ]);
    expect(await ogc.ids('/collections/tariffs/items?type=REGULAR&party=NL-TNM')).to.deep.equal([
      'NL-TNM-TOU',
    ]);
  });
});

describe('OGC API Features: what is selected', () => {
  let server: TestServer;
  let partner: TestConnection;
  let ogc: OgcClient;

  before(async () => {
    server = await startTestServer();
    ogc = new OgcClient(server.url);
    partner = await server.addConnection('cpo', { parties: ['NL-TNM', 'NZ-KIA'] });
    const fast = buildConnector({
      standard: 'IEC_62196_T2_COMBO',
      power_type: 'DC',
      max_electric_power: 150_000,
      tariff_ids: ['Fast'],
    });
    const slow = buildConnector({ id: '2', max_electric_power: 11_000, tariff_ids: ['SLOW'] });
    await put('HUB', {
      operator: { name: 'Snel, Laden & Co' },
      evses: [
        buildEvse({
          uid: 'dc',
          status: 'CHARGING',
          connectors: [fast],
          last_updated: '2026-06-01T13:00:00Z',
        }),
        buildEvse({
          uid: 'ac',
          connectors: [slow],
          coordinates: { latitude: '52.200000', longitude: '5.300000' },
        }),
      ],
      last_updated: '2026-06-01T13:00:00Z',
    });
    await put('BOTH', { evses: [buildEvse({ uid: 'x', evse_id: 'NL*TNM*E7', connectors: [fast, slow] })] });
    for (const [id, longitude] of [
      ['WEST', '-179.500000'],
      ['EAST', '179.500000'],
    ] as const) {
      await put(id, {
        country_code: 'NZ',
        party_id: 'KIA',
        coordinates: { latitude: '-44.000000', longitude },
      });
    }
  });
  after(() => server.stop());

  async function put(id: string, overrides: Overrides): Promise<void> {
    const body = buildLocation({ id, ...overrides });
    const path = `/ocpi/2.2.1/receiver/locations/${body.country_code}/${body.party_id}/${id}`;
    const { status, text } = await partner.client.put(path, body);
    expect(status, text).to.be.lessThan(300);
  }

  /** Location ids and uids, such as `HUB-dc`. */
  async function selected(query: string, collection = 'evses'): Promise<string[]> {
    const path = `/collections/${collection}/items?${query}`;
    const ids = await ogc.ids(path);
    expect((await ogc.json(path)).numberMatched, `count of ${query}`).to.equal(ids.length);
    return ids.map((id) => id.slice('NL-TNM-'.length));
  }

  it('by status, standard and power, which must hold of one EVSE and of one Connector', async () => {
    expect(await selected('status=CHARGING')).to.deep.equal(['HUB-dc']);
    expect(await selected('status=charging,AVAILABLE&party=NL-TNM')).to.deep.equal([
      'HUB-ac',
      'HUB-dc',
      'BOTH-x',
    ]);
    expect(await selected('connector=IEC_62196_T2_COMBO')).to.deep.equal(['HUB-dc', 'BOTH-x']);
    expect(await selected('min_power_kw=150')).to.deep.equal(['HUB-dc', 'BOTH-x']);
    expect(await selected('min_power_kw=150.001')).to.deep.equal([]);
    expect(await selected('connector=iec_62196_t2&min_power_kw=50')).to.deep.equal([]);
    expect(await selected('min_power_kw=50&status=AVAILABLE', 'locations')).to.deep.equal(['BOTH']);
    expect(await selected('status=CHARGING,RESERVED', 'locations')).to.deep.equal(['HUB']);
  });

  it('by owner, operator and EVSE ID, in any case and spelling', async () => {
    expect(await selected('party=nl-tnm', 'locations')).to.deep.equal(['HUB', 'BOTH']);
    expect(await selected('party=NL*TNM,NZKIA', 'locations')).to.have.length(4);
    expect(await selected('operator=snel,%20laden%20%26%20co', 'locations')).to.deep.equal(['HUB']);
    expect(await selected('operator=nobody', 'locations')).to.deep.equal([]);
    expect(await selected('evse_id=nltnme7')).to.deep.equal(['BOTH-x']);
  });

  it('by box, of EVSEs by where they stand themselves; heights decide nothing', async () => {
    expect(await selected('bbox=5.2,52.1,5.4,52.3')).to.deep.equal(['HUB-ac']);
    expect(await selected('bbox=5.2,52.1,-100,5.4,52.3,100')).to.deep.equal(['HUB-ac']);
    expect(await selected('bbox=5.2,52.1,5.4,52.3', 'locations')).to.deep.equal([]);
    expect(await selected('bbox=5.110278,52.089444,5.110278,52.089444', 'locations')).to.deep.equal([
      'HUB',
      'BOTH',
    ]);
    expect(await selected('bbox=5.1102781,52,6,53', 'locations'), 'to the last decimal').to.deep.equal([]);
  });

  it('by box where they are now, after they or their Location moved', async () => {
    const move = async (place: string, own: string | undefined) => {
      const at = (degrees: string) => ({ latitude: degrees, longitude: '-170.000000' });
      const coordinates = own === undefined ? {} : { coordinates: at(own) };
      await put('MOVES', { coordinates: at(place), evses: [buildEvse({ uid: 'm', ...coordinates })] });
    };
    const found = async () => [
      await selected('bbox=-171,9,-169,11'),
      await selected('bbox=-171,19,-169,21'),
      await selected('bbox=-171,19,-169,21', 'locations'),
    ];
    await move('10.000000', undefined);
    expect(await found()).to.deep.equal([['MOVES-m'], [], []]);
    await move('20.000000', undefined);
    expect(await found()).to.deep.equal([[], ['MOVES-m'], ['MOVES']]);
    await move('20.000000', '10.000000');
    expect(await found()).to.deep.equal([['MOVES-m'], [], ['MOVES']]);
    await move('10.000000', '10.000000');
    expect(await found()).to.deep.equal([['MOVES-m'], [], []]);
    await put('MOVES', { publish: false });
  });

  it('by box across the antimeridian', async () => {
    expect(await selected('bbox=179,-45,-179,-43', 'locations')).to.deep.equal(['WEST', 'EAST']);
    expect(await selected('bbox=-179,-45,179,-43', 'locations')).to.deep.equal([]);
    expect(await selected('bbox=179,-45,180,-43', 'locations')).to.deep.equal(['EAST']);
  });

  it('by the time that their owner gives them, both ends included', async () => {
    expect(await selected('datetime=2026-06-01T13:00:00Z')).to.deep.equal(['HUB-dc']);
    expect(await selected('datetime=2026-06-01T12:00:00.001Z/..', 'locations')).to.deep.equal(['HUB']);
    expect(await selected('datetime=../2026-06-01T12:00:00Z&party=NL-TNM', 'locations')).to.deep.equal([
      'BOTH',
    ]);
    expect(await selected('datetime=2026-06-01T15:00:00%2B02:00/2026-06-01T13:00:00Z')).to.deep.equal([
      'HUB-dc',
    ]);
    expect(await selected('datetime=2026-06-01&party=NL-TNM')).to.have.length(3);
    expect(await selected('datetime=2026-06-02/')).to.deep.equal([]);
  });

  it('by the time that is shown: a heartbeat, of which nobody is told, moves neither', async () => {
    const heartbeat = { last_updated: '2026-06-05T00:00:00Z' };
    const path = '/ocpi/2.2.1/receiver/locations/NL/TNM/BOTH';
    const { data } = (await partner.client.get(path)).body;
    await partner.client.put(path, { ...data, ...heartbeat, evses: [{ ...data.evses[0], ...heartbeat }] });
    expect((await partner.client.get(path)).body.data.last_updated).to.equal(heartbeat.last_updated);
    for (const collection of ['locations', 'evses']) {
      expect(await selected('datetime=2026-06-05T00:00:00Z', collection), collection).to.deep.equal([]);
      const then = await ogc.walk(
        `/collections/${collection}/items?datetime=../2026-06-01T12:00:00Z&party=NL-TNM`,
      );
      expect(then.at(-1).properties).to.include({
        location_id: 'BOTH',
        last_updated: '2026-06-01T12:00:00Z',
      });
    }
    await partner.client.patch(`${path}/x`, { status: 'BLOCKED', last_updated: '2026-06-05T01:00:00Z' });
    expect(await selected('datetime=2026-06-05T01:00:00Z')).to.deep.equal(['BOTH-x']);
    expect(await selected('datetime=2026-06-05T01:00:00Z', 'locations')).to.deep.equal(['BOTH']);
  });
});
