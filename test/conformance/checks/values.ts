/** ENV-09 to ENV-16: which values of fields are taken. */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { freshId, type Speaker } from '../speaker.ts';

const put = (cpo: Speaker, location: Built) => cpo.put('locations', [location.id], location);

/** Optional fields, by level, in every version. */
const OPTIONAL = {
  location: [
    'name',
    'operator',
    'suboperator',
    'owner',
    'opening_times',
    'charging_when_closed',
    'energy_mix',
  ],
  lists: ['related_locations', 'directions', 'facilities', 'images'],
  evse: ['evse_id', 'floor_level', 'coordinates', 'physical_reference'],
  evseLists: ['status_schedule', 'capabilities', 'parking_restrictions', 'directions', 'images'],
  connector: ['terms_and_conditions'],
};

/** Required fields, but those that real feeds leave out so often that they are repaired (PC-14). */
const REQUIRED = {
  location: ['address', 'city', 'country', 'coordinates'],
  evse: ['status', 'connectors'],
  connector: ['standard', 'format', 'power_type'],
};

const having = (names: readonly string[], value: unknown) =>
  Object.fromEntries(names.map((name) => [name, value]));

function withConnector(cpo: Speaker, overrides: object): Built {
  return cpo.location({ evses: [cpo.evse({ connectors: [{ ...cpo.connector(), ...overrides }] })] });
}

export const valueChecks: readonly Check[] = [
  check('ENV-09', ['cpo'], async ({ cpo }) => {
    const extra = { 'x-unknown': 1, unknown_object: { deep: [true, null] } };
    const evse = cpo.evse({ ...extra, connectors: [cpo.connector(extra)] });
    expectDone(await put(cpo, cpo.location({ ...extra, evses: [evse] })));
    const tariff = cpo.tariff(extra);
    expectDone(await cpo.put('tariffs', [tariff.id], tariff));
  }),

  check('ENV-10', ['cpo'], async ({ cpo }) => {
    for (const empty of [null, []]) {
      const connector = { ...cpo.connector(), ...having(OPTIONAL.connector, null) };
      const evse = {
        ...cpo.evse({ connectors: [connector] }),
        ...having(OPTIONAL.evse, null),
        ...having(OPTIONAL.evseLists, empty),
      };
      const optional = { ...having(OPTIONAL.location, null), ...having(OPTIONAL.lists, empty) };
      expectDone(await put(cpo, { ...cpo.location({ evses: [evse] }), ...optional }));
    }
    for (const evses of [null, [], undefined]) expectDone(await put(cpo, cpo.location({ evses })));
  }),

  check('ENV-11', ['cpo'], async ({ cpo }) => {
    for (const value of [null, undefined]) {
      for (const name of REQUIRED.location) {
        const response = await put(cpo, { ...cpo.location(), [name]: value });
        expectAnswer(response, 200, 2001);
      }
      for (const name of REQUIRED.evse) {
        const evses = [{ ...cpo.evse(), [name]: value }];
        expectAnswer(await put(cpo, cpo.location({ evses })), 200, 2001);
      }
      for (const name of REQUIRED.connector) {
        expectAnswer(await put(cpo, withConnector(cpo, { [name]: value })), 200, 2001);
      }
    }
    expectAnswer(await put(cpo, cpo.location({ evses: [cpo.evse({ connectors: [] })] })), 200, 2001);
  }),

  check('ENV-12', ['cpo'], async ({ cpo }) => {
    const location = cpo.location({ city: '#NA', address: '#NA' });
    expectDone(await put(cpo, location));
    expect((await cpo.own('locations', [location.id])).city).to.equal('#NA');
    expectAnswer(await put(cpo, cpo.location({ country: '#NA' })), 200, 2001);
    const coordinates = { latitude: '#NA', longitude: '#NA' };
    expectAnswer(await put(cpo, cpo.location({ coordinates })), 200, 2001);
    expectAnswer(await put(cpo, withConnector(cpo, { power_type: '#NA' })), 200, 2001);
    const tariff = cpo.tariff({ currency: '#NA' });
    expectAnswer(await cpo.put('tariffs', [tariff.id], tariff), 200, 2001);
  }),

  check('ENV-13', ['cpo', 'connect'], async ({ cpo, connect }) => {
    const id = `CaSe${freshId()}`;
    expectDone(await put(cpo, cpo.location({ id, evses: [cpo.evse({ uid: 'Ee' })] })));
    expect((await cpo.own('locations', [id.toUpperCase()])).id).to.equal(id);
    expect((await cpo.own('locations', [id.toLowerCase(), 'eE'])).uid).to.equal('Ee');
    const strict = await connect({ strictness: 'reject' });
    const evses = [strict.evse({ status: 'available' })];
    expectAnswer(await put(strict, strict.location({ evses })), 200, 2001);
  }),

  check('ENV-14', ['cpo'], async ({ cpo }) => {
    const location = withConnector(cpo, { standard: 'FOO_BAR' });
    expectDone(await put(cpo, location));
    const kept = await cpo.own('locations', [location.id]);
    expect(kept.evses[0].connectors[0].standard).to.equal('FOO_BAR');
    expectAnswer(await put(cpo, withConnector(cpo, { power_type: 'FOO' })), 200, 2001);
  }),

  check('ENV-15', ['cpo'], async ({ cpo }) => {
    const location = cpo.location({ evses: [cpo.evse({ capabilities: ['RFID_READER', 'TELEPATHY'] })] });
    expectDone(await put(cpo, location));
    const kept = await cpo.own('locations', [location.id]);
    expect(kept.evses[0].capabilities).to.include('RFID_READER');
    expectAnswer(await put(cpo, withConnector(cpo, { standard: 'STEAM' })), 200, 2001);
    // On the list of those that are allowed beside the enumeration.
    expectDone(await put(cpo, withConnector(cpo, { standard: 'MCS' })));
  }),

  check('ENV-16', ['connect'], async ({ connect }) => {
    const strict = await connect({ strictness: 'reject' });
    for (const [field, longest] of [
      ['city', 45],
      ['name', 255],
    ] as const) {
      expectDone(await put(strict, strict.location({ [field]: 'ü'.repeat(longest) })));
      expectAnswer(await put(strict, strict.location({ [field]: 'ü'.repeat(longest + 1) })), 200, 2001);
    }
  }),
];
