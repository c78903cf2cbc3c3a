import { expect } from 'chai';
import fc from 'fast-check';
import { buildConnector, buildEvse, buildLocation } from '../../../support/builders.ts';
import type { OcpiClient, OcpiResponse } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const ROOT = '/ocpi/2.2.1/receiver/locations';
const T1 = '2026-06-01T12:00:00Z';
const T2 = '2026-06-02T12:00:00Z';
const T3 = '2026-06-03T12:00:00Z';

describe('server/ocpi/receiver-locations', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  let count = 0;

  before(async () => {
    server = await startTestServer();
    cpo = (await server.addConnection('cpo', { parties: ['NL-TNM', 'BE-TNM'] })).client;
  });
  after(() => server.stop());

  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

  /** Puts a Location with an id of its own and two EVSEs; gives back its URL. */
  async function stored(overrides = {}): Promise<string> {
    count += 1;
    const id = `LOC-${count}`;
    const evses = [buildEvse({ uid: 'E1' }), buildEvse({ uid: 'E2' })];
    const url = `${ROOT}/NL/TNM/${id}`;
    const response = await cpo.put(url, buildLocation({ id, name: 'Station', evses, ...overrides }));
    expect(codes(response)).to.deep.equal([201, 1000]);
    return url;
  }

  const read = async (url: string) => (await cpo.get(url)).body.data;

  it('LR-01: PUT creates, then replaces, and GET gives back what was put', async () => {
    const url = `${ROOT}/NL/TNM/LR-01`;
    const location = buildLocation({ id: 'LR-01', name: 'Ünïcode ⚡', custom_field: { deep: [1, 'two'] } });
    expect(codes(await cpo.put(url, location))).to.deep.equal([201, 1000]);
    expect(await read(url)).to.deep.include(location);
    const next = { ...location, name: 'Next', last_updated: T2 };
    expect(codes(await cpo.put(url, next))).to.deep.equal([200, 1000]);
    expect(await read(url)).to.deep.include({ name: 'Next', last_updated: T2 });
  });

  it('LR-02: an optional field that a PUT leaves out is gone', async () => {
    const url = await stored();
    const { name: _name, ...location } = await read(url);
    await cpo.put(url, { ...location, last_updated: T2 });
    expect(await read(url)).not.to.have.property('name');
  });

  it('LR-03, LR-04: PUT of an EVSE or Connector adds it alone and lifts its parents’ times', async () => {
    const url = await stored();
    expect(codes(await cpo.put(`${url}/E3`, buildEvse({ uid: 'E3', last_updated: T2 })))).to.deep.equal([
      201, 1000,
    ]);
    const connector = buildConnector({ id: '2', last_updated: T3 });
    expect(codes(await cpo.put(`${url}/E1/2`, connector))).to.deep.equal([201, 1000]);
    expect(codes(await cpo.put(`${url}/E1/2`, connector))).to.deep.equal([200, 1000]);
    const location = await read(url);
    expect(location.evses.map(({ uid }: { uid: string }) => uid)).to.deep.equal(['E1', 'E2', 'E3']);
    expect(location.evses[0].connectors).to.have.length(2);
    expect([location.last_updated, location.evses[0].last_updated]).to.deep.equal([T3, T3]);
    expect(location.evses[1].last_updated).to.equal(T1);
  });

  it('LR-05: a PATCH without last_updated is 2001', async () => {
    const url = await stored();
    for (const path of [url, `${url}/E1`, `${url}/E1/1`]) {
      expect(codes(await cpo.patch(path, { status: 'CHARGING' })), path).to.deep.equal([200, 2001]);
    }
  });

  it('LR-07: PATCH changes what it names, at each level', async () => {
    const url = await stored();
    expect(codes(await cpo.patch(url, { name: 'New', last_updated: T2 }))).to.deep.equal([200, 1000]);
    expect(codes(await cpo.patch(`${url}/E1`, { status: 'CHARGING', last_updated: T2 }))).to.deep.equal([
      200, 1000,
    ]);
    expect(codes(await cpo.patch(`${url}/E2/1`, { max_amperage: 32, last_updated: T2 }))).to.deep.equal([
      200, 1000,
    ]);
    const location = await read(url);
    expect([location.name, location.city]).to.deep.equal(['New', 'Utrecht']);
    expect(location.evses[0].status).to.equal('CHARGING');
    expect(location.evses[1].status).to.equal('AVAILABLE');
    expect(location.evses[1].connectors[0]).to.include({ max_amperage: 32, max_voltage: 230 });
  });

  it('LR-12, LR-13: an id or party in the body that is not the URL’s is 2001 and stores nothing', async () => {
    const url = await stored();
    const location = await read(url);
    const wrong: [string, unknown][] = [
      [url, { ...location, id: 'OTHER' }],
      [url, { ...location, party_id: 'XYZ' }],
      [url, { ...location, country_code: 'BE' }],
      [`${url}/E1`, buildEvse({ uid: 'E9' })],
      [`${url}/E1/1`, buildConnector({ id: '9' })],
    ];
    for (const [path, body] of wrong) {
      expect(codes(await cpo.put(path, body)), JSON.stringify(body)).to.deep.equal([200, 2001]);
    }
    expect(await read(url)).to.deep.equal(location);
  });

  it('LR-14, E7: a party that is not the connection’s is 404 for every method, known or not', async () => {
    const { client: other } = await server.addConnection('other', { parties: ['NL-XYZ'] });
    const url = await stored();
    for (const path of [url, `${url}/E1`, `${ROOT}/NL/TNM/never-seen`, `${ROOT}/%00/TNM/1`]) {
      for (const method of ['GET', 'PUT', 'PATCH'] as const) {
        const response = await other.send(method, path, method === 'GET' ? {} : { body: 'not even read' });
        expect(codes(response), `${method} ${path}`).to.deep.equal([404, 2000]);
      }
    }
  });

  it('E7: a provider’s connection pushes nothing, not even for its own party', async () => {
    const { client } = await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] });
    const location = buildLocation({ party_id: 'NAV', id: '1' });
    expect(codes(await client.put(`${ROOT}/NL/NAV/1`, location))).to.deep.equal([404, 2000]);
  });

  it('a connection with several parties pushes for each, in any case of letters', async () => {
    const location = buildLocation({ country_code: 'BE', id: 'B1' });
    expect(codes(await cpo.put(`${ROOT}/be/tnm/B1`, location))).to.deep.equal([201, 1000]);
    expect((await read(`${ROOT}/BE/TNM/B1`)).country_code).to.equal('BE');
  });

  it('LR-15, LR-16, LR-17: what is unknown is 404 with 2003, and nothing is created', async () => {
    const url = await stored();
    const other = await stored({ evses: [buildEvse({ uid: 'ELSEWHERE' })] });
    const times = { last_updated: T2 };
    const unknown: Promise<OcpiResponse>[] = [
      cpo.get(`${ROOT}/NL/TNM/unknown`),
      cpo.get(`${url}/unknown`),
      cpo.get(`${url}/E1/unknown`),
      cpo.get(`${url}/ELSEWHERE`),
      cpo.patch(`${ROOT}/NL/TNM/unknown`, { name: 'x', ...times }),
      cpo.patch(`${url}/unknown`, { status: 'CHARGING', ...times }),
      cpo.patch(`${url}/E1/unknown`, { max_amperage: 1, ...times }),
      cpo.put(`${ROOT}/NL/TNM/unknown/E1`, buildEvse({ uid: 'E1' })),
      cpo.put(`${url}/unknown/1`, buildConnector()),
    ];
    for (const response of await Promise.all(unknown)) {
      expect(codes(response), response.text).to.deep.equal([404, 2003]);
    }
    expect(codes(await cpo.get(`${other}/elsewhere/1`))).to.deep.equal([200, 1000]);
    expect((await read(url)).evses).to.have.length(2);
  });

  it('LR-15: GET works at all three levels, each the part of the whole', async () => {
    const url = await stored();
    const location = await read(url);
    expect(await read(`${url}/E2`)).to.deep.equal(location.evses[1]);
    expect(await read(`${url}/E2/1`)).to.deep.equal(location.evses[1].connectors[0]);
  });

  it('LR-18: a removed EVSE stays readable', async () => {
    const url = await stored();
    await cpo.patch(`${url}/E1`, { status: 'REMOVED', last_updated: T2 });
    expect((await read(`${url}/E1`)).status).to.equal('REMOVED');
  });

  it('LR-22: its owner reads a Location that is not published', async () => {
    const url = await stored({ publish: false });
    expect((await read(url)).publish).to.equal(false);
  });

  it('LR-23: a uid in two Locations, and a connector id in two EVSEs, are each their own', async () => {
    const [one, other] = [await stored(), await stored()];
    await cpo.patch(`${one}/E1`, { status: 'CHARGING', last_updated: T2 });
    await cpo.patch(`${one}/E1/1`, { max_amperage: 63, last_updated: T3 });
    expect((await read(`${one}/E1`)).status).to.equal('CHARGING');
    expect((await read(`${one}/E1/1`)).max_amperage).to.equal(63);
    for (const untouched of [`${one}/E2`, `${other}/E1`]) {
      const { status, connectors } = await read(untouched);
      expect([status, connectors[0].max_amperage]).to.deep.equal([
        'AVAILABLE',
        buildConnector().max_amperage,
      ]);
    }
  });

  it('LR-25: an older update is ignored with 1000', async () => {
    const url = await stored({ last_updated: T2 });
    const response = await cpo.patch(url, { name: 'Old news', last_updated: T1 });
    expect(codes(response)).to.deep.equal([200, 1000]);
    expect(response.body.status_message).to.contain('Ignored');
    expect((await read(url)).name).to.equal('Station');
  });

  it('LR-31: the Receiver has no list', async () => {
    for (const path of [ROOT, `${ROOT}/NL`, `${ROOT}/NL/TNM`, `${ROOT}/NL/TNM/`]) {
      expect((await cpo.get(path)).status, path).to.equal(404);
    }
  });

  it('LR-32: one bad connector refuses the whole PUT', async () => {
    const url = `${ROOT}/NL/TNM/LR-32`;
    const evses = [
      buildEvse(),
      buildEvse({ uid: 'E2', connectors: [buildConnector({ power_type: 'STEAM' })] }),
    ];
    const response = await cpo.put(url, buildLocation({ id: 'LR-32', evses }));
    expect(codes(response)).to.deep.equal([200, 2001]);
    expect(response.body.data[0].path).to.equal('evses[1].connectors[0].power_type');
    expect((await cpo.get(url)).status).to.equal(404);
  });

  it('another voice: what a party’s registered connection did not send is refused', async () => {
    const { client } = await server.addConnection('usurper', { parties: ['NL-USU'] });
    const { connection } = await server.addConnection('later', { parties: [] });
    await server.services.voices.release({
      kind: 'connection',
      id: (await server.services.connections.findByName('usurper'))?.id ?? 0,
    });
    await server.services.voices.register(
      { countryCode: 'NL', partyId: 'USU' },
      { kind: 'connection', id: connection.id },
      ['locations'],
    );
    const response = await client.put(`${ROOT}/NL/USU/1`, buildLocation({ party_id: 'USU', id: '1' }));
    expect(codes(response)).to.deep.equal([404, 2000]);
  });

  it('ENV-13: ids are compared without case, and kept as sent', async () => {
    await cpo.put(`${ROOT}/NL/TNM/CaSe`, buildLocation({ id: 'CaSe', evses: [buildEvse({ uid: 'Ee' })] }));
    expect((await read(`${ROOT}/NL/TNM/cAsE`)).id).to.equal('CaSe');
    expect((await read(`${ROOT}/NL/TNM/case/eE`)).uid).to.equal('Ee');
    expect((await read(`${ROOT}/NL/TNM/case/eE/1`)).id).to.equal('1');
  });

  it('ENV-21: ids of any printable ASCII go in and come back', async () => {
    const id = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
      // Blanks at the ends are mended away, which is another matter.
      .map((text) => `x${text}x`);
    await fc.assert(
      fc.asyncProperty(id, id, async (locationId, uid) => {
        const url = `${ROOT}/NL/TNM/${encodeURIComponent(locationId)}`;
        const put = await cpo.put(url, buildLocation({ id: locationId, evses: [buildEvse({ uid })] }));
        expect(put.body.status_code, put.text).to.equal(1000);
        expect((await read(url)).id.toLowerCase()).to.equal(locationId.toLowerCase());
        expect((await read(`${url}/${encodeURIComponent(uid)}/1`)).id).to.equal('1');
      }),
      {
        numRuns: 40,
        examples: [
          ['L/1', 'a%2Fb'],
          ['NL*TNM*1', '%'],
          ['. .', '..%00'],
        ],
      },
    );
  });

  it('ENV-21: a path is decoded once: %252F is an id with %2F in it', async () => {
    await cpo.put(`${ROOT}/NL/TNM/a%252Fb`, buildLocation({ id: 'a%2Fb' }));
    expect((await read(`${ROOT}/NL/TNM/a%252Fb`)).id).to.equal('a%2Fb');
    expect((await cpo.get(`${ROOT}/NL/TNM/a%2Fb`)).status).to.equal(404);
  });

  it('ENV-21: NUL, control bytes, other alphabets and broken sequences are 2001, never 500', async () => {
    for (const id of ['%00', 'a%00b', '%0A', '%7F', '%C3%A9', '%F0%9F%94%8C', '%zz', '%', '%C3', '%FF']) {
      for (const response of [
        await cpo.get(`${ROOT}/NL/TNM/${id}`),
        await cpo.get(`${ROOT}/NL/TNM/LOC-1/${id}`),
        await cpo.put(`${ROOT}/NL/TNM/${id}`, buildLocation()),
        await cpo.get(`/ocpi/2.2.1/sender/locations/${id}`),
      ]) {
        expect(codes(response), id).to.deep.equal([200, 2001]);
      }
    }
    expect((await cpo.get('/ocpi/%zz')).status).to.equal(404);
  });

  it('ENV-22: a trailing slash makes no difference', async () => {
    const url = await stored();
    expect((await cpo.get(`${url}/`)).body.data.name).to.equal('Station');
    expect(codes(await cpo.put(`${url}/E1/`, buildEvse({ uid: 'E1' })))).to.deep.equal([200, 1000]);
  });

  it('CRED-20: an EVSE id of another operator is no reason to refuse', async () => {
    await stored({ evses: [buildEvse({ evse_id: 'DE*ABC*E123' })] });
  });
});
