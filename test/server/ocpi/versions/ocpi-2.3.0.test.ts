import { expect } from 'chai';
import { PAGE_LIMIT } from '../../../../server/ocpi/protocol/paging.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff230 } from '../../../support/builders.ts';
import { closedCheck } from '../../../support/closed-schemas.ts';
import type { Data, OcpiClient, OcpiResponse } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const RECEIVER = '/ocpi/2.3.0/receiver';
const SENDER = '/ocpi/2.3.0/sender';

const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

/** A Location that uses what is new in 2.3.0. */
function newLocation(overrides: object = {}): Data {
  const parking = {
    id: 'P1',
    vehicle_types: ['PERSONAL_VEHICLE', 'CARGO_BIKE'],
    restricted_to_type: true,
    reservation_required: false,
  };
  const connectors = [buildConnector({ standard: 'MCS', capabilities: ['ISO_15118_20_PLUG_AND_CHARGE'] })];
  const evse = buildEvse({ parking: [{ parking_id: 'P1', evse_position: 'LEFT' }], connectors });
  return buildLocation({
    help_phone: '+31201234567',
    parking_places: [parking],
    evses: [evse],
    ...overrides,
  });
}

describe('OCPI 2.3.0', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  let strict: OcpiClient;
  let provider: OcpiClient;

  before(async () => {
    server = await startTestServer();
    cpo = (await server.addConnection('cpo', { version: '2.3.0', parties: ['NL-TNM'] })).client;
    const rules = { version: '2.3.0', parties: ['NL-STR'], strictness: 'reject' } as const;
    strict = (await server.addConnection('strict', rules)).client;
    provider = (await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] })).client;
  });
  after(() => server.stop());

  const put = async (client: OcpiClient, module: 'locations' | 'tariffs', object: Data) =>
    client.put(`${RECEIVER}/${module}/${object.country_code}/${object.party_id}/${object.id}`, object);
  const ofStrict = (object: Data): Data => ({ ...object, party_id: 'STR' });
  const served = async (id: string): Promise<Data> =>
    (await provider.get(`${SENDER}/locations/${id}`)).body.data;

  it('LR-01, CV-07: what is new in 2.3.0 is stored and served as it came', async () => {
    const location = newLocation({ id: 'NEW' });
    expect(codes(await put(cpo, 'locations', location))).to.deep.equal([201, 1000]);
    expect((await cpo.get(`${RECEIVER}/locations/NL/TNM/NEW`)).body.data).to.deep.equal(location);
    expect(await served('NEW')).to.deep.equal(location);
    const list = await provider.get(`${SENDER}/locations`);
    expect(list.body.data).to.deep.include(location);
    expect(closedCheck('2.3.0')('locations', location)).to.deep.equal([]);
  });

  it('ENV-09: fields that nobody knows are taken at every level, by the strict too, and served', async () => {
    const connectors = [buildConnector({ foo: 1 })];
    const location = buildLocation({
      id: 'FOO',
      foo: { deep: [1] },
      evses: [buildEvse({ foo: null, connectors })],
    });
    expect(codes(await put(strict, 'locations', ofStrict(location)))).to.deep.equal([201, 1000]);
    expect(await served('FOO')).to.deep.equal(ofStrict(location));
    const tariff = ofStrict(buildTariff230({ id: 'FOO', foo: true }));
    expect(codes(await put(strict, 'tariffs', tariff))).to.deep.equal([201, 1000]);
    expect((await provider.get(`${SENDER}/tariffs`)).body.data).to.deep.include(tariff);
  });

  it('ENV-14: words that an open enumeration does not list are taken and passed on', async () => {
    const connectors = [buildConnector({ standard: 'FOO_BAR' })];
    const evse = buildEvse({ capabilities: ['TELEPATHY'], parking_restrictions: ['UNICORNS'], connectors });
    const location = ofStrict(
      buildLocation({ id: 'OPEN', parking_type: 'ON_THE_MOON', facilities: ['SAUNA'], evses: [evse] }),
    );
    expect(codes(await put(strict, 'locations', location))).to.deep.equal([201, 1000]);
    expect(await served('OPEN')).to.deep.equal(location);
  });

  it('ENV-14: words that a closed enumeration does not list are refused', async () => {
    for (const connector of [{ power_type: 'FOO' }, { format: 'FOO' }]) {
      const evses = [buildEvse({ connectors: [buildConnector(connector)] })];
      const answer = await put(strict, 'locations', ofStrict(buildLocation({ id: 'CLOSED', evses })));
      expect(codes(answer), JSON.stringify(connector)).to.deep.equal([200, 2001]);
    }
  });

  it('TR-08: tax_included is required, and one of three', async () => {
    for (const tax_included of ['YES', 'NO', 'N/A']) {
      const tariff = ofStrict(buildTariff230({ id: 'TAX', tax_included }));
      expect((await put(strict, 'tariffs', tariff)).body.status_code, tax_included).to.equal(1000);
    }
    for (const tax_included of [undefined, null, 'NA', 'yes']) {
      const tariff = ofStrict({ ...buildTariff230({ id: 'NO-TAX' }), tax_included });
      expect(codes(await put(strict, 'tariffs', tariff)), String(tax_included)).to.deep.equal([200, 2001]);
    }
  });

  it('LR-11: a place to park that an EVSE names must be one of the Location', async () => {
    const evses = [buildEvse({ parking: [{ parking_id: 'NOWHERE' }] })];
    const dangling = ofStrict(newLocation({ id: 'DANGLING', evses }));
    expect(codes(await put(strict, 'locations', dangling))).to.deep.equal([200, 2001]);
  });

  it('LR-07: a PATCH changes one thing of it and nothing else', async () => {
    const location = newLocation({ id: 'PATCHED' });
    await put(cpo, 'locations', location);
    const last_updated = '2026-06-02T12:00:00Z';
    const change = { capabilities: ['ISO_15118_2_PLUG_AND_CHARGE'], last_updated };
    const path = `${RECEIVER}/locations/NL/TNM/PATCHED/EVSE-1/1`;
    expect(codes(await cpo.patch(path, change))).to.deep.equal([200, 1000]);
    const expected = structuredClone(location);
    Object.assign(expected.evses[0].connectors[0], change);
    expected.evses[0].last_updated = last_updated;
    expected.last_updated = last_updated;
    expect(await served('PATCHED')).to.deep.equal(expected);
  });

  it('a Location that came in 2.2.1 is one text in 2.2.1 and 2.3.0, served without being read', async () => {
    const location = buildLocation({ id: 'SAME', name: 'Same' });
    await cpo.put('/ocpi/2.2.1/receiver/locations/NL/TNM/SAME', location);
    const [row] = await server.database
      .knex('location')
      .where({ location_id: 'SAME' })
      .select('document', 'as_stored');
    expect(row.as_stored).to.have.members(['2.2.1', '2.3.0']);
    // Whoever read the text would fail on this one.
    const text = row.document.replace('"name":"Same"', '"name":"Same","raw":unread');
    await server.database.knex('location').where({ location_id: 'SAME' }).update({ document: text });
    for (const version of ['2.2.1', '2.3.0']) {
      const answer = await provider.get(`/ocpi/${version}/sender/locations/SAME`);
      expect(answer.text, version).to.contain(text);
      const list = await provider.get(`/ocpi/${version}/sender/locations`);
      expect(list.text, version).to.contain(text);
    }
    await server.database.knex('location').where({ location_id: 'SAME' }).delete();
  });

  it('RT-01, LS-07, LS-19: routing headers and X-Limit are as in 2.2.1', async () => {
    const { headers } = await provider.get(`${SENDER}/locations?limit=1`, {
      'OCPI-from-country-code': 'NL',
      'OCPI-from-party-id': 'NAV',
      'OCPI-to-country-code': 'DE',
      'OCPI-to-party-id': 'NAP',
    });
    expect(headers).to.include({
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'NAV',
      'ocpi-from-country-code': 'DE',
      'ocpi-from-party-id': 'NAP',
      'x-limit': String(PAGE_LIMIT),
    });
  });
});
