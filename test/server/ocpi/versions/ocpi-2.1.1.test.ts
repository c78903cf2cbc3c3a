import { expect } from 'chai';
import { PAGE_LIMIT } from '../../../../server/ocpi/protocol/paging.ts';
import {
  buildEvse,
  buildEvse211,
  buildLocation,
  buildLocation211,
  buildTariff,
  buildTariff211,
} from '../../../support/builders.ts';
import { closedCheck } from '../../../support/closed-schemas.ts';
import { type Data, type OcpiClient, type OcpiResponse, send } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const RECEIVER = '/ocpi/emsp/2.1.1';
const SENDER = '/ocpi/cpo/2.1.1';
const NEWER = '/ocpi/2.3.0';

const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];
const ids = ({ body }: OcpiResponse): string[] => body.data.map(({ id }: { id: string }) => id);

describe('OCPI 2.1.1, Receiver', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  let token: string;

  before(async () => {
    server = await startTestServer();
    ({ client: cpo, token } = await server.addConnection('cpo', { version: '2.1.1', parties: ['NL-TNM'] }));
    expect(codes(await cpo.put(`${RECEIVER}/locations/NL/TNM/LOC-1`, buildLocation211()))).to.deep.equal([
      201, 1000,
    ]);
  });
  after(() => server.stop());

  it('AUTH-04, AUTH-05: the raw token of 2.1.1 is taken as it is', async () => {
    const headers = { Authorization: `Token ${token}` };
    expect(
      (await send(server.url, 'GET', `${RECEIVER}/locations/NL/TNM/LOC-1`, { headers })).status,
    ).to.equal(200);
  });

  it('LR-01, LR-15: a Location, an EVSE and a Connector are read back in the words and ids of 2.1.1', async () => {
    const { body } = await cpo.get(`${RECEIVER}/locations/NL/TNM/LOC-1`);
    const stored: Data = body.data;
    expect(closedCheck('2.1.1')('locations', stored)).to.deep.equal([]);
    expect(stored).to.deep.equal(buildLocation211({ time_zone: 'Europe/Amsterdam' }));
    const evse = await cpo.get(`${RECEIVER}/locations/NL/TNM/loc-1/evse-1`);
    expect(evse.body.data).to.deep.equal(stored.evses[0]);
    const connector = await cpo.get(`${RECEIVER}/locations/NL/TNM/LOC-1/EVSE-1/1/`);
    expect(connector.body.data).to.deep.include({ voltage: 230, amperage: 16 });
  });

  it('LR-03, LR-12: an EVSE is put at its URL, under its own uid only', async () => {
    const path = `${RECEIVER}/locations/NL/TNM/LOC-1/EVSE-2`;
    expect(codes(await cpo.put(path, buildEvse211({ uid: 'EVSE-2' })))).to.deep.equal([201, 1000]);
    expect(codes(await cpo.put(path, buildEvse211({ uid: 'EVSE-3' })))).to.deep.equal([200, 2001]);
    const { body } = await cpo.get(`${RECEIVER}/locations/NL/TNM/LOC-1`);
    expect(body.data.evses.map(({ uid }: Data) => uid)).to.deep.equal(['EVSE-1', 'EVSE-2']);
  });

  it('LR-06: a PATCH without last_updated is as of its receipt, up to the Location', async () => {
    const before = new Date(Date.now() - 1000).toISOString().slice(0, 19);
    const path = `${RECEIVER}/locations/NL/TNM/LOC-1`;
    expect(codes(await cpo.patch(`${path}/EVSE-1`, { status: 'CHARGING' }))).to.deep.equal([200, 1000]);
    const location: Data = (await cpo.get(path)).body.data;
    expect(location.evses[0].status).to.equal('CHARGING');
    expect(location.evses[0].last_updated >= before).to.equal(true);
    expect(location.last_updated).to.equal(location.evses[0].last_updated);
    expect(location.evses[1].last_updated).to.equal('2026-06-01T12:00:00Z');
    expect(codes(await cpo.patch(`${path}/EVSE-1/1`, { amperage: 32 }))).to.deep.equal([200, 1000]);
    expect((await cpo.get(`${path}/EVSE-1/1`)).body.data.amperage).to.equal(32);
  });

  it('LR-05: the same body is 2001 where the version of the URL asks for the time', async () => {
    for (const version of ['2.2.1', '2.3.0']) {
      const path = `/ocpi/${version}/receiver/locations/NL/TNM/LOC-1/EVSE-1`;
      expect(codes(await cpo.patch(path, { status: 'AVAILABLE' })), version).to.deep.equal([200, 2001]);
    }
  });

  it('a body is read in the version of its URL, whatever the connection says that it speaks', async () => {
    const path = (version: string) => `/ocpi/${version}/receiver/locations/NL/TNM/NEW`;
    const { body } = await cpo.put(path('2.2.1'), buildLocation({ id: 'NEW' }));
    expect(body.status_code).to.equal(1000);
    const stored: Data = (await cpo.get(path('2.3.0'))).body.data;
    expect(stored).to.deep.equal(buildLocation({ id: 'NEW' }));
    const strict = await server.addConnection('strict', { parties: ['NL-STR'], strictness: 'reject' });
    const wrong = await strict.client.put(
      '/ocpi/2.2.1/receiver/locations/NL/STR/LOC-1',
      buildLocation211({ id: 'LOC-1' }),
    );
    expect(codes(wrong)).to.deep.equal([200, 2001]);
  });

  it('LR-14, LR-19, LR-31: foreign parties are 404, POST and DELETE 405, and there is no list', async () => {
    expect(codes(await cpo.get(`${RECEIVER}/locations/NL/XYZ/LOC-1`))).to.deep.equal([404, 2000]);
    for (const method of ['POST', 'DELETE']) {
      const response = await cpo.send(method, `${RECEIVER}/locations/NL/TNM/LOC-1`, { body: {} });
      expect([...codes(response), response.headers.allow]).to.deep.equal([
        405,
        2000,
        'GET, PUT, PATCH, HEAD, OPTIONS',
      ]);
    }
    expect(codes(await cpo.get(`${RECEIVER}/locations`))).to.deep.equal([404, 2000]);
  });

  it('TR-01, TR-02, TR-06: a Tariff is put, patched and read back; its elements are replaced as a whole', async () => {
    const path = `${RECEIVER}/tariffs/NL/TNM/TARIFF-1`;
    expect(codes(await cpo.put(path, buildTariff211()))).to.deep.equal([201, 1000]);
    expect((await cpo.get(path)).body.data).to.deep.equal(buildTariff211());
    const elements = [{ price_components: [{ type: 'FLAT', price: 2.5, step_size: 1 }] }];
    expect(codes(await cpo.patch(path, { elements }))).to.deep.equal([200, 1000]);
    const patched: Data = (await cpo.get(path)).body.data;
    expect(patched.elements).to.deep.equal(elements);
    expect(patched).to.include({ id: 'TARIFF-1', currency: 'EUR' });
    expect(patched.last_updated > '2026-06-01T12:00:00Z').to.equal(true);
    expect(codes(await cpo.patch(`${RECEIVER}/tariffs/NL/TNM/UNKNOWN`, { elements }))).to.deep.equal([
      404, 2000,
    ]);
  });

  it('TR-05: later versions have no PATCH of a Tariff', async () => {
    for (const version of ['2.2.1', '2.3.0']) {
      const path = `/ocpi/${version}/receiver/tariffs/NL/TNM/TARIFF-1`;
      const response = await cpo.patch(path, { currency: 'EUR' });
      expect([...codes(response), response.headers.allow], version).to.deep.equal([
        405,
        2000,
        'GET, PUT, DELETE, HEAD, OPTIONS',
      ]);
    }
  });

  it('TR-03, TR-04: a Tariff is deleted once', async () => {
    const path = `${RECEIVER}/tariffs/NL/TNM/GONE`;
    await cpo.put(path, buildTariff211({ id: 'GONE' }));
    expect(codes(await cpo.delete(path))).to.deep.equal([200, 1000]);
    expect(codes(await cpo.get(path))).to.deep.equal([404, 2000]);
    expect(codes(await cpo.delete(path))).to.deep.equal([404, 2000]);
  });

  it('RT-14: routing headers mean nothing and do not come back', async () => {
    const routing = {
      'OCPI-from-country-code': 'XX',
      'OCPI-from-party-id': 'XXX',
      'OCPI-to-country-code': 'DE',
    };
    const response = await cpo.get(`${RECEIVER}/locations/NL/TNM/LOC-1`, routing);
    expect(codes(response)).to.deep.equal([200, 1000]);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
    const list = await cpo.get(`${SENDER}/locations`, {
      'OCPI-to-country-code': 'NL',
      'OCPI-to-party-id': 'XYZ',
    });
    expect(codes(list)).to.deep.equal([200, 1000]);
    expect(ids(list)).to.include('NLTNM-LOC-1');
  });

  it('ENV-18: request ids are repeated when they came, errors included, and never made up', async () => {
    const paths = ['/ocpi/emsp/versions', `${RECEIVER}/locations/NL/TNM/LOC-1`, `${RECEIVER}/nothing`];
    for (const path of paths) {
      const plain = await cpo.get(path);
      expect(plain.headers, path).not.to.have.any.keys('x-request-id', 'x-correlation-id');
      const given = await cpo.get(path, { 'X-Request-ID': 'r-1' });
      expect(given.headers['x-request-id']).to.equal('r-1');
      expect(given.headers, path).not.to.have.property('x-correlation-id');
    }
    expect((await cpo.get('/ocpi/versions')).headers).to.include.keys('x-request-id', 'x-correlation-id');
  });
});

