import { expect } from 'chai';
import fc from 'fast-check';
import type { Checks, Location } from '../../../db/model.ts';
import { readTileBounds, readTileFeatures, readTileHead } from '../../../db/reads/tile-features.ts';
import { createTileKeeper } from '../../../db/registry/tile-keeper.ts';
import { createWriter, type RegistryWriter } from '../../../db/registry/writer.ts';
import { encodeTile } from '../../../exports/tile.ts';
import { fillFixtureRegistry, PUBLIC_LOCATIONS, SECRET } from '../../exports/fixture-registry.ts';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { decodeTile, expectedProperties, readFeatures, sum, tilesWith } from '../../support/tiles.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };
/** In the name of a Location that a policy withholds. */
const WITHHELD = 'withheld';

const CHECKS: Checks = {
  location: ({ name }) => ({ findings: [], missingItems: [], withheld: name === WITHHELD }),
  tariff: () => ({ findings: [], missingItems: [], withheld: false }),
  moved: () => null,
};

describe('the tables behind vector tiles', () => {
  let database: TestDatabase;
  let writer: RegistryWriter;

  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.truncate();
    writer = createWriter({ knex: database.knex, clock: () => new Date(), checks: CHECKS });
  });
  after(() => database.drop());

  function catchUp(stepLimit = 3): Promise<number> {
    return createTileKeeper({ knex: database.knex, stepLimit }).catchUp();
  }

  async function put(...locations: Overrides[]): Promise<void> {
    const outcomes = await writer.submitAll(
      locations.map((overrides) => {
        const document: Location = buildLocation(overrides);
        const write = {
          kind: 'write',
          document,
          sourceVersion: '2.2.1',
          asStored: [],
          inputHash: null,
        } as const;
        const apply = () => ({ ...write, findings: [], findingsMode: 'replace' }) as const;
        return { module: 'locations', owner: OWNER, id: document.id, speaker: null, apply } as const;
      }),
    );
    for (const { kind } of outcomes) expect(kind).to.be.oneOf(['created', 'updated', 'unchanged']);
  }

  async function rows(): Promise<object> {
    const { knex } = database;
    const cells = await knex('tile_cell').orderBy(['zoom', 'cell']);
    return { cells, points: await knex('tile_point').orderBy('location') };
  }

  /** Every tile of every zoom says what the Features say, and nothing stands anywhere else. */
  async function expectTilesOfRegistry(): Promise<void> {
    const features = await readFeatures(database);
    for (let zoom = 0; zoom <= 14; zoom++) {
      let locations = 0;
      for (const tile of tilesWith(features, zoom)) {
        const decoded = decodeTile(encodeTile(tile, await readTileFeatures(database.knex, tile)));
        const properties = decoded.map((feature) => feature.properties);
        expect(properties).to.have.deep.members(expectedProperties(features, tile));
        locations += sum(properties.map((one) => Number(one.locations ?? 1)));
      }
      expect(locations, `zoom ${zoom}`).to.equal(features.length);
    }
    const { rows: sums } = await database.knex.raw(
      'select sum(tile_cell.locations)::bigint as locations from tile_cell group by tile_cell.zoom',
    );
    const expected = features.length === 0 ? [] : Array(12).fill({ locations: features.length });
    expect(sums).to.deep.equal(expected);
    expect(await database.knex('tile_point')).to.have.length(features.length);
  }

  it('are what counting anew would give, whatever was put, moved, withdrawn or withheld', async () => {
    const change = fc.record({
      number: fc.integer({ min: 1, max: 9 }),
      // Two at one place, some near each other, the corners of the world, and on the edges of tiles of all zooms.
      coordinates: fc.constantFrom(
        { latitude: '52.089444', longitude: '5.110278' },
        { latitude: '52.089999', longitude: '5.110999' },
        { latitude: '52.3702', longitude: '4.8952' },
        { latitude: '0.000000', longitude: '0.000000' },
        { latitude: '-0.000001', longitude: '0.000001' },
        { latitude: '89.900000', longitude: '180.000000' },
        { latitude: '-89.900000', longitude: '-180.000000' },
      ),
      statuses: fc.array(fc.constantFrom('AVAILABLE', 'CHARGING', 'UNKNOWN', 'REMOVED'), { maxLength: 4 }),
      power: fc.constantFrom(0, 7_400, 22_000, 350_000),
      operator: fc.constantFrom(undefined, { name: 'Tandem' }, { name: 'Other' }, { name: '#NA' }),
      name: fc.constantFrom(undefined, 'Station', WITHHELD),
      publish: fc.boolean(),
    });
    const rounds = fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(rounds, async (changes) => {
        await database.truncate();
        for (const batch of changes) {
          await put(...batch.map(locationOf));
          await catchUp();
          await expectTilesOfRegistry();
        }
        const followed = await rows();
        await database.knex.raw('truncate tile_cell, tile_point');
        await database.knex('tile_head').update({ sequence: 0, walked_to: 0 });
        await catchUp();
        expect(await rows()).to.deep.equal(followed);
      }),
      { numRuns: 15 },
    );
  });

  function locationOf(change: {
    number: number;
    coordinates: object;
    statuses: readonly string[];
    power: number;
    operator: object | undefined;
    name: string | undefined;
    publish: boolean;
  }): Overrides {
    const { number, statuses, power, ...overrides } = change;
    const connectors = [
      buildConnector({ max_voltage: 0, max_amperage: 0, max_electric_power: power }),
      buildConnector({ id: '2', max_voltage: 0, max_amperage: 0 }),
    ];
    const evses = statuses.map((status, index) => buildEvse({ uid: `E${index}`, status, connectors }));
    return { ...overrides, id: `LOC-${number}`, evses };
  }

  it('know nothing of what is not public', async () => {
    await fillFixtureRegistry(database);
    await catchUp();
    expect(await database.knex('tile_point')).to.have.length(PUBLIC_LOCATIONS);
    expect(JSON.stringify(await rows())).not.to.include(SECRET);
    await expectTilesOfRegistry();
  });

  it('advance in steps, and end at the newest position', async () => {
    await put(...Array.from({ length: 7 }, (_, index) => ({ id: `LOC-${index}` })));
    expect(await readTileHead(database.knex)).to.deep.equal({ sequence: 0, isReady: false });
    expect(await catchUp(3)).to.equal(7);
    expect(await readTileHead(database.knex)).to.deep.equal({ sequence: 7, isReady: true });
    expect(await catchUp(3)).to.equal(0);
    await put({ id: 'LOC-1', evses: [buildEvse({ status: 'CHARGING' })] });
    expect(await catchUp(3)).to.equal(1);
    expect(await readTileHead(database.knex)).to.deep.equal({ sequence: 8, isReady: true });
    await expectTilesOfRegistry();
  });

  it('are ready in an empty registry after one round', async () => {
    expect(await catchUp()).to.equal(0);
    expect(await readTileHead(database.knex)).to.deep.equal({ sequence: 0, isReady: true });
    expect(await readTileBounds(database.knex)).to.equal(null);
  });

  it('hold what came while all Locations were walked through', async () => {
    await put(...Array.from({ length: 6 }, (_, index) => ({ id: `LOC-${index}` })));
    const stop = new AbortController();
    const stopping = createTileKeeper({ knex: stoppingAfterOne(stop), stepLimit: 3 });
    expect(await stopping.catchUp(stop.signal)).to.equal(3);
    await put({ id: 'LOC-0', publish: false }, { id: 'LOC-9' });
    await catchUp();
    await expectTilesOfRegistry();
  });

  it('are made anew when the journal does not reach back to where they stood', async () => {
    await put({ id: 'LOC-1' }, { id: 'LOC-2' });
    await catchUp();
    await put({ id: 'LOC-1', publish: false }, { id: 'LOC-3' });
    await put({ id: 'LOC-4' });
    await database.knex('change').where('sequence', '<', 5).delete();
    await catchUp();
    await expectTilesOfRegistry();
    expect(await readTileHead(database.knex)).to.deep.equal({ sequence: 5, isReady: true });
  });

  /** The database of a process that is told to stop in its first transaction. */
  function stoppingAfterOne(stop: AbortController): TestDatabase['knex'] {
    const { knex } = database;
    const transaction = (work: Parameters<typeof knex.transaction>[0]) => {
      stop.abort();
      return knex.transaction(work);
    };
    return { transaction } as unknown as TestDatabase['knex'];
  }

  it('are kept by one of several processes at a time', async function () {
    if (database.engine === 'embedded') this.skip();
    await put({ id: 'LOC-1' });
    await database.knex.transaction(async (other) => {
      await other('tile_head').forUpdate();
      expect(await catchUp()).to.equal(0);
    });
    expect(await catchUp()).to.equal(1);
  });

  it('give the bounds of what is shown', async () => {
    await put(
      { id: 'LOC-1' },
      { id: 'LOC-2', coordinates: { latitude: '50.850000', longitude: '4.350000' } },
    );
    await put({
      id: 'LOC-3',
      publish: false,
      coordinates: { latitude: '10.000000', longitude: '10.000000' },
    });
    await catchUp();
    const bounds = await readTileBounds(database.knex);
    const expected = [4.35, 50.85, 5.110278, 52.089444];
    for (const [index, degrees] of expected.entries()) expect(bounds?.[index]).to.be.closeTo(degrees, 1e-5);
  });
});
