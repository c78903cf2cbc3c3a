import { expect } from 'chai';
import type { Module } from '../../../db/model.ts';
import {
  type PublicObject,
  readHead,
  readPublicObjects,
  type Selection,
} from '../../../db/reads/public-objects.ts';
import {
  type FixtureRegistry,
  fillFixtureRegistry,
  openFixtureRegistry,
  PUBLIC_LOCATIONS,
  SECRET,
  storedLocation,
  TARIFF_COUNT,
} from '../../exports/fixture-registry.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('public objects', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(() => database.truncate());
  after(() => database.drop());

  async function walk(module: Module, batchObjects?: number): Promise<PublicObject[][]> {
    const batches: PublicObject[][] = [];
    for await (const batch of readPublicObjects(database.knex, module, {}, batchObjects))
      batches.push([...batch]);
    return batches;
  }

  function ids(batches: PublicObject[][]): string[] {
    return batches.flat().map(({ objectId }) => objectId);
  }

  it('OD-01, OD-02, LR-20, LR-22: are the Locations that are published and not expired, in order of creation', async () => {
    await fillFixtureRegistry(database);
    const batches = await walk('locations');
    expect(ids(batches)).to.deep.equal(['LOC-1', 'GARAGE', 'loc-1', 'TRUCKS']);
    const [first] = batches.flat();
    expect(first).to.deep.include({
      owner: { countryCode: 'NL', partyId: 'TNM' },
      asStored: ['2.2.1', '2.3.0'],
    });
    expect(first?.changedAt).to.be.instanceOf(Date);
    expect(first?.sequence).to.be.a('number').above(0);
    expect(JSON.parse(first?.document ?? '').id).to.equal('LOC-1');
  });

  it('may be chosen by their numbers', async () => {
    const registry = await openFixtureRegistry(database);
    for (const id of ['a', 'b', 'c', 'd']) await registry.putLocation(storedLocation({ id }));
    const numbers = (await walk('locations')).flat().map(({ id }) => id) as [number, number, number, number];
    const chosen = async (selection: Selection) => {
      const found: string[] = [];
      for await (const batch of readPublicObjects(database.knex, 'locations', selection, 1))
        found.push(...batch.map(({ objectId }) => objectId));
      return found;
    };
    expect(await chosen({ among: [numbers[3], numbers[1], 4711] })).to.deep.equal(['b', 'd']);
    expect(await chosen({ among: [] })).to.deep.equal([]);
  });

  it('are as the journal last told of them: a heartbeat, which it does not, changes nothing here', async () => {
    const registry = await openFixtureRegistry(database);
    const at = (time: string, name = 'first') => storedLocation({ id: 'a', name, last_updated: time });
    const times = async () =>
      (await walk('locations')).flat().map(({ document }) => JSON.parse(document).last_updated);
    await registry.putLocation(at('2026-06-01T00:00:00Z'));
    await registry.putLocation(at('2026-06-02T00:00:00Z'));
    await registry.putLocation(at('2026-06-03T00:00:00Z'));
    expect(await times()).to.deep.equal(['2026-06-01T00:00:00Z']);
    const { rows } = await database.knex.raw('select document from location');
    expect(JSON.parse(rows[0].document).last_updated, 'the registry knows').to.equal('2026-06-03T00:00:00Z');
    await registry.putLocation(at('2026-06-04T00:00:00Z', 'second'));
    expect(await times()).to.deep.equal(['2026-06-04T00:00:00Z']);
  });

  it('are all Tariffs', async () => {
    await fillFixtureRegistry(database);
    expect((await walk('tariffs')).flat()).to.have.length(TARIFF_COUNT);
  });

  it('come once each in batches of the size that is asked for', async () => {
    await fillFixtureRegistry(database);
    const batches = await walk('locations', 1);
    expect(batches.map((batch) => batch.length)).to.deep.equal(Array(PUBLIC_LOCATIONS).fill(1));
    expect(ids(batches)).to.deep.equal(ids(await walk('locations', 100)));
  });

  it('come in smaller batches where they are large, and one that is larger than a batch comes alone', async () => {
    const registry = await openFixtureRegistry(database);
    const large = 'x'.repeat(3_000_000);
    const sizes: [string, string][] = [
      ['a', 'x'],
      ['b', large],
      ['c', large + large],
      ['d', 'x'],
    ];
    for (const [id, name] of sizes) await registry.putLocation(storedLocation({ id, name }));
    expect((await walk('locations')).map((batch) => ids([batch]).join())).to.deep.equal(['a,b,c', 'd']);
  });

  describe('while others write', () => {
    let registry: FixtureRegistry;
    beforeEach(async () => {
      registry = await openFixtureRegistry(database);
      for (const id of ['a', 'b', 'c']) await registry.putLocation(storedLocation({ id }));
    });

    it('the walk sees the later state of what it has not reached, and the journal from the head on has every change', async () => {
      const head = await readHead(database.knex);
      const seen: PublicObject[] = [];
      for await (const batch of readPublicObjects(database.knex, 'locations', {}, 1)) {
        seen.push(...batch);
        if (seen.length === 1) {
          await registry.putLocation(storedLocation({ id: 'a', name: 'after it was read' }));
          await registry.putLocation(storedLocation({ id: 'b', publish: false, name: SECRET }));
          await registry.putLocation(storedLocation({ id: 'd' }));
        }
      }
      expect(ids([seen])).to.deep.equal(['a', 'c', 'd']);
      const { rows } = await database.knex.raw(
        'select object_id, action from change where sequence > ? order by sequence',
        [head.sequence],
      );
      expect(rows).to.deep.equal([
        { object_id: 'a', action: 'upsert' },
        { object_id: 'b', action: 'delete' },
        { object_id: 'd', action: 'upsert' },
      ]);
    });

    it('nobody has to wait for the walk', async () => {
      const walking = readPublicObjects(database.knex, 'locations', {}, 1);
      await walking.next();
      await registry.putLocation(storedLocation({ id: 'a', name: 'written in between' }));
      const { rows } = await database.knex.raw(`select name from location where location_id = 'a'`);
      expect(rows).to.deep.equal([{ name: 'written in between' }]);
      await walking.return();
    });
  });
});
