import { expect } from 'chai';
import { createRecheckWalk } from '../../ingest/recheck-walk.ts';
import type { LocationRule, Rule } from '../../ingest/rule.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openRuledRegistry, type RuledRegistry } from '../support/registry-rules.ts';

const rule = (id: string) => ({ on: 'location', id, check: () => undefined }) as unknown as LocationRule;

describe('asking the rules about single objects again', () => {
  let database: TestDatabase;
  let registry: RuledRegistry;
  let submitted: string[];
  let knowledge: { rules: readonly Rule[]; sequence: number; version: string };

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    registry = await openRuledRegistry(database);
    for (const id of ['A', 'B']) await registry.location({ id });
    await registry.tariff({ id: 'T' });
    submitted = [];
    knowledge = { rules: [rule('one')], sequence: 1, version: '1.0.0' };
  });

  /** As another process would. */
  async function run(fail = false): Promise<number> {
    const { rules, sequence, version } = knowledge;
    const recheck = createRecheckWalk({
      knex: database.knex,
      ...{ rules, version, operators: { sequence }, policyStore: registry.policies },
      writer: {
        submitAll(mutations) {
          if (fail) throw new Error('the database is away');
          submitted.push(...mutations.map(({ id }) => id));
          return registry.writer.submitAll(mutations);
        },
      },
    });
    return recheck();
  }

  it('asks of everything once, through the writer, and of nothing while all is as it was', async () => {
    expect(await run()).to.equal(3);
    expect(submitted).to.deep.equal(['A', 'B', 'T']);
    expect(await run()).to.equal(0);
  });

  it('asks again when registers, policies, rules or the software have changed', async () => {
    await run();
    const changes = [
      () => Object.assign(knowledge, { sequence: 2 }),
      () => registry.policies.set('one', null, 'off'),
      () => Object.assign(knowledge, { rules: [rule('one'), rule('two')] }),
      () => Object.assign(knowledge, { version: '1.0.1' }),
    ];
    for (const change of changes) {
      await change();
      expect([await run(), await run()]).to.deep.equal([3, 0]);
    }
  });

  it('goes on where it was ended', async () => {
    await run(true).catch(() => undefined);
    expect(await run()).to.equal(3);
    await database.knex('rule_round').update({ recheck_location: 1, recheck_tariff: 0 });
    submitted = [];
    await run();
    expect(submitted).to.deep.equal(['B', 'T']);
  });
});
