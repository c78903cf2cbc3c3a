/**
 * What single formats promise beside the contract of all, seen in the files of the fixture registry.
 */
import { expect } from 'chai';
import { isFeatureCollection } from 'geojson-validation';
import { ocpi221Validator } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { type FixtureFiles, openFixtureFiles } from './fixture-files.ts';
import { LOCATIONS_IN_221, PUBLIC_LOCATIONS, TARIFFS_IN_221 } from './fixture-registry.ts';
import { parseCsvTable } from './parse-csv.ts';

/** The columns of the contract (design, section 7), to the letter. */
const LOCATION_COLUMNS =
  'country_code,party_id,location_id,name,address,postal_code,city,state,country,latitude,longitude,time_zone,parking_type,open_24_7,operator,suboperator,owner,help_phone,evse_uid,evse_id,status,floor_level,physical_reference,capabilities,parking_restrictions,connector_id,standard,format,power_type,max_voltage,max_amperage,max_power_w,tariff_ids,green_energy,location_last_updated,evse_last_updated,connector_last_updated';

describe('export formats by name', () => {
  let files: FixtureFiles;

  before(async () => {
    files = await openFixtureFiles();
  });
  after(() => files.close());

  function text(name: string): string {
    return files.bytes(name).toString('utf8');
  }

  describe('locations.geojson', () => {
    it('is valid GeoJSON, a Feature a Location, and names licence, attribution, time and sequence', () => {
      const collection = JSON.parse(text('locations.geojson'));
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
      const { features } = JSON.parse(text('locations.geojson'));
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

  describe('locations.geojsons', () => {
    it('has the Features of locations.geojson to the byte, a record each', () => {
      const [, ...records] = text('locations.geojsons').split('\u001e');
      const lines = text('locations.geojson').split('\n').slice(1, -2);
      expect(records).to.deep.equal(lines.map((line) => `${line.replace(/,$/, '')}\n`));
    });
  });

  describe('charging-point-locations.geojson', () => {
    it('is valid GeoJSON with the ids and points of locations.geojson', () => {
      const collection = JSON.parse(text('charging-point-locations.geojson'));
      expect(isFeatureCollection(collection, true)).to.deep.equal([]);
      const places = ({ id, geometry }: { id: string; geometry: unknown }) => ({ id, geometry });
      expect(collection.features.map(places)).to.deep.equal(
        JSON.parse(text('locations.geojson')).features.map(places),
      );
    });
  });

  describe('status.csv', () => {
    it('has a row an EVSE, with the keys of locations.csv', () => {
      const keys = ({ country_code, party_id, location_id, evse_uid }: Record<string, string>) =>
        [country_code, party_id, location_id, evse_uid].join('/');
      expect(parseCsvTable(text('status.csv')).map(keys)).to.deep.equal([
        ...new Set(parseCsvTable(text('locations.csv')).map(keys)),
      ]);
    });

    it('tells in service from free: UNKNOWN is neither, an EVSE out of order is not called free or occupied', () => {
      const told = parseCsvTable(text('status.csv')).map((row) =>
        [row.status, row.operational_status, row.occupancy].join(' '),
      );
      expect([...new Set(told)]).to.deep.equal([
        'AVAILABLE in_service free',
        'CHARGING in_service occupied',
        'UNKNOWN unknown unknown',
        'OUTOFORDER out_of_service unknown',
      ]);
    });
  });

  describe('locations.csv', () => {
    const row = (connector: string): Record<string, string> => {
      const found = parseCsvTable(text('locations.csv')).find((cells) => cells.connector_id === connector);
      return found ?? expect.fail(`no row for connector ${connector}`);
    };

    it('has the columns of the contract and a row a connector of every EVSE that is shown', () => {
      expect(text('locations.csv').split('\r\n')[0]).to.equal(LOCATION_COLUMNS);
      expect(parseCsvTable(text('locations.csv'))).to.have.length(8);
    });

    it('OD-05: has the coordinates of the EVSE where it has its own, as text of the owner', () => {
      const rows = parseCsvTable(text('locations.csv'));
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
        parseCsvTable(text('locations.csv')).find(({ party_id }) => party_id === 'ABC')?.longitude,
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
      expect(parseCsvTable(text('locations.csv'))[0]?.tariff_ids).to.equal('FREE|TOU');
      expect(parseCsvTable(text('locations.csv')).find(({ party_id }) => party_id === 'ABC')?.city).to.equal(
        '',
      );
    });
  });

  describe('locations.ocpi.json', () => {
    it('LS-11: every Location is valid OCPI 2.2.1, and what 2.2.1 lacks is left out', () => {
      const { data, ...envelope } = JSON.parse(text('locations.ocpi.json'));
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
      expect(text('locations.ocpi.json')).to.not.include('MCS').and.not.include('help_phone');
    });

    it('OD-08: opening hours stay the local ones of the owner, beside their time zone', () => {
      const { data } = JSON.parse(text('locations.ocpi.json'));
      const { opening_times, time_zone } = data.find(({ id }: { id: string }) => id === 'loc-1');
      expect([time_zone, opening_times.regular_hours]).to.deep.equal([
        'Europe/London',
        [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }],
      ]);
    });
  });

  describe('tariffs.ocpi.json', () => {
    it('LS-11, TR-12: every Tariff is valid OCPI 2.2.1, numbers as they were', () => {
      const { data } = JSON.parse(text('tariffs.ocpi.json'));
      expect(data).to.have.length(TARIFFS_IN_221);
      for (const tariff of data) expect(ocpi221Validator().validate('tariff', tariff)).to.deep.equal([]);
      expect(text('tariffs.ocpi.json')).to.include('"excl_vat":12345678.9012').and.include('"price":0.1234');
    });
  });

  describe('tariffs.csv', () => {
    it('has a row a price component, in the order of the owner', () => {
      const rows = parseCsvTable(text('tariffs.csv')).filter(({ tariff_id }) => tariff_id === 'TOU');
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
      const row = parseCsvTable(text('tariffs.csv')).find(({ start_time }) => start_time !== '');
      expect(row).to.include({
        start_time: '22:00',
        end_time: '06:00',
        start_date_time: '2026-01-01T00:00:00Z',
      });
      const columns = files.formats.find(({ name }) => name === 'tariffs.csv')?.columns ?? [];
      const described = Object.fromEntries(columns.map(({ name, description }) => [name, description]));
      expect(described.start_time).to.contain('Local time');
      expect(described.start_date_time).to.contain('UTC');
    });

    it('has the Tariffs that OCPI 2.2.1 cannot state, with what is known of their tax', () => {
      const rows = parseCsvTable(text('tariffs.csv'));
      expect(rows.find(({ tariff_id }) => tariff_id === 'UNKNOWN-RATE')).to.include({
        tax_included: 'YES',
        vat: '',
      });
    });
  });
});
