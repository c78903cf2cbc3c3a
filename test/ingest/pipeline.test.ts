import { expect } from 'chai';
import { readRegistryCounts } from '../../db/reads/registry-counts.ts';
import { readSenderPage, type SenderPage } from '../../db/reads/sender-list.ts';
import { publishedLocationReader, readOwnObject } from '../../db/reads/stored-object.ts';
import type { Contributor } from '../../ingest/pipeline.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { addTestSource, openTestPipeline, type TestPipeline } from '../support/pipeline.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };
const T1 = '2026-06-01T10:00:00Z';
const T2 = '2026-06-02T10:00:00Z';
const T3 = '2026-06-03T10:00:00Z';

const evse = (uid: string, overrides: object = {}) =>
  buildEvse({ uid, last_updated: T1, connectors: [buildConnector({ last_updated: T1 })], ...overrides });

const location = (overrides: object = {}) =>
  buildLocation({
    country_code: 'NL',
    party_id: 'TNM',
    id: 'LOC1',
    publish: true,
    evses: [evse('1'), evse('2')],
    last_updated: T1,
    ...overrides,
  });

describe('the pipeline from an object to the registry', () => {
  let database: TestDatabase;
  let rig: TestPipeline;
  let by: Contributor;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    rig = await openTestPipeline(database);
    by = await addTestSource(database, 'cpo');
  });

  afterEach(() => {
    expect(rig.errors).to.deep.equal([]);
  });

  after(() => database.drop());

  const put = (body: object) => rig.pipeline.putLocation(by, OWNER, (body as { id: string }).id, body);
  const pull = async (...objects: object[]) =>
    (await rig.pipeline.takePulled(by, 'locations', objects, [])).map((receipt) => receipt.outcome.kind);
  const stored = async (id = 'LOC1') =>
    JSON.parse((await readOwnObject(database.knex, 'locations', OWNER, id))?.document ?? 'null');
  const changes = () => database.knex('change').orderBy('sequence');

  it('LR-01: a PUT creates a Location, a second one replaces it, and it reads back as it was sent', async () => {
    expect((await put(location({ name: 'first' }))).outcome.kind).to.equal('created');
    const second = location({ name: 'second', last_updated: T2 });
    expect((await put(second)).outcome.kind).to.equal('updated');
    expect(await stored()).to.deep.equal(second);
    expect(await readRegistryCounts(database.knex)).to.deep.equal({
      sequence: 2,
      locations: 1,
      evses: 2,
      connectors: 2,
      tariffs: 0,
    });
  });

  it('judges an object that comes again at once by what the page before made of it', async () => {
    const pages = [
      [location(), location({ id: 'LOC2' })],
      [location({ id: 'LOC3' }), location()],
      [location()],
    ];
    const kinds = await Promise.all(pages.map((page) => pull(...page)));
    expect(kinds).to.deep.equal([['created', 'created'], ['created', 'unchanged'], ['unchanged']]);
    const received = await database.knex('location').where({ location_id: 'LOC1' }).pluck('received_at');
    expect(received).to.deep.equal([rig.now]);
  });

  it('ENV-13: ids are compared without case', async () => {
    await put(location());
    const receipt = await rig.pipeline.putLocation(
      by,
      OWNER,
      'loc1',
      location({ id: 'Loc1', last_updated: T2 }),
    );
    expect(receipt.outcome.kind).to.equal('updated');
    expect((await readRegistryCounts(database.knex)).locations).to.equal(1);
    expect((await readOwnObject(database.knex, 'locations', OWNER, 'LOC1'))?.objectId).to.equal('Loc1');
  });

  it('a heartbeat keeps its times and counts as unchanged without moving journal or clock', async () => {
    await put(location());
    const [before] = await database.knex('location').select('changed_at', 'sequence');
    expect((await put(location({ last_updated: T2 }))).outcome.kind).to.equal('unchanged');
    expect((await stored()).last_updated).to.equal(T2);
    const [after] = await database.knex('location').select('changed_at', 'sequence');
    expect(after).to.deep.equal(before);
    expect(await changes()).to.have.length(1);
  });

  it('a new order of EVSEs alone is unchanged', async () => {
    await pull(location());
    expect(await pull(location({ evses: [evse('2'), evse('1')] }))).to.deep.equal(['unchanged']);
    expect(await changes()).to.have.length(1);
  });

  it('a pull of the same bytes changes no row', async () => {
    await pull(location());
    const rows = async () => JSON.stringify([await database.knex.raw('select xmin, * from location')]);
    const before = await rows();
    expect(await pull(location(), location())).to.deep.equal(['unchanged', 'unchanged']);
    expect(await rows()).to.equal(before);
  });

  it('LR-25: an older PUT is stale and changes nothing', async () => {
    await put(location({ name: 'new', last_updated: T3, evses: [evse('1', { last_updated: T3 })] }));
    expect(
      (await put(location({ name: 'old', last_updated: T1, evses: [evse('1')] }))).outcome.kind,
    ).to.equal('stale');
    expect((await stored()).name).to.equal('new');
  });

  it('PC-11: an older Location with a newer EVSE brings only the EVSE', async () => {
    await put(location({ name: 'new', last_updated: T2 }));
    const older = location({
      name: 'old',
      evses: [evse('1', { status: 'CHARGING', last_updated: T1 }), evse('2')],
    });
    await rig.pipeline.patchEvse(by, OWNER, 'LOC1', '1', { status: 'BLOCKED', last_updated: T3 });
    await pull({ ...older, last_updated: T2 });
    const now = await stored();
    expect(now.evses.map((each: { status: string }) => each.status)).to.deep.equal(['BLOCKED', 'AVAILABLE']);
    expect(now.last_updated).to.equal(T3);
  });

  it('LR-21: an EVSE that is no longer sent becomes REMOVED, and comes back when it is sent again', async () => {
    await put(location());
    await put(location({ evses: [evse('1')], last_updated: T2 }));
    expect((await stored()).evses[1]).to.include({ uid: '2', status: 'REMOVED', last_updated: T2 });
    await put(location({ last_updated: T3 }));
    expect((await stored()).evses.map((each: { status: string }) => each.status)).to.deep.equal([
      'AVAILABLE',
      'AVAILABLE',
    ]);
  });

  it('LR-03, LR-04: a PUT of an EVSE creates only that child and lifts its Location', async () => {
    await put(location());
    const receipt = await rig.pipeline.putEvse(by, OWNER, 'LOC1', '3', evse('3', { last_updated: T2 }));
    expect(receipt.outcome.kind).to.equal('created');
    const now = await stored();
    expect(now.evses.map((each: { uid: string }) => each.uid)).to.deep.equal(['1', '2', '3']);
    expect(now.last_updated).to.equal(T2);
  });

  it('LR-04: an out-of-order child never moves its parents back', async () => {
    await put(location());
    const connectors = [
      buildConnector({ id: '1', last_updated: T1 }),
      buildConnector({ id: '2', last_updated: T1 }),
    ];
    await rig.pipeline.putEvse(by, OWNER, 'LOC1', '1', evse('1', { connectors }));
    const patch = (id: string, lastUpdated: string) =>
      rig.pipeline.patchConnector(by, OWNER, 'LOC1', '1', id, {
        max_amperage: 20,
        last_updated: lastUpdated,
      });
    expect((await patch('1', T3)).outcome.kind).to.equal('updated');
    expect((await patch('2', T2)).outcome.kind).to.equal('updated');
    const now = await stored();
    expect([now.last_updated, now.evses[0].last_updated]).to.deep.equal([T3, T3]);
    expect(now.evses[0].connectors[1].max_amperage).to.equal(20);
  });

  it('LR-05: a PATCH without last_updated is refused', async () => {
    await put(location());
    const { outcome } = await rig.pipeline.patchEvse(by, OWNER, 'LOC1', '1', { status: 'CHARGING' });
    expect(outcome).to.deep.include({ kind: 'rejected' });
    expect((await stored()).evses[0].status).to.equal('AVAILABLE');
  });

  it('LR-08: null unsets an optional field and is refused for a required one', async () => {
    await put(location({ name: 'x' }));
    const patch = (fields: object) =>
      rig.pipeline.patchLocation(by, OWNER, 'LOC1', { ...fields, last_updated: T2 });
    expect((await patch({ name: null })).outcome.kind).to.equal('updated');
    expect((await stored()).name).to.equal(null);
    const { outcome } = await patch({ city: null });
    expect(outcome.kind === 'rejected' && outcome.refusal.problems[0]?.path).to.equal('city');
  });

  it('LR-10: EVSEs in a PATCH of the Location merge by uid, and none is lost', async () => {
    await put(location());
    await rig.pipeline.patchLocation(by, OWNER, 'LOC1', {
      evses: [{ uid: '2', status: 'CHARGING' }],
      last_updated: T2,
    });
    const now = await stored();
    expect(now.evses.map((each: { status: string }) => each.status)).to.deep.equal(['AVAILABLE', 'CHARGING']);
    expect(now.evses[1].last_updated).to.equal(T2);
    const [entry] = (await changes()).slice(-1);
    expect(entry).to.include({ kind: 'status', action: 'upsert', public: true });
  });

  it('LR-12, LR-13: ids in the body must be those of the URL', async () => {
    for (const body of [location({ id: 'OTHER' }), location({ party_id: 'XYZ' })]) {
      const { outcome } = await rig.pipeline.putLocation(by, OWNER, 'LOC1', body);
      expect(outcome.kind === 'rejected' && outcome.refusal.reason).to.equal('id-mismatch');
    }
    expect(await stored()).to.equal(null);
  });

  it('LR-16, LR-17: what has no parent or is not known cannot be patched, nor a child put', async () => {
    const reason = async (receipt: Promise<{ outcome: unknown }>) =>
      ((await receipt).outcome as { refusal: { reason: string } }).refusal.reason;
    const patch = { last_updated: T2, status: 'CHARGING' };
    expect(await reason(rig.pipeline.patchLocation(by, OWNER, 'NO', { last_updated: T2 }))).to.equal(
      'unknown-object',
    );
    expect(await reason(rig.pipeline.putEvse(by, OWNER, 'NO', '1', evse('1')))).to.equal('unknown-parent');
    await put(location());
    expect(await reason(rig.pipeline.patchEvse(by, OWNER, 'LOC1', '9', patch))).to.equal('unknown-object');
    expect(await reason(rig.pipeline.putConnector(by, OWNER, 'LOC1', '9', '1', buildConnector()))).to.equal(
      'unknown-parent',
    );
  });

  it('LR-32: a push with one bad connector is refused whole and kept with its reasons', async () => {
    const bad = location({
      evses: [evse('1'), evse('2', { connectors: [buildConnector({ format: 'HOLE' })] })],
    });
    const { outcome } = await put(bad);
    expect(
      outcome.kind === 'rejected' && outcome.refusal.problems.map((problem) => problem.path),
    ).to.deep.equal(['evses[1].connectors[0].format']);
    expect(await stored()).to.equal(null);
    const [record] = await database.knex('rejected_record');
    expect(record).to.include({ object_key: 'NL/TNM/loc1', reason: 'invalid', occurrences: 1 });
    await put(location());
    expect(await database.knex('rejected_record')).to.have.length(0);
  });

  it('LR-32: a pull leaves out the smallest invalid part, and keeps its older state', async () => {
    await pull(location());
    const bad = location({
      name: 'new',
      evses: [
        evse('1', { status: 'CHARGING' }),
        evse('2', { connectors: [buildConnector({ format: 'HOLE' })] }),
      ],
    });
    const [receipt] = await rig.pipeline.takePulled(by, 'locations', [bad], []);
    expect(receipt?.outcome.kind).to.equal('updated');
    expect(receipt?.findings.map((finding) => finding.rule)).to.include('left-out:evse');
    const now = await stored();
    expect(now.evses[1]).to.deep.equal(evse('2'));
    expect(await database.knex('finding').whereNull('closed_at').pluck('rule')).to.include('left-out:evse');
    await pull(location({ name: 'mended' }));
    expect(await database.knex('finding').whereNull('closed_at')).to.have.length(0);
  });

  it('every object of a page ends in one outcome, in order', async () => {
    const other = await addTestSource(database, 'other');
    await rig.pipeline.takePulled(other, 'locations', [location({ party_id: 'ABC', id: 'X' })], []);
    const receipts = await rig.pipeline.takePulled(
      by,
      'locations',
      [
        location(),
        7,
        { id: 'L' },
        location({ id: 'L2', country: 'nowhere' }),
        location({ party_id: 'ABC' }),
        location(),
      ],
      [],
    );
    expect(receipts.map((receipt) => receipt.outcome.kind)).to.deep.equal([
      'created',
      'rejected',
      'rejected',
      'rejected',
      'rejected',
      'unchanged',
    ]);
    expect(receipts.map((receipt) => receipt.key)).to.deep.equal([
      'NL/TNM/loc1',
      null,
      null,
      'NL/TNM/l2',
      'NL/ABC/loc1',
      'NL/TNM/loc1',
    ]);
  });

  describe('after a complete pull', () => {
    const complete = (seen: ReadonlySet<string>, startedAt = new Date(rig.now.getTime() + 1)) => ({
      seen,
      shrinkLimit: 0.2,
      startedAt,
    });

    it('PC-06: what was pushed while the list was read stays, though the list lacks it', async () => {
      await pull(...Array.from({ length: 9 }, (_, index) => location({ id: `L${index}` })));
      const startedAt = new Date(rig.now.getTime() + 1);
      rig.now = new Date(rig.now.getTime() + 60_000);
      await put(location({ id: 'PUSHED' }));
      const seen = new Set(Array.from({ length: 9 }, (_, index) => `NL/TNM/l${index}`));
      const removal = await rig.pipeline.removeUnseen(by, 'locations', complete(seen, startedAt));
      expect(removal).to.deep.equal({ held: false, unseen: 0, known: 9, removed: 0 });
    });

    it('PC-06: what is missing becomes REMOVED with a journal entry, and comes back with its old time', async () => {
      await pull(...Array.from({ length: 10 }, (_, index) => location({ id: `L${index}` })));
      const seen = new Set(Array.from({ length: 9 }, (_, index) => `NL/TNM/l${index}`));
      expect(await rig.pipeline.removeUnseen(by, 'locations', complete(seen))).to.deep.equal({
        held: false,
        unseen: 1,
        known: 10,
        removed: 1,
      });
      expect((await stored('L9')).evses.map((each: { status: string }) => each.status)).to.deep.equal([
        'REMOVED',
        'REMOVED',
      ]);
      expect((await changes()).at(-1)).to.include({ action: 'delete', public: true, object_id: 'L9' });
      expect(await pull(location({ id: 'L9' }))).to.deep.equal(['updated']);
      expect(await stored('L9')).to.deep.equal(location({ id: 'L9' }));
    });

    it('PC-06: nothing is removed when more than the allowed share would go', async () => {
      await pull(...Array.from({ length: 4 }, (_, index) => location({ id: `L${index}` })));
      const removal = await rig.pipeline.removeUnseen(by, 'locations', complete(new Set(['NL/TNM/l0'])));
      expect(removal).to.deep.equal({ held: true, unseen: 3, known: 4, removed: 0 });
      expect(await database.knex('location').where({ expired: true })).to.have.length(0);
    });
  });

  describe('visibility', () => {
    const page = (query: object = {}) =>
      readSenderPage(database.knex, {
        module: 'locations',
        clock: 'registry',
        offset: 0,
        limit: 10,
        ...query,
      });
    const idsOf = ({ objects }: SenderPage) => objects.map(({ document }) => JSON.parse(String(document)).id);

    it('LS-20: what becomes unpublished is served REMOVED to those who ask by date, and stays private', async () => {
      await put(location({ name: 'public name' }));
      const since = (await page()).objects.length;
      expect(since).to.equal(1);
      await put(location({ publish: false, name: 'secret', last_updated: T2 }));
      expect((await page()).total).to.equal(0);
      expect(await publishedLocationReader(database.knex)('LOC1')).to.have.length(0);
      const filtered = await page({ dateFrom: new Date('2026-01-01T00:00:00Z') });
      expect(filtered.total).to.equal(1);
      const served = JSON.parse(String(filtered.objects[0]?.document));
      expect(served.name).to.equal('public name');
      expect(served.evses.map((each: { status: string }) => each.status)).to.deep.equal([
        'REMOVED',
        'REMOVED',
      ]);
      expect((await changes()).at(-1)).to.include({ action: 'delete', public: true });
      await put(location({ publish: false, name: 'secret too', last_updated: T3 }));
      expect((await changes()).at(-1)).to.include({ action: 'delete', public: false });
      expect(JSON.parse(String((await page({ dateFrom: new Date(0) })).objects[0]?.document)).name).to.equal(
        'public name',
      );
    });

    it('LR-22: what was never published is seen by nobody', async () => {
      await put(location({ publish: false }));
      expect((await page({ dateFrom: new Date(0) })).total).to.equal(0);
      expect((await changes())[0]).to.include({ public: false });
    });

    it('LS-05, LS-08: pages follow creation and a position neither skips nor repeats', async () => {
      await pull(...['a', 'b', 'c', 'd', 'e'].map((id) => location({ id })));
      const first = await page({ limit: 2 });
      expect(first.total).to.equal(5);
      await put(location({ id: 'a', name: 'changed', last_updated: T3 }));
      const second = await page({ limit: 2, after: first.next });
      const third = await page({ limit: 2, after: second.next });
      expect(third.next).to.equal(null);
      const ids = [first, second, third].flatMap((each) => idsOf(each));
      expect(ids).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
      expect(idsOf(await page({ offset: 3 }))).to.deep.equal(['d', 'e']);
    });
  });

  describe('Tariffs', () => {
    const tariff = (overrides: object = {}) =>
      buildTariff({ country_code: 'NL', party_id: 'TNM', id: 'T1', last_updated: T1, ...overrides });

    it('TR-01, TR-03: are put, replaced and deleted, each with a journal entry', async () => {
      const outcome = async (body: object) =>
        (await rig.pipeline.putTariff(by, OWNER, 'T1', body)).outcome.kind;
      expect(await outcome(tariff())).to.equal('created');
      expect(await outcome(tariff({ currency: 'GBP', last_updated: T2 }))).to.equal('updated');
      expect(await outcome(tariff())).to.equal('stale');
      expect((await rig.pipeline.deleteTariff(by, OWNER, 'T1')).outcome.kind).to.equal('updated');
      expect(await readOwnObject(database.knex, 'tariffs', OWNER, 'T1')).to.equal(null);
      expect((await changes()).map((entry) => entry.action)).to.deep.equal(['upsert', 'upsert', 'delete']);
      expect((await rig.pipeline.deleteTariff(by, OWNER, 'T1')).outcome.kind).to.equal('rejected');
    });
  });

  it('one bad object never fails its neighbours in a batch', async () => {
    const mutation = (id: string, apply: () => never) =>
      rig.writer.submit({ module: 'locations', owner: OWNER, id, speaker: by.speaker, apply });
    const [failed, taken] = await Promise.all([
      mutation('BAD', () => {
        throw new Error('a fault of ours');
      }),
      put(location()),
    ]);
    expect(failed.kind).to.equal('failed');
    expect(taken.outcome.kind).to.equal('created');
  });
});
