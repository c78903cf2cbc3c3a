import { expect } from 'chai';
import { readJournalLags } from '../../../db/reads/journal-lag.ts';
import { readHead } from '../../../db/reads/public-objects.ts';
import { readStatusAge } from '../../../db/reads/status-age.ts';
import {
  type FixtureRegistry,
  openFixtureRegistry,
  storedLocation,
  storedTariff,
} from '../../exports/fixture-registry.ts';
import { buildEvse } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('how old open data is', () => {
  let database: TestDatabase;
  let registry: FixtureRegistry;

  before(async () => {
    database = await openTestDatabase();
    registry = await openFixtureRegistry(database);
  });
  after(() => database.drop());

  it('an empty registry has no age of statuses, and nothing is behind', async () => {
    const { knex } = database;
    expect(await readStatusAge(knex, new Date())).to.deep.equal({ p50_s: null, p95_s: null });
    expect(await readJournalLags(knex, [{ module: 'locations', sequence: 0 }])).to.deep.equal([
      { behind: 0, waitingSince: null },
    ]);
    expect(await readJournalLags(knex, [])).to.deep.equal([]);
  });

  it('a file is behind by the changes of its own module, since the first of them', async () => {
    const { knex } = database;
    const positions: number[] = [];
    for (const write of [
      () => registry.putLocation(storedLocation({ id: 'A' })),
      () => registry.putTariff(storedTariff({ id: 'T' })),
      () => registry.putLocation(storedLocation({ id: 'B' })),
    ]) {
      positions.push((await readHead(knex)).sequence);
      await write();
    }
    const [start = 0, afterA = 0, afterT = 0] = positions;
    const { sequence: head } = await readHead(knex);
    const lags = await readJournalLags(knex, [
      { module: 'locations', sequence: head },
      { module: 'locations', sequence: afterT },
      { module: 'tariffs', sequence: afterT },
      { module: 'locations', sequence: start },
      { module: 'tariffs', sequence: afterA },
    ]);
    expect(lags.map(({ behind }) => behind)).to.deep.equal([0, 1, 0, 2, 1]);
    expect(lags.map(({ waitingSince }) => waitingSince === null)).to.deep.equal([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it('the age of statuses is that of the EVSEs that everybody sees', async () => {
    const at = (time: string) => ({ last_updated: time });
    await database.knex.raw('delete from location');
    const evses = ['2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z', '2026-06-03T00:00:00Z'].map(
      (time, index) => buildEvse({ uid: `E${index}`, ...at(time) }),
    );
    const removed = buildEvse({ uid: 'gone', status: 'REMOVED', ...at('2020-01-01T00:00:00Z') });
    await registry.putLocation(storedLocation({ id: 'C', evses: [...evses, removed] }));
    await registry.putLocation(
      storedLocation({ id: 'D', publish: false, evses: [buildEvse(at('2020-01-01T00:00:00Z'))] }),
    );
    const { p50_s: half, p95_s: most } = await readStatusAge(database.knex, new Date('2026-06-04T00:00:00Z'));
    expect([half, most]).to.deep.equal([2 * 86_400, 2.9 * 86_400]);
  });
});
