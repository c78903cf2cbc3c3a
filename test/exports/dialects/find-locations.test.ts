import { expect } from 'chai';
import type { Owner } from '../../../db/model.ts';
import type { OcpiVersion } from '../../../db/ocpi-version.ts';
import type { StoredDocument } from '../../../db/reads/stored-object.ts';
import { readTariffFacts } from '../../../db/reads/tariff-facts.ts';
import { namespacedId } from '../../../exports/dialects/alias.ts';
import type { ExportDialect } from '../../../exports/dialects/dialect.ts';
import { EXPORT_DIALECTS } from '../../../exports/dialects/dialects.ts';
import { express } from '../../../exports/dialects/express.ts';
import { createLocationFinder } from '../../../exports/dialects/find-locations.ts';
import { namedTariffs } from '../../../exports/dialects/named-tariffs.ts';
import type { Contributor } from '../../../ingest/pipeline.ts';
import {
  buildConnector,
  buildEvse,
  buildLocation,
  buildLocation211,
  buildTariff,
} from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource, openTestPipeline } from '../../support/pipeline.ts';

const NOW = new Date('2026-06-10T12:00:00Z');
const TNM = { countryCode: 'NL', partyId: 'TNM' };
const ABC = { countryCode: 'NL', partyId: 'ABC' };
const LONG = [33, 34, 36, 39].map((length) => 'Long-id-of-a-place-'.padEnd(length, 'x'));

