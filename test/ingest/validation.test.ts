import { expect } from 'chai';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { boundProblems, type ObjectKind, type Problem } from '../../ingest/validation.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../support/builders.ts';

function problemsOf(kind: ObjectKind, value: unknown): Problem[] {
  return ocpi221.inspect(kind, value).problems;
}

function rulesOf(kind: ObjectKind, value: unknown): string[] {
  return problemsOf(kind, value).map(({ path, rule }) => `${rule} ${path}`);
}

function noteRulesOf(kind: ObjectKind, value: unknown): string[] {
  return ocpi221.inspect(kind, value).notes.map(({ rule, path }) => `${rule} ${path}`);
}

function withConnector(overrides: Record<string, unknown>): unknown {
  return buildLocation({ evses: [buildEvse({ connectors: [buildConnector(overrides)] })] });
}

const OPTIONAL: Record<ObjectKind, string[]> = {
  location:
    'publish_allowed_to name postal_code state related_locations parking_type evses directions operator suboperator owner facilities opening_times charging_when_closed images energy_mix'.split(
      ' ',
    ),
  evse: 'evse_id status_schedule capabilities floor_level coordinates physical_reference directions parking_restrictions images'.split(
    ' ',
  ),
  connector: ['max_electric_power', 'tariff_ids', 'terms_and_conditions'],
  tariff:
    'type tariff_alt_text tariff_alt_url min_price max_price start_date_time end_date_time energy_mix'.split(
      ' ',
    ),
};
const REQUIRED: Record<ObjectKind, string[]> = {
  location: 'country_code party_id id publish address city country coordinates time_zone last_updated'.split(
    ' ',
  ),
  evse: 'uid status connectors last_updated'.split(' '),
  connector: 'id standard format power_type max_voltage max_amperage last_updated'.split(' '),
  tariff: 'country_code party_id id currency elements last_updated'.split(' '),
};
const BUILDERS = { location: buildLocation, evse: buildEvse, connector: buildConnector, tariff: buildTariff };
const KINDS = Object.keys(BUILDERS) as ObjectKind[];

