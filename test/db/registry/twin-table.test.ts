import { expect } from 'chai';
import fc from 'fast-check';
import { readTwins } from '../../../db/reads/twins.ts';
import { resolveTwins } from '../../../db/registry/twin-table.ts';
import { buildConnector, buildEvse } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openRuledRegistry, type RuledRegistry } from '../../support/registry-rules.ts';

const ID = 'NL*TNM*E1';
const LATER = '2026-06-05T08:00:00Z';

describe('EVSEs with the same EVSE ID', () => {
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

  const evse = (overrides: object = {}) => buildEvse({ uid: 'e', evse_id: ID, ...overrides });

  async function resolve(): Promise<string[]> {
    const ids = (await database.knex('location').select('id')).map(({ id }) => id);
    await resolveTwins(database.knex, ids);
    return twins();
  }

  /** E.g. `A holds: newer`, in order of creation. */
  async function twins(): Promise<string[]> {
    const { rows } = await database.knex.raw(
      `select location.location_id, evse_twin.holds, evse_twin.reason
         from evse_twin
         join location on location.id = evse_twin.location
        order by location.id, evse_twin.uid_key`,
    );
    return rows.map(
      ({ location_id, holds, reason }: { location_id: string; holds: boolean; reason: string }) =>
        `${location_id} ${holds ? 'holds' : 'is left out'}: ${reason}`,
    );
  }

  it('holds that of the party in the ID before all else', async () => {
    await registry.location({ id: 'HUB', party_id: 'GFX', evses: [evse({ last_updated: LATER })] });
    await registry.location({ id: 'OWN', evses: [evse()] });
    expect(await resolve()).to.deep.equal(['HUB is left out: direct', 'OWN holds: direct']);
  });

  it('holds the one with the newer status, then the fuller one, then the earlier one', async () => {
    await registry.location({ id: 'A', evses: [evse()] });
    await registry.location({ id: 'B', evses: [evse()] });
    expect(await resolve()).to.deep.equal(['A holds: earlier', 'B is left out: earlier']);
    await registry.location({
      id: 'B',
      evses: [evse({ connectors: [buildConnector({ max_electric_power: 11000 })] })],
    });
    expect(await resolve()).to.deep.equal(['A is left out: fuller', 'B holds: fuller']);
    await registry.location({ id: 'A', evses: [evse({ last_updated: LATER })] });
    expect(await resolve()).to.deep.equal(['A holds: newer', 'B is left out: newer']);
  });

  it('gives each of three the reason against the one that holds, and that one the reason against the next', async () => {
    await registry.location({ id: 'HUB', party_id: 'GFX', evses: [evse({ last_updated: LATER })] });
    await registry.location({ id: 'OLD', evses: [evse()] });
    await registry.location({ id: 'NEW', evses: [evse({ last_updated: '2026-06-04T08:00:00Z' })] });
    expect(await resolve()).to.deep.equal([
      'HUB is left out: direct',
      'OLD is left out: newer',
      'NEW holds: newer',
    ]);
  });

  it('is undone when the data changes, and decided anew for the IDs concerned alone', async () => {
    for (const id of ['A', 'B']) await registry.location({ id, evses: [evse()] });
    for (const id of ['C', 'D']) await registry.location({ id, evses: [evse({ evse_id: 'NL*TNM*E2' })] });
    expect(await resolve()).to.have.length(4);
    await registry.location({ id: 'B', evses: [evse({ evse_id: 'NL*TNM*E2' })] });
    await registry.location({ id: 'C', evses: [evse({ evse_id: 'NL*TNM*E2', last_updated: LATER })] });
    const [{ id: changed }] = await database.knex('location').where({ location_id: 'B' }).select('id');
    await resolveTwins(database.knex, [changed]);
    expect(await twins()).to.deep.equal(['B is left out: newer', 'C holds: newer', 'D is left out: newer']);
    await registry.location({ id: 'B', evses: [evse()] });
    await registry.location({ id: 'D', evses: [evse({ evse_id: undefined })] });
    expect(await resolve()).to.deep.equal(['A holds: earlier', 'B is left out: earlier']);
    await registry.location({ id: 'B', publish: false, evses: [evse()] });
    expect(await resolve()).to.deep.equal([]);
  });

  it('always has one that holds of each ID, whatever comes in whatever order', async () => {
    const change = fc.record({
      id: fc.constantFrom('A', 'B', 'C'),
      party_id: fc.constantFrom('TNM', 'GFX'),
      publish: fc.boolean(),
      evses: fc.uniqueArray(
        fc.record({
          uid: fc.constantFrom('a', 'b', 'c'),
          evse_id: fc.constantFrom('NL*TNM*E1', 'NL-GFX-E2', undefined),
          status: fc.constantFrom('AVAILABLE', 'REMOVED'),
        }),
        { selector: ({ uid }) => uid, minLength: 1 },
      ),
    });
    const changes = fc.array(change, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        for (const { evses, ...location } of list) {
          await registry.location({ ...location, evses: evses.map((one) => buildEvse(one)) });
          await registry.ask();
        }
        const { rows } = await database.knex.raw(
          `select evse.compact_id, count(*) as members, count(*) filter (where evse_twin.holds) as holding,
                  count(evse_twin.location) as twins
             from evse
             join location on location.id = evse.location and location.public
             left join evse_twin using (location, uid_key, compact_id)
            where evse.status <> 'REMOVED'
              and evse.compact_id is not null
            group by evse.compact_id`,
        );
        for (const { members, holding, twins: known } of rows) {
          expect([Number(known), Number(holding)]).to.deep.equal(members > 1 ? [members, 1] : [0, 0]);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('are read with what they hold against, and left out only while that is there to be seen', async () => {
    await registry.location({ id: 'Old', evses: [evse({ uid: 'Twin' })] });
    await registry.location({ id: 'NEW', evses: [evse({ last_updated: LATER })] });
    await resolve();
    const rows = await database.knex('location').orderBy('id').select('id');
    const [old, fresh] = rows.map(({ id }) => id);
    const known = await readTwins(database.knex, [old, fresh]);
    expect([...(known.get(old)?.leftOut ?? [])]).to.deep.equal([['twin', 'newer']]);
    expect([...(known.get(fresh)?.holding ?? [])]).to.deep.equal([
      ['e', { reason: 'newer', twins: ['NL-TNM-Old/Twin'] }],
    ]);
    await registry.location({ id: 'NEW', publish: false, evses: [evse({ last_updated: LATER })] });
    expect((await readTwins(database.knex, [old, fresh])).size).to.equal(0);
  });
});
