import { expect } from 'chai';
import { actionsOf } from '../../ingest/policies.ts';
import type { RegistryRule } from '../../ingest/rule.ts';
import { buildConnector, buildEvse } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openRuledRegistry, type RuledRegistry } from '../support/registry-rules.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };

/** Made for these tests: Locations in Utrecht, and how many others there are. */
const crowded: RegistryRule = {
  ...{ on: 'registry', scope: 'location', id: 'crowded', severity: 'warning', title: '', afir: null },
  ...{ source: 'a test', meaning: '', mend: '' },
  async affected(knex) {
    return (await knex('location').select('id')).map(({ id }) => id);
  },
  select: `
       select location.id, null::text as uid_key, null::text as connector_key, '' as path,
              'is one of ' || (select count(*) from location as other where other.city = 'Utrecht') as message,
              null::text as received
         from asked
         join location
           on location.id = asked.id
          and location.asked_across
        where location.city = 'Utrecht'`,
};

const broken: RegistryRule = { ...crowded, id: 'broken', select: 'select 1 / 0 as id from asked' };

describe('the round of rules across objects', () => {
  let database: TestDatabase;
  let registry: RuledRegistry;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    registry = await openRuledRegistry(database);
  });

  const run = async (rules: readonly RegistryRule[] = [crowded]) => (await registry.restart(rules)).run();
  const said = async () =>
    (await registry.open('crowded')).map(({ object, message }) => `${object} ${message}`);

  it('begins with everything, and then follows the journal from there, in any process', async () => {
    await registry.location({ id: 'A' });
    expect(await run()).to.deep.equal({ asked: 1, followed: 0, withheld: 0 });
    expect(await run()).to.deep.equal({ asked: 0, followed: 0, withheld: 0 });
    await registry.location({ id: 'B' });
    await registry.location({ id: 'C', city: 'Zeist' });
    expect(await run()).to.deep.equal({ asked: 0, followed: 2, withheld: 0 });
    expect(await said()).to.deep.equal(['NL-TNM A is one of 2', 'NL-TNM B is one of 2']);
  });

  it('closes what is mended, expired or withdrawn, keeps when it was first seen, and opens it anew', async () => {
    for (const id of ['A', 'B', 'C', 'D']) await registry.location({ id });
    await run();
    await registry.location({ id: 'A', city: 'Zeist' });
    await registry.location({ id: 'B', evses: [buildEvse({ status: 'REMOVED' })] });
    await registry.location({ id: 'C', publish: false });
    registry.now = new Date('2026-06-10T13:00:00Z');
    await run();
    expect(await said()).to.deep.equal(['NL-TNM D is one of 3']);
    const rows = await database.knex('finding').where({ rule: 'crowded' }).orderBy('object_id');
    expect(rows.map(({ closed_at }) => closed_at?.toISOString() ?? null)).to.deep.equal([
      ...Array(3).fill('2026-06-10T13:00:00.000Z'),
      null,
    ]);
    expect(rows[3].first_seen.toISOString()).to.equal('2026-06-10T12:00:00.000Z');
    await registry.location({ id: 'A' });
    await run();
    expect(await database.knex('finding').where({ rule: 'crowded', object_id: 'A' })).to.have.length(2);
  });

  it('misses nothing while others write and processes ask at once', async () => {
    await run();
    const runs: Promise<unknown>[] = [];
    for (let number = 0; number < 40; number += 1) {
      await registry.location({ id: `L${number}` });
      if (number % 8 === 0) runs.push(run());
    }
    await Promise.all(runs);
    await run();
    expect(await said()).to.have.length(40);
    for (const line of await said()) expect(line).to.match(/is one of 40$/);
  });

  it('goes on where it was ended', async () => {
    await run();
    for (const id of ['A', 'B']) await registry.location({ id });
    const stopping = new AbortController();
    stopping.abort();
    await (await registry.restart([crowded], stopping.signal)).run();
    expect(await said()).to.deep.equal([]);
    await run();
    expect(await said()).to.have.length(2);
  });

  it('asks again of everything when a rule or a policy is another one, and closes what no rule says any more', async () => {
    await registry.location({ id: 'A' });
    await run();
    await registry.policies.set('crowded', OWNER, 'off');
    expect((await run()).asked).to.equal(1);
    expect(await said(), 'off for the party').to.deep.equal([]);
    await registry.policies.set('crowded', OWNER, 'note');
    await registry.policies.set('crowded', null, 'off');
    await run();
    expect(await said(), "the party's own policy wins").to.have.length(1);
    await run([]);
    expect(await said(), 'without the rule').to.deep.equal([]);
  });

  it('asks rules about time of everything once a day, and others only when they are told to', async () => {
    const timed: RegistryRule = { ...crowded, id: 'timed', isAboutTime: true };
    await registry.location({ id: 'A' });
    await run([crowded, timed]);
    await database.knex('location').update({ city: 'Zeist' });
    registry.now = new Date('2026-06-11T11:59:59Z');
    expect((await run([crowded, timed])).asked).to.equal(0);
    registry.now = new Date('2026-06-11T12:00:00Z');
    expect((await run([crowded, timed])).asked).to.equal(1);
    expect((await registry.open()).map(({ rule }) => rule)).to.deep.equal(['crowded']);
    await (await registry.restart([crowded, timed])).runInFull();
    expect(await registry.open()).to.deep.equal([]);
  });

  it('logs a rule that fails once, and asks the others', async () => {
    await registry.location({ id: 'A' });
    await registry.location({ id: 'B' });
    const rules = await registry.restart([broken, crowded]);
    await rules.run();
    await registry.location({ id: 'C' });
    await rules.run();
    expect(await said()).to.have.length(3);
    expect(registry.log.map(({ level, rule }) => [level, rule])).to.deep.equal([[50, 'broken']]);
  });

  it('withholds what a policy withholds, tells the journal, and shows it again when it is mended', async () => {
    await registry.location({ id: 'A' });
    await registry.policies.set('crowded', null, 'withhold');
    const shown = async () => (await database.knex('location').first()).public;
    const changes = async () =>
      (await database.knex('change').orderBy('sequence')).map(({ action }) => action);
    expect((await run()).withheld).to.equal(1);
    expect(await shown()).to.equal(false);
    expect(await changes()).to.deep.equal(['upsert', 'delete']);
    // What is withheld for it still is what it was: the finding stays open.
    expect(await run(), 'its own withholding').to.include({ followed: 1, withheld: 0 });
    expect(await run()).to.include({ followed: 0, withheld: 0 });
    expect(await said()).to.have.length(1);
    await registry.location({ id: 'A', name: 'still there' });
    expect(await shown(), 'a push does not lift it').to.equal(false);
    await registry.location({ id: 'A', city: 'Zeist' });
    expect((await run()).withheld).to.equal(1);
    expect(await shown()).to.equal(true);
  });

  it('withholds Tariffs, too', async () => {
    const { policies, tariff } = registry;
    const over = { id: 'T', end_date_time: '2026-06-01T12:00:00Z' };
    await tariff(over);
    await registry.location({ evses: [buildEvse({ connectors: [buildConnector({ tariff_ids: ['T'] })] })] });
    await policies.set('tariff-expired', OWNER, 'withhold');
    const isWithheld = async () => (await database.knex('tariff').first()).withheld;
    await registry.ask();
    expect(await isWithheld()).to.equal(true);
    await tariff({ ...over, end_date_time: undefined });
    expect(await isWithheld(), 'until it is asked').to.equal(true);
    expect(await registry.ask('tariff-expired')).to.deep.equal([]);
    expect(await isWithheld()).to.equal(false);
  });

  it('cannot be told to refuse: the policy "reject" counts as "note"', async () => {
    expect(actionsOf(crowded)).to.deep.equal(['off', 'note', 'withhold']);
    expect(actionsOf({ on: 'location' })).to.include('reject');
    await registry.location({ id: 'A' });
    await registry.policies.set('crowded', null, 'reject');
    await run();
    expect(await said()).to.have.length(1);
  });
});
