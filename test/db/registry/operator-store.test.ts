import { expect } from 'chai';
import type { OperatorRole } from '../../../db/model.ts';
import { createOperatorDirectory } from '../../../db/reads/operator-directory.ts';
import { findOperators, readAuthorityCounts, readRegistrations } from '../../../db/reads/operators.ts';
import { createOperatorRegisterStore } from '../../../db/registry/operator-register-store.ts';
import {
  createOperatorStore,
  type ListedOperator,
  type OperatorList,
  type OperatorStore,
} from '../../../db/registry/operator-store.ts';
import { openTestDatabase, type TestDatabase, testEngine } from '../../support/database.ts';

/** `NL*AA0`, `NL*AA1`, ... */
function entry(index: number, changes: Partial<ListedOperator> = {}): ListedOperator {
  const operatorId = `A${index.toString(36).toUpperCase().padStart(2, '0')}`;
  const key = { countryCode: 'NL', operatorId, role: 'CPO' as OperatorRole, authority: 'benelux' };
  const rest = { status: 'ACTIVE', website: null, raw: `row ${index}` } as const;
  return { ...key, ...rest, name: `Company ${index}`, ...changes };
}

const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index));

describe(`The operator store (${testEngine})`, () => {
  let database: TestDatabase;
  let store: OperatorStore;
  let now: Date;

  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.truncate();
    now = new Date('2026-06-01T00:00:00Z');
    store = createOperatorStore({ knex: database.knex, clock: () => now });
  });
  after(() => database.drop());

  /** Takes a list in, a day after the one before. */
  function sync(listed: readonly ListedOperator[], more: Partial<OperatorList> = {}) {
    now = new Date(now.getTime() + 86_400_000);
    return store.sync({
      ...{
        register: 'benelux',
        origin: 'list.csv',
        startedAt: now,
        received: listed.length,
        entries: listed,
      },
      ...{ malformed: 0, findings: [], isForced: false, ...more },
    });
  }
  const statuses = () => database.knex('operator').orderBy('operator_id').pluck('status');
  const find = (operatorId: string, countryCode = 'NL') =>
    findOperators(database.knex, { countryCode, operatorId });

  it('takes a list in, and sees the same one again', async () => {
    const first = await sync(entries(10));
    expect(first).to.include({ state: 'imported', entries: 10, created: 10, updated: 0, delisted: 0 });
    const again = await sync(entries(10));
    expect(again).to.include({ state: 'imported', created: 0, updated: 0, unchanged: 10, delisted: 0 });
    const [found] = await find('A03');
    expect(found).to.deep.equal({
      ...{ countryCode: 'NL', operatorId: 'A03', role: 'CPO', authority: 'benelux', status: 'ACTIVE' },
      ...{ name: 'Company 3', website: null, alsoListedBy: [] },
      firstSeen: new Date('2026-06-02T00:00:00Z'),
      lastSeen: new Date('2026-06-03T00:00:00Z'),
    });
  });

  it('keeps what is no longer listed as DELISTED, and the history of states and names', async () => {
    await sync(entries(10));
    const suspended = entry(1, { status: 'SUSPENDED', name: 'Other name' });
    const second = await sync([suspended, ...entries(10).slice(2)]);
    expect(second).to.include({ updated: 1, unchanged: 8, delisted: 1 });
    expect((await find('A00'))[0]).to.deep.include({
      status: 'DELISTED',
      lastSeen: new Date('2026-06-02T00:00:00Z'),
    });
    const third = await sync(entries(10));
    expect(third).to.include({ created: 0, updated: 2, unchanged: 8 });
    const history = await database
      .knex('operator_history')
      .orderBy('id')
      .select('operator_id', 'field', 'before', 'after', 'changed_at');
    const second_at = new Date('2026-06-03T00:00:00Z');
    const third_at = new Date('2026-06-04T00:00:00Z');
    expect(history).to.have.deep.members([
      row('A00', 'status', 'ACTIVE', 'DELISTED', second_at),
      row('A01', 'status', 'ACTIVE', 'SUSPENDED', second_at),
      row('A01', 'name', 'Company 1', 'Other name', second_at),
      row('A00', 'status', 'DELISTED', 'ACTIVE', third_at),
      row('A01', 'status', 'SUSPENDED', 'ACTIVE', third_at),
      row('A01', 'name', 'Other name', 'Company 1', third_at),
    ]);
  });

  function row(operator_id: string, field: string, before: string, after: string, changed_at: Date) {
    return { operator_id, field, before, after, changed_at };
  }

  it('takes in a list that loses a fifth, and refuses one that loses more', async () => {
    await sync(entries(10));
    expect(await sync(entries(8))).to.include({ state: 'imported', delisted: 2 });
    const refused = await sync(entries(6));
    expect(refused).to.include({ state: 'refused', delisted: 2 });
    expect(refused.problem).to.equal(
      '2 of the 8 entries of benelux would be gone (25 %, more than 20 %). Nothing was changed. ' +
        'If the list is right, import it with --force.',
    );
    expect((await statuses()).filter((status) => status === 'ACTIVE')).to.have.length(8);
    expect((await find('A07'))[0]?.lastSeen).to.deep.equal(new Date('2026-06-03T00:00:00Z'));
  });

  it('takes in a list in which half has changed, and refuses one in which more has', async () => {
    await sync(entries(10));
    const renamed = (count: number, name: string) =>
      entries(10).map((one, index) => (index < count ? { ...one, name } : one));
    expect(await sync(renamed(5, 'New'))).to.include({ state: 'imported', updated: 5 });
    const refused = await sync(renamed(6, 'Newer'));
    expect(refused).to.include({ state: 'refused', updated: 6 });
    expect(refused.problem).to.contain('would be changed (60 %, more than 50 %)');
    expect((await find('A00'))[0]?.name).to.equal('New');
    expect(await sync(renamed(6, 'Newer'), { isForced: true })).to.include({ state: 'imported', updated: 6 });
  });

  it('does not take growth for a change', async () => {
    await sync(entries(2));
    expect(await sync(entries(20))).to.include({ state: 'imported', created: 18, unchanged: 2 });
  });

  it('judges a list of several authorities by each of them, and takes all of it or nothing', async () => {
    const of = (authority: string, count: number) => entries(count).map((one) => ({ ...one, authority }));
    const register = 'table';
    await sync([...of('es', 10), ...of('pt', 10)], { register });
    const refused = await sync([...of('es', 10), ...of('pt', 7), ...of('si', 5)], { register });
    expect(refused).to.include({ state: 'refused' });
    expect(refused.problem).to.contain('3 of the 10 entries of pt').and.not.contain(' es ');
    expect(await find('A08')).to.have.length(1);
    expect((await readAuthorityCounts(database.knex)).map(({ authority }) => authority)).to.deep.equal([
      'es',
      'pt',
    ]);
    // Nothing is said of pt: nothing is judged of it.
    const partial = await sync(of('es', 10), { register });
    expect(partial).to.include({ state: 'imported', unchanged: 10, delisted: 0 });
    expect(partial.findings).to.deep.equal([
      {
        place: 'the list',
        message: 'does not name the authority pt: its entries (10) stay as they were',
        received: '',
      },
    ]);
  });

  it('writes down how each import ended, with its findings', async () => {
    const findings = [{ place: 'row 3', message: 'is no operator ID', received: 'NL*TOO-LONG' }];
    await sync(entries(2), { findings, malformed: 1, received: 3 });
    await store.noteFailure(
      { register: 'benelux', origin: 'https://x.example', startedAt: now },
      'it is HTML\0',
    );
    const log = await database.knex('operator_import').orderBy('id');
    expect(log[0]).to.deep.include({ state: 'imported', received: 3, malformed: 1, findings, problem: null });
    expect(log[1]).to.deep.include({ state: 'failed', entries: 0, problem: 'it is HTML\ufffd' });
  });

  it('sees entries again when their register has not changed', async () => {
    await sync(entries(3));
    now = new Date('2026-06-09T00:00:00Z');
    const attempt = { register: 'benelux', origin: 'https://x.example', startedAt: now };
    expect(await store.noteUnchanged(attempt, ['benelux'])).to.include({ state: 'unchanged', unchanged: 3 });
    expect((await find('A00'))[0]?.lastSeen).to.deep.equal(now);
  });

  it('forgets old imports but for the last, and the last good one, of each register', async () => {
    await sync(entries(2));
    await sync(entries(2));
    const attempt = { register: 'benelux', origin: 'list.csv', startedAt: now };
    for (const problem of ['first', 'second']) await store.noteFailure(attempt, problem);
    expect(await store.forgetImportsOlderThan(new Date('2027-01-01T00:00:00Z'))).to.equal(2);
    expect(await database.knex('operator_import').orderBy('id').select('state', 'problem')).to.deep.equal([
      { state: 'imported', problem: null },
      { state: 'failed', problem: 'second' },
    ]);
  });

  it('gives the entry that holds where several authorities list an ID', async () => {
    const one = entry(1);
    await sync([{ ...one, authority: 'old-copy', name: 'Copy' }], { register: 'table' });
    await sync([{ ...one, authority: 'ie', status: 'UNKNOWN' }], { register: 'ie' });
    expect(await find('A01')).to.have.length(1);
    expect((await find('A01'))[0]).to.deep.include({ authority: 'ie', alsoListedBy: ['old-copy'] });
    await sync([{ ...one, authority: 'gb' }], { register: 'gb' });
    expect((await find('A01'))[0]).to.deep.include({ authority: 'gb', alsoListedBy: ['ie', 'old-copy'] });
    await sync([entry(2, { authority: 'gb' })], { register: 'gb', isForced: true });
    expect((await find('A01'))[0]).to.deep.include({ authority: 'ie', alsoListedBy: ['old-copy'] });
    expect(await find('A01', 'BE')).to.deep.equal([]);
  });

  it('tells which of many IDs are registered, for what and in which state', async () => {
    await sync([entry(1), entry(1, { role: 'EMSP' }), entry(2, { status: 'SUSPENDED', name: null })]);
    const asked = ['A01', 'A02', 'A02', 'ZZZ'].map((operatorId) => ({ countryCode: 'NL', operatorId }));
    const wanted = {
      'NL*A01': [
        { role: 'CPO', status: 'ACTIVE', name: 'Company 1' },
        { role: 'EMSP', status: 'ACTIVE', name: 'Company 1' },
      ],
      'NL*A02': [{ role: 'CPO', status: 'SUSPENDED', name: null }],
    };
    expect(Object.fromEntries(await readRegistrations(database.knex, asked))).to.deep.equal(wanted);
    expect(await readRegistrations(database.knex, [])).to.have.property('size', 0);

    const directory = createOperatorDirectory(database.knex);
    const found = () => asked.map((id) => directory.find(id).map(({ status }) => status));
    expect([directory.sequence, ...found()]).to.deep.equal([0, [], [], [], []]);
    expect(directory.covers('NL')).to.equal(false);
    await Promise.all([directory.refresh(), directory.refresh(), directory.refresh()]);
    expect(found()).to.deep.equal([['ACTIVE', 'ACTIVE'], ['SUSPENDED'], ['SUSPENDED'], []]);
    expect([directory.covers('NL'), directory.covers('US')]).to.deep.equal([true, false]);
    const { sequence } = directory;
    await sync([entry(1), entry(1, { role: 'EMSP' }), entry(2)]);
    expect(found()[1]).to.deep.equal(['SUSPENDED']);
    await directory.refresh();
    expect(found()[1]).to.deep.equal(['ACTIVE']);
    expect(directory.sequence).to.be.greaterThan(sequence);
  });

  it('takes in two lists of one authority that come at once, one after the other', async () => {
    const both = await Promise.all([sync(entries(40)), sync(entries(40))]);
    expect(both.map(({ created, unchanged }) => created + unchanged)).to.deep.equal([40, 40]);
    expect(both.reduce((total, { created }) => total + created, 0)).to.equal(40);
  });
});

