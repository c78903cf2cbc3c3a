import { expect } from 'chai';
import type { Contributor } from '../../../ingest/pipeline.ts';
import { evseIdChanges } from '../../../ingest/rules/id-10-evse-id-changes.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource, openTestPipeline, type TestPipeline } from '../../support/pipeline.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };
const DAY_MS = 24 * 60 * 60_000;

describe('ID-10: an EVSE ID that changes again and again', () => {
  let database: TestDatabase;
  let rig: TestPipeline;
  let by: Contributor;

  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    await database.truncate();
    rig = await openTestPipeline(database);
    by = await addTestSource(database, 'cpo');
  });
  after(() => database.drop());

  /** Sends the Location with these IDs one after the other, an hour apart. */
  async function send(...ids: (string | null)[]): Promise<void> {
    for (const evse_id of ids) {
      rig.now = new Date(rig.now.getTime() + 3_600_000);
      const last_updated = rig.now.toISOString();
      const body = buildLocation({ evses: [buildEvse({ evse_id, last_updated })], last_updated });
      const { outcome } = await rig.pipeline.putLocation(by, OWNER, body.id, body);
      expect(outcome.kind).to.be.oneOf(['created', 'updated', 'unchanged']);
    }
  }

  /** What the rule finds in all Locations, some days after the last one was sent. */
  async function found(
    days = 0,
  ): Promise<{ uid_key: string; path: string; message: string; received: string }[]> {
    const { rows } = await database.knex.raw(
      `with asked as (select location.id from location),
            moment as (select ?::timestamptz as now)
       ${evseIdChanges.select}`,
      [new Date(rig.now.getTime() + days * DAY_MS)],
    );
    return rows;
  }

  it('is told from the second change on, with their number', async () => {
    await send('NL*TNM*E1', 'NL*TNM*E2');
    expect(await found()).to.deep.equal([]);
    await send('NL*TNM*E3');
    const [one] = await found();
    expect(one).to.include({ uid_key: 'evse-1', path: 'evse_id', received: '"NL*TNM*E3"' });
    expect(one?.message).to.equal('has changed 2 times, last on 2026-06-10');
  });

  it('is not told of the same ID again, of its other spellings, or of an ID that comes or goes', async () => {
    await send('NL*TNM*E1', 'NL*TNM*E1', 'nltnme1', 'NL-TNM-E1', null, 'NL*TNM*E1');
    expect(await found()).to.deep.equal([]);
  });

  it('counts IDs that cannot be read, too', async () => {
    await send('x1', 'X1', 'x2', 'x3');
    expect((await found()).map(({ message }) => message)).to.deep.equal([
      'has changed 2 times, last on 2026-06-10',
    ]);
  });

  it('is over half a year after the last change', async () => {
    await send('NL*TNM*E1', 'NL*TNM*E2', 'NL*TNM*E3');
    expect(await found(179)).to.have.length(1);
    expect(await found(180)).to.deep.equal([]);
  });
});