describe('validation of OCPI 2.2.1 objects', () => {
  for (const kind of KINDS) {
    it(`accepts a minimal ${kind}`, () => {
      expect(ocpi221.inspect(kind, BUILDERS[kind]())).to.deep.equal({ problems: [], notes: [] });
    });

    it(`ENV-10: accepts null in every optional field of a ${kind}`, () => {
      const nulls = Object.fromEntries(OPTIONAL[kind].map((field) => [field, null]));
      expect(problemsOf(kind, BUILDERS[kind](nulls))).to.deep.equal([]);
    });

    it(`ENV-11, LR-08: refuses null and absence in every required field of a ${kind}`, () => {
      for (const field of REQUIRED[kind]) {
        expect(problemsOf(kind, BUILDERS[kind]({ [field]: undefined })), field).to.deep.equal([
          { path: field, rule: 'required', message: `${field}: is required` },
        ]);
        expect(problemsOf(kind, BUILDERS[kind]({ [field]: null })), field).to.deep.equal([
          { path: field, rule: 'required', message: `${field}: is required, received null`, received: null },
        ]);
      }
    });
  }

  it('ENV-09: accepts unknown properties at every level', () => {
    const location = buildLocation({
      foo: 1,
      coordinates: { foo: 1 },
      evses: [buildEvse({ foo: 1, connectors: [buildConnector({ foo: 1 })] })],
    });
    expect(problemsOf('location', location)).to.deep.equal([]);
  });

  it('ENV-10: accepts an empty list where none is asked for', () => {
    expect(problemsOf('location', buildLocation({ evses: [], facilities: [], images: [] }))).to.deep.equal(
      [],
    );
  });

  it('ENV-11: refuses an empty list where one entry is asked for', () => {
    expect(problemsOf('evse', buildEvse({ connectors: [] }))).to.deep.equal([
      {
        path: 'connectors',
        rule: 'minItems',
        message: 'connectors: must have at least 1 entry, received []',
        received: [],
      },
    ]);
  });

  it('ENV-12: accepts #NA for plain strings and refuses it for ids, codes, coordinates and enumerations', () => {
    expect(problemsOf('location', buildLocation({ address: '#NA', city: '#NA' }))).to.deep.equal([]);
    const refused = buildLocation({
      id: '#NA',
      country: '#NA',
      time_zone: '#NA',
      coordinates: { latitude: '#NA' },
      evses: [buildEvse({ uid: '#NA', status: '#NA' })],
    });
    expect(rulesOf('location', refused)).to.have.members([
      'pattern id',
      'pattern country',
      'format time_zone',
      'pattern coordinates.latitude',
      'pattern evses[0].uid',
      'enum evses[0].status',
    ]);
    expect(rulesOf('tariff', buildTariff({ currency: '#NA' }))).to.deep.equal(['pattern currency']);
  });

  it('ENV-13: enumerations are case-sensitive, and the message names the right spelling', () => {
    expect(problemsOf('evse', buildEvse({ status: 'available' }))[0]?.message).to.equal(
      'status: must be "AVAILABLE" to the letter, received "available"',
    );
  });

  it('ENV-15: accepts unknown values of optional lists and notes them', () => {
    const location = buildLocation({
      facilities: ['CINEMA', 'HOTEL'],
      evses: [buildEvse({ capabilities: ['RFID_READER', 'X'], parking_restrictions: ['TAXIS'] })],
    });
    expect(problemsOf('location', location)).to.deep.equal([]);
    expect(noteRulesOf('location', location)).to.have.members([
      'unknown-enum-value facilities[0]',
      'unknown-enum-value evses[0].capabilities[1]',
      'unknown-enum-value evses[0].parking_restrictions[0]',
    ]);
  });

  it('ENV-15: refuses unknown values of required scalars', () => {
    const fields = { standard: 'FOO_BAR', format: 'PLUG', power_type: 'FOO' };
    expect(rulesOf('connector', buildConnector(fields))).to.have.members([
      'enum standard',
      'enum format',
      'enum power_type',
    ]);
  });

  it('ENV-15: accepts the standards on the allow-list and notes them', () => {
    for (const standard of ['MCS', 'SAE_J3400']) {
      expect(problemsOf('location', withConnector({ standard }))).to.deep.equal([]);
      expect(noteRulesOf('location', withConnector({ standard }))).to.deep.equal([
        'unknown-enum-value evses[0].connectors[0].standard',
      ]);
    }
  });

  it('ENV-16: counts the length of a text in characters, not in UTF-16 units', () => {
    expect(problemsOf('location', buildLocation({ address: '🔌'.repeat(255) }))).to.deep.equal([]);
    expect(rulesOf('location', buildLocation({ address: '🔌'.repeat(256) }))).to.deep.equal([
      'maxLength address',
    ]);
    expect(problemsOf('location', buildLocation({ city: 'x'.repeat(46) }))[0]?.message).to.match(
      /^city: must be at most 45 characters long, received "x+"$/,
    );
  });

  it('refuses control characters, halves of characters, and ids that are not printable ASCII', () => {
    expect(rulesOf('location', buildLocation({ name: 'a\nb' }))).to.deep.equal(['pattern name']);
    expect(rulesOf('location', buildLocation({ name: 'a\uD800b' }))).to.deep.equal(['pattern name']);
    expect(rulesOf('location', buildLocation({ id: 'é' }))).to.deep.equal(['pattern id']);
    expect(rulesOf('location', buildLocation({ id: '' }))).to.deep.equal(['minLength id']);
    expect(problemsOf('location', buildLocation({ name: 'Žemaitės 東京' }))).to.deep.equal([]);
  });

  it('LR-27: accepts every status and none else', () => {
    const statuses =
      'AVAILABLE BLOCKED CHARGING INOPERATIVE OUTOFORDER PLANNED REMOVED RESERVED UNKNOWN'.split(' ');
    for (const status of statuses) expect(problemsOf('evse', buildEvse({ status }))).to.deep.equal([]);
    expect(rulesOf('evse', buildEvse({ status: 'FREE' }))).to.deep.equal(['enum status']);
  });

  it('LR-30: refuses coordinates that are numbers, have too few decimals or lie off the globe', () => {
    const latitudes = [52.089444, '52.08', '91.00000', '52,089444', ''];
    for (const latitude of latitudes) {
      expect(
        problemsOf('location', buildLocation({ coordinates: { latitude } })),
        String(latitude),
      ).to.have.length(1);
    }
    const longest = { latitude: '-33.1234567', longitude: '-126.1234567' };
    expect(problemsOf('location', buildLocation({ coordinates: longest }))).to.deep.equal([]);
    expect(rulesOf('location', buildLocation({ coordinates: { longitude: '180.00001' } }))).to.deep.equal([
      'format coordinates.longitude',
    ]);
  });

  it('LR-09: a nested object is checked as a whole', () => {
    const location = buildLocation({
      coordinates: { longitude: undefined },
      operator: { website: 'https://example.com' },
    });
    expect(rulesOf('location', location)).to.have.members([
      'required coordinates.longitude',
      'required operator.name',
    ]);
  });

  it('refuses times with offset, without T or on days that do not exist', () => {
    const refused = [
      '2026-06-01T12:00:00+00:00',
      '2026-06-01 12:00:00',
      '2026-02-29T12:00:00Z',
      '0000-01-01T00:00:00Z',
      '',
    ];
    for (const last_updated of [
      ...refused,
      '2026-06-01T24:00:00Z',
      '2026-06-01t12:00:00z',
      '2026-06-01T12:00:00.123456',
    ]) {
      expect(rulesOf('location', buildLocation({ last_updated })), last_updated).to.have.length(1);
    }
    for (const last_updated of [
      '2024-02-29T12:00:00',
      '2026-06-01T12:00:00.1234Z',
      '2026-06-01T12:00:00.12345',
    ]) {
      expect(problemsOf('location', buildLocation({ last_updated })), last_updated).to.deep.equal([]);
    }
  });

  it('asks for a time zone that the time zone database knows', () => {
    expect(rulesOf('location', buildLocation({ time_zone: 'Germany' }))).to.deep.equal(['format time_zone']);
    expect(rulesOf('location', buildLocation({ time_zone: '+01:00' }))).to.deep.equal(['format time_zone']);
    expect(problemsOf('location', buildLocation({ time_zone: 'UTC' }))).to.deep.equal([]);
  });

  it('refuses numbers in strings and fractions where an integer is asked for', () => {
    const message = 'evses[0].connectors[0].max_voltage: must be an integer, received "230"';
    expect(problemsOf('location', withConnector({ max_voltage: '230' }))).to.deep.equal([
      { path: 'evses[0].connectors[0].max_voltage', rule: 'type', message, received: '230' },
    ]);
    expect(rulesOf('location', withConnector({ max_amperage: 16.5 }))).to.deep.equal([
      'type evses[0].connectors[0].max_amperage',
    ]);
  });

  it('an EVSE uid is unique in its Location and a Connector id in its EVSE, without case', () => {
    const evses = [buildEvse({ uid: 'a' }), buildEvse({ uid: 'A' })];
    expect(rulesOf('location', buildLocation({ evses }))).to.deep.equal(['unique-evse-uid evses[1].uid']);
    const connectors = [buildConnector({ id: 'x' }), buildConnector({ id: 'X' })];
    expect(rulesOf('evse', buildEvse({ connectors }))).to.deep.equal([
      'unique-connector-id connectors[1].id',
    ]);
  });

  it('reports everything that is wrong at once, one problem a place', () => {
    const location = buildLocation({
      city: 5,
      country: 'nl',
      evses: [buildEvse({ status: null, connectors: [buildConnector({ format: 7, max_voltage: 'x' })] })],
      opening_times: { twentyfourseven: false },
    });
    expect(rulesOf('location', location)).to.have.members([
      'type city',
      'pattern country',
      'required evses[0].status',
      'type evses[0].connectors[0].format',
      'type evses[0].connectors[0].max_voltage',
      'LR-29 opening_times.regular_hours',
    ]);
  });

  it('survives anything that is no object', () => {
    for (const value of [null, undefined, 5, 'x', [], true]) {
      for (const kind of KINDS) expect(problemsOf(kind, value), String(value)).to.have.length(1);
    }
    expect(problemsOf('location', 5)[0]?.message).to.equal('location: must be an object, received 5');
    expect(problemsOf('location', buildLocation({ evses: [null, 5, []] }))).to.have.length(3);
  });

  it('cuts what it repeats of the received value', () => {
    const [problem] = problemsOf('evse', buildEvse({ status: 'S'.repeat(5000) }));
    expect(problem?.received).to.equal(`${'S'.repeat(80)}…`);
    expect(problem?.message.length).to.be.below(250);
  });

  it('bounds a list of problems and counts the rest', () => {
    const problem = { path: 'city', rule: 'required', message: 'city: is required' };
    expect(boundProblems(Array.from({ length: 103 }, () => problem))).to.have.length(101);
    expect(boundProblems([problem, problem, problem], 2).at(-1)?.message).to.equal('and 1 more problem');
  });

  it('tells an object of a million faults its first one only', () => {
    const tariff_ids = Array.from({ length: 1_000_000 }, () => null);
    expect(rulesOf('connector', buildConnector({ tariff_ids }))).to.deep.equal(['type tariff_ids[0]']);
  });
});