describe(`The store of scheduled registers (${testEngine})`, () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(() => database.truncate());
  after(() => database.drop());

  const open = () => createOperatorRegisterStore({ knex: database.knex, clock: () => new Date() });
  const [ONE, OTHER] = ['https://one.example/list', 'https://other.example/list'] as const;

  it('keeps one URL of a register, and several of the plain table', async () => {
    const store = open();
    for (const url of [ONE, OTHER]) {
      await store.keep({ register: 'benelux', url, schedule: '@daily' }, false);
      await store.keep({ register: 'table', url, schedule: '@daily' }, true);
    }
    await store.keep({ register: 'benelux', url: OTHER, schedule: '@weekly' }, false);
    const kept = (await store.list()).map(({ register, url, schedule }) => [register, url, schedule]);
    expect(kept).to.deep.equal([
      ['benelux', OTHER, '@weekly'],
      ['table', ONE, '@daily'],
      ['table', OTHER, '@daily'],
    ]);
    expect(await store.remove('table', ONE)).to.equal(true);
    expect(await store.remove('table', ONE)).to.equal(false);
    expect(await store.find('table', ONE)).to.equal(undefined);
  });

  it('remembers what an answer said until its authority is brought another way', async () => {
    const store = open();
    await store.keep({ register: 'table', url: ONE, schedule: '@daily' }, true);
    await store.keep({ register: 'table', url: OTHER, schedule: '@daily' }, true);
    await store.remember(ONE, { etag: '"1"', authorities: ['es', 'pt'] });
    await store.remember(OTHER, { etag: '"2"', authorities: ['si'] });
    await store.keep({ register: 'table', url: ONE, schedule: '@weekly' }, true);
    const etags = async () => (await store.list()).map(({ memory }) => memory.etag);
    expect(await etags()).to.deep.equal(['"1"', '"2"']);
    await store.remember(null, { authorities: ['pt'] });
    expect(await etags()).to.deep.equal([undefined, '"2"']);
  });
});
