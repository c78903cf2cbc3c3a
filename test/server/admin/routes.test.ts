import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildLocation } from '../../support/builders.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const TOKEN = 'an-admin-token-of-the-test';

describe('/admin', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ config: { adminToken: TOKEN } });
  });
  afterEach(() => server.database.truncate());
  after(() => server.stop());

  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith('{"progress') ? null : parse(text),
    };
  }
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
  const parse = (text: string): any => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };
  const NEW = { name: 'tandem', role: 'CPO', parties: ['NL-TNM'], static: true };

  it('is open to the bearer of the admin token only', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Token ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const refused = await ask('GET', '/status', undefined, { authorization });
      expect(refused.status, authorization).to.equal(401);
      expect(refused.headers.get('www-authenticate')).to.equal('Bearer');
    }
    expect((await ask('GET', '/status')).body).to.include({ locations: 0, sequence: 0 });
  });

  it('is closed when no admin token is set', async () => {
    const closed = await startTestServer({ beside: server });
    const response = await fetch(`${closed.url}/admin/status`, { headers: { authorization: 'Bearer ' } });
    expect(response.status).to.equal(404);
    expect(await response.text()).to.contain('NAP_ADMIN_TOKEN');
    await closed.stop();
  });

  it('adds, shows, changes, rotates and removes a connection; the token is in no other answer', async () => {
    const added = await ask('POST', '/connections', NEW);
    expect(added.status).to.equal(201);
    expect(added.headers.get('cache-control')).to.equal('no-store');
    expect(added.body).to.include({ name: 'tandem', token_kind: 'static' });
    const { token } = added.body;
    expect((await ask('GET', '/connections/tandem')).body).to.deep.include({
      role: 'CPO',
      parties: ['NL-TNM'],
    });
    const changed = await ask('PATCH', '/connections/tandem', { strictness: 'reject', push_only: true });
    expect(changed.body).to.include({ strictness: 'reject', push_only: true, clock: 'registry' });
    const rotated = await ask('POST', '/connections/tandem/rotate');
    expect(rotated.body.token).not.to.equal(token);
    const list = await ask('GET', '/connections');
    expect(list.body).to.have.length(1);
    for (const issued of [token, rotated.body.token]) expect(list.text).not.to.contain(issued);
    expect((await ask('DELETE', '/connections/tandem')).body).to.deep.equal({ removed: 'tandem' });
    expect((await ask('GET', '/connections/tandem')).status).to.equal(404);
  });

  it('tells all that is wrong with a wish at once', async () => {
    const { status, body } = await ask('POST', '/connections', {
      name: 'no blanks',
      role: 'cpo',
      parties: ['TNM'],
      static: 'yes',
      constructor: 1,
    });
    expect(status).to.equal(400);
    expect(body.code).to.equal('usage');
    for (const part of [
      'name must',
      'role must',
      'NL-TNM, received "TNM"',
      'static must',
      'constructor is not known',
    ]) {
      expect(body.detail).to.contain(part);
    }
  });

  for (const [what, body] of [
    ['no JSON', '{'],
    ['no object', '[]'],
    ['too large', `"${'x'.repeat(70_000)}"`],
  ] as const) {
    it(`refuses a body that is ${what}`, async () => {
      expect((await ask('POST', '/connections', body)).status).to.equal(400);
    });
  }

  it('answers a conflict with 409, and names the holder and the way out', async () => {
    await ask('POST', '/connections', NEW);
    const sameName = await ask('POST', '/connections', { ...NEW, parties: ['BE-GFX'] });
    const sameParty = await ask('POST', '/sources', {
      name: 'other',
      url: 'https://x.example/',
      parties: ['NL-TNM'],
    });
    expect([sameName.status, sameParty.status]).to.deep.equal([409, 409]);
    expect(sameParty.body.detail).to.contain('connection tandem').and.contain('nap connection remove tandem');
    expect((await ask('GET', '/sources')).body).to.deep.equal([]);
  });

  it('keeps the token of a source to itself', async () => {
    const url = 'https://user:hunter2@cpo.example/ocpi/versions?key=hunter2';
    const added = await ask('POST', '/sources', {
      name: 'powergo',
      url,
      token: 'hunter2',
      schedule: '@hourly',
    });
    expect(added.status).to.equal(201);
    expect(added.body).to.include({ has_token: true, kind: 'ocpi', shrink_limit: 0.2, schedule: '@hourly' });
    expect(added.text + (await ask('GET', '/status')).text).not.to.contain('hunter2');
    const row = await server.database.knex('source').first();
    expect(row.sealed_token).to.match(/^v1\./);
    expect(server.services.secretBox.unseal(row.sealed_token)).to.equal('hunter2');
  });

  it('refuses a source that could not be pulled, with the reason', async () => {
    const wishes: [object, string][] = [
      [{ kind: 'carrier-pigeon' }, 'kind must be one of'],
      [{}, '--url'],
      [{ url: 'https://x.example', schedule: 'every tuesday' }, 'schedule'],
      [{ url: 'https://x.example', shrink_limit: 2 }, 'shrink_limit must be a number from 0 to 1'],
      [{ url: 'https://x.example', token: 'a b' }, 'token must be'],
    ];
    for (const [wish, reason] of wishes) {
      const { status, body } = await ask('POST', '/sources', { name: 'x', ...wish });
      expect(status, reason).to.equal(400);
      expect(body.detail).to.contain(reason);
    }
    const unknown = await ask('POST', '/sources', {
      name: 'x',
      url: 'https://x.example',
      connection: 'nobody',
    });
    expect(unknown.status).to.equal(404);
  });

  async function fileSource(count: number): Promise<void> {
    const file = join(server.services.config.dataDirectory, 'feed.json');
    await writeFile(
      file,
      JSON.stringify(Array.from({ length: count }, (_, i) => buildLocation({ id: `L${i}` }))),
    );
    await ask('POST', '/sources', { name: 'feed', kind: 'ocpi-file', url: file });
  }

  it('runs a source and answers with the counts, which add up', async () => {
    await fileSource(3);
    const { status, body } = await ask('POST', '/sources/feed/runs', { full: true });
    expect(status).to.equal(200);
    expect(body).to.include({ source: 'feed', state: 'complete', received: 3, created: 3, removed: 0 });
    expect((await ask('POST', '/sources/feed/runs')).body).to.include({
      received: 3,
      unchanged: 3,
      created: 0,
    });
    expect((await ask('DELETE', '/sources/feed')).body).to.deep.equal({ removed: 'feed' });
    expect((await ask('POST', '/sources/feed/runs')).status).to.equal(404);
  });

  it('tells the progress of a run in lines when asked, the report last', async () => {
    await fileSource(2);
    const lines = async (path: string) => {
      const { headers, text } = await ask('POST', path, undefined, { accept: 'application/x-ndjson' });
      expect(headers.get('content-type')).to.contain('application/x-ndjson');
      return text.trim().split('\n').map(parse);
    };
    const told = await lines('/sources/feed/runs');
    expect(told[0].progress).to.be.an('object');
    expect(told.at(-1).report).to.include({ state: 'complete', received: 2 });
    expect((await lines('/sources/nobody/runs')).at(-1).error).to.include({ code: 'unknown' });
  });

  it('imports, finds and lists operator IDs', async () => {
    const from = join(server.services.config.dataDirectory, 'operators.csv');
    await writeFile(
      from,
      'country_code,operator_id,role,status,name,website,authority\nNL,F1R,CPO,ACTIVE,First,,idro\n',
    );
    const ended = await ask('POST', '/operators/imports', { from, authority: 'table' });
    expect(ended.status).to.equal(200);
    expect(ended.body).to.include({ authority: 'table', state: 'imported', created: 1 });
    const { body } = await ask('GET', '/operators?id=NL*F1R*E1');
    expect(body.map(({ name }: { name: string }) => name)).to.deep.equal(['First']);
    expect((await ask('GET', '/operators/registers')).body).to.have.length(7);
    for (const path of ['/operators', '/operators?id=nobody', '/operators?id=NLF1R&id=NLF1R']) {
      expect((await ask('GET', path)).status, path).to.equal(400);
    }
    expect((await ask('POST', '/operators/imports', { from, authority: 'x' })).status).to.equal(400);
  });

  it('builds files, and knows which there are', async () => {
    const { body } = await ask('POST', '/exports/builds', { format: 'locations.csv' });
    expect(
      body.map(({ format, view, state }: Record<string, string>) => [format, view, state]),
    ).to.deep.equal([
      ['locations.csv', 'raw', 'built'],
      ['locations.csv', 'resolved', 'built'],
    ]);
    const unknown = await ask('POST', '/exports/builds', { format: 'locations.xls' });
    expect(unknown.status).to.equal(404);
    expect(unknown.body.detail).to.contain('locations.csv');
  });

  it('answers 404 for what it does not serve', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/nothing'],
      ['PUT', '/connections'],
      ['GET', '/connections/%00'],
    ]) {
      expect((await ask(method as string, path as string)).status, `${method} ${path}`).to.equal(404);
    }
  });
});
