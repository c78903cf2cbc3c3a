import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { buildLocation } from '../../../support/builders.ts';
import { send } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const VERSIONS = '/ocpi/versions';
/** The token of the specification's example, and the two spellings that it prints for it. */
const TOKEN = 'example-token';
const ENCODED = 'ZXhhbXBsZS10b2tlbg==';
const ENCODED_WITH_NEWLINE = 'ZXhhbXBsZS10b2tlbgo=';

describe('server/ocpi/authentication', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
    await server.addConnection('example', { token: TOKEN, parties: ['NL-TNM'] });
  });
  after(() => server.stop());

  const withHeader = (value: string) =>
    send(server.url, 'GET', VERSIONS, { headers: { Authorization: value } });

  it('AUTH-01: without a header every endpoint is 401, unknown ones too', async () => {
    for (const path of [VERSIONS, '/ocpi/2.2.1', '/ocpi/2.2.1/sender/locations', '/ocpi/nothing', '/ocpi']) {
      const { status } = await send(server.url, 'GET', path);
      expect(status, path).to.equal(401);
    }
  });

  it('AUTH-02: a token that matches nobody is 401', async () => {
    expect((await withHeader('Token bm90LWEtdG9rZW4=')).status).to.equal(401);
  });

  it('AUTH-03: the token in Base64 opens the door', async () => {
    const { status, body } = await withHeader(`Token ${ENCODED}`);
    expect([status, body.status_code]).to.deep.equal([200, 1000]);
  });

  it('AUTH-04, AUTH-05: so does the token itself, and the form seen is kept', async () => {
    expect((await withHeader(`Token ${TOKEN}`)).status).to.equal(200);
    expect((await server.services.connections.findByName('example'))?.tokenFormSeen).to.equal('raw');
  });

  it('AUTH-05: a plain token that is valid Base64 is known by itself, not by what it decodes to', async () => {
    const token = '0123456789abcdef';
    await server.addConnection('hexadecimal', { token });
    expect((await withHeader(`Token ${token}`)).status).to.equal(200);
    expect((await withHeader(`Token ${Buffer.from(token).toString('base64')}`)).status).to.equal(200);
  });

  it('AUTH-05: a header that fits two connections in different readings fits nobody', async () => {
    await server.addConnection('plain', { token: 'YWJjZGVmZ2g=' });
    await server.addConnection('decoded', { token: 'abcdefgh' });
    expect((await withHeader('Token YWJjZGVmZ2g=')).status).to.equal(401);
    expect((await withHeader('Token abcdefgh')).status).to.equal(200);
    expect(server.log.filter(({ level }) => level === 'warn')).to.have.length(1);
  });

  it('AUTH-06: the trailing line break of the specification’s own examples is accepted', async () => {
    expect((await withHeader(`Token ${ENCODED_WITH_NEWLINE}`)).status).to.equal(200);
    expect((await withHeader(`Token ${Buffer.from(`${TOKEN}\r\n`).toString('base64')}`)).status).to.equal(
      200,
    );
  });

  it('AUTH-07: bad Base64, wrong padding, NUL bytes and a 10 kB header are 401', async () => {
    const bad = [
      'Token',
      'Token ',
      `Token ${ENCODED.replace('==', '')}`,
      `Token ${ENCODED.replace('==', '=')}`,
      'Token ZXhhbXBsZS10b2tlbh==',
      `Token  ${ENCODED}`,
      `Token ${ENCODED} ${ENCODED}`,
      `Token ${Buffer.from('example-token\0').toString('base64')}`,
      'Token /////w==',
      `Token ${'A'.repeat(10_000)}`,
    ];
    for (const value of bad) expect((await withHeader(value)).status, value.slice(0, 40)).to.equal(401);
  });

  it('AUTH-07: whatever the header holds, the answer is an envelope with 401', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 300 }),
      fc.base64String({ maxLength: 300 }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        const header = `Token ${text.replace(/[^\x20-\x7e]/g, '')}`;
        const { status, body } = await withHeader(header);
        expect(status).to.equal(401);
        expect(body.status_code).to.equal(2000);
      }),
      { numRuns: 100 },
    );
  });

  it('AUTH-08: the scheme is read in any case, and no other scheme is taken', async () => {
    expect((await withHeader(`token ${ENCODED}`)).status).to.equal(200);
    expect((await withHeader(`TOKEN ${ENCODED}`)).status).to.equal(200);
    for (const scheme of ['Bearer', 'Basic', 'Tokens']) {
      expect((await withHeader(`${scheme} ${ENCODED}`)).status, scheme).to.equal(401);
    }
  });

  it('AUTH-09, E2: a registration token opens versions and details and no module, by no method', async () => {
    const { client } = await server.addConnection('newcomer', {
      tokenKind: 'registration',
      parties: ['NL-NEW'],
    });
    expect((await client.get(VERSIONS)).status).to.equal(200);
    expect((await client.get('/ocpi/2.2.1')).status).to.equal(200);
    const modules = [
      'sender/locations',
      'sender/tariffs',
      'receiver/locations/NL/NEW/1',
      'receiver/tariffs/NL/NEW/1',
    ];
    for (const module of modules) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const { status, body } = await client.send(method, `/ocpi/2.2.1/${module}`);
        expect([status, body.status_code], `${method} ${module}`).to.deep.equal([401, 2000]);
      }
    }
  });

  it('AUTH-10: the token says who calls: two platforms with the same ids each have their own objects', async () => {
    const first = (await server.addConnection('first', { parties: ['NL-ONE'] })).client;
    const second = (await server.addConnection('second', { parties: ['NL-TWO'] })).client;
    const own = (party: string) => `/ocpi/2.2.1/receiver/locations/NL/${party}/SAME`;
    for (const [client, party] of [
      [first, 'ONE'],
      [second, 'TWO'],
    ] as const) {
      await client.put(own(party), buildLocation({ party_id: party, id: 'SAME', name: `Of ${party}` }));
    }
    expect((await first.get(own('ONE'))).body.data.name).to.equal('Of ONE');
    expect((await second.get(own('TWO'))).body.data.name).to.equal('Of TWO');
    for (const answer of [await first.get(own('TWO')), await second.get(own('ONE'))]) {
      expect([answer.status, answer.body.data]).to.deep.equal([404, undefined]);
    }
  });

  it('AUTH-12: a rotated token is dead at once, and so is that of a removed connection', async () => {
    const { client, connection } = await server.addConnection('leaving');
    expect((await client.get(VERSIONS)).status).to.equal(200);
    await server.services.connections.rotate(connection.id, createHash('sha256').update('next').digest());
    expect((await client.get(VERSIONS)).status).to.equal(401);
    expect((await withHeader('Token next')).status).to.equal(200);
    await server.services.connections.remove(connection.id);
    expect((await withHeader('Token next')).status).to.equal(401);
  });

  it('AUTH-13: a 401 has the envelope, WWW-Authenticate and both ids', async () => {
    const headers = { 'X-Request-ID': 'request-1', 'X-Correlation-ID': 'correlation-1' };
    const response = await send(server.url, 'PUT', '/ocpi/2.2.1/receiver/locations/NL/TNM/1', {
      headers,
      body: {},
    });
    expect(response.status).to.equal(401);
    expect(response.headers['www-authenticate']).to.equal('Token');
    expect(response.headers['x-request-id']).to.equal('request-1');
    expect(response.headers['x-correlation-id']).to.equal('correlation-1');
    expect(response.body).to.include({ status_code: 2000 });
  });

  it('AUTH-16: no token is ever logged', async () => {
    await withHeader(`Token ${ENCODED}`);
    await withHeader('Token a-wrong-token-of-somebody');
    const text = JSON.stringify(server.log);
    for (const secret of [TOKEN, ENCODED, 'a-wrong-token-of-somebody']) expect(text).not.to.contain(secret);
  });
});