describe('OCPI 2.1.1, Sender', () => {
  let server: TestServer;
  let provider: OcpiClient;

  /** Pushes in 2.3.0, which can say everything. */
  async function put(party: string, module: 'locations' | 'tariffs', object: Data): Promise<void> {
    const client = clients.get(party) as OcpiClient;
    const own = { ...object, country_code: 'NL', party_id: party };
    const id = encodeURIComponent(object.id);
    const { body, text } = await client.put(`${NEWER}/receiver/${module}/NL/${party}/${id}`, own);
    expect(body.status_code, text).to.equal(1000);
  }
  const clients = new Map<string, OcpiClient>();
  const tariff = (id: string, more: object = {}) => buildTariff({ id, tax_included: 'NO', ...more });

  before(async () => {
    server = await startTestServer();
    for (const party of ['ONE', 'TWO']) {
      clients.set(party, (await server.addConnection(party, { parties: [`NL-${party}`] })).client);
    }
    const added = await server.addConnection('provider', {
      version: '2.1.1',
      role: 'NSP',
      parties: ['NL-NAV'],
    });
    provider = added.client;
  });
  after(() => server.stop());
  beforeEach(async () => {
    await server.database.knex.raw('delete from location');
    await server.database.knex.raw('delete from tariff');
  });

  it('LS-14: objects of two CPOs with the same ids get ids that name their owners, links alike', async () => {
    for (const party of ['ONE', 'TWO']) {
      const connectors = [{ ...buildEvse().connectors[0], tariff_ids: ['T1'] }];
      await put(party, 'tariffs', tariff('T1'));
      await put(party, 'locations', buildLocation({ id: 'L1', evses: [buildEvse({ connectors })] }));
    }
    const locations = await provider.get(`${SENDER}/locations`);
    expect(ids(locations)).to.deep.equal(['NLONE-L1', 'NLTWO-L1']);
    expect(locations.body.data.map(({ evses }: Data) => evses[0].connectors[0].tariff_id)).to.deep.equal([
      'NLONE-T1',
      'NLTWO-T1',
    ]);
    const tariffs = await provider.get(`${SENDER}/tariffs`);
    expect(ids(tariffs)).to.deep.equal(['NLONE-T1', 'NLTWO-T1']);
    for (const object of [...locations.body.data, ...tariffs.body.data]) {
      expect(object).not.to.have.any.keys('country_code', 'party_id');
    }
  });

  it('LS-12, LS-14: a Location is read by the id that the list gave, of one owner and never of another', async () => {
    await put('ONE', 'locations', buildLocation({ id: 'L1', name: 'First' }));
    await put('TWO', 'locations', buildLocation({ id: 'L1', name: 'Second' }));
    const read = async (path: string) => provider.get(`${SENDER}/locations/${path}`);
    expect((await read('NLONE-L1')).body.data).to.include({ id: 'NLONE-L1', name: 'First' });
    expect((await read('NLTWO-l1')).body.data).to.include({ id: 'NLTWO-L1', name: 'Second' });
    expect((await read('NLTWO-L1/EVSE-1')).body.data.uid).to.equal('EVSE-1');
    expect((await read('NLTWO-L1/EVSE-1/1')).body.data.voltage).to.equal(230);
    for (const unknown of ['L1', 'NLTHR-L1', 'NLONE-L2', 'NLONE-L1/EVSE-2', 'NLONE-', 'ONE-L1']) {
      expect(codes(await read(unknown)), unknown).to.deep.equal([404, 2003]);
    }
  });

  it('LS-14, CV-11: an id that is too long with its owner in front gets a stable alias, by which it is read', async () => {
    for (const end of ['A', 'B'])
      await put('ONE', 'locations', buildLocation({ id: `${'L'.repeat(35)}${end}` }));
    const listed = ids(await provider.get(`${SENDER}/locations`));
    expect(new Set(listed).size).to.equal(2);
    for (const id of listed) {
      expect(id)
        .to.match(/^NLONE-L+-[0-9a-f]{16}$/)
        .and.have.length(39);
      expect((await provider.get(`${SENDER}/locations/${id}`)).body.data.id).to.equal(id);
    }
    expect(ids(await provider.get(`${SENDER}/locations`))).to.deep.equal(listed);
  });

  it('CV-13, LS-20: what is not published is in no list and not found', async () => {
    await put('ONE', 'locations', buildLocation({ id: 'OPEN' }));
    await put('ONE', 'locations', buildLocation({ id: 'HIDDEN', publish: false }));
    const list = await provider.get(`${SENDER}/locations`);
    expect([ids(list), list.headers['x-total-count']]).to.deep.equal([['NLONE-OPEN'], '1']);
    expect(ids(await provider.get(`${SENDER}/locations?date_from=2020-01-01T00:00:00Z`))).to.deep.equal([
      'NLONE-OPEN',
    ]);
    expect(codes(await provider.get(`${SENDER}/locations/NLONE-HIDDEN`))).to.deep.equal([404, 2003]);
  });

  it('CV-10, LS-18: a withdrawn Location is in an incremental pull with every EVSE REMOVED', async () => {
    await put('ONE', 'locations', buildLocation({ id: 'L1' }));
    const later = { publish: false, last_updated: '2026-06-02T12:00:00Z' };
    await put('ONE', 'locations', buildLocation({ id: 'L1', ...later }));
    const { body } = await provider.get(`${SENDER}/locations?date_from=2020-01-01T00:00:00Z`);
    expect(body.data.map(({ id, evses }: Data) => [id, evses[0].status])).to.deep.equal([
      ['NLONE-L1', 'REMOVED'],
    ]);
    expect(closedCheck('2.1.1')('locations', body.data[0])).to.deep.equal([]);
  });

  it('LS-06, CV-05, CV-06: Tariffs that 2.1.1 cannot say are neither listed nor counted, and break no page', async () => {
    const price = (more: object) => [
      { price_components: [{ type: 'ENERGY', price: 1, step_size: 1, ...more }] },
    ];
    const conditional = (restrictions: object) => [{ ...price({})[0], restrictions }];
    const hour = 3_600_000;
    const at = (distance: number) => new Date(Date.now() + distance).toISOString();
    await put('ONE', 'tariffs', tariff('A'));
    await put('ONE', 'tariffs', tariff('TAX', { tax_included: 'YES', elements: price({}) }));
    await put('ONE', 'tariffs', tariff('B', { tax_included: 'YES', elements: price({ vat: 25 }) }));
    await put('ONE', 'tariffs', tariff('CURRENT', { elements: conditional({ min_current: 16 }) }));
    await put(
      'ONE',
      'tariffs',
      tariff('RESERVED', { elements: conditional({ reservation: 'RESERVATION' }) }),
    );
    await put('ONE', 'tariffs', tariff('FUTURE', { start_date_time: at(hour) }));
    await put('ONE', 'tariffs', tariff('PAST', { end_date_time: at(-hour) }));
    await put('ONE', 'tariffs', tariff('C', { elements: conditional({ max_power: 50 }) }));
    await put('ONE', 'tariffs', tariff('D', { start_date_time: at(-hour), end_date_time: at(hour) }));

    const crawled: string[] = [];
    for (let next: string | undefined = `${SENDER}/tariffs?limit=1`; next; ) {
      const page: OcpiResponse = await provider.get(next);
      expect(page.headers['x-total-count']).to.equal('4');
      expect(page.body.data).to.have.length(1);
      crawled.push(...ids(page));
      next = /<([^>]+)>/.exec(page.headers.link ?? '')?.[1]?.slice(server.url.length);
    }
    expect(crawled).to.deep.equal(['NLONE-A', 'NLONE-B', 'NLONE-C', 'NLONE-D']);
    expect((await provider.get(`${SENDER}/tariffs?offset=3`)).body.data).to.have.length(1);

    const in221 = await provider.get('/ocpi/2.2.1/sender/tariffs');
    expect(in221.headers['x-total-count']).to.equal('8');
    expect(ids(in221)).not.to.include('TAX');
    expect((await provider.get('/ocpi/2.3.0/sender/tariffs')).headers['x-total-count']).to.equal('9');
  });

  it('D-1: a Tariff whose time began after it was changed is in the first incremental pull after that', async () => {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await put('ONE', 'tariffs', tariff('BEGUN', { start_date_time: ago(60) }));
    await server.database.knex.raw('update tariff set changed_at = ?', [ago(120)]);
    const since = (minutes: number) => provider.get(`${SENDER}/tariffs?date_from=${ago(minutes)}`);
    expect(ids(await since(90))).to.deep.equal(['NLONE-BEGUN']);
    expect(ids(await since(30))).to.deep.equal([]);
    // Who can read when it is valid has got it at once.
    expect(ids(await provider.get(`/ocpi/2.2.1/sender/tariffs?date_from=${ago(90)}`))).to.deep.equal([]);
  });

  it('LS-07: X-Limit is how many the page could have had', async () => {
    for (const [query, limit] of [
      ['?limit=7', 7],
      ['', PAGE_LIMIT],
      [`?limit=${PAGE_LIMIT + 5}`, PAGE_LIMIT],
    ] as const) {
      for (const module of ['locations', 'tariffs']) {
        const { headers } = await provider.get(`${SENDER}/${module}${query}`);
        expect(headers['x-limit'], `${module}${query}`).to.equal(String(limit));
      }
    }
  });

  it('LS-15, TS-02: the Sender is read only, and has no single Tariff', async () => {
    for (const path of ['locations', 'locations/NLONE-L1', 'tariffs']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const response = await provider.send(method, `${SENDER}/${path}`, { body: {} });
        expect(codes(response), `${method} ${path}`).to.deep.equal([405, 2000]);
      }
    }
    expect(codes(await provider.get(`${SENDER}/tariffs/NLONE-T1`))).to.deep.equal([404, 2000]);
  });
});
