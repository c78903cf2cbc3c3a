import { expect } from 'chai';
import { servedPartyReader } from '../../../db/reads/served-parties.ts';
import { fillFixtureRegistry, storedLocation } from '../../exports/fixture-registry.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe('Parties that are served', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase();
    const registry = await fillFixtureRegistry(database);
    await registry.putLocation(storedLocation({ id: 'HIDDEN', publish: false }));
  });
  after(() => database.drop());

  it('have a voice, public Locations or Tariffs; asked for together, each is told of itself', async () => {
    const { knex } = database;
    const read = servedPartyReader(knex);
    const [owner] = await knex('location').where({ public: true }).limit(1);
    const withLocations = { countryCode: owner.country_code, partyId: owner.party_id };
    await knex('voice').delete();
    const nobody = { countryCode: 'XX', partyId: 'NIX' };
    expect(await Promise.all([read(nobody), read(withLocations)])).to.deep.equal([false, true]);
    await knex('tariff').delete();
    await knex('location').update({ publish: false });
    expect(await read(withLocations), 'all is hidden').to.equal(false);
    const [connection] = await knex('connection')
      .insert({
        name: 'speaks',
        role: 'CPO',
        token_hash: Buffer.alloc(32),
        token_kind: 'static',
        created_at: new Date(),
      })
      .returning('id');
    await knex('voice').insert({
      country_code: nobody.countryCode,
      party_id: nobody.partyId,
      module: 'tariffs',
      connection_id: connection.id,
      registered: true,
    });
    expect(await read(nobody), 'it may speak').to.equal(true);
  });
});
