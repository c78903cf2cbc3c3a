/** Whole imports, from a register that really answers and from files, with everything that a register does wrong. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { findOperators } from '../../../db/reads/operators.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import {
  type ImportRig,
  openImportRig,
  type RegisterAnswer,
  type RegisterServer,
  startRegisterServer,
} from '../../support/operator-register.ts';

const prefix = (index: number, changes: object = {}) => ({
  prefixId: `FR${String(index).padStart(3, '0')}`,
  name: `Société ${index}`,
  type: 'CHARGE',
  status: 'ACTIVE',
  ...changes,
});
const prefixes = (count: number) => Array.from({ length: count }, (_, index) => prefix(index));
const afirevList = (data: object[]) => JSON.stringify({ data, total: data.length });

const TABLE_HEAD = 'country_code,operator_id,role,status,name,website,authority';

describe('An import of operator IDs', () => {
  let database: TestDatabase;
  let register: RegisterServer;
  let rig: ImportRig;
  let folder: string;

  before(async () => {
    database = await openTestDatabase();
    register = await startRegisterServer();
    folder = await mkdtemp(join(tmpdir(), 'nap-registers-'));
  });
  beforeEach(async () => {
    await database.truncate();
    register.requests.length = 0;
    rig = await openImportRig(database);
  });
  afterEach(() => rig.close());
  after(async () => {
    await register.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const answers = (answer: RegisterAnswer) => {
    register.answer = () => answer;
  };
  const state = () => database.knex('operator').orderBy(['country_code', 'operator_id', 'role', 'authority']);
  const log = () => database.knex('operator_import').orderBy('id');

  async function file(name: string, body: string | Buffer): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, body);
    return path;
  }

  it('takes in the list at a URL, packed or not, and the same list as a file', async () => {
    const body = afirevList(prefixes(10));
    answers({ body });
    expect(await rig.run('afirev', register.url)).to.include({
      state: 'imported',
      received: 10,
      created: 10,
    });
    for (const headers of [{ 'content-encoding': 'gzip' }, { 'content-type': 'application/gzip' }]) {
      answers({ headers, body: gzipSync(body) });
      expect(await rig.run('afirev', register.url)).to.include({ state: 'imported', unchanged: 10 });
    }
    const plain = await file('list.json', body);
    const packed = await file('list.json.gz', gzipSync(body));
    for (const path of [plain, packed, `file://${plain}`]) {
      expect(await rig.run('afirev', path)).to.include({ state: 'imported', unchanged: 10 });
    }
    expect(await state()).to.have.length(10);
  });

  it('makes a finding of a row with a fault, and takes the rest in', async () => {
    answers({ body: afirevList([...prefixes(3), prefix(4, { prefixId: 'FR*LONG' }), prefix(1)]) });
    const ended = await rig.run('afirev', register.url);
    expect(ended).to.include({ state: 'imported', received: 5, entries: 3, malformed: 2 });
    expect(ended.findings.map(({ place, received }) => [place, received.slice(0, 24)])).to.deep.equal([
      ['item 4', 'FR*LONG'],
      ['item 5', '{"prefixId":"FR001","nam'],
    ]);
    expect((await log())[0].findings).to.deep.equal(ended.findings);
  });

  it('goes from the wire to a question by any spelling', async () => {
    answers({ body: afirevList([prefix(7, { type: 'BOTH', status: 'SUSPENDED' })]) });
    await rig.run('afirev', register.url);
    const found = await findOperators(database.knex, { countryCode: 'FR', operatorId: '007' });
    expect(found.map(({ role, status, name, authority }) => [role, status, name, authority])).to.deep.equal([
      ['CPO', 'SUSPENDED', 'Société 7', 'afirev'],
      ['EMSP', 'SUSPENDED', 'Société 7', 'afirev'],
    ]);
  });

  const whole = afirevList(prefixes(10));
  const bad: [string, RegisterAnswer, RegExp][] = [
    ['an HTML page', { body: '<html>We are moving</html>' }, /is an HTML or XML page, not the list/],
    ['nothing', { body: '' }, /is empty/],
    ['an empty list', { body: afirevList([]) }, /lists nobody/],
    ['another encoding', { body: Buffer.from(whole, 'latin1') }, /is not in UTF-8/],
    ['JSON that breaks off', { body: whole.slice(0, -30) }, /is not JSON/],
    ['another form', { body: JSON.stringify(prefixes(10)) }, /has another form/],
    ['other fields', { body: JSON.stringify({ data: [{ code: 'FR001' }] }) }, /has other fields/],
    [
      'rows that are all malformed',
      { body: afirevList([prefix(1, { prefixId: 'X' })]) },
      /lists nobody; the first/,
    ],
    ['half of its rows', { body: afirevList(prefixes(5)) }, /5 of the 10 entries of afirev would be gone/],
    [
      'half of its rows, though it says ten',
      { body: whole.replace(/"FR00[5-9]".*\]/, '"FR004"}]') },
      /not complete/,
    ],
    ['an error', { status: 503, body: whole }, /answered HTTP 503/],
    ['a redirect to elsewhere', { status: 302, headers: { location: 'https://x.example' } }, /redirects to/],
    ['a swollen body', { body: gzipSync(Buffer.alloc(40 * 1024 * 1024, 32)) }, /sends more than 32 MiB/],
    ['packed data that is damaged', { body: gzipSync(whole).subarray(0, 60) }, /cannot be unpacked/],
  ];
  for (const [what, answer, reason] of bad) {
    it(`changes nothing and says why when the register answers with ${what}`, async () => {
      answers({ body: whole });
      await rig.run('afirev', register.url);
      const before = await state();
      answers(answer);
      rig.now = new Date('2026-06-02T00:00:00Z');
      const ended = await rig.run('afirev', register.url);
      expect(ended.state).to.be.oneOf(['failed', 'refused']);
      expect(ended.problem)
        .to.match(reason)
        .and.match(/Nothing was changed\./);
      expect(await state()).to.deep.equal(before);
      const [, second] = await log();
      expect(second).to.deep.include({ state: ended.state, problem: ended.problem });
      // A fault of the register is none of ours.
      expect(rig.log.filter(({ level }) => level >= 50)).to.deep.equal([]);
      expect(rig.log.find(({ msg }) => msg === 'did not import operator IDs')).to.include({ level: 40 });
    });
  }

  it('says of a file that is not there, or of a folder, what it is', async () => {
    expect((await rig.run('table', join(folder, 'nowhere.csv'))).problem).to.contain('there is no such file');
    expect((await rig.run('table', folder)).problem).to.contain('is not a file');
  });

  it('changes nothing when a table is cut off or has quotes that never close', async () => {
    const rows = Array.from(
      { length: 20 },
      (_, index) => `ES,${100 + index},CPO,ACTIVE,"Empresa, ${index}",,es`,
    );
    const table = [TABLE_HEAD, ...rows].join('\n');
    expect(await rig.run('table', await file('t.csv', table))).to.include({ state: 'imported', created: 20 });
    const before = await state();
    const cut = await rig.run('table', await file('cut.csv', table.slice(0, table.length / 2)));
    expect(cut.state).to.be.oneOf(['failed', 'refused']);
    const open = await rig.run('table', await file('open.csv', table.replace('Empresa, 3"', 'Empresa, 3')));
    expect(open.state).to.be.oneOf(['failed', 'refused']);
    expect(await state()).to.deep.equal(before);
  });

  it('takes in what was refused once a person says that it is right', async () => {
    answers({ body: whole });
    await rig.run('afirev', register.url);
    answers({ body: afirevList(prefixes(2)) });
    const forced = await rig.run('afirev', register.url, { isForced: true });
    expect(forced).to.include({ state: 'imported', unchanged: 2, delisted: 8 });
  });

  it('asks by schedule only whether the list has changed, and sees its entries again when it has not', async () => {
    await rig.registerStore.keep({ register: 'afirev', url: register.url, schedule: '@daily' }, false);
    register.answer = (_url, { headers }) =>
      headers['if-none-match'] === '"v1"' ? { status: 304 } : { headers: { etag: '"v1"' }, body: whole };
    expect(await rig.run('afirev', register.url)).to.include({ state: 'imported' });
    rig.now = new Date('2026-06-03T00:00:00Z');
    const [job] = await rig.importer.jobs();
    expect(job).to.include({ schedule: '@daily' });
    await job?.run(new AbortController().signal);
    expect((await log()).at(-1)).to.include({ state: 'unchanged', unchanged: 10 });
    expect((await state())[0].last_seen).to.deep.equal(rig.now);
    // A list that came another way is what stands now: the next time all of it is asked for.
    await rig.run('afirev', await file('other.json', afirevList(prefixes(9))));
    await job?.run(new AbortController().signal);
    expect(register.requests.map(({ headers }) => headers['if-none-match'])).to.deep.equal([
      undefined,
      '"v1"',
      undefined,
    ]);
    expect((await state()).filter(({ status }) => status === 'ACTIVE')).to.have.length(10);
  });

  describe('of BDEW', () => {
    const record = (index: number) => ({
      Id: index,
      Code: `DE ${String(index % 1000).padStart(3, '0')}`,
      Company: `Firma ${index}`,
    });

    /** Pages as the register gives them. */
    function serve(counts: { cpo: number; emsp: number }, tell: (total: number) => object) {
      register.answer = ({ searchParams }) => {
        const isProvider = searchParams.get('showProviderId') === 'true';
        const total = isProvider ? counts.emsp : counts.cpo;
        const start = Number(searchParams.get('jtStartIndex'));
        const size = Math.min(Number(searchParams.get('jtPageSize')), Math.max(0, total - start));
        const offset = start + (isProvider ? 100_000 : 0);
        const records = Array.from({ length: size }, (_, index) => record(offset + index));
        return { body: JSON.stringify({ Result: 'OK', Records: records, ...tell(total) }) };
      };
    }

    it('reads both lists page by page', async () => {
      serve({ cpo: 900, emsp: 620 }, (total) => ({ TotalRecordCount: total }));
      const ended = await rig.run('bdew', `${register.url}?showProviderId=false`);
      expect(ended).to.include({ state: 'imported', received: 1520, created: 1520, malformed: 0 });
      expect(register.requests).to.have.length(4);
    });

    it('reads to the end of a list that does not say how long it is', async () => {
      serve({ cpo: 500, emsp: 10 }, () => ({}));
      expect(await rig.run('bdew', register.url)).to.include({ state: 'imported', created: 510 });
    });

    it('refuses a list that does not come to the end that it speaks of', async () => {
      serve({ cpo: 600, emsp: 600 }, (total) => ({ TotalRecordCount: total + 1 }));
      const ended = await rig.run('bdew', register.url);
      expect(ended).to.include({ state: 'failed' });
      expect(ended.problem).to.contain('it gave 600 of 601 records');
    });

    it('passes on what it says in place of a list', async () => {
      answers({ body: JSON.stringify({ Result: 'ERROR', Message: 'no' }) });
      expect((await rig.run('bdew', register.url)).state).to.equal('failed');
      answers({ body: JSON.stringify({ Result: 'ERROR', Records: [] }) });
      expect((await rig.run('bdew', register.url)).problem).to.contain('answers "ERROR"');
    });

    it('reads both lists of one answer', async () => {
      answers({ body: JSON.stringify({ cpo: [record(1)], emsp: [record(1), record(2)] }) });
      expect(await rig.run('bdew', register.url)).to.include({ state: 'imported', created: 3 });
    });
  });

  it('shows no secret of a URL', async () => {
    answers({ body: 'x' });
    const ended = await rig.run('afirev', `${register.url}?key=hunter2`);
    expect(ended.origin).to.contain('key=…');
    expect(JSON.stringify([ended, rig.log, await log()])).not.to.contain('hunter2');
  });

  it('does not reach for a URL that the guard refuses', async () => {
    const ended = await rig.run('afirev', `https://user:secret@127.0.0.1:1/list`);
    expect(ended).to.include({ state: 'failed' });
    expect(ended.problem).to.contain('is refused');
  });

  it('ends when it is told to, and changes nothing', async () => {
    const end = new AbortController();
    register.answer = () => {
      end.abort(new Error('enough'));
      return { body: whole };
    };
    const failure = await failureOf(rig.run('afirev', register.url, { signal: end.signal }));
    expect(failure.message).to.equal('enough');
    expect([await state(), await log()]).to.deep.equal([[], []]);
    // The next one of the same register is not held up.
    answers({ body: whole });
    expect(await rig.run('afirev', register.url)).to.include({ state: 'imported' });
  });
});
