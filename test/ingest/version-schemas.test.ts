/** What the versions ask of objects, as far as they differ. */
import { expect } from 'chai';
import { OCPI_VERSIONS, type OcpiVersion } from '../../db/ocpi-version.ts';
import { WORDS_OF_211, WORDS_OF_221 } from '../../exports/dialects/words.ts';
import { DIALECTS } from '../../ingest/dialects/dialects.ts';
import clientInfo221 from '../../ingest/schemas/ocpi-2.2.1/client-info.schema.json' with { type: 'json' };
import clientInfo230 from '../../ingest/schemas/ocpi-2.3.0/client-info.schema.json' with { type: 'json' };
import {
  mergePatch,
  patchSchemas,
  SCHEMAS_OF_211,
  SCHEMAS_OF_221,
  SCHEMAS_OF_230,
  SCHEMAS_OF_MODEL,
} from '../../ingest/schemas/schema-sets.ts';
import type { ObjectKind } from '../../ingest/validation.ts';
import {
  buildConnector,
  buildEvse,
  buildLocation,
  buildLocation211,
  buildParking,
  buildTariff,
  buildTariff211,
  type Overrides,
} from '../support/builders.ts';
import { newAjv } from '../support/json-schemas.ts';

function problems(version: OcpiVersion, kind: ObjectKind, value: unknown): string[] {
  return DIALECTS[version].inspect(kind, value).problems.map(({ path, rule }) => `${rule} ${path}`);
}

function repaired(version: OcpiVersion, value: unknown): { value: unknown; rules: string[] } {
  const { value: mended, repairs } = DIALECTS[version].repair('location', value);
  expect(problems(version, 'location', mended)).to.deep.equal([]);
  return { value: mended, rules: repairs.map(({ rule }) => rule) };
}

