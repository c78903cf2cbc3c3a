import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import pino from 'pino';
import { createHttpClient, type HttpAnswer, type HttpClient } from '../../../ingest/http/http-client.ts';
import { HttpError } from '../../../ingest/http/http-error.ts';
import { delayBefore, parseRetryAfter } from '../../../ingest/http/retry.ts';
import { failureOf } from '../../support/failure.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const read = async ({ body }: HttpAnswer) => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe('the HTTP client', () => {
  let server: Server;
  let origin: string;
  let client: HttpClient;
  let handler: Handler;
  let requests: IncomingMessage[];
  let sleeps: number[];
  let log: string[];

  const limits = { headersMs: 200, idleMs: 200, totalMs: 5_000, packedBytes: 10_000, unpackedBytes: 20_000 };

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    requests = [];
    sleeps = [];
    log = [];
    client = createHttpClient({
      allowPrivateUrls: true,
      clock: () => new Date('2026-06-01T00:00:00Z'),
      logger: pino({ level: 'trace' }, { write: (line: string) => log.push(line) }),
      random: () => 0,
      sleep: async (milliseconds) => void sleeps.push(milliseconds),
      limits,
    });
  });

  afterEach(() => client.close());

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (path: string, more: object = {}) =>
    client.ask({ url: `${origin}${path}`, correlationId: 'operation', ...more }, read);
  const failure = async (path: string, more?: object) => {
    const error = await failureOf(get(path, more));
    expect(error).to.be.instanceOf(HttpError);
    return error as HttpError;
  };
  /** Answers with each status in turn, then 200. */
  const statuses = (...given: number[]) => {
    handler = (_request, response) => {
      response.statusCode = given.shift() ?? 200;
      response.end('fine');
    };
  };

  it('ENV-19: each try has a request id of its own, all of an operation one correlation id', async () => {
    statuses(500, 503);
    expect(await get('/')).to.equal('fine');
    const ids = requests.map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).to.equal(3);
    expect(requests.map(({ headers }) => headers['x-correlation-id'])).to.deep.equal([
      'operation',
      'operation',
      'operation',
    ]);
  });

  it('ENV-08: sends a body as JSON with its method, and repeats both after a 307', async () => {
    const bodies: string[] = [];
    handler = async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      bodies.push(`${request.method} ${request.headers['content-type']} ${body}`);
      if (request.url === '/first') response.writeHead(307, { location: '/second' }).end();
      else response.end('fine');
    };
    expect(await get('/first', { method: 'PUT', body: '{"a":1}' })).to.equal('fine');
    expect(bodies).to.deep.equal(['PUT application/json {"a":1}', 'PUT application/json {"a":1}']);
  });

  it('does not turn a PUT into the GET that a 302 asks for', async () => {
    handler = (_request, response) => response.writeHead(302, { location: '/second' }).end();
    expect((await failure('/first', { method: 'PUT', body: '{}' })).status).to.equal(302);
    expect(requests).to.have.length(1);
  });

  it('gives the answer of a status that the request accepts', async () => {
    statuses(404);
    expect(await get('/', { accepts: (status: number) => status === 404 })).to.equal('fine');
  });

  it('waits longer before each further try, and gives up after four', async () => {
    handler = (_request, response) => {
      response.statusCode = 502;
      response.end();
    };
    const error = await failure('/list?limit=5&key=secret');
    expect(error.message).to.equal(`${origin}/list?limit=5&key=… answered HTTP 502`);
    expect(requests).to.have.length(4);
    expect(sleeps).to.deep.equal([500, 1000, 2000]);
  });

  for (const status of [400, 401, 403, 404, 410, 501]) {
    it(`does not try HTTP ${status} again`, async () => {
      statuses(status, status);
      expect((await failure('/')).status).to.equal(status);
      expect(requests).to.have.length(1);
    });
  }

  it('waits as long as Retry-After says, in seconds or until a date', async () => {
    const values = ['7', 'Mon, 01 Jun 2026 00:00:09 GMT'];
    handler = (_request, response) => {
      const value = values.shift();
      if (value) response.writeHead(429, { 'retry-after': value }).end();
      else response.end('fine');
    };
    expect(await get('/')).to.equal('fine');
    expect(sleeps).to.deep.equal([7_000, 9_000]);
  });

  it('does not wait for a Retry-After beyond its limit, nor come before it', async () => {
    handler = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    expect((await failure('/')).message).to.contain('asks to come again in 3600 s');
    expect(sleeps).to.deep.equal([]);
    expect(requests).to.have.length(1);
  });

  it('tries again when the connection breaks in the middle of the body', async () => {
    let times = 0;
    handler = (_request, response) => {
      if (times++ > 0) return void response.end('whole');
      response.writeHead(200, { 'content-length': 100 });
      response.write('part');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await get('/')).to.equal('whole');
    expect(requests).to.have.length(2);
  });

  it('gives up on a server that takes requests and never answers', async () => {
    handler = () => undefined;
    const error = await failure('/', { limits: { tries: 1 } });
    expect(error.kind).to.equal('connection');
    expect(error.message).to.contain('no answer came in time');
  });

  it('gives up on a body that stalls', async () => {
    handler = (_request, response) => void response.write('a');
    expect((await failure('/', { limits: { tries: 1 } })).message).to.contain('the answer stalled');
  });

  it('gives up on a body that drips for longer than the total time', async () => {
    handler = (_request, response) => {
      const timer = setInterval(() => response.write('a'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const error = await failure('/', { limits: { totalMs: 150, tries: 1 } });
    expect(error.message).to.contain('was not complete within');
  });

  it('says when nothing listens, and when a name is unknown', async () => {
    await new Promise<void>((resolve) => {
      const free = createServer().listen(0, '127.0.0.1', async () => {
        const { port } = free.address() as AddressInfo;
        free.close();
        const error = await failureOf(
          client.ask({ url: `http://127.0.0.1:${port}/`, correlationId: 'x', limits: { tries: 2 } }, read),
        );
        expect(error.message).to.contain('nothing listens there');
        resolve();
      });
    });
    const error = await failureOf(
      client.ask({ url: 'http://cpo.invalid/', correlationId: 'x', limits: { tries: 1 } }, read),
    );
    expect(error.message).to.match(/its name (is unknown|cannot be resolved)/);
  });

  it('unpacks gzip, which it asks for', async () => {
    handler = (request, response) => {
      expect(request.headers['accept-encoding']).to.equal('gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
    };
    expect(await get('/')).to.equal('packed');
  });

  it('stops reading a body that is too large, and one that swells when it is unpacked', async () => {
    handler = (_request, response) => void response.end(Buffer.alloc(10_001));
    expect((await failure('/')).kind).to.equal('too-large');
    handler = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)));
    expect((await failure('/')).kind).to.equal('too-large');
    expect(requests).to.have.length(2);
  });

  it('says when a packed body is broken or packed in another way', async () => {
    const whole = gzipSync('packed text that is cut');
    handler = (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, 15));
    expect((await failure('/')).kind).to.equal('encoding');
    handler = (_request, response) => void response.writeHead(200, { 'content-encoding': 'br' }).end('x');
    expect((await failure('/')).message).to.contain('packs its answer as "br"');
  });

  it('CRED-23: follows redirects within the origin, with the token', async () => {
    handler = (request, response) => {
      if (request.url === '/old') response.writeHead(308, { location: '/new/' }).end();
      else response.end(String(request.headers.authorization));
    };
    expect(await get('/old', { headers: { authorization: 'Token abc' } })).to.equal('Token abc');
  });

  it('CRED-23: follows no redirect to another origin, and none without end', async () => {
    handler = (_request, response) =>
      void response.writeHead(302, { location: 'https://evil.example/' }).end();
    const error = await failure('/');
    expect(error.kind).to.equal('redirect');
    expect(error.message).to.contain('https://evil.example/');
    expect(requests).to.have.length(1);
    handler = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
    expect((await failure('/again')).message).to.contain('redirects more than 5 times');
  });

  it('CRED-23: does not send a request that the guard refuses', async () => {
    const careful = createHttpClient({
      allowPrivateUrls: false,
      clock: () => new Date(),
      logger: pino({ level: 'silent' }),
    });
    const error = await failureOf(careful.ask({ url: origin, correlationId: 'x' }, read));
    expect((error as HttpError).kind).to.equal('refused');
    expect(requests).to.have.length(0);
    await careful.close();
  });

  it('ends at once when the caller gives up, with the caller’s reason', async () => {
    handler = () => controller.abort(new Error('enough'));
    const controller = new AbortController();
    const error = await failureOf(get('/', { signal: controller.signal }));
    expect(error.message).to.equal('enough');
    expect(requests).to.have.length(1);
  });

  it('never logs what it sends in its headers', async () => {
    statuses(500);
    await get('/?key=verysecret', { headers: { authorization: 'Token verysecret' } });
    expect(log.join('')).to.contain('trying again').and.not.to.contain('verysecret');
  });

  it('streams an answer, and counts it while it does', async () => {
    handler = (_request, response) => void response.end('x'.repeat(15_000));
    const answer = await client.stream({ url: origin, correlationId: 'x' });
    const error = await failureOf(read(answer));
    expect((error as HttpError).kind).to.equal('too-large');
    answer.close();
  });
});

describe('when to try again', () => {
  it('doubles the delay up to a bound, half of it by chance', () => {
    expect([1, 2, 3, 4, 9].map((failures) => delayBefore(failures, null, 1))).to.deep.equal([
      1_000, 2_000, 4_000, 8_000, 30_000,
    ]);
    expect(delayBefore(1, null, 0)).to.equal(500);
  });

  it('reads Retry-After and passes over what says nothing', () => {
    const now = new Date('2026-06-01T00:00:00Z');
    expect(parseRetryAfter(' 12 ', now)).to.equal(12_000);
    expect(parseRetryAfter('Mon, 01 Jun 2026 00:01:00 GMT', now)).to.equal(60_000);
    expect(parseRetryAfter('Sun, 31 May 2026 00:00:00 GMT', now)).to.equal(0);
    expect(parseRetryAfter('soon', now)).to.equal(null);
    expect(parseRetryAfter(undefined, now)).to.equal(null);
  });
});
