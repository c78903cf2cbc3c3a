import { expect } from 'chai';
import { type ChangeFilter, type PublicChange, readPublicChanges } from '../../../db/reads/public-changes.ts';
import { createWriter, type RegistryWriter } from '../../../db/registry/writer.ts';
import { buildEvse, buildLocation, buildTariff, type Overrides } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource } from '../../support/pipeline.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };
const ALL: ChangeFilter = { parties: null, kinds: null, box: null };
const HERE = { longitude: '5', latitude: '52' };
const THERE = { longitude: '4', latitude: '50' };
const BOX: ChangeFilter = { ...ALL, box: { west: 4.5, south: 51, east: 6, north: 53 } };

describe('public changes after a position', () => {
  let database: TestDatabase;
  let writer: RegistryWriter;
  let speaker: Awaited<ReturnType<typeof addTestSource>>['speaker'];

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    ({ speaker } = await addTestSource(database, 'cpo'));
    writer = createWriter({ knex: database.knex, clock: () => new Date() });
  });

  const shared = {
    kind: 'write',
    sourceVersion: '2.3.0',
    asStored: [],
    inputHash: null,
    findings: [],
    findingsMode: 'replace',
  } as const;

  async function location(id: string, overrides: Overrides = {}): Promise<void> {
    const document = buildLocation({ id, ...overrides });
    const apply = () => ({ ...shared, document });
    await writer.submit({ module: 'locations', owner: OWNER, id, speaker, apply });
  }

  async function tariff(id: string, price: number | null): Promise<void> {
    const elements = [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }];
    const document = buildTariff({ id, tax_included: 'NO', elements });
    const apply = () => (price === null ? ({ kind: 'delete' } as const) : ({ ...shared, document } as const));
    await writer.submit({ module: 'tariffs', owner: OWNER, id, speaker, apply });
  }

  async function read(
    after: number,
    filter = ALL,
    { objects = 1_000, bytes = 1_000_000, window = 1_000 } = {},
  ) {
    const found = await readPublicChanges(database.knex, { after, filter, objects, bytes, window });
    if (found.kind !== 'changes') throw new Error(found.kind);
    return found;
  }

  const told = (changes: readonly PublicChange[]) =>
    changes.map(
      ({ sequence, kind, objectId, present }) => `${sequence} ${kind} ${objectId}${present ? '' : ' gone'}`,
    );

  it('are each object once, at its last entry, as it is now', async () => {
    await location('A');
    await location('B');
    await location('A', { name: 'again' });
    await tariff('T', 1);
    await tariff('T', null);
    const { changes, upTo, head } = await read(0);
    expect(told(changes)).to.deep.equal(['2 location B', '3 location A', '5 tariff T gone']);
    expect([upTo, head]).to.deep.equal([5, 5]);
    expect(changes[1]?.present?.document).to.include('"again"');
    expect(await read(5)).to.deep.equal({ kind: 'changes', changes: [], upTo: 5, head: 5 });
  });

  it('are of status as long as nothing but statuses changed', async () => {
    await location('A');
    const status = (value: string) =>
      location('A', { evses: [{ ...buildLocation().evses[0], status: value }] });
    await status('CHARGING');
    await status('BLOCKED');
    expect(told((await read(1)).changes)).to.deep.equal(['3 status A']);
    expect(told((await read(0)).changes)).to.deep.equal(['3 location A']);
    expect(told((await read(0, { ...ALL, kinds: ['status'] })).changes)).to.deep.equal(['3 status A']);
    expect(told((await read(0, { ...ALL, kinds: ['location'] })).changes)).to.deep.equal(['1 location A']);
  });

  it('are of more than status when an EVSE is shown no more', async () => {
    const evses = (status: string) =>
      ['1', '2'].map((uid) => buildEvse({ uid, ...(uid === '2' && { status }) }));
    await location('A', { evses: evses('AVAILABLE') });
    await location('A', { evses: evses('REMOVED') });
    expect(told((await read(1)).changes)).to.deep.equal(['2 location A']);
    await location('A', { evses: evses('CHARGING') });
    expect(told((await read(2)).changes)).to.deep.equal(['3 location A']);
  });

  it('end before one object too many, one byte too many, or past the window, and say where', async () => {
    for (const id of ['A', 'B', 'C', 'D']) await location(id);
    expect(await read(0, ALL, { objects: 2 })).to.include({ upTo: 2, head: 4 });
    const { length } = (await read(0)).changes[0]?.present?.document ?? '';
    expect(told((await read(0, ALL, { bytes: length + 1 })).changes)).to.have.length(2);
    expect(told((await read(0, ALL, { bytes: 1 })).changes)).to.have.length(1);
    expect(await read(0, ALL, { window: 3 })).to.include({ upTo: 3, head: 4 });
    const nobody = { ...ALL, parties: [{ countryCode: 'BE', partyId: 'XXX' }] };
    expect(await read(1, nobody, { window: 2 })).to.deep.include({ changes: [], upTo: 3, head: 4 });
  });

  it('of one object that changes all the time do not stop the reading', async () => {
    for (let name = 1; name <= 12; name += 1) await location('A', { name: `${name}` });
    await location('B');
    let after = 0;
    const seen: string[] = [];
    while (after < 13) {
      const page = await read(after, ALL, { objects: 1 });
      expect(page.upTo).to.be.greaterThan(after);
      seen.push(...told(page.changes));
      after = page.upTo;
    }
    expect(seen).to.deep.equal(['4 location A', '8 location A', '12 location A', '13 location B']);
  });

  it('tell a box of a Location that enters, is changed, and leaves, and of no Tariff', async () => {
    await location('A', { coordinates: THERE });
    await tariff('T', 1);
    expect(told((await read(0, BOX)).changes)).to.deep.equal([]);
    await location('A', { coordinates: HERE });
    expect(told((await read(2, BOX)).changes)).to.deep.equal(['3 location A']);
    await location('A', { coordinates: HERE, name: 'new' });
    expect(told((await read(3, BOX)).changes)).to.deep.equal(['4 location A']);
    await location('A', { coordinates: THERE });
    expect(told((await read(4, BOX)).changes)).to.deep.equal(['5 location A gone']);
    await location('A', { coordinates: THERE, name: 'newer' });
    expect(told((await read(5, BOX)).changes)).to.deep.equal([]);
  });

  it('tell a box of a Location that was withdrawn there and came back elsewhere', async () => {
    await location('A', { coordinates: HERE });
    await location('A', { coordinates: HERE, publish: false });
    await location('A', { coordinates: THERE, publish: false });
    await location('A', { coordinates: THERE });
    expect(told((await read(1, BOX)).changes)).to.deep.equal(['2 location A gone']);
    expect(told((await read(2, BOX)).changes)).to.deep.equal([]);
  });

  it('go on from any place of the list without missing a Location that left the box', async () => {
    await location('A', { coordinates: HERE });
    await location('A', { coordinates: THERE });
    await location('B', { coordinates: HERE });
    await location('A', { coordinates: THERE, name: 'no concern of the box' });
    expect(told((await read(1, BOX)).changes)).to.deep.equal(['2 location A gone', '3 location B']);
  });

  it('know both sides of the antimeridian', async () => {
    const fiji: ChangeFilter = { ...ALL, box: { west: 177, south: -20, east: -178, north: -12 } };
    await location('EAST', { coordinates: { longitude: '-179', latitude: '-17' } });
    await location('WEST', { coordinates: { longitude: '179', latitude: '-17' } });
    await location('ELSEWHERE', { coordinates: { longitude: '0', latitude: '-17' } });
    expect(told((await read(0, fiji)).changes)).to.deep.equal(['1 location EAST', '2 location WEST']);
  });

  it('name the former spellings of an id, also to a box that it leaves later', async () => {
    await location('LOC', { coordinates: HERE });
    await location('loc', { coordinates: HERE });
    await location('loc', { coordinates: THERE });
    const [change] = (await read(1)).changes;
    expect(change).to.deep.include({ sequence: 3, objectId: 'loc', formerIds: ['LOC'] });
    const [gone] = (await read(1, BOX)).changes;
    expect(gone).to.deep.include({ sequence: 3, objectId: 'loc', formerIds: ['LOC'], present: null });
  });

  it('say nothing of what was never public', async () => {
    await location('A', { publish: false });
    await location('A', { publish: false, name: 'new' });
    expect(await read(0)).to.deep.include({ changes: [], upTo: 2 });
  });

  it('cannot be read from beyond the head, nor from before what the journal keeps', async () => {
    for (const id of ['A', 'B', 'C']) await location(id);
    const kindAfter = async (after: number) =>
      (await readPublicChanges(database.knex, { after, filter: ALL, objects: 9, bytes: 9 })).kind;
    await database.knex('change').where('sequence', '<=', 2).delete();
    expect(await Promise.all([0, 1, 2, 3, 4].map(kindAfter))).to.deep.equal([
      'forgotten',
      'forgotten',
      'changes',
      'changes',
      'ahead',
    ]);
    await database.knex('change').delete();
    expect(await Promise.all([2, 3].map(kindAfter))).to.deep.equal(['forgotten', 'changes']);
  });
});
