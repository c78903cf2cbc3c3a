/** The rows CV of the requirements, from a push in one version to a list in another, over HTTP. */
import { expect } from 'chai';
import {
  buildConnector,
  buildConnector211,
  buildEvse,
  buildEvse211,
  buildLocation,
  buildLocation211,
  buildTariff,
  buildTariff230,
} from '../../../support/builders.ts';
import { closedCheck } from '../../../support/closed-schemas.ts';
import type { Data, OcpiClient } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

type Version = '2.1.1' | '2.2.1' | '2.3.0';
type Module = 'locations' | 'tariffs';

const RECEIVERS = {
  '2.1.1': '/ocpi/emsp/2.1.1',
  '2.2.1': '/ocpi/2.2.1/receiver',
  '2.3.0': '/ocpi/2.3.0/receiver',
};
const SENDERS = { '2.1.1': '/ocpi/cpo/2.1.1', '2.2.1': '/ocpi/2.2.1/sender', '2.3.0': '/ocpi/2.3.0/sender' };
const LATER: readonly Version[] = ['2.2.1', '2.3.0'];
const ALL: readonly Version[] = ['2.1.1', ...LATER];

describe('conversions between OCPI versions', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  let provider: OcpiClient;

  before(async () => {
    server = await startTestServer();
    cpo = (await server.addConnection('cpo', { parties: ['NL-TNM'] })).client;
    provider = (await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] })).client;
  });
  after(() => server.stop());
  beforeEach(async () => {
    await server.database.knex.raw('delete from location');
    await server.database.knex.raw('delete from tariff');
  });

  async function push(version: Version, module: Module, object: Data): Promise<void> {
    const { body, text } = await cpo.put(`${RECEIVERS[version]}/${module}/NL/TNM/${object.id}`, object);
    expect(body.status_code, text).to.equal(1000);
  }

  /** What a list gives, each object valid for the strictest reader of the version. */
  async function list(version: Version, module: Module, query = ''): Promise<Data[]> {
    const { body, headers } = await provider.get(`${SENDERS[version]}/${module}${query}`);
    const objects: Data[] = body.data;
    for (const object of objects) {
      expect(closedCheck(version, { unknownFields: true })(module, object), object.id).to.deep.equal([]);
    }
    expect(headers['x-total-count']).to.equal(String(objects.length));
    return objects;
  }

  const only = async (version: Version, module: Module, query = ''): Promise<Data> => {
    const objects = await list(version, module, query);
    expect(objects, `${version} ${module}`).to.have.length(1);
    return objects[0];
  };

  const energy = (price: number, vat?: number) => [
    { price_components: [{ type: 'ENERGY', price, step_size: 1, ...(vat === undefined ? {} : { vat }) }] },
  ];

  it('CV-01: a Location of 2.1.1 that says as little as it may is whole in later versions', async () => {
    const connectors = [buildConnector211({ tariff_id: 'T1' })];
    const location = buildLocation211({
      type: 'UNKNOWN',
      time_zone: undefined,
      evses: [buildEvse211({ connectors })],
    });
    await push('2.1.1', 'locations', location);
    for (const version of LATER) {
      const served = await only(version, 'locations');
      expect(served).to.include({
        country_code: 'NL',
        party_id: 'TNM',
        publish: true,
        time_zone: 'Europe/Amsterdam',
      });
      expect(served).not.to.have.any.keys('type', 'parking_type');
      const [connector] = served.evses[0].connectors;
      expect(connector).to.deep.include({ max_voltage: 230, max_amperage: 16, tariff_ids: ['T1'] });
      expect(connector).not.to.have.any.keys('voltage', 'amperage', 'tariff_id');
    }
  });

  it('CV-02: prices of 2.2.1 are without tax in 2.3.0, and limits have its names', async () => {
    const limits = { min_price: { excl_vat: 1, incl_vat: 1.21 }, max_price: { excl_vat: 50 } };
    await push('2.2.1', 'tariffs', buildTariff(limits));
    expect(await only('2.3.0', 'tariffs')).to.deep.equal(
      buildTariff({
        tax_included: 'NO',
        min_price: { before_taxes: 1, after_taxes: 1.21 },
        max_price: { before_taxes: 50 },
      }),
    );
    expect(await only('2.2.1', 'tariffs')).to.deep.equal(buildTariff(limits));
  });

  it('CV-03: what only 2.3.0 has does not reach 2.2.1', async () => {
    const parking = {
      id: 'P1',
      vehicle_types: ['BUS'],
      restricted_to_type: true,
      reservation_required: false,
      dangerous_goods_allowed: false,
    };
    const connectors = [buildConnector({ capabilities: ['ISO_15118_2_PLUG_AND_CHARGE'] })];
    const evses = [
      buildEvse({ parking: [{ parking_id: 'P1' }], accepted_service_providers: ['X'], connectors }),
    ];
    const more = { help_phone: '+31201234567', parking_places: [parking], evses };
    await push('2.3.0', 'locations', buildLocation(more));
    expect(await only('2.2.1', 'locations')).to.deep.equal(buildLocation());
    expect(await only('2.3.0', 'locations')).to.deep.equal(buildLocation(more));
    await push('2.3.0', 'tariffs', buildTariff230());
    expect(await only('2.2.1', 'tariffs')).to.deep.equal(buildTariff());
  });

  it('CV-04: a price with tax is one without in older versions', async () => {
    await push('2.3.0', 'tariffs', buildTariff230({ tax_included: 'YES', elements: energy(0.595, 19) }));
    expect((await only('2.2.1', 'tariffs')).elements).to.deep.equal(energy(0.5, 19));
    expect((await only('2.1.1', 'tariffs')).elements).to.deep.equal(energy(0.5));
  });

  it('CV-05: where the tax is not said, the Tariff is left out and the connector keeps its id', async () => {
    await push('2.3.0', 'tariffs', buildTariff230({ tax_included: 'YES', elements: energy(0.595) }));
    const evses = [buildEvse({ connectors: [buildConnector({ tariff_ids: ['TARIFF-1'] })] })];
    await push('2.3.0', 'locations', buildLocation({ evses }));
    expect(await list('2.2.1', 'tariffs')).to.deep.equal([]);
    expect(await list('2.1.1', 'tariffs')).to.deep.equal([]);
    expect(await list('2.3.0', 'tariffs')).to.have.length(1);
    const { evses: served } = await only('2.2.1', 'locations');
    expect(served[0].connectors[0].tariff_ids).to.deep.equal(['TARIFF-1']);
  });

  it('CV-06: a price under a condition that 2.1.1 lacks is not said there, and never without it', async () => {
    const conditional = { ...energy(0.1, 21)[0], restrictions: { min_current: 16 } };
    const reserved = { ...energy(0.2, 21)[0], restrictions: { reservation: 'RESERVATION' } };
    const elements = [conditional, ...energy(0.3, 21), reserved];
    await push('2.2.1', 'tariffs', buildTariff({ elements }));
    expect((await only('2.1.1', 'tariffs')).elements).to.deep.equal(energy(0.3));
    expect((await only('2.3.0', 'tariffs')).elements).to.deep.equal(elements);
  });

  it('CV-07: element order, numbers and unknown fields come out of 2.3.0 as they went in', async () => {
    const elements = [
      { price_components: [{ type: 'FLAT', price: 0.1234, vat: 5.5, step_size: 1, ref: { a: 1 } }] },
      { price_components: [{ type: 'ENERGY', price: 12345678.9012, step_size: 0 }], restrictions: null },
    ];
    const tariff = buildTariff230({ elements, extra: [1, 'two'] });
    await push('2.3.0', 'tariffs', tariff);
    expect(await only('2.3.0', 'tariffs')).to.deep.equal(tariff);
  });

  it('CV-08: coordinates have six decimals in 2.1.1, and theirs elsewhere', async () => {
    const coordinates = { latitude: '51.0475991', longitude: '3.72941' };
    await push('2.2.1', 'locations', buildLocation({ coordinates }));
    expect((await only('2.1.1', 'locations')).coordinates).to.deep.equal({
      latitude: '51.047599',
      longitude: '3.729410',
    });
    for (const version of LATER) {
      expect((await only(version, 'locations')).coordinates).to.deep.equal(coordinates);
    }
  });

  it('CV-09: an EVSE of which a version knows no plug is left out, never with no connectors', async () => {
    const evses = [
      buildEvse({ uid: 'TRUCK', connectors: [buildConnector({ standard: 'MCS' })] }),
      buildEvse({ uid: 'CAR' }),
    ];
    await push('2.3.0', 'locations', buildLocation({ evses }));
    const uids = async (version: Version) =>
      (await only(version, 'locations')).evses.map(({ uid }: Data) => uid);
    expect(await uids('2.3.0')).to.deep.equal(['TRUCK', 'CAR']);
    expect(await uids('2.2.1')).to.deep.equal(['CAR']);
    expect(await uids('2.1.1')).to.deep.equal(['CAR']);
  });

  it('CV-10: a REMOVED EVSE is seen in an incremental pull of every version', async () => {
    await push('2.2.1', 'locations', buildLocation());
    const removed = { status: 'REMOVED', last_updated: '2026-06-02T12:00:00Z' };
    await cpo.patch(`${RECEIVERS['2.2.1']}/locations/NL/TNM/LOC-1/EVSE-1`, removed);
    for (const version of ALL) {
      const { evses } = await only(version, 'locations', '?date_from=2026-01-01T00:00:00Z');
      expect(evses[0].status, version).to.equal('REMOVED');
      expect(await list(version, 'locations'), version).to.deep.equal([]);
    }
  });

  it('CV-11: an id of 39 characters has one alias of 36 in later versions, by which it is read', async () => {
    const id = `L${'0'.repeat(37)}1`;
    await push('2.1.1', 'locations', buildLocation211({ id }));
    for (const version of LATER) {
      const served = await only(version, 'locations');
      expect(served.id)
        .to.have.length(36)
        .and.match(/^L0+-[0-9a-f]{16}$/);
      expect((await only(version, 'locations')).id).to.equal(served.id);
      const read = await provider.get(`${SENDERS[version]}/locations/${served.id}`);
      expect(read.body.data).to.deep.equal(served);
    }
    const own = await cpo.get(`${RECEIVERS['2.1.1']}/locations/NL/TNM/${id}`);
    expect(own.body.data.id).to.equal(id);
  });

  it('CV-12: of three Tariffs 2.1.1 gets the one that is valid now and for everybody', async () => {
    const hour = 3_600_000;
    const at = (distance: number) => new Date(Date.now() + distance).toISOString();
    await push('2.2.1', 'tariffs', buildTariff({ id: 'OLD', type: 'REGULAR', end_date_time: at(-hour) }));
    await push('2.2.1', 'tariffs', buildTariff({ id: 'ADHOC', type: 'AD_HOC_PAYMENT' }));
    await push('2.2.1', 'tariffs', buildTariff({ id: 'NOW', type: 'REGULAR', end_date_time: at(hour) }));
    const connectors = [buildConnector({ tariff_ids: ['OLD', 'ADHOC', 'NOW'] })];
    await push('2.2.1', 'locations', buildLocation({ evses: [buildEvse({ connectors })] }));
    const [connector] = (await only('2.1.1', 'locations')).evses[0].connectors;
    expect(connector.tariff_id).to.equal('NLTNM-NOW');
    expect(connector).not.to.have.property('tariff_ids');
    const tariffs = await list('2.1.1', 'tariffs');
    expect(tariffs.map(({ id }) => id)).to.have.members(['NLTNM-ADHOC', 'NLTNM-NOW']);
  });

  it('CV-14, RT-10: last_updated is the owner’s on every path, in whole seconds in 2.1.1', async () => {
    const last_updated = '2026-06-01T12:00:00.123Z';
    const connectors = [buildConnector({ last_updated })];
    await push(
      '2.2.1',
      'locations',
      buildLocation({ last_updated, evses: [buildEvse({ last_updated, connectors })] }),
    );
    await push('2.2.1', 'tariffs', buildTariff({ last_updated }));
    for (const version of ALL) {
      const location = await only(version, 'locations');
      const [evse] = location.evses;
      const tariff = await only(version, 'tariffs');
      for (const object of [location, evse, evse.connectors[0], tariff]) {
        expect(object.last_updated, version).to.equal(
          version === '2.1.1' ? '2026-06-01T12:00:00Z' : last_updated,
        );
      }
    }
  });
});
