/** Pushes in another version than the one in which the stored object came. */
import { expect } from 'chai';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import { readOwnObject } from '../../db/reads/stored-object.ts';
import type { Contributor, Receipt } from '../../ingest/pipeline.ts';
import {
  type Built,
  buildConnector,
  buildEvse,
  buildLocation,
  buildLocation211,
  buildParking,
  buildTariff,
  buildTariff211,
} from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { addTestSource, openTestPipeline, type TestPipeline } from '../support/pipeline.ts';

const OWNER = { countryCode: 'NL', partyId: 'TNM' };
const T2 = '2026-06-02T10:00:00Z';

/** A Location with what only 2.3.0 has. */
const RICH = buildLocation({
  parking_type: 'ON_THE_MOON',
  help_phone: '+31 1',
  parking_places: [buildParking()],
  evses: [
    buildEvse({
      parking: [{ parking_id: 'P1' }],
      connectors: [
        buildConnector({ tariff_ids: ['A', 'B'], capabilities: ['OWN'] }),
        buildConnector({ id: '2' }),
      ],
    }),
  ],
});

describe('pushes in another version than that of the stored object', () => {
  let database: TestDatabase;
  let rig: TestPipeline;
  let source: Contributor;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    rig = await openTestPipeline(database);
    source = await addTestSource(database, 'cpo');
  });

  after(() => database.drop());

  const by = (version: OcpiVersion): Contributor => ({ ...source, version });
  const stored = async (): Promise<Built> =>
    JSON.parse((await readOwnObject(database.knex, 'locations', OWNER, 'LOC-1'))?.document ?? 'null');
  const tariff = async (): Promise<Built> =>
    JSON.parse((await readOwnObject(database.knex, 'tariffs', OWNER, 'TARIFF-1'))?.document ?? 'null');
  const taken = ({ outcome }: Receipt, kind = 'updated') =>
    expect(outcome, JSON.stringify(outcome)).to.deep.include({ kind });
  const problems = ({ outcome }: Receipt) =>
    outcome.kind === 'rejected'
      ? outcome.refusal.problems.map(({ path, rule }) => `${rule} ${path}`)
      : outcome;
  const putRich = async () =>
    taken(await rig.pipeline.putLocation(by('2.3.0'), OWNER, 'LOC-1', RICH), 'created');

  it('LR-06, LR-07: a 2.1.1 PATCH of a connector changes what it names under the names of the registry', async () => {
    await putRich();
    const patch = { voltage: 400, tariff_id: 'x' };
    taken(await rig.pipeline.patchConnector(by('2.1.1'), OWNER, 'LOC-1', 'EVSE-1', '1', patch));
    const at = rig.now.toISOString();
    const [first, second] = RICH.evses[0].connectors;
    const changed = { ...first, max_voltage: 400, tariff_ids: ['x'], last_updated: at };
    expect(await stored()).to.deep.equal({
      ...RICH,
      evses: [{ ...RICH.evses[0], connectors: [changed, second], last_updated: at }],
      last_updated: at,
    });
    taken(await rig.pipeline.patchConnector(by('2.1.1'), OWNER, 'LOC-1', 'EVSE-1', '1', { tariff_id: null }));
    expect((await stored()).evses[0].connectors[0].tariff_ids).to.deep.equal([]);
  });

  it('LR-06: a 2.1.1 PATCH without last_updated is as of its receipt, a 2.2.1 one is refused', async () => {
    await putRich();
    const patch = { status: 'CHARGING' };
    const refused = await rig.pipeline.patchEvse(by('2.2.1'), OWNER, 'LOC-1', 'EVSE-1', patch);
    expect(problems(refused)).to.deep.equal(['LR-05 last_updated']);
    taken(await rig.pipeline.patchEvse(by('2.1.1'), OWNER, 'LOC-1', 'EVSE-1', patch));
    const at = rig.now.toISOString();
    const { evses, last_updated } = await stored();
    expect(evses[0]).to.include({ status: 'CHARGING', last_updated: at });
    expect(last_updated).to.equal(at);
  });

  it('LR-08, LR-10: a 2.1.1 PATCH of a Location reaches into its EVSEs, and type UNKNOWN unsets the parking type', async () => {
    await putRich();
    const patch = {
      type: 'UNKNOWN',
      opening_times: { twentyfourseven: true },
      evses: [
        { uid: 'EVSE-1', connectors: [{ id: '2', amperage: 32 }] },
        { ...buildLocation211().evses[0], uid: 'EVSE-2' },
      ],
    };
    taken(await rig.pipeline.patchLocation(by('2.1.1'), OWNER, 'LOC-1', patch));
    const { parking_type, parking_places, evses } = await stored();
    expect(parking_type).to.equal(null);
    expect(parking_places).to.deep.equal(RICH.parking_places);
    expect(evses[0].connectors.map(({ max_amperage }: Built) => max_amperage)).to.deep.equal([16, 32]);
    expect(evses[1].connectors[0]).to.include({ max_voltage: 230, max_amperage: 16 });
    const lacking = { evses: [{ uid: 'EVSE-3', status: 'AVAILABLE' }] };
    const refused = await rig.pipeline.patchLocation(by('2.1.1'), OWNER, 'LOC-1', lacking);
    expect(problems(refused)).to.deep.equal(['required evses[2].connectors']);
  });

  it('LR-09, ENV-14: a PATCH is held to the words of its own version, and not for what it does not touch', async () => {
    await putRich();
    const patch = (version: OcpiVersion, fields: object) =>
      rig.pipeline.patchLocation({ ...by(version), strictness: 'reject' }, OWNER, 'LOC-1', {
        last_updated: T2,
        ...fields,
      });
    taken(await patch('2.2.1', { name: 'touched' }));
    expect(await stored()).to.include({ name: 'touched', parking_type: 'ON_THE_MOON' });
    expect(problems(await patch('2.2.1', { parking_type: 'ON_MARS' }))).to.deep.equal(['enum parking_type']);
    taken(await patch('2.3.0', { parking_type: 'ON_MARS' }));
    expect(problems(await patch('2.3.0', { coordinates: { latitude: '52.12345' } }))).to.deep.equal([
      'required coordinates.longitude',
    ]);
    expect(problems(await patch('2.1.1', { postal_code: null }))).to.deep.equal(['required postal_code']);
  });

  it('LR-07: a PATCH is not refused for what an older sender once wrote under a name of 2.3.0', async () => {
    taken(
      await rig.pipeline.putLocation(by('2.2.1'), OWNER, 'LOC-1', buildLocation({ help_phone: 5 })),
      'created',
    );
    const patch = { name: 'new', last_updated: T2 };
    taken(await rig.pipeline.patchLocation(by('2.3.0'), OWNER, 'LOC-1', patch));
    expect(await stored()).to.include({ name: 'new', help_phone: 5 });
    const refused = await rig.pipeline.patchLocation(by('2.3.0'), OWNER, 'LOC-1', {
      ...patch,
      help_phone: [1],
    });
    expect((await stored()).help_phone).to.equal(null);
    expect(refused.findings.map(({ rule }) => rule)).to.deep.equal(['repair:optional-removed']);
  });

  it('LR-03: an EVSE that is put in 2.1.1 stands in a 2.3.0 Location in the words of the registry', async () => {
    await putRich();
    const evse = { ...buildLocation211().evses[0], uid: 'y'.repeat(39) };
    taken(await rig.pipeline.putEvse(by('2.1.1'), OWNER, 'LOC-1', 'y'.repeat(39), evse), 'created');
    const { evses } = await stored();
    expect(evses[0]).to.deep.equal(RICH.evses[0]);
    expect(evses[1].connectors[0]).to.deep.equal(buildConnector({ tariff_ids: ['TARIFF-1'] }));
    const row = await readOwnObject(database.knex, 'locations', OWNER, 'LOC-1');
    expect(row?.asStored).to.deep.equal([]);
  });

  it('LR-11: parking_places are replaced as a whole, and every EVSE must find its place there', async () => {
    await putRich();
    const patch = (fields: object) =>
      rig.pipeline.patchLocation(by('2.3.0'), OWNER, 'LOC-1', { last_updated: T2, ...fields });
    expect(problems(await patch({ parking_places: [buildParking({ id: 'P2' })] }))).to.deep.equal([
      'LR-11 evses[0].parking[0].parking_id',
    ]);
    const twice = [buildParking(), buildParking({ id: 'p1' })];
    const strict = { ...by('2.3.0'), strictness: 'reject' } as const;
    expect(
      problems(
        await rig.pipeline.patchLocation(strict, OWNER, 'LOC-1', { last_updated: T2, parking_places: twice }),
      ),
    ).to.include('unique-parking-id parking_places[1].id');
    taken(await patch({ parking_places: [buildParking({ id: 'p1', lighting: true })] }));
    expect((await stored()).parking_places).to.deep.equal([buildParking({ id: 'p1', lighting: true })]);
    const evse = buildEvse({ uid: 'NEW', parking: [{ parking_id: 'NO' }], last_updated: T2 });
    expect(problems(await rig.pipeline.putEvse(by('2.3.0'), OWNER, 'LOC-1', 'NEW', evse))).to.deep.equal([
      'LR-11 evses[1].parking[0].parking_id',
    ]);
  });

  it('LR-01, LR-13: a 2.1.1 Location belongs to the owner of its URL, whatever it says itself', async () => {
    const body = buildLocation211({ country_code: 'DE', party_id: 'ABC', time_zone: 'Europe/Berlin' });
    taken(await rig.pipeline.putLocation(by('2.1.1'), OWNER, 'LOC-1', body), 'created');
    expect(await stored()).to.include({ country_code: 'NL', party_id: 'TNM', time_zone: 'Europe/Berlin' });
  });

  it('TR-06: a 2.1.1 PATCH of a Tariff replaces elements as a whole, whose prices are without tax', async () => {
    const wire = buildTariff({ tax_included: 'YES', min_price: { before_taxes: 1 }, type: 'REGULAR' });
    taken(await rig.pipeline.putTariff(by('2.3.0'), OWNER, 'TARIFF-1', wire), 'created');
    const patch = (fields: object) => rig.pipeline.patchTariff(by('2.1.1'), OWNER, 'TARIFF-1', fields);
    taken(await patch({ currency: 'SEK', last_updated: T2 }));
    expect(await tariff()).to.deep.equal({ ...wire, currency: 'SEK', last_updated: T2 });
    const { elements } = buildTariff211({
      elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] }],
    });
    taken(await patch({ elements }));
    const expected = { ...wire, currency: 'SEK', elements, tax_included: 'NO' };
    expect(await tariff()).to.deep.equal({ ...expected, last_updated: rig.now.toISOString() });
    expect(problems(await patch({ elements: [] }))).to.deep.equal(['minItems elements']);
    expect(problems(await patch({ currency: null }))).to.deep.equal(['required currency']);
    expect((await patch({ id: 'OTHER' })).outcome).to.have.nested.property('refusal.reason', 'id-mismatch');
    taken(await patch({ currency: 'EUR', last_updated: T2 }), 'stale');
    const unknown = await rig.pipeline.patchTariff(by('2.1.1'), OWNER, 'NO', { currency: 'EUR' });
    expect(unknown.outcome).to.have.nested.property('refusal.reason', 'unknown-object');
  });

  it('a page of a 2.1.1 source is stored under its party', async () => {
    const receipts = await rig.pipeline.takePulled(by('2.1.1'), 'locations', [buildLocation211()], [OWNER]);
    expect(receipts.map(({ key, outcome }) => [key, outcome.kind])).to.deep.equal([
      ['NL/TNM/loc-1', 'created'],
    ]);
    expect((await stored()).evses[0].connectors[0]).to.include({ max_voltage: 230 });
  });
});
