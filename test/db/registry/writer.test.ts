import { expect } from 'chai';
import type { Checked } from '../../../db/model.ts';
import { readPublicObjects } from '../../../db/reads/public-objects.ts';
import { readSenderPage } from '../../../db/reads/sender-list.ts';
import { publishedLocationReader } from '../../../db/reads/stored-object.ts';
import { UNCHECKED } from '../../../db/registry/draft.ts';
import type { LocationMutation } from '../../../db/registry/mutation.ts';
import { createWriter, type RegistryWriter } from '../../../db/registry/writer.ts';
import { buildLocation } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource } from '../../support/pipeline.ts';

describe('the one writer', () => {
  let database: TestDatabase;
  let other: RegistryWriter;
  let writer: RegistryWriter;
  let put: (id: string, name?: string) => LocationMutation;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    const { speaker } = await addTestSource(database, 'cpo');
    const { knex } = database;
    writer = createWriter({ knex, clock: () => new Date() });
    other = createWriter({ knex, clock: () => new Date() });
    put = (id, name = id) => ({
      module: 'locations',
      owner: { countryCode: 'NL', partyId: 'TNM' },
      id,
      speaker,
      apply: () => ({
        kind: 'write',
        document: buildLocation({ country_code: 'NL', party_id: 'TNM', id, name }),
        sourceVersion: '2.2.1',
        asStored: ['2.2.1'],
        inputHash: null,
        findings: [],
        findingsMode: 'replace',
      }),
    });
  });

  after(() => database.drop());

  const sequences = () => database.knex('change').orderBy('sequence').pluck('sequence');

  it('answers a mutation that is handed in at the moment another was answered', async () => {
    for (let index = 0; index < 20; index += 1) {
      expect((await writer.submit(put(`L${index}`))).kind).to.equal('created');
    }
    await writer.drain();
    expect(await sequences()).to.have.length(20);
  });

  it('applies what is handed in together in order, with one journal entry an object', async () => {
    const outcomes = await writer.submitAll([
      put('A', 'first'),
      put('B'),
      put('A', 'second'),
      put('A', 'second'),
    ]);
    expect(outcomes.map((outcome) => outcome.kind)).to.deep.equal([
      'created',
      'created',
      'updated',
      'unchanged',
    ]);
    expect(await database.knex('location').where({ location_id: 'A' }).pluck('name')).to.deep.equal([
      'second',
    ]);
    expect(await sequences()).to.deep.equal([1, 2]);
  });

  it('has committed what it answered', async () => {
    const [outcome] = await writer.submitAll([put('A')]);
    expect(outcome?.kind).to.equal('created');
    const { rows } = await database.readKnex.raw('select count(*) as count from location');
    expect(rows[0].count).to.equal(1);
  });

  it('hands out positions and ids without gaps when two writers put the same and other objects', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `L${index}`);
    const outcomes = await Promise.all([
      writer.submitAll(ids.map((id) => put(id, 'one'))),
      other.submitAll([...ids].reverse().map((id) => put(id, 'two'))),
    ]);
    const kinds = outcomes.flat().map((outcome) => outcome.kind);
    expect(kinds).not.to.include('failed');
    expect(kinds.filter((kind) => kind === 'created')).to.have.length(40);
    expect(await database.knex('location').orderBy('id').pluck('id')).to.deep.equal(
      ids.map((_, index) => index + 1),
    );
    const positions = await sequences();
    expect(positions).to.deep.equal(positions.map((_, index) => index + 1));
    const times = await database.knex('change').orderBy('sequence').pluck('changed_at');
    expect(times).to.deep.equal([...times].sort((one, another) => one.getTime() - another.getTime()));
  });

  /** Knex, and how many transactions were open at once at the most. */
  function countingKnex() {
    const { knex } = database;
    const count = { open: 0, most: 0 };
    const transaction = async (work: Parameters<typeof knex.transaction>[0]) => {
      count.open += 1;
      count.most = Math.max(count.most, count.open);
      try {
        return await knex.transaction(work);
      } finally {
        count.open -= 1;
      }
    };
    return { knex: { transaction } as never, count };
  }

  for (const [later, most] of [
    [4, 2],
    [3, 1],
  ] as const) {
    it(`while four are written, ${most === 2 ? 'begins with four others' : 'waits with three others for more'}`, async () => {
      const { knex, count } = countingKnex();
      writer = createWriter({ knex, clock: () => new Date() });
      const submitAll = (prefix: string, length: number) =>
        writer.submitAll(Array.from({ length }, (_, index) => put(`${prefix}${index}`)));
      const first = submitAll('FIRST', 4);
      // They are under way.
      await Promise.resolve();
      const outcomes = [...(await submitAll('LATER', later)), ...(await first)];
      expect(outcomes.filter(({ kind }) => kind === 'created')).to.have.length(4 + later);
      expect(count.most).to.equal(most);
    });
  }

  it('applies a whole batch while another is written, of other objects, and keeps the order of arrival', async () => {
    const { knex, count } = countingKnex();
    writer = createWriter({ knex, clock: () => new Date() });
    const ids = Array.from({ length: 700 }, (_, index) => `L${index}`);
    const outcomes = await writer.submitAll([...ids, ...ids].map((id) => put(id)));
    await writer.drain();
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal([
      ...ids.map(() => 'created'),
      ...ids.map(() => 'unchanged'),
    ]);
    // The third is one that has committed, and of which we have not heard yet.
    expect(count.most).to.be.within(2, 3);
    expect(await database.knex('change').orderBy('sequence').pluck('object_id')).to.deep.equal(ids);
  });

  it("moves neither journal nor clock back when the machine's clock does", async () => {
    await writer.submit(put('A'));
    await database.knex('journal_head').update({ changed_at: '2099-01-01T00:00:00Z' });
    await writer.submit(put('B'));
    const [time] = await database.knex('location').where({ location_id: 'B' }).pluck('changed_at');
    expect(time.getTime()).to.be.greaterThan(Date.parse('2099-01-01T00:00:00Z'));
  });

  it('answers `failed` with the error when the database is gone, and goes on to the next', async () => {
    const broken = createWriter({
      knex: { transaction: () => Promise.reject(new Error('no database')) } as never,
      clock: () => new Date(),
    });
    const outcomes = await broken.submitAll([put('A'), put('B')]);
    expect(outcomes.map((outcome) => outcome.kind)).to.deep.equal(['failed', 'failed']);
  });

  describe('with rules', () => {
    let checked: Checked;
    let checking: RegistryWriter;

    beforeEach(() => {
      checked = UNCHECKED;
      const checks = { location: () => checked, tariff: () => checked, moved: () => null };
      checking = createWriter({ knex: database.knex, clock: () => new Date(), checks });
    });

    const finding = (evseUid: string, message: string) => ({
      rule: 'ID-07',
      severity: 'error' as const,
      path: 'evses[0].evse_id',
      message,
      occurrences: 1,
      part: { evseUid, evseId: null, connectorId: null },
    });
    const openFindings = () =>
      database.knex('finding').whereNull('closed_at').orderBy('part_key').pluck('part_key');

    it('opens a finding for each part, and closes those that are no longer found', async () => {
      checked = { ...UNCHECKED, findings: [finding('E1', 'is missing'), finding('E2', 'is missing')] };
      await checking.submit(put('L1'));
      expect(await openFindings()).to.deep.equal(['e1', 'e2']);
      checked = { ...UNCHECKED, findings: [finding('E2', 'is missing')] };
      await checking.submit(put('L1', 'renamed'));
      expect(await openFindings()).to.deep.equal(['e2']);
      expect(await database.knex('finding').whereNotNull('closed_at').pluck('part_key')).to.deep.equal([
        'e1',
      ]);
    });

    it('keeps since when an AFIR item is missing', async () => {
      checked = { ...UNCHECKED, missingItems: ['A5'] };
      await checking.submit(put('L1'));
      const [{ missing_since: since }] = await database.knex('location').select('missing_since');
      checked = { ...UNCHECKED, missingItems: ['A4', 'A5'] };
      await checking.submit(put('L1', 'renamed'));
      const [row] = await database.knex('location').select('missing_items', 'missing_since');
      expect(row.missing_items).to.deep.equal(['A4', 'A5']);
      expect(row.missing_since[1]).to.deep.equal(since[0]);
      expect(row.missing_since[0] > since[0]).to.equal(true);
    });

    it('journals what a policy begins and ceases to withhold, as gone and as back', async () => {
      await checking.submit(put('L1'));
      checked = { ...UNCHECKED, withheld: true };
      await checking.submit(put('L1'));
      checked = UNCHECKED;
      await checking.submit(put('L1'));
      const changes = await database.knex('change').orderBy('sequence').select('action', 'public');
      expect(changes).to.deep.equal([
        { action: 'upsert', public: true },
        { action: 'delete', public: true },
        { action: 'upsert', public: true },
      ]);
    });

    it('asks again of an object that stays as it is, and writes only what the rules say', async () => {
      await checking.submit(put('L1'));
      const [before] = await database.knex('location').select('*');
      checked = { ...UNCHECKED, findings: [finding('E1', 'is missing')] };
      const recheck: LocationMutation = { ...put('L1'), apply: () => ({ kind: 'recheck' }) };
      expect(await checking.submit(recheck)).to.deep.equal({ kind: 'unchanged' });
      expect(await openFindings()).to.deep.equal(['e1']);
      expect(await database.knex('location').select('*')).to.deep.equal([before]);
      checked = { ...UNCHECKED, withheld: true };
      await checking.submit(recheck);
      const [after] = await database.knex('location').select('*');
      expect(after.public).to.equal(false);
      expect(after.input_hash).to.deep.equal(before.input_hash);
      expect([after.document, after.source_id, after.received_at]).to.deep.equal([
        before.document,
        before.source_id,
        before.received_at,
      ]);
      expect(await sequences()).to.have.length(2);
    });

    it('shows what is withheld to nobody: not in open data, to providers only as REMOVED', async () => {
      await checking.submit(put('L1'));
      checked = { ...UNCHECKED, withheld: true };
      await checking.submit(put('L1'));
      const shown: string[] = [];
      for await (const batch of readPublicObjects(database.knex, 'locations')) {
        shown.push(...batch.map(({ objectId }) => objectId));
      }
      expect(shown).to.deep.equal([]);
      const query = { module: 'locations', clock: 'registry', offset: 0, limit: 10 } as const;
      expect((await readSenderPage(database.knex, query)).total).to.equal(0);
      const since = await readSenderPage(database.knex, { ...query, dateFrom: new Date(0) });
      expect(since.objects.map(({ document }) => JSON.parse(String(document)).evses[0].status)).to.deep.equal(
        ['REMOVED'],
      );
      expect(await publishedLocationReader(database.knex)('L1')).to.deep.equal([]);
    });
  });
});
