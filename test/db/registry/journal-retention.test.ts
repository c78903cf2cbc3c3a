import { expect } from 'chai';
import { reachesBack } from '../../../db/reads/journal-reach.ts';
import { forgetChangesBefore } from '../../../db/registry/journal-retention.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

const OLD = new Date('2026-06-01T00:00:00Z');
const NOW = new Date('2026-06-20T00:00:00Z');
const BEFORE = new Date('2026-06-13T00:00:00Z');

describe('the journal', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.truncate());

  /** Entries of Locations, every tenth of a Tariff, all old but the last `young`. */
  async function journal(entries: number, young: number): Promise<void> {
    const { knex } = database;
    await knex.raw(
      `insert into change (sequence, kind, action, public, object, country_code, party_id, object_id, changed_at)
       select n, case when n % 10 = 0 then 'tariff' else 'location' end, 'upsert', true, n, 'NL', 'TNM', 'A' || n,
              case when n > ? then ?::timestamptz else ?::timestamptz + n * interval '1 second' end
         from generate_series(1, ?) as n`,
      [entries - young, NOW, OLD, entries],
    );
    await knex('journal_head').update({ sequence: entries });
    await knex('rule_round').update({ sequence: entries });
  }

  async function partner(name: string, module: string, sequence: number): Promise<void> {
    const { knex } = database;
    const [row] = await knex('connection')
      .insert({ name, role: 'NSP', token_hash: Buffer.from(name), token_kind: 'static' })
      .returning('id');
    await knex('push_position').insert({ connection_id: row.id, module, sequence });
  }

  const left = () => database.knex('change').orderBy('sequence').pluck('sequence');

  it('forgets what is too old, in steps, and then says that it does not reach back so far', async () => {
    await journal(25_003, 3);
    expect(await forgetChangesBefore(database.knex, BEFORE, NOW)).to.equal(25_000);
    expect(await left()).to.deep.equal([25_001, 25_002, 25_003]);
    expect(await reachesBack(database.knex, 25_000)).to.equal(true);
    expect(await reachesBack(database.knex, 24_999)).to.equal(false);
    expect(await reachesBack(database.knex, 25_003)).to.equal(true);
    expect(await reachesBack(database.knex, 25_004)).to.equal(false);
    expect(await forgetChangesBefore(database.knex, BEFORE, NOW)).to.equal(0);
  });

  it('keeps the newest entry, however old', async () => {
    await journal(20, 0);
    expect(await forgetChangesBefore(database.knex, BEFORE, NOW)).to.equal(19);
    expect(await left()).to.deep.equal([20]);
  });

  it('keeps what rules across objects have not followed', async () => {
    await journal(20, 0);
    await database.knex('rule_round').update({ sequence: 12 });
    expect(await forgetChangesBefore(database.knex, BEFORE, NOW)).to.equal(12);
    expect((await left())[0]).to.equal(13);
  });

  it('marks for resync whoever was not pushed what it forgets, and nobody else', async () => {
    await journal(20, 5);
    await partner('asleep', 'locations', 2);
    await partner('no Tariff since', 'tariffs', 10);
    await partner('awake', 'locations', 20);
    await forgetChangesBefore(database.knex, BEFORE, NOW);
    const rows = await database
      .knex('push_position')
      .join('connection', 'connection.id', 'push_position.connection_id')
      .orderBy('connection.id')
      .select('connection.name', 'push_position.*');
    const stands = rows.map(({ name, sequence, missed_since, resync_since }) => [
      name,
      sequence,
      missed_since?.toISOString() ?? null,
      resync_since?.toISOString() ?? null,
    ]);
    expect(stands).to.deep.equal([
      ['asleep', 15, '2026-06-01T00:00:03.000Z', NOW.toISOString()],
      ['no Tariff since', 10, null, null],
      ['awake', 20, null, null],
    ]);
    expect(rows[0].resync_reason).to.include('7 days');
  });
});
