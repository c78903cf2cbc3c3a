import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { fillFixtureRegistry, SECRET } from '../../../exports/fixture-registry.ts';
import { send } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';
import { type Json, linkOf, OgcClient } from './ogc-client.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const COLLECTIONS = ['locations', 'evses', 'tariffs'];
const QUERYABLES = 'http://www.opengis.net/def/rel/ogc/1.0/queryables';
const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';

describe('OGC API Features: the service', () => {
  let server: TestServer;
  let ogc: OgcClient;

  before(async () => {
    const name = 'NAP <b>of</b> "Testland"';
    server = await startTestServer({ config: { name, licence: 'CC0-1.0' } });
    await fillFixtureRegistry(server.database);
    ogc = new OgcClient(server.url);
  });
  after(() => server.stop());

  /** Every resource that there is, one of each. */
  function resources(): string[] {
    return [
      ...['', '/conformance', '/api', '/collections'],
      ...COLLECTIONS.flatMap((id) =>
        ['', '/queryables', '/items'].map((below) => `/collections/${id}${below}`),
      ),
      '/collections/locations/items/NL-TNM-LOC-1',
      '/collections/evses/items/NL-TNM-LOC-1-E1',
      '/collections/tariffs/items/NL-TNM-TOU',
    ];
  }

  it('Core: the landing page links to everything that there is', async () => {
    const landing = await ogc.json('');
    expect(landing.title).to.include('Testland');
    for (const [rel, type] of [
      ['self', 'application/json'],
      ['alternate', 'text/html'],
      ['service-desc', 'application/vnd.oai.openapi+json;version=3.0'],
      ['service-doc', 'text/html'],
      ['conformance', 'application/json'],
      ['data', 'application/json'],
    ] as const) {
      const link = linkOf(landing, rel, type);
      expect(link, rel).to.include.keys('href', 'title');
      const { status, headers } = await ogc.get(link.href);
      expect(status, rel).to.equal(200);
      expect(headers['content-type']?.split('; ')[0], rel).to.equal(type);
    }
    expect(linkOf(landing, 'license').href).to.equal('https://spdx.org/licenses/CC0-1.0.html');
  });

  it('Core: declares the conformance classes that hold, and no other', async () => {
    expect((await ogc.json('/conformance')).conformsTo).to.deep.equal([
      ...['core', 'geojson', 'html', 'oas30'].map(
        (name) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${name}`,
      ),
      ...['queryables', 'queryables-query-parameters'].map(
        (name) => `http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/${name}`,
      ),
    ]);
  });

  it('OpenAPI 3.0: the document is valid, and has every path and every parameter that is served', async () => {
    const document = await ogc.json('/api');
    const result = await new Validator().validate(document);
    expect(result.errors).to.equal(undefined);
    expect(result.valid).to.equal(true);
    expect(document.servers).to.deep.equal([{ url: `${server.url}/ogc` }]);
    for (const id of COLLECTIONS) {
      const { parameters } = document.paths[`/collections/${id}/items`].get;
      const names = parameters.map((parameter: Json) =>
        parameter.$ref
          ? document.components.parameters[parameter.$ref.split('/').at(-1)].name
          : parameter.name,
      );
      expect(names).to.include.members(['bbox', 'bbox-crs', 'crs', 'datetime', 'limit', 'cursor', 'f']);
      expect(await ogc.refusal(`/collections/${id}/items?nonsense=1`)).to.equal(
        `nonsense is not a parameter here; there are ${names.join(', ')}`,
      );
      const { properties } = await ogc.json(`/collections/${id}/queryables`);
      expect(names).to.include.members(Object.keys(properties));
    }
    for (const path of Object.keys(document.paths)) {
      if (!path.includes('{')) expect((await ogc.get(path)).status, path).to.equal(200);
    }
  });

  it('Core: each collection says what it is, how far it reaches, and where its Features are', async () => {
    const { collections, links } = await ogc.json('/collections');
    expect(links[0]).to.include({ rel: 'self', href: `${server.url}/ogc/collections` });
    expect(collections.map(({ id }: Json) => id)).to.deep.equal(COLLECTIONS);
    for (const collection of collections) {
      expect(collection).to.include({ itemType: 'feature' }).and.to.include.keys('title', 'description');
      expect(collection.crs).to.deep.equal([CRS84]);
      expect(collection).to.deep.equal(await ogc.json(`/collections/${collection.id}`));
      expect(linkOf(collection, 'items', 'application/geo+json').href).to.equal(
        `${server.url}/ogc/collections/${collection.id}/items`,
      );
      const { spatial, temporal } = collection.extent;
      expect(spatial).to.deep.equal({
        bbox: [[-0.124625, 51.500729, 5.110301, 52.089501]].map((box) =>
          collection.id === 'evses' ? box : [-0.124625, 51.500729, 5.110278, 52.089444],
        ),
        crs: CRS84,
      });
      expect(temporal.interval[0][0]).to.equal('2026-06-01T12:00:00.000Z');
      expect(temporal.interval[0][1]).to.equal(
        collection.id === 'evses' ? '2026-06-02T07:00:00.123Z' : '2026-06-01T12:00:00.000Z',
      );
    }
  });

  it('Part 3: queryables are a JSON Schema that lists and collections link to', async () => {
    for (const id of COLLECTIONS) {
      const { text, headers } = await ogc.get(`/collections/${id}/queryables?f=json`);
      const schema = JSON.parse(text);
      expect(headers['content-type']).to.equal('application/schema+json');
      expect(schema).to.include({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `${server.url}/ogc/collections/${id}/queryables`,
        type: 'object',
      });
      for (const property of Object.values<Json>(schema.properties)) {
        expect(property).to.include.keys('type', 'title', 'description');
      }
      for (const path of [`/collections/${id}`, `/collections/${id}/items`]) {
        const answer = await ogc.get(path);
        const link = linkOf(JSON.parse(answer.text), QUERYABLES, 'application/schema+json');
        expect(link.href).to.equal(schema.$id);
        expect(answer.headers.link).to.include(`<${schema.$id}>; rel="${QUERYABLES}"`);
      }
    }
    const { properties } = await ogc.json('/collections/evses/queryables');
    expect(Object.keys(properties)).to.deep.equal([
      ...['party', 'operator', 'connector', 'min_power_kw', 'status', 'evse_id'],
    ]);
    expect(properties.status.enum).to.include.members(['AVAILABLE', 'UNKNOWN']).and.not.include('REMOVED');
  });

  it('HTML: every resource is a page too, by address or by Accept, escaped and without scripts', async () => {
    for (const path of resources()) {
      const page = await ogc.get(path, { Accept: BROWSER });
      expect(page.status, path).to.equal(200);
      expect(page.headers, path).to.include({ 'content-type': 'text/html; charset=utf-8' });
      expect(page.headers.vary).to.match(/\bAccept\b/);
      expect(page.headers['content-security-policy']).to.include("default-src 'none'; style-src 'sha256-");
      expect(page.text)
        .to.match(/^<!doctype html>\n<html lang="en">/)
        .and.to.include('<title>');
      expect(page.text, path).to.not.match(/<script|javascript:|\son[a-z]+=|<b>/);
      expect(page.text).to.include('NAP &lt;b&gt;of&lt;/b&gt;');
      expect(page.text).to.not.include(SECRET);
      // The page links to the JSON, and the JSON to the page.
      const json = /href="([^"]+)">This page as JSON/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
      const answer = await ogc.get(json, { Accept: BROWSER });
      expect(answer.headers['content-type'], json).to.match(/json/);
      const { links } = JSON.parse(answer.text);
      if (links) {
        const back = linkOf({ links }, 'alternate', 'text/html').href;
        expect((await ogc.get(back)).headers['content-type']).to.equal('text/html; charset=utf-8');
      }
    }
  });

  it('HTML: pages of Features lead to the next one and back', async () => {
    const first = await ogc.get('/collections/evses/items?f=html&limit=2');
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(first.text) ?? [];
    const second = await ogc.get(next.replaceAll('&amp;', '&'));
    expect(second.headers['content-type']).to.equal('text/html; charset=utf-8');
    const [, previous = ''] = /rel="prev" href="([^"]+)"/.exec(second.text) ?? [];
    const again = await ogc.get(previous.replaceAll('&amp;', '&'));
    expect(/<tbody>[\s\S]*<\/tbody>/.exec(again.text)?.[0]).to.equal(
      /<tbody>[\s\S]*<\/tbody>/.exec(first.text)?.[0],
    );
    expect(first.text).to.not.include('rel="prev"');
  });

  it('answers in JSON whoever asks for neither, refuses other forms and parameters that it does not know', async () => {
    expect((await ogc.get('', { Accept: 'application/xml' })).headers['content-type']).to.equal(
      'application/json',
    );
    expect(await ogc.refusal('?f=xml')).to.equal('f: must be json or html');
    for (const path of resources()) expect(await ogc.refusal(`${path}?nonsense=1`)).to.include('nonsense');
    expect(await ogc.refusal('?f=json&f=html')).to.include('more than once');
  });

  it('says in words what there is not', async () => {
    const unknown = await ogc.get('/collections/chargers/items');
    expect(unknown.status).to.equal(404);
    expect(JSON.parse(unknown.text).detail).to.equal(
      'There is no such collection; there are locations, evses, tariffs',
    );
    for (const path of [
      '/collections/locations/items/NL-TNM-NOWHERE',
      '/collections/locations/items/nonsense',
      '/collections/locations/items/NL-TNM-HIDDEN',
      '/collections/locations/items/NL-TNM-GONE',
      '/collections/evses/items/NL*TNM*E404',
      '/collections/evses/items/NL-TNM-LOC-1-E2',
      '/collections/tariffs/items/NL-TNM-NOWHERE',
      `/collections/evses/items/${'-'.repeat(5_000)}`,
      '/collections/evses/items/NL-TNM-%00-1',
    ]) {
      const { status, text } = await ogc.get(path);
      expect(status, path).to.equal(404);
      expect(JSON.parse(text).detail, path).to.include('is known by this id');
    }
  });

  it('is read only, from any origin, and says up to which change it is complete', async () => {
    for (const path of resources()) {
      const { headers } = await ogc.get(path);
      expect(headers['access-control-allow-origin'], path).to.equal('*');
      expect(headers['cache-control']).to.equal('public, max-age=10');
      expect(Number(headers['nap-sequence'])).to.be.greaterThan(0);
      const refused = await send(server.url, 'POST', `/ogc${path}`);
      expect(refused.status).to.equal(405);
      expect(refused.headers.allow).to.equal('GET, HEAD, OPTIONS');
      const { status, text } = await send(server.url, 'HEAD', `/ogc${path}`);
      expect([status, text]).to.deep.equal([200, '']);
    }
  });

  it('gives documents and single Features a tag, and 304 to whoever has them', async () => {
    for (const path of resources().filter((one) => !one.endsWith('/items'))) {
      const { etag = '' } = (await ogc.get(path)).headers;
      const again = await ogc.get(path, { 'If-None-Match': etag });
      expect([again.status, again.text], path).to.deep.equal([304, '']);
      // As browsers ask for a page's `fetch` with a tag.
      const fetched = await ogc.get(path, { 'If-None-Match': etag, 'Cache-Control': 'no-cache' });
      expect(fetched.status, path).to.equal(304);
      expect(again.headers.etag).to.equal(etag);
    }
    expect((await ogc.get('/collections/locations/items')).headers.etag).to.equal(undefined);
  });
});
