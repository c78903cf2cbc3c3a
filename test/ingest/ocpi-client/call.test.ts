import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import pino from 'pino';
import { createHttpClient, type HttpClient } from '../../../ingest/http/http-client.ts';
import { callPartner, describeAnswer, isSuccess } from '../../../ingest/ocpi-client/call.ts';
import { failureOf } from '../../support/failure.ts';

describe('a call of a partner', () => {
  let server: Server;
  let url: string;
  let client: HttpClient;
  let calls: number;
  let answer: { status: number; body: string };

  before(async () => {
    server = createServer((_request, response) => {
      calls++;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const logger = pino({ level: 'silent' });
    client = createHttpClient({ allowPrivateUrls: true, clock: () => new Date(), logger });
  });
  beforeEach(() => {
    calls = 0;
  });
  after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });

  const put = (status: number, body: unknown) => {
    answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
    return callPartner(client, { url, method: 'PUT', body: '{}', headers: {}, correlationId: 'x' });
  };

  it('gives the status of the envelope beside that of HTTP', async () => {
    const given = await put(201, {
      status_code: 1000,
      data: { token: 'x' },
      timestamp: '2026-01-01T00:00:00Z',
    });
    expect(given).to.deep.equal({ httpStatus: 201, ocpiStatus: 1000, message: null, data: { token: 'x' } });
    expect(isSuccess(given)).to.equal(true);
  });

  it('PC-10: an HTTP 200 with a status_code of 2000 or more is no success', async () => {
    const given = await put(200, { status_code: 2001, status_message: 'no city' });
    expect(isSuccess(given)).to.equal(false);
    expect(describeAnswer(given)).to.equal('HTTP 200, OCPI status 2001: no city');
  });

  it('gives a refusal as an answer, whether it has an envelope or a page of HTML', async () => {
    expect((await put(405, { status_code: 2000 })).ocpiStatus).to.equal(2000);
    expect(await put(404, '<html>')).to.deep.equal({
      httpStatus: 404,
      ocpiStatus: null,
      message: null,
      data: undefined,
    });
  });

  it('is not sent again, whatever the answer', async () => {
    expect((await failureOf(put(500, {}))).message).to.contain('HTTP 500');
    expect((await failureOf(put(401, {}))).message).to.contain('HTTP 401');
    expect((await failureOf(put(200, '<html>'))).message).to.contain('no JSON');
    expect(calls).to.equal(3);
  });
});
