import { expect } from 'chai';
import type { Owner } from '../../../db/model.ts';
import {
  type ConnectionStore,
  createConnectionStore,
  NameTakenError,
  type NewConnection,
} from '../../../db/registry/connection-store.ts';
import { createVoiceStore, type VoiceStore, VoiceTakenError } from '../../../db/registry/voice-store.ts';
import { hashToken } from '../../../server/secret-box.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

const TNM: Owner = { countryCode: 'NL', partyId: 'TNM' };
const GFX: Owner = { countryCode: 'BE', partyId: 'GFX' };

function newConnection(overrides: Partial<NewConnection> = {}): NewConnection {
  const name = overrides.name ?? 'tandem';
  return {
    name,
    role: 'CPO',
    parties: [TNM],
    version: '2.2.1',
    strictness: 'report',
    clock: 'registry',
    tokenForm: 'base64',
    pushOnly: false,
    tokenHash: hashToken(`token of ${name}`),
    tokenKind: 'static',
    ...overrides,
  };
}

async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error('nothing failed'),
    (error: Error) => error,
  );
}

describe('connection store', () => {
  let database: TestDatabase;
  let voices: VoiceStore;
  let connections: ConnectionStore;
  let now: Date;

  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.truncate();
    now = new Date('2026-06-02T12:00:00Z');
    voices = createVoiceStore({ knex: database.knex, clock: () => now });
    connections = createConnectionStore({ database, voices, clock: () => now });
  });
  after(() => database.drop());

  it('keeps a connection with its parties as they were named, in upper case, and registers its voices', async () => {
    const added = await connections.add(
      newConnection({ parties: [{ countryCode: 'nl', partyId: 'tnm' }, GFX] }),
    );
    expect(await connections.findByName('tandem')).to.deep.equal(added);
    expect(added.parties).to.deep.equal([TNM, GFX]);
    expect(added.createdAt).to.deep.equal(now);
    const held = await voices.list();
    expect(held.map(({ owner, module, registered }) => [owner.partyId, module, registered])).to.deep.equal([
      ['GFX', 'locations', true],
      ['GFX', 'tariffs', true],
      ['TNM', 'locations', true],
      ['TNM', 'tariffs', true],
    ]);
  });

  for (const role of ['EMSP', 'NSP'] as const) {
    it(`gives no voice to a connection with role ${role}, which only reads`, async () => {
      await connections.add(newConnection({ role }));
      expect(await voices.list()).to.deep.equal([]);
    });
  }

  it('adds nothing at all when a party has another voice', async () => {
    await connections.add(newConnection());
    const error = await failure(connections.add(newConnection({ name: 'late', parties: [GFX, TNM] })));
    expect(error).to.be.instanceOf(VoiceTakenError);
    expect(await connections.findByName('late')).to.equal(undefined);
    expect((await voices.list()).map(({ owner }) => owner.partyId)).to.deep.equal(['TNM', 'TNM']);
  });

  it('refuses a name that is in use and says what to do', async () => {
    await connections.add(newConnection());
    const error = await failure(
      connections.add(newConnection({ parties: [GFX], tokenHash: hashToken('x') })),
    );
    expect(error).to.be.instanceOf(NameTakenError);
    expect(error.message).to.contain('nap connection remove tandem');
  });

  it('AUTH-05: finds the connection of whichever of several hashes fits, and says which', async () => {
    await connections.add(newConnection());
    await connections.add(newConnection({ name: 'other', parties: [GFX] }));
    const hash = hashToken('token of other');
    const found = await connections.findByTokenHashes([hashToken('unknown'), hash]);
    expect(found.map((match) => match.connection.name)).to.deep.equal(['other']);
    expect(found[0]?.hash.equals(hash)).to.equal(true);
    expect(await connections.findByTokenHashes([hashToken('unknown')])).to.deep.equal([]);
    expect(await connections.findByTokenHashes([])).to.deep.equal([]);
  });

  it('AUTH-05: of many tokens that come at the same moment each opens the door of its own connection', async () => {
    const names = ['tandem', 'other', 'third'];
    for (const name of names) await connections.add(newConnection({ name, parties: [] }));
    const calling = [...names, 'unknown', ...names, 'tandem'];
    const found = await Promise.all(
      calling.map((name) =>
        connections.findByTokenHashes([hashToken('unknown'), hashToken(`token of ${name}`)]),
      ),
    );
    expect(found.map((matches) => matches.map(({ connection }) => connection.name))).to.deep.equal(
      calling.map((name) => (name === 'unknown' ? [] : [name])),
    );
  });

  it('AUTH-12: a token is dead once it is rotated or its connection removed', async () => {
    const { id } = await connections.add(newConnection());
    const former = hashToken('token of tandem');
    const next = hashToken('next');
    expect(await connections.findByTokenHashes([former])).to.have.length(1);
    expect(await connections.rotate(id, next)).to.equal(true);
    expect(await connections.findByTokenHashes([former])).to.deep.equal([]);
    expect(await connections.findByTokenHashes([next])).to.have.length(1);
    expect(await connections.remove(id)).to.equal(true);
    expect(await connections.findByTokenHashes([next])).to.deep.equal([]);
    expect(await connections.remove(id)).to.equal(false);
    expect(await connections.rotate(id, former)).to.equal(false);
  });

  describe('a handshake', () => {
    const peer = {
      versionsUrl: 'https://cpo.example/ocpi/versions',
      sealedToken: 'sealed',
      endpoints: [{ identifier: 'locations', role: 'SENDER' as const, url: 'https://cpo.example/locations' }],
      roles: [{ role: 'CPO' as const, owner: TNM, business_details: { name: 'Tandem' } }],
      hubPartyId: null,
    };
    const registration = hashToken('token of tandem');
    const next = hashToken('next');

    const register = (id: number, calledWith: Buffer | null = registration) =>
      connections.register(id, {
        ...{ peer, version: '2.3.0', tokenForm: 'raw', tokenHash: next, calledWith, isPulled: true },
      });
    const opened = async (...hashes: Buffer[]) =>
      (await connections.findByTokenHashes(hashes)).map(({ connection }) => connection.tokenKind);

    it('AUTH-12: replaces the registration token by the one of the credentials, and keeps the peer', async () => {
      const { id } = await connections.add(newConnection({ tokenKind: 'registration' }));
      const registered = (await register(id))?.connection;
      expect(registered?.peer).to.deep.equal({ ...peer, registeredAt: now });
      expect(registered).to.include({ version: '2.3.0', tokenForm: 'raw', hasToken: true });
      expect(await opened(registration)).to.deep.equal([]);
      expect(await opened(next)).to.deep.equal(['credentials']);
      expect(await connections.findByName('tandem')).to.deep.equal(registered);
    });

    it('CRED-24: of two that begin with the same token only the first is kept', async () => {
      const { id } = await connections.add(newConnection({ tokenKind: 'registration' }));
      const both = await Promise.all([register(id), register(id)]);
      expect(both.filter((connection) => connection !== undefined)).to.have.length(1);
    });

    it('CRED-18: a pending token opens the door beside the standing one, and alone where there is none', async () => {
      const { id } = await connections.add(newConnection({ tokenHash: null, tokenKind: 'credentials' }));
      const other = await connections.add(newConnection({ name: 'other', parties: [GFX] }));
      await connections.setPendingToken(id, next);
      await connections.setPendingToken(other.id, hashToken('pending'));
      expect(await opened(next)).to.deep.equal(['pending']);
      expect(await opened(hashToken('pending'), hashToken('token of other'))).to.have.members([
        'pending',
        'static',
      ]);
      await register(id, null);
      await connections.dropPendingToken(other.id, hashToken('pending'));
      expect(await opened(next)).to.deep.equal(['credentials']);
      expect(await opened(hashToken('pending'))).to.deep.equal([]);
    });
  });

  it('notes a contact at most once a minute, and at once when the form of the token changes', async () => {
    const { id } = await connections.add(newConnection());
    const seen = async () => {
      const connection = await connections.findByName('tandem');
      return [connection?.lastContactAt?.toISOString(), connection?.tokenFormSeen];
    };
    await connections.noteContact(id, 'base64');
    now = new Date('2026-06-02T12:00:30Z');
    await connections.noteContact(id, 'base64');
    expect(await seen()).to.deep.equal(['2026-06-02T12:00:00.000Z', 'base64']);
    await connections.noteContact(id, 'raw');
    expect(await seen()).to.deep.equal(['2026-06-02T12:00:30.000Z', 'raw']);
    now = new Date('2026-06-02T12:01:30Z');
    await connections.noteContact(id, 'raw');
    expect(await seen()).to.deep.equal(['2026-06-02T12:01:30.000Z', 'raw']);
  });

  it('changes settings and leaves the others', async () => {
    const { id } = await connections.add(newConnection());
    const changed = await connections.set(id, { strictness: 'reject', pushOnly: true, clock: 'object' });
    expect(changed).to.include({
      strictness: 'reject',
      pushOnly: true,
      clock: 'object',
      tokenForm: 'base64',
    });
    expect(changed?.parties).to.deep.equal([TNM]);
    expect(await connections.set(id + 1_000, { strictness: 'reject' })).to.equal(undefined);
  });

  it('moves the voices along when the parties or the role change', async () => {
    const { id } = await connections.add(newConnection());
    await connections.set(id, { parties: [GFX] });
    expect((await voices.list()).map(({ owner }) => owner.partyId)).to.deep.equal(['GFX', 'GFX']);
    await connections.set(id, { role: 'NSP' });
    expect(await voices.list()).to.deep.equal([]);
  });

  it('changes nothing when a new party has another voice', async () => {
    await connections.add(newConnection());
    const { id } = await connections.add(newConnection({ name: 'other', parties: [GFX] }));
    const error = await failure(connections.set(id, { parties: [TNM], strictness: 'reject' }));
    expect(error).to.be.instanceOf(VoiceTakenError);
    expect(await connections.findByName('other')).to.deep.include({ parties: [GFX], strictness: 'report' });
  });

  it('frees the voices of a connection that is removed', async () => {
    const { id } = await connections.add(newConnection());
    await connections.remove(id);
    await connections.add(newConnection({ name: 'successor' }));
    expect((await voices.list()).map(({ speakerName }) => speakerName)).to.deep.equal([
      'successor',
      'successor',
    ]);
  });
});