describe('objects found by the ids of a version', () => {
  let database: TestDatabase;
  let by: Contributor;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    by = await addTestSource(database, 'cpo');
  });

  after(() => database.drop());

  async function take(
    version: OcpiVersion,
    module: 'locations' | 'tariffs',
    ...objects: object[]
  ): Promise<void> {
    const { pipeline } = await openTestPipeline(database);
    const receipts = await pipeline.takePulled(
      { ...by, version },
      module,
      objects,
      version === '2.1.1' ? [TNM] : [],
    );
    expect(receipts.map(({ outcome }) => outcome.kind)).to.deep.equal(objects.map(() => 'created'));
  }

  /** As the versions' routes do. */
  function find(dialect: ExportDialect, id: string, owner?: Owner): Promise<StoredDocument[]> {
    return createLocationFinder(database.knex, dialect)(id, owner);
  }

  async function published(): Promise<StoredDocument[]> {
    const { rows } = await database.knex.raw('select location_id from location');
    const found = await Promise.all(
      rows.map(({ location_id }: { location_id: string }) => find(EXPORT_DIALECTS['2.3.0'], location_id)),
    );
    return found.flat();
  }

  for (const version of ['2.1.1', '2.2.1', '2.3.0'] as const) {
    it(`LS-12, CV-11: each Location is found by the id that ${version} gives it, and no other`, async () => {
      await take('2.1.1', 'locations', ...['short', ...LONG].map((id) => buildLocation211({ id })));
      const dialect = EXPORT_DIALECTS[version];
      const stored = await published();
      expect(stored).to.have.length(5);
      for (const one of stored) {
        const [text = ''] = await express(database.knex, dialect, 'locations', [one], {
          now: NOW,
          audience: 'partner',
        });
        const { id } = JSON.parse(text);
        const found = await find(dialect, id);
        expect(
          found.map(({ objectId }) => objectId),
          id,
        ).to.deep.equal([one.objectId]);
        const strange = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
        expect(await find(dialect, strange), strange).to.deep.equal([]);
      }
    });
  }

  it('LS-14: the same id of two owners is two ids in 2.1.1, each found by its own', async () => {
    const ids = ['LOC', LONG[2] as string];
    for (const party_id of ['TNM', 'ABC']) {
      await take('2.2.1', 'locations', ...ids.map((id) => buildLocation({ id, party_id })));
    }
    const dialect = EXPORT_DIALECTS['2.1.1'];
    for (const id of ids) {
      for (const partyId of ['TNM', 'ABC']) {
        const named = namespacedId({ countryCode: 'NL', partyId }, id, 39);
        const found = await find(dialect, named);
        expect(found.map(({ owner, objectId }) => [owner.partyId, objectId])).to.deep.equal([[partyId, id]]);
      }
      expect(await find(dialect, id)).to.deep.equal([]);
      expect(await find(EXPORT_DIALECTS['2.2.1'], id)).to.have.length(2);
      expect(await find(EXPORT_DIALECTS['2.2.1'], id, TNM)).to.have.length(1);
    }
    expect(await find(dialect, 'NLTNM-LOC', ABC)).to.deep.equal([]);
  });

  it('LS-13: who asks at the same moment as others is told of the owner that was meant', async () => {
    for (const party_id of ['TNM', 'ABC']) {
      await take('2.2.1', 'locations', ...['LOC', 'loc2'].map((id) => buildLocation({ id, party_id })));
    }
    await take('2.2.1', 'locations', buildLocation({ id: 'unpublished', publish: false }));
    const findLocations = createLocationFinder(database.knex, EXPORT_DIALECTS['2.2.1']);
    const questions: [string, Owner?][] = [
      ...([['LOC', TNM], ['LOC', ABC], ['loc', ABC], ['LOC'], ['LOC2'], ['LOC2', TNM]] as [string, Owner?][]),
      ...([['LOC', TNM], ['nowhere'], ['unpublished'], ['unpublished', TNM]] as [string, Owner?][]),
    ];
    const answers = await Promise.all(questions.map((question) => findLocations(...question)));
    const told = answers.map((found) => found.map(({ owner, objectId }) => `${owner.partyId} ${objectId}`));
    expect(told).to.deep.equal([
      ...[
        ['TNM LOC'],
        ['ABC LOC'],
        ['ABC LOC'],
        ['TNM LOC', 'ABC LOC'],
        ['TNM loc2', 'ABC loc2'],
        ['TNM loc2'],
      ],
      ...[['TNM LOC'], [], [], []],
    ]);
  });

  it('LS-12: what is not published is not found by its alias either', async () => {
    const id = LONG[3] as string;
    await take('2.1.1', 'locations', buildLocation211({ id, publish: false }));
    expect(await find(EXPORT_DIALECTS['2.1.1'], namespacedId(TNM, id, 39))).to.deep.equal([]);
  });

  it('what is withheld is found neither by its id nor by its alias', async () => {
    const [short, , , long] = LONG as [string, string, string, string];
    await take('2.2.1', 'locations', buildLocation({ id: short }));
    await take('2.1.1', 'locations', buildLocation211({ id: long }));
    expect(await published()).to.have.length(2);
    await database.knex('location').update({ withheld: true });
    expect(await published()).to.deep.equal([]);
    expect(await find(EXPORT_DIALECTS['2.1.1'], namespacedId(TNM, long, 39))).to.deep.equal([]);
  });

  it('CV-12: a page of Locations is told of all Tariffs that its connectors name, in any case, of their owner', async () => {
    const connectors = [
      buildConnector({ tariff_ids: ['REG', 'nobody'] }),
      buildConnector({ id: '2', tariff_ids: ['past', 'reg'] }),
    ];
    await take(
      '2.2.1',
      'locations',
      buildLocation({ evses: [buildEvse({ connectors })] }),
      buildLocation({ id: '2' }),
    );
    await take(
      '2.2.1',
      'tariffs',
      buildTariff({ id: 'Reg', type: 'REGULAR', start_date_time: '2026-01-01T00:00:00' }),
      buildTariff({ id: 'past', end_date_time: '2026-06-01T00:00:00Z' }),
      buildTariff({ id: 'nobody', party_id: 'ABC' }),
      buildTariff({ id: 'unnamed' }),
    );
    const page = (await published()).map(({ owner, document }) => ({
      owner,
      location: JSON.parse(document),
    }));
    const named = [...namedTariffs(page).values()];
    expect([...(await readTariffFacts(database.knex, named))]).to.have.deep.members([
      [
        'NL/TNM/reg',
        { id: 'Reg', type: 'REGULAR', startsAt: new Date('2026-01-01T00:00:00Z'), endsAt: null },
      ],
      ['NL/TNM/past', { id: 'past', type: null, startsAt: null, endsAt: new Date('2026-06-01T00:00:00Z') }],
    ]);
    expect(await readTariffFacts(database.knex, [])).to.have.property('size', 0);
    const asked = { now: NOW, audience: 'partner' } as const;
    const texts = await express(
      database.knex,
      EXPORT_DIALECTS['2.1.1'],
      'locations',
      await published(),
      asked,
    );
    const [{ evses }] = texts.map((text) => JSON.parse(text)).filter(({ id }) => id === 'NLTNM-LOC-1');
    expect(evses[0].connectors.map(({ tariff_id }: { tariff_id: string }) => tariff_id)).to.deep.equal([
      'NLTNM-Reg',
      'NLTNM-Reg',
    ]);
  });
});
