/** What describes the data: JSON Schemas, CSVW, `/.well-known/nap.json`, DCAT; each held against what is served. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import jsonld from 'jsonld';
import type { Quad, Store } from 'n3';
import { PREFIXES } from '../../../exports/catalogue/dcat-vocabulary.ts';
import { SCHEMAS } from '../../../exports/schemas/schemas.ts';
import { fillFixtureRegistry } from '../../exports/fixture-registry.ts';
import { parseCsv } from '../../exports/parse-csv.ts';
import { compileSchemas, newAjv } from '../../support/json-schemas.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { parseTurtle } from '../../support/validate-catalogue.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of any shape.
type Json = any;

const PUBLIC_URL = 'https://nap.example';

describe('descriptions of open data', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({
      config: {
        licence: 'CC0-1.0',
        name: 'NAP "Testland"',
        publicUrl: PUBLIC_URL,
        contact: 'data@nap.example',
      },
    });
    await fillFixtureRegistry(server.database);
    await server.services.qualityRound.run();
    for (const { state } of await server.services.snapshots.build()) expect(state).to.equal('built');
  });
  after(() => server.stop());

  async function get(path: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${server.url}${path}`, { headers });
    return { answer, text: await answer.text() };
  }

  async function json(path: string): Promise<Json> {
    const { answer, text } = await get(path);
    expect(answer.status, path).to.equal(200);
    return JSON.parse(text);
  }

  describe('JSON Schemas', () => {
    const OUTPUTS: readonly (readonly [schema: string, path: string])[] = [
      ['location-feature-collection', '/data/locations.geojson'],
      ['location-feature-collection', '/data/locations.geojson?view=resolved'],
      ['nap', '/.well-known/nap.json'],
      ['downloads', '/data'],
      ['days', '/data/daily'],
      ['problem', '/data/nothing'],
      ['quality', '/quality'],
      ['quality-party', '/quality/NL-TNM'],
      ['quality-evse', '/quality/evse/NL*TNM*E1*1'],
    ];
    for (const [schema, path] of OUTPUTS) {
      it(`${schema} says everything that ${path} has, and nothing else`, async () => {
        const document = JSON.parse((await get(path)).text);
        const validate = compileSchemas({ closed: true })(schema);
        validate(document);
        const faults = (validate.errors ?? []).map(({ instancePath, message, params }) => [
          instancePath,
          message,
          params,
        ]);
        expect(JSON.stringify(faults.slice(0, 5))).to.equal('[]');
      });
    }

    it('are served whole, valid by their own dialect, and refer to each other by their URLs', async () => {
      const ajv = newAjv();
      for (const name of SCHEMAS.keys()) {
        const { answer, text } = await get(`/data/schemas/${name}.json`);
        expect(answer.headers.get('content-type')).to.equal('application/schema+json');
        const schema = JSON.parse(text);
        expect(schema.$id).to.equal(`${PUBLIC_URL}/data/schemas/${name}.json`);
        ajv.addSchema(schema);
      }
      for (const name of SCHEMAS.keys()) {
        expect(ajv.getSchema(`${PUBLIC_URL}/data/schemas/${name}.json`), name).to.be.a('function');
      }
      const { answer } = await get('/data/schemas/nothing.json');
      expect(answer.status).to.equal(404);
    });

    it('are named by every feed that has one, and there', async () => {
      const { feeds } = await json('/.well-known/nap.json');
      const schemas = feeds.flatMap(({ schema }: Json) => schema ?? []);
      expect(schemas).to.include(`${PUBLIC_URL}/data/schemas/location-feature-collection.json`);
      for (const url of new Set<string>(schemas)) await json(url.replace(PUBLIC_URL, ''));
    });
  });

  describe('/.well-known/nap.json', () => {
    it('has every file in each view as it is served: size, checksum, sequence, type', async () => {
      const { feeds, sequence } = await json('/.well-known/nap.json');
      const listings = await server.services.snapshots.list();
      const files = feeds.filter(({ kind }: Json) => kind === 'file');
      expect(files).to.have.length(listings.length);
      for (const feed of files) {
        const answer = await fetch(feed.url.replace(PUBLIC_URL, server.url));
        const bytes = Buffer.from(await answer.arrayBuffer());
        expect(createHash('sha256').update(bytes).digest('hex'), feed.id).to.equal(feed.sha256);
        expect(bytes.length).to.equal(feed.bytes);
        expect(answer.headers.get('content-type')).to.equal(feed.media_type);
        expect(answer.headers.get('nap-sequence')).to.equal(String(feed.sequence));
        expect(feed.sequence).to.equal(sequence);
        expect(feed).to.deep.include({ licence: 'CC0-1.0', contact: 'data@nap.example', cadence: 'PT1M' });
        expect(feed.freshness).to.include({ behind: 0, behind_s: 0 });
      }
      expect(new Set(feeds.map(({ id }: Json) => id)).size, 'ids are unique').to.equal(feeds.length);
    });

    it('says how far files are behind, until they are built again', async () => {
      const { client } = await server.addConnection('cpo', { parties: ['NL-GFX'] });
      const tariff = { country_code: 'NL', party_id: 'GFX', id: 'T', currency: 'EUR' };
      await client.put('/ocpi/2.2.1/receiver/tariffs/NL/GFX/T', {
        ...{ ...tariff, last_updated: '2026-11-01T10:00:00Z' },
        elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] }],
      });
      const behind = async () => {
        const { feeds } = await json('/.well-known/nap.json');
        return Object.fromEntries(
          feeds.flatMap(({ id, freshness }: Json) => (freshness ? [[id, freshness.behind]] : [])),
        );
      };
      expect(await behind()).to.include({ 'tariffs.csv': 1, 'locations.csv': 0 });
      await server.services.snapshots.build();
      expect(await behind()).to.include({ 'tariffs.csv': 0, 'locations.csv': 0 });
    });

    it('names the licence, the contact, the limits, the age of statuses, and where to read on', async () => {
      const { answer, text } = await get('/.well-known/nap.json');
      expect(answer.headers.get('access-control-allow-origin')).to.equal('*');
      expect(answer.headers.get('cache-control')).to.equal('public, max-age=10');
      const document = JSON.parse(text);
      expect(document).to.include({
        ...{ licence: 'CC0-1.0', attribution: 'NAP "Testland"', contact: 'data@nap.example' },
        ...{ country_code: 'DE', documentation: `${PUBLIC_URL}/data`, openapi: `${PUBLIC_URL}/openapi.json` },
      });
      expect(document.rate_limits.map(({ name }: Json) => name)).to.deep.equal(['api', 'download', 'stream']);
      expect(document.status_age.p50_s).to.be.above(0);
      expect(document.status_age.p95_s).to.be.at.least(document.status_age.p50_s);
      const services = document.feeds.filter(({ kind }: Json) => kind === 'service');
      expect(services.map(({ id }: Json) => id)).to.include.members([
        'changes',
        'changes-stream',
        'ogc',
        'tiles',
      ]);
    });
  });

  describe('CSV on the Web', () => {
    it('describes every column of every table, in order, with its type, where the standard looks for it', async () => {
      const listings = await server.services.snapshots.list();
      const tables = listings.filter(
        ({ format, view }) => view === 'raw' && format.mediaType.startsWith('text/csv'),
      );
      expect(tables).to.have.length.above(1);
      for (const { format } of tables) {
        const { answer, text } = await get(`/data/${format.name}-metadata.json`);
        expect(answer.headers.get('content-type')).to.equal('application/csvm+json');
        const metadata = JSON.parse(text);
        expect(metadata['@context'][0]).to.equal('http://www.w3.org/ns/csvw');
        expect(metadata.url).to.equal(format.name);
        expect(metadata['dc:license']).to.deep.equal({ '@id': 'https://spdx.org/licenses/CC0-1.0.html' });
        expect(metadata['dc:rights']).to.include('NAP "Testland"');
        const [header] = parseCsv((await get(`/data/${format.name}`)).text);
        expect(metadata.tableSchema.columns.map(({ name }: Json) => name)).to.deep.equal(header);
        for (const column of metadata.tableSchema.columns) {
          expect(column.datatype).to.be.oneOf([
            'string',
            'integer',
            'number',
            'boolean',
            'date',
            'dateTime',
            'anyURI',
          ]);
          expect(column).to.include({ null: '', titles: column.name });
        }
      }
    });

    it('is there for tables alone', async () => {
      for (const name of ['locations.geojson', 'nothing.csv']) {
        expect((await get(`/data/${name}-metadata.json`)).answer.status, name).to.equal(404);
      }
    });
  });

  describe('DCAT', () => {
    const at = (name: string) => `${PUBLIC_URL}/data#${name}`;

    async function turtle(): Promise<Store> {
      return parseTurtle((await get('/data/catalogue.ttl')).text);
    }

    function values(store: Store, subject: string, property: string): string[] {
      const [prefix = '', name = ''] = property.split(':');
      const predicate = (PREFIXES as Record<string, string>)[prefix] + name;
      return store.getObjects(subject, predicate, null).map(({ value }) => value);
    }

    it('is the same graph in Turtle and in JSON-LD', async () => {
      const fromTurtle = await turtle();
      const document = JSON.parse((await get('/data/catalogue.jsonld')).text);
      const quads = (await jsonld.toRDF(document, {})) as unknown as Quad[];
      const key = ({ subject, predicate, object }: Quad) => {
        const { value, termType } = object;
        const { language = '', datatype } = object as { language?: string; datatype?: { value: string } };
        return JSON.stringify([subject.value, predicate.value, termType, value, language, datatype?.value]);
      };
      expect(quads.map(key).sort()).to.deep.equal([...fromTurtle].map((quad) => key(quad as Quad)).sort());
      expect(fromTurtle.size).to.be.above(200);
    });

    it('is what /data answers to whoever asks for JSON-LD or Turtle', async () => {
      for (const [accept, path] of [
        ['text/turtle', '/data/catalogue.ttl'],
        ['application/ld+json', '/data/catalogue.jsonld'],
      ] as const) {
        const { answer, text } = await get('/data', { accept });
        expect(answer.headers.get('content-type')).to.match(new RegExp(`^${accept.replace('+', '\\+')}`));
        expect(text).to.equal((await get(path)).text);
        expect(answer.headers.get('vary')).to.include('Accept');
        const again = await get(path, {
          'if-none-match': (await get(path)).answer.headers.get('etag') ?? '',
        });
        expect(again.answer.status).to.equal(304);
      }
    });

    it('has what the profiles make mandatory, once where they want it once', async () => {
      const store = await turtle();
      const MANDATORY: Readonly<Record<string, readonly string[]>> = {
        'dcat:Catalog': ['dct:title', 'dct:description', 'dct:publisher', 'foaf:homepage', 'dct:spatial'],
        'dcat:CatalogRecord': ['foaf:primaryTopic', 'dct:created', 'dct:modified', 'dct:language'],
        'dcat:Dataset': [
          ...['dct:title', 'dct:description', 'dct:publisher', 'dcat:contactPoint', 'dct:spatial'],
          'dct:accrualPeriodicity',
        ],
        'dcat:Distribution': [
          ...['dcat:accessURL', 'dcat:downloadURL', 'dct:format', 'dct:rights', 'dct:license'],
          ...['mobilitydcatap:mobilityDataStandard', 'mobilitydcatap:applicationLayerProtocol'],
        ],
        'dcat:DataService': ['dcat:endpointURL', 'dcat:endpointDescription', 'dct:title'],
        'foaf:Agent': ['foaf:name', 'foaf:mbox'],
        'vcard:Kind': ['vcard:fn', 'vcard:hasEmail'],
        'skos:Concept': ['skos:prefLabel'],
        'dct:RightsStatement': ['dct:type'],
      };
      for (const [type, properties] of Object.entries(MANDATORY)) {
        const [prefix = '', name = ''] = type.split(':');
        const iri = (PREFIXES as Record<string, string>)[prefix] + name;
        const subjects = store.getSubjects(`${PREFIXES.rdf}type`, iri, null);
        expect(subjects, type).to.have.length.above(0);
        for (const subject of subjects) {
          for (const property of properties) {
            expect(values(store, subject.value, property), `${subject.value} ${property}`).to.have.length(1);
          }
        }
      }
    });

    it('has a static and a dynamic data set, each with one distribution a format', async () => {
      const store = await turtle();
      const formats = (await server.services.snapshots.list()).filter(({ view }) => view === 'raw');
      for (const set of ['static', 'dynamic'] as const) {
        const urls = values(store, at(set), 'dcat:distribution').map(
          (distribution) => values(store, distribution, 'dcat:downloadURL')[0],
        );
        const wanted = formats.filter(({ format }) => format.dataSets.includes(set));
        expect(urls.sort()).to.deep.equal(
          wanted.map(({ format }) => `${PUBLIC_URL}/data/${format.name}`).sort(),
        );
        expect(values(store, at(set), 'mobilitydcatap:mobilityTheme')).to.have.length(2);
      }
      expect(values(store, at('static'), 'dct:spatial')).to.deep.equal([
        'http://publications.europa.eu/resource/authority/country/DEU',
      ]);
      const standard = values(store, at('static-locations.ocpi.json'), 'mobilitydcatap:mobilityDataStandard');
      expect(standard).to.deep.equal(['https://w3id.org/mobilitydcat-ap/mobility-data-standard/ocpi']);
    });

    it('types whatever it refers to outside itself, as the ranges of the profiles want it', async () => {
      const store = await turtle();
      const untypedObjects = [...store].filter(
        ({ object, predicate }) =>
          object.termType === 'NamedNode' &&
          predicate.value !== `${PREFIXES.rdf}type` &&
          store.countQuads(object, `${PREFIXES.rdf}type`, null, null) === 0,
      );
      const untyped = new Set(untypedObjects.map(({ predicate }) => predicate.value.split(/[#/]/).at(-1)));
      expect([...untyped].sort()).to.deep.equal([...['downloadURL', 'endpointDescription', 'endpointURL']]);
    });
  });
});
