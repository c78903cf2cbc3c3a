import { expect } from 'chai';
import type { ListedObject } from '../../../db/reads/sender-list.ts';
import { EXPORT_DIALECTS } from '../../../exports/dialects/dialects.ts';
import { expressPage } from '../../../exports/dialects/express.ts';
import { oneAhead } from '../../../exports/dialects/one-ahead.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource, openTestPipeline } from '../../support/pipeline.ts';

const ASKED = { now: new Date('2026-06-10T12:00:00Z'), audience: 'partner' } as const;

describe('a page in the words of a version', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });

  after(() => database.drop());

  it('CV-12, LS-08: in 2.1.1 the last Locations of a large page name their Tariffs as the first do, in their order', async () => {
    const by = await addTestSource(database, 'cpo');
    const { pipeline } = await openTestPipeline(database);
    const numbers = Array.from({ length: 250 }, (_, number) => number);
    const tariffs = numbers.map((number) => buildTariff({ id: `Of-${number}` }));
    await pipeline.takePulled({ ...by, version: '2.2.1' }, 'tariffs', tariffs, []);
    const objects = numbers.map((number): ListedObject => {
      const evses = [buildEvse({ connectors: [buildConnector({ tariff_ids: [`of-${number}`] })] })];
      const location = buildLocation({ id: String(number), publish: number !== 120, evses });
      const owner = { countryCode: 'NL', partyId: 'TNM' };
      return { id: number, owner, document: Buffer.from(JSON.stringify(location)), passes: false };
    });
    const pieces = await expressPage(database.knex, EXPORT_DIALECTS['2.1.1'], 'locations', objects, ASKED);
    const said = JSON.parse(`[${pieces.join()}]`) as {
      id: string;
      evses: { connectors: { tariff_id: string }[] }[];
    }[];
    expect(said.map(({ id, evses }) => [id, evses[0]?.connectors[0]?.tariff_id])).to.deep.equal(
      numbers.filter((number) => number !== 120).map((number) => [`NLTNM-${number}`, `NLTNM-Of-${number}`]),
    );
  });
});

describe('one ahead', () => {
  it('begins with the next before the last is used, and with no more', async () => {
    const story: string[] = [];
    const make = async (value: number) => {
      story.push(`make ${value}`);
      return value;
    };
    for await (const made of oneAhead([1, 2, 3], make)) story.push(`use ${made}`);
    expect(story).to.deep.equal(['make 1', 'make 2', 'use 1', 'make 3', 'use 2', 'use 3']);
    for await (const made of oneAhead([], make)) expect.fail(`made ${made} of nothing`);
  });

  it('tells its user of a failure, and nobody else when its user has ended', async () => {
    const make = async (value: number) => {
      if (value === 2) throw new Error('no two');
      return value;
    };
    const used: number[] = [];
    const use = async () => {
      for await (const made of oneAhead([1, 2, 3], make)) used.push(made);
    };
    const failure = await use().catch((error: Error) => error.message);
    expect([failure, used]).to.deep.equal(['no two', [1]]);
    for await (const made of oneAhead([1, 2], make)) if (made === 1) break;
    await new Promise(setImmediate);
  });
});
