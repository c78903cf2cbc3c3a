import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { isFeatureCollection } from 'geojson-validation';
import { pino } from 'pino';
import { discoverFormats } from '../../exports/discover.ts';
import type { Edition, ExportFormat } from '../../exports/format.ts';
import { createSnapshots, type Snapshots } from '../../exports/snapshots.ts';
import { ocpi221Validator } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import {
  fillFixtureRegistry,
  LOCATIONS_IN_221,
  PUBLIC_LOCATIONS,
  SECRET,
  TARIFFS_IN_221,
} from './fixture-registry.ts';
import { parseCsv, parseCsvTable } from './parse-csv.ts';

const PUBLICATION = { name: 'NAP of Testland', licence: 'CC0-1.0', attribution: 'NAP of Testland' };
const EDITION: Edition = {
  publication: PUBLICATION,
  sequence: 7,
  generatedAt: new Date('2026-06-03T09:00:00Z'),
};

const FORMATS_FOLDER = new URL('../../exports/formats/', import.meta.url);

/** The contract is tested of every file found, so a new format is tested before anybody writes a test for it. */
const FORMAT_FILES = readdirSync(FORMATS_FOLDER);

/** The columns of the contract (design, section 7), to the letter. */
const LOCATION_COLUMNS =
  'country_code,party_id,location_id,name,address,postal_code,city,state,country,latitude,longitude,time_zone,parking_type,open_24_7,operator,suboperator,owner,help_phone,evse_uid,evse_id,status,floor_level,physical_reference,capabilities,parking_restrictions,connector_id,standard,format,power_type,max_voltage,max_amperage,max_power_w,tariff_ids,green_energy,location_last_updated,evse_last_updated,connector_last_updated';

