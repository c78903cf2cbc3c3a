import { expect } from 'chai';
import { readSilentSources } from '../../../db/reads/silent-sources.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource } from '../../support/pipeline.ts';

const NOW = new Date('2026-06-10T12:00:00Z');
const HOUR = 60 * 60_000;

describe('silent sources', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.truncate());

  const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);
  const silent = async () => (await readSilentSources(database.knex, NOW)).map(({ name }) => name);

  async function addSource(name: string, columns: object): Promise<number> {
    const { speaker } = await addTestSource(database, name);
    await database.knex('source').where({ id: speaker.id }).update(columns);
    return speaker.id;
  }

  it('are those without a good pull for more than 48 hours, with the parties they speak for', async () => {
    const gone = await addSource('gone', { created_at: ago(99), last_good_started_at: ago(48.1) });
    await addSource('border', { created_at: ago(99), last_good_started_at: ago(48) });
    await addSource('never', { created_at: ago(49) });
    await addSource('new', { created_at: ago(1) });
    const voice = { country_code: 'NL', party_id: 'TNM', source_id: gone, registered: true };
    await database.knex('voice').insert(['locations', 'tariffs'].map((module) => ({ ...voice, module })));
    expect(await silent()).to.deep.equal(['never', 'gone']);
    const [, found] = await readSilentSources(database.knex, NOW);
    expect(found).to.deep.equal({
      kind: 'source',
      name: 'gone',
      lastHeardAt: ago(48.1),
      owners: [{ countryCode: 'NL', partyId: 'TNM' }],
    });
    await database
      .knex('source')
      .where({ id: gone })
      .update({ last_good_started_at: ago(0) });
    expect(await silent()).to.deep.equal(['never']);
  });

  it('are connections that are the voice of a party, after a week without a word', async () => {
    for (const [name, hours] of [
      ['quiet', 169],
      ['talking', 168],
      ['listener', 999],
    ] as const) {
      const token_hash = Buffer.from(name);
      const row = { name, role: 'CPO', token_hash, token_kind: 'static', created_at: ago(999) };
      const [{ id }] = await database
        .knex('connection')
        .insert({ ...row, last_contact_at: ago(hours) })
        .returning('id');
      if (name === 'listener') continue;
      const party_id = name.slice(0, 3).toUpperCase();
      const voice = { country_code: 'NL', party_id, module: 'locations', registered: true };
      await database.knex('voice').insert({ ...voice, connection_id: id });
    }
    expect(await silent()).to.deep.equal(['quiet']);
  });
});
