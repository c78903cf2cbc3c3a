import { expect } from 'chai';
import { isJsonElement, type JsonElement, type Recognise } from '../../ingest/json-element.ts';
import { JSON_LIST_LIMITS, MalformedJsonError, readJsonList } from '../../ingest/json-list.ts';
import type { Contributor } from '../../ingest/pipeline.ts';
import { buildEvse, buildLocation } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';
import { addTestSource, openTestPipeline, type TestPipeline } from '../support/pipeline.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };

const textOf = (overrides: object = {}) =>
  JSON.stringify({
    country_code: 'NL',
    party_id: 'TNM',
    id: 'LOC1',
    ...buildLocation({ id: 'LOC1', evses: [buildEvse({ uid: '1' })] }),
    ...overrides,
  });

async function elementsOf(texts: readonly string[], recognises: Recognise): Promise<JsonElement[]> {
  const bytes = (async function* () {
    yield Buffer.from(`[${texts.join()}]`);
  })();
  const { value } = await readJsonList(bytes, JSON_LIST_LIMITS, recognises).next();
  return (value as unknown[]).filter(isJsonElement);
}

describe('elements of a list that are known already', () => {
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

  const recogniser = () => rig.pipeline.recogniser(by, 'locations');
  const take = async (elements: readonly unknown[]) =>
    (await rig.pipeline.takePulled(by, 'locations', elements, [OWNER])).map(({ outcome }) => outcome.kind);

  it('are recognised by their bytes, unchanged, and not read', async () => {
    const texts = [textOf(), textOf({ id: 'LOC2', name: 'Zürich' })];
    expect(await take(await elementsOf(texts, await recogniser()))).to.deep.equal(['created', 'created']);

    const again = await elementsOf([...texts, textOf({ id: 'LOC3' })], await recogniser());
    expect(again.map(({ head }) => head?.id)).to.deep.equal(['LOC1', 'LOC2', undefined]);
    expect(await take(again)).to.deep.equal(['unchanged', 'unchanged', 'created']);
    expect(again[1]?.value).to.deep.equal(JSON.parse(texts[1] as string));
  });

  it('are read after all when another state has come in between', async () => {
    const text = textOf({ name: 'first' });
    await take(await elementsOf([text], await recogniser()));
    const [recognised] = await elementsOf([text], await recogniser());
    expect(recognised?.head?.id).to.equal('LOC1');
    expect(await take(await elementsOf([textOf({ name: 'second' })], () => false))).to.deep.equal([
      'updated',
    ]);
    expect(await take([recognised])).to.deep.equal(['updated']);
  });

  it('are unchanged, too, when they come twice in a list that nobody knew', async () => {
    const twice = await elementsOf([textOf(), textOf()], await recogniser());
    expect(await take(twice.slice(0, 1))).to.deep.equal(['created']);
    expect(await take(twice.slice(1))).to.deep.equal(['unchanged']);
    expect(await database.knex('change')).to.have.length(1);
  });

  it('are unchanged when only the order of their parts is another, and known by their bytes the next time', async () => {
    const evses = ['1', '2'].map((uid) => buildEvse({ uid }));
    const reordered = textOf({ evses: evses.toReversed() });
    await take(await elementsOf([textOf({ evses })], await recogniser()));
    expect(await take(await elementsOf([reordered], await recogniser()))).to.deep.equal(['unchanged']);
    expect(await database.knex('change')).to.have.length(1);

    const [again] = await elementsOf([reordered], await recogniser());
    expect(again?.head?.id).to.equal('LOC1');
    expect(await take([again])).to.deep.equal(['unchanged']);
  });

  it('are not those of another source, nor of another strictness', async () => {
    await take(await elementsOf([textOf()], await recogniser()));
    const other = await addTestSource(database, 'other');
    for (const contributor of [other, { ...by, strictness: 'reject' as const }]) {
      const recognises = await rig.pipeline.recogniser(contributor, 'locations');
      const [element] = await elementsOf([textOf()], recognises);
      expect(element?.head).to.equal(null);
    }
  });

  it('are whose all of the text says, when it was recognised by mistake and says two things', async () => {
    const twoOwners = textOf().replace(/}$/, ',"party_id":"ABC"}');
    const elements = await elementsOf([twoOwners], () => true);
    expect(elements[0]?.head?.party_id).to.equal('TNM');
    const [receipt] = await rig.pipeline.takePulled(by, 'locations', elements, [OWNER]);
    expect(receipt?.outcome).to.have.nested.property('refusal.reason', 'foreign-party');
  });

  it('are refused when they were recognised by mistake and are no JSON', async () => {
    const broken = textOf().replace(/}$/, ',}');
    const elements = await elementsOf([broken], () => true);
    expect(await take(elements)).to.deep.equal(['rejected']);
    expect(await failureOf(elementsOf([broken], () => false))).to.be.instanceOf(MalformedJsonError);
  });

  it('are read when they do not begin with whose and which they are', async () => {
    const { country_code, party_id, ...rest } = JSON.parse(textOf());
    const [element] = await elementsOf([JSON.stringify({ ...rest, country_code, party_id })], () => true);
    expect(element?.head).to.equal(null);
  });
});
