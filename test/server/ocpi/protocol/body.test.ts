import { request } from 'node:http';
import { expect } from 'chai';
import fc from 'fast-check';
import { createBodyReader, parseJson } from '../../../../server/ocpi/protocol/body.ts';
import { answerWithEnvelope } from '../../../../server/ocpi/protocol/envelope.ts';
import { buildLocation } from '../../../support/builders.ts';
import { authorization, type OcpiResponse, send as sendTo } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../../support/server.ts';
import { startSmallApp } from '../../middleware/koa-app.ts';

const PATH = '/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1';

describe('server/ocpi/body', () => {
  let server: TestServer;
  let cpo: TestConnection;

  before(async () => {
    server = await startTestServer();
    cpo = await server.addConnection('cpo', { parties: ['NL-TNM'] });
  });
  after(() => server.stop());

  function put(body: string | Buffer, headers: Record<string, string> = {}): Promise<OcpiResponse> {
    return cpo.client.send('PUT', PATH, { body, headers });
  }
  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

  it('ENV-06, E3: what is no JSON is 400, and so is an empty body', async () => {
    const bad = ['{"a":', '', '   ', 'null,', '{a:1}', "{'a':1}", '[1,]', 'NaN', '{"a":1}}', '\u0000'];
    for (const text of bad) expect(codes(await put(text)), text).to.deep.equal([400, 2001]);
  });

  it('E3: bytes that are no UTF-8 are 400', async () => {
    const bytes = Buffer.from('{"city":"\xff\xfe"}', 'latin1');
    expect(codes(await put(bytes))).to.deep.equal([400, 2001]);
  });

  it('E4: JSON that is no object is 200 with 2001', async () => {
    for (const text of ['[]', '"text"', '7', 'true', 'null']) {
      expect(codes(await put(text)), text).to.deep.equal([200, 2001]);
    }
  });

  it('ENV-08: application/json in any spelling, or no type at all, is taken', async () => {
    const text = JSON.stringify(buildLocation());
    for (const type of [
      'application/json; charset=utf-8',
      'Application/JSON;charset="UTF-8"',
      'application/json;',
    ]) {
      expect((await put(text, { 'Content-Type': type })).body.status_code, type).to.equal(1000);
    }
    expect(codes(await putWithoutType(text))).to.deep.equal([200, 1000]);
  });

  it('ENV-08: any other type, charset or encoding is 415', async () => {
    const text = JSON.stringify(buildLocation());
    for (const type of [
      'text/plain',
      'application/xml',
      'application/jsonp',
      'application/json; charset=latin1',
    ]) {
      expect(codes(await put(text, { 'Content-Type': type })), type).to.deep.equal([415, 2000]);
    }
    expect(codes(await put(text, { 'Content-Encoding': 'gzip' }))).to.deep.equal([415, 2000]);
  });

  it('ENV-20: a body of 50 MB is 413, whether its length is announced or not, and is not kept in memory', async () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const announced of [true, false]) {
      const { status, text, peak } = await upload(50, announced);
      expect(status).to.equal(413);
      expect(JSON.parse(text).status_code).to.equal(2000);
      expect(peak - before).to.be.below(25_000_000);
    }
    expect((await cpo.client.get('/ocpi/versions')).status).to.equal(200);
  });

  it('ENV-20: 413 comes at once, to a client that waits with its 50 MB as well', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { Authorization: authorization(cpo.token), 'Content-Length': '50000000' };
      const outgoing = request(`${server.url}${PATH}`, { method: 'PUT', headers, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        resolve(String(incoming.statusCode));
        outgoing.destroy();
      });
      outgoing.flushHeaders();
    });
    expect(answer).to.equal('413');
  });

  it('ENV-20: the same without a token is 401', async () => {
    expect((await upload(50, true, 'Token nobody')).status).to.equal(401);
  });

  it('an upload without end is cut off, and the server stays up', async () => {
    const outcome = await upload(300, false).catch((error: NodeJS.ErrnoException) => error.code);
    expect(outcome).to.satisfy(
      (value: unknown) =>
        value === 'ECONNRESET' || value === 'EPIPE' || (value as { status: number }).status === 413,
    );
    expect((await cpo.client.get('/ocpi/versions')).status).to.equal(200);
  });

  it('ENV-20: 10,000 levels of nesting are 200 with 2001, in lists and in objects', async () => {
    const depth = 10_000;
    const lists = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const objects = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    for (const text of [lists, objects, '['.repeat(1_000_000)]) {
      const response = await put(text);
      expect(codes(response)).to.deep.equal([200, 2001]);
      expect(response.body.status_message).to.contain('levels');
    }
  });

  it('brackets in strings are no nesting', async () => {
    const response = await put(JSON.stringify(buildLocation({ name: `\\"${'[{'.repeat(100)}` })));
    expect(response.body.status_code).to.equal(1000);
  });

  it('a client that hangs up in the middle of a push is no error', async () => {
    await new Promise<void>((resolve) => {
      const outgoing = request(`${server.url}${PATH}`, {
        method: 'PUT',
        headers: { Authorization: authorization(cpo.token), 'Content-Length': '1000' },
      });
      outgoing.on('error', () => resolve());
      outgoing.write('{"a":');
      setTimeout(() => outgoing.destroy(), 50);
    });
    await until(() => server.log.some(({ aborted }) => aborted === true));
    expect(server.log.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
  });

  it('a flood of bodies is held back with 503 until the earlier ones are answered', async () => {
    const readBody = createBodyReader(1_000);
    const release: (() => void)[] = [];
    const flooded = await startSmallApp((logger) => [
      answerWithEnvelope({ clock: () => new Date(), logger }),
      async (ctx) => {
        await readBody(ctx);
        await new Promise<void>((resolve) => release.push(resolve));
        ctx.body = 'taken';
      },
    ]);
    const push = () => sendTo(flooded.url, 'PUT', '/', { body: JSON.stringify('x'.repeat(600)) });
    try {
      const first = push();
      await until(() => release.length === 1);
      const second = await push();
      expect(codes(second)).to.deep.equal([503, 3000]);
      expect(second.headers['retry-after']).to.equal('1');
      release[0]?.();
      expect((await first).text).to.equal('taken');
      const third = push();
      await until(() => release.length === 2);
      release[1]?.();
      expect((await third).text).to.equal('taken');
    } finally {
      await flooded.stop();
    }
  });

  it('__proto__ reaches nobody’s prototype, however it is spelled', async () => {
    for (const key of ['__proto__', '\\u005f_proto__']) {
      const text = `{"${key}":{"polluted":true},"a":{"${key}":[1]},"b":1}`;
      const value = parseJson(Buffer.from(text)) as Record<string, unknown>;
      expect(Object.getOwnPropertyNames(value)).to.deep.equal(['a', 'b']);
      expect(Object.assign({}, value).polluted).to.equal(undefined);
    }
    const location = JSON.stringify(buildLocation()).replace('{', '{"__proto__":{"publish":false},');
    expect((await put(location)).body.status_code).to.equal(1000);
  });

  it('JSON is read as JSON.parse reads it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8, noUnicodeString: false }), (text) => {
        if (text.includes('__proto__')) return;
        expect(parseJson(Buffer.from(text))).to.deep.equal(JSON.parse(text));
      }),
    );
  });

  function putWithoutType(text: string): Promise<OcpiResponse> {
    return new Promise((resolve, reject) => {
      const headers = { Authorization: authorization(cpo.token) };
      const outgoing = request(`${server.url}${PATH}`, { method: 'PUT', headers }, (incoming) => {
        let answer = '';
        incoming.on('data', (chunk) => {
          answer += chunk;
        });
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: {}, text: answer, body: JSON.parse(answer) }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  /** Writes the whole body before it reads the answer, as many clients do; `peak`: bytes held meanwhile. */
  function upload(
    megabytes: number,
    announced: boolean,
    token = authorization(cpo.token),
  ): Promise<{ status: number; text: string; peak: number }> {
    const chunk = Buffer.alloc(1_000_000, '1');
    return new Promise((resolve, reject) => {
      let peak = 0;
      const length = announced ? { 'Content-Length': String(megabytes * chunk.length) } : {};
      const headers = { Authorization: token, 'Content-Type': 'application/json', ...length };
      const outgoing = request(`${server.url}${PATH}`, { method: 'PUT', headers, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        let text = '';
        incoming.on('data', (data) => {
          text += data;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text, peak }));
      });
      let left = megabytes;
      const write = () => {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
        if (outgoing.destroyed) return;
        if (left === 0) {
          outgoing.end();
          return;
        }
        left -= 1;
        outgoing.write(chunk, (error) => (error ? reject(error) : write()));
      };
      write();
    });
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
