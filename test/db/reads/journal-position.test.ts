import { expect } from 'chai';
import {
  isInJournal,
  readJournalPosition,
  readNumbersOfChanged,
} from '../../../db/reads/journal-position.ts';
import {
  type FixtureRegistry,
  openFixtureRegistry,
  storedLocation,
  storedTariff,
} from '../../exports/fixture-registry.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('a position in the journal', () => {
  let database: TestDatabase;
  let registry: FixtureRegistry;
  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.truncate();
    registry = await openFixtureRegistry(database);
  });
  after(() => database.drop());

  it('is in the journal as long as all that came after it is', async () => {
    await registry.putLocation(storedLocation({ id: 'a' }));
    const position = await readJournalPosition(database.knex);
    await registry.putLocation(storedLocation({ id: 'b' }));
    expect(await isInJournal(database.knex, position)).to.equal(true);
    await database.knex.raw('delete from change where sequence <= ?', [position.sequence]);
    expect(await isInJournal(database.knex, position)).to.equal(false);
  });

  it('is not in the journal of another registry that has counted as far', async () => {
    await registry.putLocation(storedLocation({ id: 'a' }));
    const { sequence, changedAt } = await readJournalPosition(database.knex);
    const other = { sequence, changedAt: new Date((changedAt?.getTime() ?? 0) - 1) };
    expect(await isInJournal(database.knex, other)).to.equal(false);
    expect(await isInJournal(database.knex, { sequence: sequence + 1, changedAt })).to.equal(false);
  });

  it('is that of nothing in an empty registry', async () => {
    const position = await readJournalPosition(database.knex);
    expect(position).to.deep.equal({ sequence: 0, changedAt: null });
    expect(await isInJournal(database.knex, position)).to.equal(false);
  });

  it('has behind it the objects of a module that changed since, each once', async () => {
    await registry.putLocation(storedLocation({ id: 'a' }));
    const { sequence } = await readJournalPosition(database.knex);
    await registry.putTariff(storedTariff({ id: 't' }));
    for (const name of ['one', 'two']) await registry.putLocation(storedLocation({ id: 'b', name }));
    const numbers = async (module: 'locations' | 'tariffs') =>
      (await readNumbersOfChanged(database.knex, module, sequence)).length;
    expect([await numbers('locations'), await numbers('tariffs')]).to.deep.equal([1, 1]);
  });
});
