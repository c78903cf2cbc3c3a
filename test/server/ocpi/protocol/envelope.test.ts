import { createConnection } from 'node:net';
import { expect } from 'chai';
import { buildLocation, buildTariff } from '../../../support/builders.ts';
import { authorization, type OcpiResponse, send } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../../support/server.ts';

const LOCATIONS = '/ocpi/2.2.1/receiver/locations/NL/TNM';
const TARIFFS = '/ocpi/2.2.1/receiver/tariffs/NL/TNM';
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('server/ocpi/envelope', () => {
  let server: TestServer;
  let cpo: TestConnection;

  before(async () => {
    server = await startTestServer();
    cpo = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    await cpo.client.put(`${LOCATIONS}/LOC-1`, buildLocation());
  });
  after(() => server.stop());

  /** One of every kind of answer that a partner's mistake or success brings about. */
  async function everyKind(): Promise<[number, number, OcpiResponse][]> {
    const { client } = cpo;
    const text = (body: string, type = 'application/json') => ({ body, headers: { 'Content-Type': type } });
    return [
      [200, 1000, await client.get('/ocpi/versions')],
      [200, 1000, await client.get('/ocpi/2.2.1/sender/locations')],
      [200, 1000, await client.get(`${LOCATIONS}/LOC-1`)],
      [200, 1000, await client.put(`${LOCATIONS}/LOC-1`, buildLocation())],
      [200, 1000, await client.send('OPTIONS', `${LOCATIONS}/LOC-1`)],
      [200, 2001, await client.put(`${LOCATIONS}/LOC-1`, buildLocation({ city: undefined }))],
      [200, 2001, await client.put(`${LOCATIONS}/%zz`, buildLocation())],
      [200, 2001, await client.get('/ocpi/2.2.1/sender/locations?limit=0')],
      [400, 2001, await client.send('PUT', `${LOCATIONS}/LOC-1`, text('{"a":'))],
      [401, 2000, await send(server.url, 'GET', '/ocpi/versions')],
      [404, 2000, await client.get('/ocpi/nothing/here')],
      [404, 2000, await client.get('/ocpi/2.2.1/receiver/locations/NL/XYZ/LOC-1')],
      [404, 2000, await client.get(`${TARIFFS}/unknown`)],
      [404, 2003, await client.get(`${LOCATIONS}/unknown`)],
      [405, 2000, await client.send('POST', `${LOCATIONS}/LOC-1`, { body: {} })],
      [415, 2000, await client.send('PUT', `${LOCATIONS}/LOC-1`, text('<a/>', 'application/xml'))],
    ];
  }

  it('ENV-01, ENV-02, ENV-05: every answer is JSON with a status code and a UTC timestamp', async () => {
    for (const [status, code, { status: actual, headers, body, text }] of await everyKind()) {
      expect([actual, body?.status_code], text.slice(0, 200)).to.deep.equal([status, code]);
      expect(headers['content-type']).to.equal('application/json');
      expect(body.timestamp).to.match(TIMESTAMP);
      expect(Math.abs(Date.parse(body.timestamp) - Date.now())).to.be.below(60_000);
      expect(body.status_message).to.be.a('string');
    }
  });

  it('ENV-03: an empty list is [], a single object is an object', async () => {
    const { body } = await cpo.client.get('/ocpi/2.2.1/sender/locations?date_from=2999-01-01T00:00:00');
    expect(body.data).to.deep.equal([]);
    expect((await cpo.client.get(`${LOCATIONS}/LOC-1`)).body.data).to.be.an('object');
  });

  it('ENV-04, E15, E16: a push is answered without data, 201 when it is new', async () => {
    const put = () => cpo.client.put(`${TARIFFS}/T-1`, buildTariff({ id: 'T-1' }));
    for (const [expected, response] of [
      [201, await put()],
      [200, await put()],
      [200, await cpo.client.delete(`${TARIFFS}/T-1`)],
    ] as const) {
      expect([response.status, response.body.status_code]).to.deep.equal([expected, 1000]);
      expect(response.body).not.to.have.property('data');
    }
  });

  it('ENV-07, E4: a refused object has each problem with its path in data and in the message', async () => {
    const wrong = buildLocation({ city: undefined, coordinates: { latitude: 'north' } });
    const { status, body } = await cpo.client.put(`${LOCATIONS}/LOC-1`, wrong);
    expect([status, body.status_code]).to.deep.equal([200, 2001]);
    expect(body.data.map(({ path }: { path: string }) => path)).to.include.members([
      'city',
      'coordinates.latitude',
    ]);
    expect(body.data[0]).to.have.keys('path', 'rule', 'message');
    for (const { message } of body.data) expect(body.status_message).to.contain(message);
  });

  it('a message stays bounded however much is wrong, and says how much more there is', async () => {
    const evses = Array.from({ length: 400 }, (_, index) => ({ uid: `E${index}`, status: 7 }));
    const { body } = await cpo.client.put(`${LOCATIONS}/LOC-1`, buildLocation({ evses }));
    expect(body.status_code).to.equal(2001);
    expect(body.status_message?.length).to.be.within(100, 1_100);
    expect(body.status_message).to.match(/; and \d+ more$/);
    expect(body.data.length).to.be.within(10, 200);
  });

  it('what was mended is told in the message of success', async () => {
    const short = buildLocation({ id: 'LOC-2', coordinates: { latitude: '52.09', longitude: '5.11' } });
    const { status, body } = await cpo.client.put(`${LOCATIONS}/LOC-2`, short);
    expect([status, body.status_code]).to.deep.equal([201, 1000]);
    expect(body.status_message).to.match(/^Created, with .*note.*coordinates/);
  });

  it('ENV-17: both ids come back byte for byte, whatever the answer is', async () => {
    const ids = { 'X-Request-ID': 'Ä b/c;=\xff"', 'X-Correlation-ID': 'c'.repeat(500) };
    const target = { ...ids, Authorization: authorization(cpo.token) };
    const requests = [
      ['GET', '/ocpi/2.2.1/sender/locations', {}, 200],
      ['PUT', `${LOCATIONS}/LOC-1`, { body: 'no json' }, 400],
      ['GET', `${LOCATIONS}/unknown`, {}, 404],
      ['POST', `${LOCATIONS}/LOC-1`, { body: {} }, 405],
    ] as const;
    for (const [method, path, options, status] of requests) {
      const response = await send(server.url, method, path, { ...options, headers: target });
      expect(response.status).to.equal(status);
      expect(response.headers['x-request-id']).to.equal(ids['X-Request-ID']);
      expect(response.headers['x-correlation-id']).to.equal(ids['X-Correlation-ID']);
    }
    const refused = await send(server.url, 'GET', '/ocpi/versions', { headers: ids });
    expect([refused.status, refused.headers['x-request-id']]).to.deep.equal([401, ids['X-Request-ID']]);
  });

  it('ENV-18: ids that are missing, or too long to echo, are made up and logged', async () => {
    const { headers } = await cpo.client.get('/ocpi/versions', { 'X-Correlation-ID': 'x'.repeat(600) });
    expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
    expect(headers['x-correlation-id']).to.match(/^[0-9a-f-]{36}$/);
    expect(server.log.some((line) => line.requestId === headers['x-request-id'])).to.equal(true);
  });

  it('LR-19, E8: methods that are not defined are 405 with Allow, at every level', async () => {
    const below = ['LOC-1', 'LOC-1/EVSE-1', 'LOC-1/EVSE-1/1'];
    for (const path of below.map((path) => `${LOCATIONS}/${path}`)) {
      for (const method of ['POST', 'DELETE']) {
        const { status, headers } = await cpo.client.send(method, path);
        expect([status, headers.allow]).to.deep.equal([405, 'GET, PUT, PATCH, HEAD, OPTIONS']);
      }
    }
  });

  it('E10: a failure on our side is 3000 with an id that is in the log, once, as an error', async () => {
    const failing = await startTestServer({
      beside: server,
      services: ({ pipeline }) => ({
        pipeline: {
          ...pipeline,
          putTariff: () => Promise.reject(new Error('secret detail of ours')),
          putLocation: async () => ({
            outcome: { kind: 'failed', error: new Error('secret detail of ours') },
            findings: [],
          }),
        },
      }),
    });
    try {
      const { client } = await failing.addConnection('unlucky', { parties: ['NL-UNL'] });
      const tariff = await client.put('/ocpi/2.2.1/receiver/tariffs/NL/UNL/1', {});
      expect([tariff.status, tariff.body.status_code]).to.deep.equal([200, 3000]);
      const errors = failing.log.filter(({ level }) => level === 'error');
      expect(errors).to.have.length(1);
      expect(tariff.body.status_message).to.contain(errors[0]?.errorId);
      expect(tariff.text).not.to.contain('secret');

      const location = await client.put('/ocpi/2.2.1/receiver/locations/NL/UNL/1', {});
      expect([location.status, location.body.status_code]).to.deep.equal([200, 3000]);
      expect(location.text).not.to.contain('secret');
    } finally {
      await failing.stop();
    }
  });

  it('no partner’s mistake is logged as an error or with a stack', async () => {
    await everyKind();
    expect(server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
    expect(JSON.stringify(server.log)).not.to.contain('"stack"');
  });

  it('what is not even HTTP gets an envelope, and the server stays up', async () => {
    for (const [raw, status] of [
      ['GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\0b\r\n\r\n', 400],
      ['NONSENSE\r\n\r\n', 400],
      [`GET /ocpi/versions HTTP/1.1\r\nHost: x\r\nAuthorization: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ['GET http://xn--a/ocpi/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ] as const) {
      const answer = await sendRaw(server.url, raw);
      expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).to.match(/\{.*"status(_code)?":/);
    }
    expect((await cpo.client.get('/ocpi/versions')).status).to.equal(200);
  });
});

/** Writes bytes to the server and gives back all that comes until it closes. */
function sendRaw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
