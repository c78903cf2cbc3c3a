import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { expect } from 'chai';
import { NameTakenError } from '../../../db/registry/connection-store.ts';
import { CLAIM_LIFETIME_MS, type ClaimingProcess } from '../../../db/registry/source-claim.ts';
import { createSourceStore, type SourceResult, type SourceStore } from '../../../db/registry/source-store.ts';
import { createVoiceStore, type VoiceStore, VoiceTakenError } from '../../../db/registry/voice-store.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';

describe('the store of sources', () => {
  let database: TestDatabase;
  let sources: SourceStore;
  let voices: VoiceStore;
  let now: Date;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    now = new Date('2026-06-10T12:00:00Z');
    voices = createVoiceStore({ knex: database.knex, clock: () => now });
    sources = openStore({ host: hostname(), pid: process.pid, life: 'ours' });
  });

  after(() => database.drop());

  /** The store as another process has it. */
  const openStore = (us: ClaimingProcess, engine: 'embedded' | 'server' = 'server') =>
    createSourceStore({ database: { knex: database.knex, engine }, voices, clock: () => now, process: us });
  const add = (more: object = {}) =>
    sources.add({ name: 'ndw', kind: 'ocpi-file', url: 'https://x.example/f', ...more });
  const result = (more: Partial<SourceResult> = {}): SourceResult => ({
    state: 'complete',
    full: true,
    startedAt: new Date('2026-06-10T12:00:00Z'),
    finishedAt: new Date('2026-06-10T12:01:00Z'),
    problem: null,
    broken: false,
    stopped: false,
    memory: {},
    ...more,
  });
  const later = (milliseconds: number) => {
    now = new Date(now.getTime() + milliseconds);
  };

  it('keeps a source as it was given, with defaults for the rest', async () => {
    const source = await add({
      options: { module: 'tariffs' },
      sealedToken: 'v1.sealed',
      parties: [{ countryCode: 'nl', partyId: 'tnm' }],
    });
    expect(source).to.deep.equal({
      id: source.id,
      name: 'ndw',
      kind: 'ocpi-file',
      connectionId: null,
      url: 'https://x.example/f',
      options: { module: 'tariffs' },
      sealedToken: 'v1.sealed',
      version: null,
      strictness: 'report',
      schedule: '*/15 * * * *',
      fullSchedule: '0 3 * * *',
      shrinkLimit: 0.2,
      parties: [{ countryCode: 'NL', partyId: 'TNM' }],
      state: 'idle',
      lastStartedAt: null,
      lastFinishedAt: null,
      lastGoodStartedAt: null,
      lastFullAt: null,
      lastError: null,
      consecutiveFailures: 0,
      brokenAt: null,
      memory: {},
    });
    expect(await sources.findByName('ndw')).to.deep.equal(source);
    expect(await sources.findById(source.id)).to.deep.equal(source);
    await add({ name: 'a' });
    expect((await sources.list()).map(({ name }) => name)).to.deep.equal(['a', 'ndw']);
  });

  it('says when a name is in use, and adds nothing', async () => {
    await add();
    const error = await failureOf(add({ parties: [{ countryCode: 'NL', partyId: 'ABC' }] }));
    expect(error).to.be.instanceOf(NameTakenError);
    expect(await database.knex('source_party')).to.deep.equal([]);
  });

  it('registers the voices of its parties for the modules that it brings', async () => {
    await add({ parties: [{ countryCode: 'NL', partyId: 'TNM' }], modules: ['locations'] });
    await add({ name: 'tariffs', parties: [{ countryCode: 'NL', partyId: 'TNM' }], modules: ['tariffs'] });
    expect((await voices.list()).map(({ module, speakerName }) => [module, speakerName])).to.deep.equal([
      ['locations', 'ndw'],
      ['tariffs', 'tariffs'],
    ]);
    const error = await failureOf(add({ name: 'third', parties: [{ countryCode: 'NL', partyId: 'TNM' }] }));
    expect(error).to.be.instanceOf(VoiceTakenError);
    expect(await sources.list()).to.have.length(2);
  });

  it('CRED-22: a source of a connection has no voice of its own', async () => {
    const [{ id }] = await database
      .knex('connection')
      .insert({ name: 'cpo', role: 'CPO', token_hash: Buffer.alloc(32), token_kind: 'static' })
      .returning('id');
    await add({ connectionId: id, parties: [{ countryCode: 'NL', partyId: 'TNM' }] });
    expect(await voices.list()).to.deep.equal([]);
  });

  it('changes settings, and a broken source counts as mended then', async () => {
    const { id } = await add();
    await sources.markBroken(id, 'refused');
    expect((await sources.findById(id))?.brokenAt).to.deep.equal(now);
    const changed = await sources.set(id, { sealedToken: 'v1.other', options: { module: 'locations' } });
    expect(changed).to.deep.include({
      sealedToken: 'v1.other',
      options: { module: 'locations' },
      brokenAt: null,
    });
    expect(await sources.set(id + 1, { url: 'x' })).to.equal(undefined);
  });

  it('removes a source with its runs and voices', async () => {
    const { id } = await add({ parties: [{ countryCode: 'NL', partyId: 'TNM' }] });
    expect(await sources.remove(id)).to.equal(true);
    expect(await sources.remove(id)).to.equal(false);
    expect(await voices.list()).to.deep.equal([]);
  });

  it('PC-07: only a complete run moves the start of the next incremental one', async () => {
    const { id } = await add();
    const end = async (more: Partial<SourceResult>) => {
      const claim = await sources.noteStart(id);
      expect((await sources.findById(id))?.state).to.equal('running');
      expect(await sources.noteEnd(id, claim as never, result(more))).to.equal(true);
      return sources.findById(id);
    };
    const good = new Date('2026-06-10T12:00:00Z');
    expect(await end({ memory: { etag: 'a' } })).to.deep.include({
      state: 'complete',
      lastGoodStartedAt: good,
      lastFullAt: good,
      memory: { etag: 'a' },
      lastError: null,
    });
    const startedAt = new Date('2026-06-10T13:00:00Z');
    expect(await end({ state: 'partial', startedAt, problem: 'page 2' })).to.deep.include({
      lastGoodStartedAt: good,
      lastFullAt: good,
      lastError: 'page 2',
      consecutiveFailures: 1,
    });
    expect(await end({ state: 'failed', startedAt, stopped: true })).to.include({ consecutiveFailures: 1 });
    expect(await end({ state: 'held', startedAt })).to.deep.include({
      lastGoodStartedAt: good,
      lastFullAt: startedAt,
      consecutiveFailures: 0,
    });
    expect(await end({ full: false, startedAt: now })).to.deep.include({
      lastGoodStartedAt: now,
      lastFullAt: startedAt,
    });
  });

  it('PC-09: of many who claim a source at once, in several processes, one gets it', async () => {
    const { id } = await add();
    // Not of one number: of two lives of a process the earlier one is dead.
    const others = [1, 2, 3].map((pid) => openStore({ host: 'elsewhere', pid, life: `life ${pid}` }));
    const claims = await Promise.all(
      [sources, ...others].flatMap((store) => [store.noteStart(id), store.noteStart(id)]),
    );
    expect(claims.filter((claim) => claim !== null)).to.have.length(1);
  });

  it('a claim that is renewed stays; one that is not falls to the next, and its holder is told', async () => {
    const { id } = await add();
    const other = openStore({ host: 'elsewhere', pid: 1, life: 'theirs' });
    const theirs = await other.noteStart(id);
    later(CLAIM_LIFETIME_MS - 1);
    expect(await other.renew(id, theirs as never)).to.equal(true);
    later(CLAIM_LIFETIME_MS - 1);
    expect(await sources.noteStart(id)).to.equal(null);
    later(2);
    const ours = await sources.noteStart(id);
    expect(ours).not.to.equal(null);
    expect(await other.renew(id, theirs as never)).to.equal(false);
    expect(await other.noteEnd(id, theirs as never, result({ problem: 'late' }))).to.equal(false);
    expect(await sources.findById(id)).to.include({ state: 'running', lastError: null });
  });

  it('a source that a killed process of this host left running can be claimed at once', async () => {
    const { id } = await add();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = child.pid as number;
    const theirs = openStore({ host: hostname(), pid, life: 'theirs' });
    await theirs.noteStart(id);
    expect(await sources.noteStart(id)).to.equal(null);
    expect(await sources.releaseVoidClaims()).to.deep.equal([]);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    expect(await sources.releaseVoidClaims()).to.deep.equal([id]);
    expect(await sources.findById(id)).to.include({
      state: 'failed',
      lastError: 'the process that pulled it ended',
    });
    expect(await sources.noteStart(id)).not.to.equal(null);
  });

  it('an earlier life with our own process id, as in a container, is dead', async () => {
    const { id } = await add();
    await openStore({ host: hostname(), pid: process.pid, life: 'before' }).noteStart(id);
    expect(await sources.noteStart(id)).not.to.equal(null);
  });

  it('on the embedded engine every other process is dead, for it admits one', async () => {
    const { id } = await add();
    const before = openStore({ host: 'elsewhere', pid: 1, life: 'before' }, 'embedded');
    await before.noteStart(id);
    const after = openStore({ host: 'here', pid: 2, life: 'after' }, 'embedded');
    expect(await after.releaseVoidClaims()).to.deep.equal([id]);
  });

  it('a claim of our own is not shown among what an adapter remembers', async () => {
    const { id } = await add();
    await sources.noteStart(id);
    expect((await sources.findById(id))?.memory).to.deep.equal({});
  });
});
