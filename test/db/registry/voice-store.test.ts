import { expect } from 'chai';
import type { Owner, Speaker } from '../../../db/model.ts';
import { type ConnectionStore, createConnectionStore } from '../../../db/registry/connection-store.ts';
import { createVoiceStore, type VoiceStore, VoiceTakenError } from '../../../db/registry/voice-store.ts';
import { generateToken, hashToken } from '../../../server/secret-box.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

const TNM: Owner = { countryCode: 'NL', partyId: 'TNM' };
const clock = () => new Date('2026-06-02T12:00:00Z');

describe('voice store', () => {
  let database: TestDatabase;
  let voices: VoiceStore;
  let connections: ConnectionStore;

  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.truncate();
    voices = createVoiceStore({ knex: database.knex, clock });
    connections = createConnectionStore({ database, voices, clock });
  });
  after(() => database.drop());

  async function speaker(name: string): Promise<Speaker> {
    const connection = await connections.add({
      name,
      role: 'NSP',
      parties: [],
      version: '2.2.1',
      strictness: 'report',
      clock: 'registry',
      tokenForm: 'base64',
      pushOnly: false,
      tokenHash: hashToken(generateToken()),
      tokenKind: 'static',
    });
    return { kind: 'connection', id: connection.id };
  }

  it('gives a voice that nobody has to the first that brings an object, each module for itself', async () => {
    const one = await speaker('one');
    const other = await speaker('other');
    expect(await voices.claim(TNM, 'locations', one)).to.equal('granted');
    expect(await voices.claim(TNM, 'locations', other)).to.equal('other');
    expect(await voices.claim(TNM, 'tariffs', other)).to.equal('granted');
    expect(await voices.claim({ countryCode: 'nl', partyId: 'tnm' }, 'locations', one)).to.equal('granted');
  });

  it('answers every process alike, also when it remembers nothing', async () => {
    const one = await speaker('one');
    const other = await speaker('other');
    const elsewhere = createVoiceStore({ knex: database.knex, clock });
    const answers = await Promise.all([
      voices.claim(TNM, 'locations', one),
      elsewhere.claim(TNM, 'locations', other),
    ]);
    expect(answers.sort()).to.deep.equal(['granted', 'other']);
    expect(await voices.list()).to.have.length(1);
  });

  it('asks once for all that come at the same moment', async () => {
    const one = await speaker('one');
    await voices.claim(TNM, 'locations', one);
    voices.forget();
    const asked: string[] = [];
    const note = ({ sql }: { sql: string }) => asked.push(sql);
    database.knex.on('query', note);
    const answers = await Promise.all(Array.from({ length: 10 }, () => voices.claim(TNM, 'locations', one)));
    database.knex.removeListener('query', note);
    expect(new Set(answers)).to.deep.equal(new Set(['granted']));
    expect(asked).to.have.length(1);
  });

  it('asks again after a question that failed', async () => {
    const one = await speaker('one');
    const failed = await voices
      .claim(TNM, 'locations', { kind: 'connection', id: 999_999 })
      .catch((error) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(await voices.claim(TNM, 'locations', one)).to.equal('granted');
  });

  it('sees a voice that another process changed, at the latest when its memory ends', async () => {
    let now = clock();
    const forgetful = createVoiceStore({ knex: database.knex, clock: () => now });
    const one = await speaker('one');
    const other = await speaker('other');
    await forgetful.claim(TNM, 'locations', one);
    await voices.register(TNM, other, ['locations']);
    now = new Date(now.getTime() + 60_000);
    expect(await forgetful.claim(TNM, 'locations', one)).to.equal('other');
    expect(await forgetful.claim(TNM, 'locations', other)).to.equal('granted');
  });

  it('lets a person take over a voice that was merely taken', async () => {
    const first = await speaker('first');
    const named = await speaker('named');
    await voices.claim(TNM, 'locations', first);
    await voices.register(TNM, named, ['locations', 'tariffs']);
    expect(await voices.claim(TNM, 'locations', first)).to.equal('other');
    const held = await voices.list();
    expect(
      held.map(({ module, speakerName, registered }) => [module, speakerName, registered]),
    ).to.deep.equal([
      ['locations', 'named', true],
      ['tariffs', 'named', true],
    ]);
  });

  it('refuses to register a voice that another has registered, names the holder and changes nothing', async () => {
    const holder = await speaker('holder');
    const late = await speaker('late');
    await voices.register(TNM, holder, ['tariffs']);
    const error = await voices.register(TNM, late, ['locations', 'tariffs']).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(VoiceTakenError);
    expect((error as Error).message)
      .to.contain('connection holder already speaks for NL-TNM (tariffs)')
      .and.contain('nap connection remove holder');
    expect((await voices.list()).map(({ module }) => module)).to.deep.equal(['tariffs']);
  });

  it('registers again for the one that has it without complaint', async () => {
    const holder = await speaker('holder');
    await voices.register(TNM, holder, ['locations']);
    await voices.register(TNM, holder, ['locations']);
    expect(await voices.list()).to.have.length(1);
  });

  it('frees all voices of a speaker', async () => {
    const one = await speaker('one');
    const other = await speaker('other');
    await voices.register(TNM, one, ['locations', 'tariffs']);
    await voices.release(one);
    expect(await voices.claim(TNM, 'locations', other)).to.equal('granted');
  });
});