describe('export formats', () => {
  let database: TestDatabase;
  let directory: string;
  let snapshots: Snapshots;
  let formats: ExportFormat[];
  const files = new Map<string, string>();
  const errors: string[] = [];

  before(async () => {
    formats = await discoverFormats();
    database = await openTestDatabase();
    await fillFixtureRegistry(database);
    directory = await mkdtemp(join(tmpdir(), 'nap-formats-'));
    snapshots = createSnapshots({
      knex: database.knex,
      directory,
      publication: PUBLICATION,
      clock: () => EDITION.generatedAt,
      logger: pino({ level: 'error' }, { write: (line: string) => errors.push(line) }),
      readPartyNames: async () => new Map([['GB-ABC', 'Albion Charging']]),
    });
    for (const { format, state } of await snapshots.build()) expect(state, format).to.equal('built');
    for (const { name } of formats) {
      const snapshot = await snapshots.current(name);
      files.set(name, await readFile(snapshot?.identity.path ?? '', 'utf8'));
    }
  });
  after(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  function file(name: string): string {
    return files.get(name) ?? expect.fail(`no file ${name}`);
  }

  /** Objects of a JSON format, rows of a table. */
  function objectsOf(format: ExportFormat, text: string): unknown[] {
    if (format.columns) return parseCsvTable(text);
    const { features, data } = JSON.parse(text);
    return features ?? data;
  }

  it('are the five of the contract, one file each', () => {
    expect(formats.map(({ name }) => name)).to.deep.equal([
      'locations.csv',
      'locations.geojson',
      'locations.ocpi.json',
      'tariffs.csv',
      'tariffs.ocpi.json',
    ]);
  });

  for (const formatFile of FORMAT_FILES) {
    describe(`exports/formats/${formatFile}`, () => {
      let format: ExportFormat;

      before(async () => {
        const module = Object.values(
          await import(new URL(formatFile, FORMATS_FOLDER).href),
        ) as ExportFormat[];
        format =
          formats.find(({ name }) => name === module[0]?.name) ??
          expect.fail('it is not found by its folder');
      });

      it('says what it is to people and to programs', () => {
        expect(format.title).to.match(/^\S.{3,60}$/);
        expect(format.description).to.match(/^\S.{20,300}\.$/);
        expect(format.mediaType).to.match(/^[a-z]+\/[a-z+.-]+(; [a-z]+=[a-z0-9-]+)*$/);
        for (const column of format.columns ?? []) expect(column.description).to.match(/^\S.{3,}/);
      });

      it('is whole when the registry is empty', () => {
        const text = `${format.open(EDITION)}${format.close(EDITION, [])}`;
        expect(objectsOf(format, text)).to.deep.equal([]);
      });

      it('has the objects of the registry, in order of creation', () => {
        const objects = objectsOf(format, file(format.name)) as Record<string, unknown>[];
        expect(objects.length).to.be.greaterThan(2);
      });

      it('names its columns in the first line and nowhere else', () => {
        const [first] = format.columns ? parseCsv(file(format.name)) : [[]];
        expect(first).to.deep.equal(format.columns?.map(({ name }) => name) ?? []);
      });

      it('OD-01, OD-02, OD-03: holds nothing that is not public', () => {
        expect(file(format.name)).to.not.include(SECRET).and.not.include('publish_allowed_to');
        expect(file(format.name))
          .to.not.include('HIDDEN')
          .and.not.include('WITHDRAWN')
          .and.not.include('REMOVED');
      });

      it('OD-10: is UTF-8 without a byte order mark', async () => {
        const snapshot = await snapshots.current(format.name);
        const bytes = await readFile(snapshot?.identity.path ?? '');
        expect(
          Buffer.from(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)),
        ).to.deep.equal(bytes);
        expect(bytes.subarray(0, 3)).to.not.deep.equal(Buffer.from([0xef, 0xbb, 0xbf]));
      });

      it('is the same when it is unpacked', async () => {
        const snapshot = await snapshots.current(format.name);
        const packed = await readFile(snapshot?.gzip.path ?? '');
        expect(gunzipSync(packed).toString('utf8')).to.equal(file(format.name));
      });

      it('is what it was when somebody last looked', () => expectGolden(format.name, file(format.name)));
    });
  }

  it('were built without an error in the log', () => {
    expect(errors).to.deep.equal([]);
  });

  describe('locations.geojson', () => {
    it('is valid GeoJSON, a Feature a Location, and names licence, attribution, time and sequence', () => {
      const collection = JSON.parse(file('locations.geojson'));
      expect(isFeatureCollection(collection, true)).to.deep.equal([]);
      expect(collection).to.include({
        licence: 'CC0-1.0',
        attribution: 'NAP of Testland',
        generated_at: '2026-06-03T09:00:00.000Z',
      });
      expect(collection.sequence).to.be.a('number').above(0);
      expect(collection.features).to.have.length(PUBLIC_LOCATIONS);
    });

    it('OD-09: a Location without an operator has the name of its party, where it is known', () => {
      const { features } = JSON.parse(file('locations.geojson'));
      const operators = Object.fromEntries(
        features.map(({ id, properties }: never) => [id, (properties as { operator: unknown }).operator]),
      );
      expect(operators).to.include({
        'GB-ABC-loc-1': 'Albion Charging',
        'NL-TNM-LOC-1': 'Tandem',
        'NL-TNM-TRUCKS': null,
      });
    });
  });

  describe('locations.csv', () => {
    const row = (connector: string): Record<string, string> => {
      const found = parseCsvTable(file('locations.csv')).find((cells) => cells.connector_id === connector);
      return found ?? expect.fail(`no row for connector ${connector}`);
    };

    it('has the columns of the contract and a row a connector of every EVSE that is shown', () => {
      expect(file('locations.csv').split('\r\n')[0]).to.equal(LOCATION_COLUMNS);
      expect(parseCsvTable(file('locations.csv'))).to.have.length(8);
    });

    it('OD-05: has the coordinates of the EVSE where it has its own, as text of the owner', () => {
      const rows = parseCsvTable(file('locations.csv'));
      expect(
        rows.filter(({ location_id }) => location_id === 'LOC-1').map(({ longitude }) => longitude),
      ).to.deep.equal(['5.110301', '5.110301', '5.110278']);
    });

    it('OD-07: makes formulas in free text harmless and leaves IDs and numbers as they are', () => {
      expect(row('m')).to.include({
        name: `'=HYPERLINK("http://evil.example","free, really")`,
        address: "'@home 1",
        state: "'\tUtrecht",
        operator: "'+cmd|calc!A0",
        suboperator: "'-1+2",
        physical_reference: "'=A1",
        help_phone: '+31 20 123 45 67',
        floor_level: '-1',
        evse_uid: '-1',
        evse_id: '+31*810*000*438',
      });
      expect(
        parseCsvTable(file('locations.csv')).find(({ party_id }) => party_id === 'ABC')?.longitude,
      ).to.equal('-0.124625');
      expect(row("'=1+1").power_type).to.equal('DC');
    });

    it('OD-06: has the power as stated, else derived, else none', () => {
      expect(row('m').max_power_w).to.equal('1000000');
      expect(row("'=1+1").max_power_w).to.equal('150000');
      expect(row('j').max_power_w).to.equal('');
    });

    it('LR-24, TR-14: an unknown tariff is an empty cell; ENV-12: so is #NA', () => {
      expect(row('2').tariff_ids).to.equal('');
      expect(parseCsvTable(file('locations.csv'))[0]?.tariff_ids).to.equal('FREE|TOU');
      expect(parseCsvTable(file('locations.csv')).find(({ party_id }) => party_id === 'ABC')?.city).to.equal(
        '',
      );
    });
  });

  describe('locations.ocpi.json', () => {
    it('LS-11: every Location is valid OCPI 2.2.1, and what 2.2.1 lacks is left out', () => {
      const { data, ...envelope } = JSON.parse(file('locations.ocpi.json'));
      expect(envelope).to.include({ status_code: 1000, version: '2.2.1', licence: 'CC0-1.0' });
      expect(data).to.have.length(LOCATIONS_IN_221);
      for (const location of data) {
        // The line break in a name is no fault of the export: the registry holds it, and it leaves as it came.
        const problems = ocpi221Validator().validate('location', {
          ...location,
          name: undefined,
          state: undefined,
        });
        expect(problems, location.id).to.deep.equal([]);
      }
      expect(file('locations.ocpi.json')).to.not.include('MCS').and.not.include('help_phone');
    });

    it('OD-08: opening hours stay the local ones of the owner, beside their time zone', () => {
      const { data } = JSON.parse(file('locations.ocpi.json'));
      const { opening_times, time_zone } = data.find(({ id }: { id: string }) => id === 'loc-1');
      expect([time_zone, opening_times.regular_hours]).to.deep.equal([
        'Europe/London',
        [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }],
      ]);
    });
  });

  describe('tariffs.ocpi.json', () => {
    it('LS-11, TR-12: every Tariff is valid OCPI 2.2.1, numbers as they were', () => {
      const { data } = JSON.parse(file('tariffs.ocpi.json'));
      expect(data).to.have.length(TARIFFS_IN_221);
      for (const tariff of data) expect(ocpi221Validator().validate('tariff', tariff)).to.deep.equal([]);
      expect(file('tariffs.ocpi.json')).to.include('"excl_vat":12345678.9012').and.include('"price":0.1234');
    });
  });

  describe('tariffs.csv', () => {
    it('has a row a price component, in the order of the owner', () => {
      const rows = parseCsvTable(file('tariffs.csv')).filter(({ tariff_id }) => tariff_id === 'TOU');
      expect(
        rows.map(({ element, component, dimension, price }) => [element, component, dimension, price]),
      ).to.deep.equal([
        ['1', '1', 'ENERGY', '0.1234'],
        ['1', '2', 'PARKING_TIME', '-0.5'],
        ['2', '1', 'ENERGY', '0.35'],
      ]);
      expect(rows[0]).to.include({
        day_of_week: 'SATURDAY|SUNDAY',
        max_price_before_taxes: '12345678.9012',
        alt_text: 'nl: =nachttarief, "goedkoop"|en: night rate',
        vat: '21',
      });
    });

    it('OD-08: hours are local, the life of the Tariff is UTC, and the columns say so', () => {
      const row = parseCsvTable(file('tariffs.csv')).find(({ start_time }) => start_time !== '');
      expect(row).to.include({
        start_time: '22:00',
        end_time: '06:00',
        start_date_time: '2026-01-01T00:00:00Z',
      });
      const columns = formats.find(({ name }) => name === 'tariffs.csv')?.columns ?? [];
      const described = Object.fromEntries(columns.map(({ name, description }) => [name, description]));
      expect(described.start_time).to.contain('Local time');
      expect(described.start_date_time).to.contain('UTC');
    });

    it('has the Tariffs that OCPI 2.2.1 cannot state, with what is known of their tax', () => {
      const rows = parseCsvTable(file('tariffs.csv'));
      expect(rows.find(({ tariff_id }) => tariff_id === 'UNKNOWN-RATE')).to.include({
        tax_included: 'YES',
        vat: '',
      });
    });
  });
});
