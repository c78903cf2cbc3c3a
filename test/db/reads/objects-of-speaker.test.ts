import { expect } from 'chai';
import type { Speaker } from '../../../db/model.ts';
import { readObjectsOf } from '../../../db/reads/objects-of-speaker.ts';
import type { Contributor } from '../../../ingest/pipeline.ts';
import { buildLocation, buildTariff } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource, openTestPipeline } from '../../support/pipeline.ts';

const IDS = ['A', 'B', 'C', 'D', 'E'];

describe('objects of a speaker', () => {
  let database: TestDatabase;
  let by: Contributor;
  let received: Date;

  before(async () => {
    database = await openTestDatabase();
    const rig = await openTestPipeline(database);
    by = await addTestSource(database, 'feed');
    received = rig.now;
    await rig.pipeline.takePulled(
      by,
      'locations',
      IDS.map((id) => buildLocation({ id })),
      [],
    );
    await rig.pipeline.takePulled(
      by,
      'tariffs',
      IDS.map((id) => buildTariff({ id })),
      [],
    );
  });

  after(() => database.drop());

  async function pagesOf(
    module: 'locations' | 'tariffs',
    speaker: Speaker,
    moment = received,
  ): Promise<string[][]> {
    const pages: string[][] = [];
    for await (const page of readObjectsOf(database.knex, module, speaker, moment, 2))
      pages.push(page.map(({ id, isSince }) => `${id} ${isSince}`));
    return pages;
  }

  for (const module of ['locations', 'tariffs'] as const) {
    it(`are each met once, page by page: ${module}`, async () => {
      expect(await pagesOf(module, by.speaker)).to.deep.equal([
        ['A true', 'B true'],
        ['C true', 'D true'],
        ['E true'],
      ]);
    });

    it(`tell what came before a moment: ${module}`, async () => {
      const later = new Date(received.getTime() + 1);
      expect((await pagesOf(module, by.speaker, later)).flat()).to.deep.equal(IDS.map((id) => `${id} false`));
    });

    it(`are those of that speaker alone: ${module}`, async () => {
      const { speaker } = await addTestSource(database, `other ${module}`);
      expect(await pagesOf(module, speaker)).to.deep.equal([]);
    });
  }
});
