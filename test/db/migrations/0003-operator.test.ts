import { expect } from 'chai';
import { down, up } from '../../../db/migrations/0003-operator.ts';
import { createWriter } from '../../../db/registry/writer.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource } from '../../support/pipeline.ts';

const IDS = [
  'NL*TNM*E1',
  'nltnme2',
  '+49*823*1234*5678',
  'NL-TNM-E3',
  'NL*TNM*P4',
  'no such thing',
  undefined,
];
const COMPACT = ['NLTNME1', 'NLTNME2', 'DE823E12345678', 'NLTNME3', 'NLTNMP4', null, null];

describe('The compact form of EVSE IDs', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await openTestDatabase();
    const { speaker } = await addTestSource(database, 'cpo');
    const evses = IDS.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id }));
    await createWriter({ knex: database.knex, clock: () => new Date() }).submit({
      module: 'locations',
      owner: { countryCode: 'NL', partyId: 'TNM' },
      id: 'LOC-1',
      speaker,
      apply: () => ({
        kind: 'write',
        document: buildLocation({ evses }),
        sourceVersion: '2.2.1',
        asStored: ['2.2.1'],
        inputHash: null,
        findings: [],
        findingsMode: 'replace',
      }),
    });
  });
  afterEach(() => database.drop());

  const stored = () => database.knex('evse').orderBy('uid_key').pluck('compact_id');

  it('5.2: is kept beside every EVSE that has one', async () => {
    expect(await stored()).to.deep.equal(COMPACT);
  });

  it('is given to what was there before it was kept', async () => {
    // More than the migration reads at once.
    const count = 20_001;
    await database.knex.raw(
      `insert into evse (location, uid_key, uid, evse_id, status, capabilities, parking_restrictions, geometry)
       select evse.location, 'many-' || n, 'many-' || n, 'be*abc*e' || n, 'REMOVED', '{}', '{}', evse.geometry
         from evse, generate_series(1, ?) as n
        where evse.uid_key = 'e0'`,
      [count],
    );
    await database.knex.transaction(async (transaction) => {
      await down(transaction);
      expect(await transaction.schema.hasColumn('evse', 'compact_id')).to.equal(false);
      await up(transaction);
    });
    const many = await database.knex('evse').whereLike('uid_key', 'many-%').distinct('compact_id');
    expect(many).to.have.length(count);
    await database.knex('evse').whereLike('uid_key', 'many-%').delete();
    expect(await stored()).to.deep.equal(COMPACT);
  });
});