describe('the schemas of the versions', () => {
  it('are JSON Schemas, which is not asked again when they are compiled', () => {
    const sets = [SCHEMAS_OF_211, SCHEMAS_OF_221, SCHEMAS_OF_230, SCHEMAS_OF_MODEL];
    const schemas = [...sets, ...sets.map(patchSchemas)].flatMap(({ common, enumerations, kinds }) => [
      common,
      enumerations,
      ...Object.values(kinds),
    ]);
    const ajv = newAjv();
    for (const schema of [...schemas, clientInfo221, clientInfo230]) {
      expect(ajv.validateSchema(schema), `${schema.$id}: ${ajv.errorsText()}`).to.equal(true);
    }
    expect(ajv.validateSchema({ ...clientInfo221, required: 'role' })).to.equal(false);
  });

  it('ENV-14: a word that 2.3.0 does not list is taken where its enumeration is open, and refused where it is closed', () => {
    const image = { url: 'https://x.example/a.png', category: 'DRONE', type: 'png' };
    const open = buildLocation({
      parking_type: 'ON_THE_MOON',
      images: [image],
      evses: [buildEvse({ connectors: [buildConnector({ standard: 'FOO_BAR' })] })],
    });
    expect(DIALECTS['2.3.0'].inspect('location', open)).to.deep.equal({ problems: [], notes: [] });
    expect(problems('2.2.1', 'location', open)).to.have.members([
      'enum parking_type',
      'enum images[0].category',
      'enum evses[0].connectors[0].standard',
    ]);
    const closed = buildConnector({ power_type: 'FOO', format: 'BAR' });
    expect(problems('2.3.0', 'connector', closed)).to.have.members(['enum power_type', 'enum format']);
    expect(problems('2.3.0', 'connector', buildConnector({ standard: '\t' }))).to.deep.equal([
      'pattern standard',
    ]);
  });

  it('ENV-15: a standard that 2.1.1 lacks and a later version has is taken and noted', () => {
    const [connector] = buildLocation211().evses[0].connectors;
    const { problems: found, notes } = DIALECTS['2.1.1'].inspect('connector', {
      ...connector,
      standard: 'GBT_DC',
    });
    expect(found).to.deep.equal([]);
    expect(notes.map(({ rule }) => rule)).to.deep.equal(['unknown-enum-value']);
    expect(problems('2.1.1', 'connector', { ...connector, standard: 'FOO' })).to.deep.equal([
      'enum standard',
    ]);
  });

  it('ENV-09: fields that no version knows are taken at every level, in every version', () => {
    const own = { foo: 1 };
    const deep = { evses: [buildEvse({ ...own, connectors: [buildConnector(own)] })], ...own };
    for (const version of ['2.2.1', '2.3.0'] as const) {
      expect(problems(version, 'location', buildLocation(deep)), version).to.deep.equal([]);
    }
    expect(problems('2.1.1', 'location', buildLocation211(own))).to.deep.equal([]);
  });

  it('ENV-11: what 2.1.1 asks for and later versions do not, and the reverse', () => {
    expect(problems('2.1.1', 'location', buildLocation())).to.have.members([
      'required type',
      'required postal_code',
      'required evses[0].connectors[0].voltage',
      'required evses[0].connectors[0].amperage',
    ]);
    expect(problems('2.1.1', 'location', buildLocation211())).to.deep.equal([]);
    expect(problems('2.1.1', 'tariff', buildTariff211())).to.deep.equal([]);
    expect(problems('2.2.1', 'tariff', buildTariff211())).to.have.members([
      'required country_code',
      'required party_id',
    ]);
  });

  it('ENV-16: an address of 255 characters is taken, one of 256 refused, in every version', () => {
    for (const version of OCPI_VERSIONS) {
      const build = version === '2.1.1' ? buildLocation211 : buildLocation;
      expect(problems(version, 'location', build({ address: 'a'.repeat(255) })), version).to.deep.equal([]);
      expect(problems(version, 'location', build({ address: 'a'.repeat(256) })), version).to.deep.equal([
        'maxLength address',
      ]);
    }
  });

  it('TR-08: tax_included is asked for by 2.3.0 alone, and is one of YES, NO and N/A', () => {
    expect(problems('2.3.0', 'tariff', buildTariff())).to.deep.equal(['required tax_included']);
    expect(problems('2.3.0', 'tariff', buildTariff({ tax_included: 'NA' }))).to.deep.equal([
      'enum tax_included',
    ]);
    for (const tax_included of ['YES', 'NO', 'N/A']) {
      expect(problems('2.3.0', 'tariff', buildTariff({ tax_included }))).to.deep.equal([]);
    }
  });

  it('LR-11: an EVSE that parks where its Location has no place is mended by forgetting that', () => {
    const wire = (parking_id: string) =>
      buildLocation({ parking_places: [buildParking()], evses: [buildEvse({ parking: [{ parking_id }] })] });
    expect(problems('2.3.0', 'location', wire('p1'))).to.deep.equal([]);
    expect(problems('2.3.0', 'location', wire('P9'))).to.deep.equal(['LR-11 evses[0].parking[0].parking_id']);
    expect(repaired('2.3.0', wire('P9'))).to.deep.equal({
      value: buildLocation({ parking_places: [buildParking()], evses: [buildEvse({ parking: [] })] }),
      rules: ['repair:optional-removed'],
    });
    expect(problems('2.2.1', 'location', wire('P9'))).to.deep.equal([]);
  });

  it('LR-29: 2.1.1 hours are regular hours or round the clock; nothing at all means unknown', () => {
    const regular_hours = [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }];
    const hours = (opening_times: Overrides) => buildLocation211({ opening_times });
    for (const each of [
      { regular_hours },
      { twentyfourseven: true },
      { twentyfourseven: false, regular_hours },
    ]) {
      expect(problems('2.1.1', 'location', hours(each))).to.deep.equal([]);
    }
    expect(repaired('2.1.1', hours({}))).to.deep.equal({
      value: buildLocation211(),
      rules: ['repair:hours-unknown'],
    });
    expect(repaired('2.1.1', hours({ twentyfourseven: true, regular_hours })).value).to.deep.equal(
      hours({ twentyfourseven: true }),
    );
  });

  it('LR-30: 2.1.1 coordinates have six decimals and are mended to that', () => {
    const wire = (latitude: unknown) => buildLocation211({ coordinates: { latitude } });
    for (const [received, rule] of [
      [52.089444, 'repair:coordinates-as-string'],
      ['52.0894440', 'repair:coordinates-cut'],
      ['52.089444999', 'repair:coordinates-cut'],
    ] as const) {
      expect(repaired('2.1.1', wire(received))).to.deep.equal({ value: wire('52.089444'), rules: [rule] });
    }
    expect(repaired('2.1.1', wire('52.08'))).to.deep.equal({
      value: wire('52.080000'),
      rules: ['repair:coordinates-padded'],
    });
  });

  it('PC-14: what a 2.1.1 Location leaves out of what it must say is taken as not known', () => {
    const wire = buildLocation211({ type: undefined, postal_code: undefined });
    expect(repaired('2.1.1', wire)).to.deep.equal({
      value: buildLocation211({ type: 'UNKNOWN', postal_code: '-' }),
      rules: ['repair:type-unknown', 'repair:postal-code-missing'],
    });
  });

  it('names of 2.2.1 in a 2.1.1 connector are taken', () => {
    const [connector] = buildLocation211().evses[0].connectors;
    const { voltage, amperage, ...rest } = connector;
    const newer = { ...rest, max_voltage: voltage, max_amperage: amperage };
    const { value, repairs } = DIALECTS['2.1.1'].repair('connector', newer);
    expect(value).to.deep.equal(connector);
    expect(repairs.map(({ rule, occurrences }) => [rule, occurrences])).to.deep.equal([
      ['repair:newer-name', 2],
    ]);
  });

  it('both directions have the same words', () => {
    for (const [words, schemas] of [
      [WORDS_OF_211, SCHEMAS_OF_211],
      [WORDS_OF_221, SCHEMAS_OF_221],
    ] as const) {
      const enumeration = (name: string) =>
        schemas.enumerations.$defs[name]?.enum?.filter((word) => word !== null);
      expect([...words.capabilities]).to.have.members(enumeration('Capability') as string[]);
      expect([...words.facilities]).to.have.members(enumeration('Facility') as string[]);
      expect([...words.standards]).to.have.members(enumeration('ConnectorType') as string[]);
      expect([...words.parkingRestrictions]).to.have.members(enumeration('ParkingRestriction') as string[]);
      expect([...words.imageCategories]).to.have.members(enumeration('ImageCategory') as string[]);
      expect([...words.environmentalImpacts]).to.have.members(
        enumeration('EnvironmentalImpactCategory') as string[],
      );
    }
    const words = (name: string) =>
      SCHEMAS_OF_221.enumerations.$defs[name]?.enum?.filter((word) => word !== null);
    expect([...WORDS_OF_221.parkingTypes]).to.have.members(words('ParkingType') as string[]);
    expect([...WORDS_OF_221.tokenTypes]).to.have.members(words('TokenType') as string[]);
    expect([...WORDS_OF_211.powerTypes]).to.have.members(
      SCHEMAS_OF_211.enumerations.$defs.PowerType?.enum?.filter((word) => word !== null) as string[],
    );
  });

  it('a merge patch is that of RFC 7396', () => {
    const cases = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: 'foo' }, 'bar', 'bar'],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [[1, 2], { a: 'b', c: null }, { a: 'b' }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ] as const;
    for (const [target, patch, result] of cases) {
      const before = structuredClone(target);
      expect(mergePatch(target, patch)).to.deep.equal(result);
      expect(target).to.deep.equal(before);
    }
  });
});
