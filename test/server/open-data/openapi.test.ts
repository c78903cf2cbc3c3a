/**
 * `/openapi.json` held against the running server: every public route is in it, every path in it is served as it says.
 */
import type { Router } from '@koa/router';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { createApp } from '../../../server/app.ts';
import { fillFixtureRegistry } from '../../exports/fixture-registry.ts';
import { newAjv } from '../../support/json-schemas.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of any shape.
type Json = any;

/** Not for the public, or described by a document of its own. */
const ELSEWHERE = /^\/(?:ocpi|admin|metrics|ogc\/(?!api$))/;

/** What is answered where no route is. */
const NOTHING_THERE = 'Nothing is served at this URL';

/** Paths compare whatever their parameters are called: `/data/{}`. That of a tile has its ending in it. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]+\}(\.mvt)?|:\w+/g, '{}');
}

describe('the OpenAPI document', () => {
  let server: TestServer;
  let document: Json;

  before(async () => {
    server = await startTestServer({
      config: { licence: 'CC0-1.0', contact: 'https://nap.example/contact' },
    });
    await fillFixtureRegistry(server.database);
    await server.services.qualityRound.run();
    await server.services.snapshots.build();
    await server.services.tileKeeper.catchUp();
    document = await (await fetch(`${server.url}/openapi.json`)).json();
  });
  after(() => server.stop());

  it('is valid', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors ?? []).to.deep.equal([]);
    expect(valid).to.equal(true);
  });

  it('says where it is served, under which licence, whom to ask, and how much may be asked', () => {
    expect(document.servers).to.deep.equal([{ url: server.url }]);
    expect(document.info.license).to.deep.equal({
      name: 'CC0-1.0',
      url: 'https://spdx.org/licenses/CC0-1.0.html',
    });
    expect(document.info.contact).to.deep.equal({ url: 'https://nap.example/contact' });
    expect(document.info.description).to.include('1200 requests in 60 s');
  });

  it('has every public route of the server', () => {
    const routers = createApp(server.services).middleware.flatMap(
      (middleware) => (middleware as { router?: Router }).router ?? [],
    );
    const served = routers
      .flatMap(({ stack }) => stack)
      .filter(({ methods }) => methods.includes('GET'))
      .map(({ path }) => String(path))
      .filter((path) => !ELSEWHERE.test(path));
    expect(served).to.include('/data/:file');
    const documented = new Set(Object.keys(document.paths).map(shapeOf));
    const missing = [...new Set(served)].filter((path) => !documented.has(shapeOf(path)));
    expect(missing, 'served and not documented: add them in server/open-data/openapi/').to.deep.equal([]);
  });

  it('has no path that is not served as it says, in no other form, and its JSON is as its schema says', async () => {
    const ajv = newAjv();
    ajv.addSchema({ ...document, $id: 'https://nap.example/openapi.json' });
    const faults: string[] = [];
    for (const [path, { get: operation }] of Object.entries<Json>(document.paths)) {
      for (const [type, { schema }] of Object.entries<Json>(operation.responses[200].content)) {
        const url = concrete(path, operation.parameters);
        const answer = await fetch(server.url + url, { headers: { accept: type.split(';')[0] as string } });
        // A stream has no end.
        const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
        if (isStream) await answer.body?.cancel();
        const text = isStream ? '' : await answer.text();
        const found = operation.responses[answer.status];
        const sent = answer.headers.get('content-type') ?? '';
        const where = `${url} as ${type} is ${answer.status} ${sent}`;
        if (!found) faults.push(`${where}: that status is not documented`);
        else if (text !== '' && !isOneOf(sent, Object.keys(found.content ?? {}))) {
          faults.push(`${where}: that form is not documented`);
        }
        if (text.includes(NOTHING_THERE)) faults.push(`${where}: it is not served`);
        if (answer.status !== 200 || !isOneOf(sent, [type]) || !schema?.$ref) continue;
        const validate = ajv.getSchema(`https://nap.example/openapi.json${schema.$ref}`);
        if (!validate?.(JSON.parse(text))) {
          faults.push(`${where}: ${ajv.errorsText(validate?.errors?.slice(0, 3) ?? [])}`);
        }
      }
    }
    expect(faults.join('\n')).to.equal('');
  });

  it('every path answers HEAD and OPTIONS, and refuses the rest with 405, from any origin', async () => {
    for (const [path, { get: operation }] of Object.entries<Json>(document.paths)) {
      if (path.startsWith('/health')) continue;
      const url = server.url + concrete(path, operation.parameters);
      const refused = await fetch(url, { method: 'DELETE' });
      expect(refused.status, path).to.equal(405);
      if (operation.security) continue;
      expect(refused.headers.get('access-control-allow-origin'), path).to.equal('*');
      const options = await fetch(url, { method: 'OPTIONS' });
      expect([options.status, options.headers.get('allow')], path).to.deep.equal([204, 'GET, HEAD, OPTIONS']);
      const head = await fetch(url, { method: 'HEAD' });
      expect(head.headers.get('access-control-allow-origin'), path).to.equal('*');
      if (head.ok) expect(head.headers.get('cache-control'), path).to.match(/^public, max-age=\d+/);
    }
  });

  it('lists every format under the one path of downloads', async () => {
    const { get: operation } = document.paths['/data/{file}'];
    const formats = (await server.services.snapshots.list()).map(({ format }) => format);
    const [file] = operation.parameters;
    expect(file.schema.enum).to.deep.equal([...new Set(formats.map(({ name }) => name))]);
    expect(operation.responses[200].content).to.have.all.keys(formats.map(({ mediaType }) => mediaType));
  });
});

/** The path with an example of each parameter that it needs. */
function concrete(path: string, parameters: Json[]): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_, name) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    if (!parameter) throw new Error(`${path}: the parameter ${name} is not described`);
    return encodeURIComponent(String(parameter.example ?? '2026-01-01'));
  });
}

function isOneOf(sent: string, documented: readonly string[]): boolean {
  const bare = (type: string) => type.split(';')[0];
  return documented.some((type) => bare(type) === bare(sent));
}
