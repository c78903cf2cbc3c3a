import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { type Config, readConfig } from '../../server/config.ts';
import { type RunningServer, startServer } from '../../server/main.ts';
import { buildLocation } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase, testEngine } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';
import { type NapServer, runNap, startNap } from '../support/nap.ts';
import { authorization } from '../support/ocpi-client.ts';

const LOCATION_URL = '/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1';

describe('a server process', () => {
  let directory: string;
  let database: TestDatabase;
  let servers: RunningServer[];
  const logger = pino({ level: 'silent' });
  const host = '127.0.0.1';

  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    servers = [];
    directory = await mkdtemp(join(tmpdir(), 'nap-main-'));
  });
  afterEach(async () => {
    for (const server of servers) await server.stop();
    await database.truncate();
    await rm(directory, { recursive: true });
  });
  after(() => database.drop());

  const config = (settings: Record<string, string> = {}): Config =>
    readConfig({ PORT: '0', NAP_DATA_DIR: directory, ...settings });
  const start = async (settings: Record<string, string> = {}, options: object = {}) => {
    const server = await startServer(config(settings), { database, logger, host, ...options });
    servers.push(server);
    return server;
  };

  it('listens on a free port, is ready, and publishes files by itself', async () => {
    const { url, services } = await start();
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/health/ready`)).status).to.equal(200);
    await services.snapshots.buildIfChanged();
    expect((await fetch(`${url}/data/locations.csv`)).status).to.equal(200);
    expect(await (await fetch(`${url}/metrics`)).text()).to.contain('route="/data/:file",status="200"');
  });

  it('says so when the port is taken, and leaves nothing running', async () => {
    const { url } = await start();
    const port = new URL(url as string).port;
    const error = await failureOf(startServer(config({ PORT: port }), { database, logger, host }));
    expect(error.message).to.contain(`Port ${port} is in use`).and.contain('PORT');
  });

  it('serves no HTTP with only jobs, and neither pulls nor builds with only HTTP', async () => {
    const jobs = await start({}, { only: 'jobs' });
    expect(jobs.url).to.equal(null);
    await jobs.services.snapshots.buildIfChanged();
    expect(await readdir(join(directory, 'exports'))).to.include('editions');
    await jobs.stop();
    await rm(join(directory, 'exports'), { recursive: true });

    const http = await start({}, { only: 'http' });
    expect((await fetch(`${http.url}/health/ready`)).status).to.equal(200);
    await http.stop();
    expect(await readdir(directory)).not.to.include('exports');
  });

  it('ends once however often it is told, and takes no connection afterwards', async () => {
    const { url, stop } = await start();
    await fetch(`${url}/health/live`);
    await Promise.all([stop(), stop()]);
    expect(await failureOf(fetch(`${url}/health/live`))).to.be.instanceOf(TypeError);
  });
});

describe('a server process that is told to stop', () => {
  let database: TestDatabase;
  let directory: string;
  let environment: Record<string, string>;
  let server: NapServer;
  let token: string;

  before(async () => {
    database = await openTestDatabase();
    // An embedded database is open to one process only.
    if (testEngine === 'embedded') await database.close();
    directory = await mkdtemp(join(tmpdir(), 'nap-main-'));
    environment = { NAP_DATA_DIR: directory, ...database.environment };
    server = await startNap(environment);
    const added = await runNap(
      ['connection', 'add', 'tandem', '--role', 'CPO', '--party', 'NL-TNM', '--static', '--json'],
      environment,
    );
    token = added.json<{ token: string }>().token;
  });
  after(async () => {
    await server.kill();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  /** Begins a push whose body is not complete before `finish` is called; waits until the server reads it. */
  async function beginPush(body: string): Promise<{ push: ClientRequest; finish(): Promise<number> }> {
    const push = request(`${server.url}${LOCATION_URL}`, {
      method: 'PUT',
      headers: {
        authorization: authorization(token),
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        // The server says when it has begun with this request.
        expect: '100-continue',
      },
    });
    const answered = once(push, 'response') as Promise<[IncomingMessage]>;
    push.flushHeaders();
    await once(push, 'continue');
    push.write(body.slice(0, 50));
    return {
      push,
      finish: async () => {
        push.end(body.slice(50));
        const [response] = await answered;
        response.resume();
        return response.statusCode ?? 0;
      },
    };
  }

  it('finishes the request in flight, takes no new one, loses nothing, and exits with 0', async () => {
    const { finish } = await beginPush(JSON.stringify(buildLocation({ id: 'LOC-1' })));
    const stopped = server.stop();
    while (!server.log.some(({ msg }) => msg.startsWith('stopping'))) await new Promise(setImmediate);
    const refused = await failureOf(fetch(`${server.url}/health/live`));
    expect(refused).to.be.instanceOf(TypeError);
    expect(await finish()).to.equal(201);
    expect(await stopped).to.equal(0);
    expect(server.log.map(({ msg }) => msg)).to.include('stopped');
    expect(server.log.filter(({ level }) => level === 'error' || level === 'fatal')).to.deep.equal([]);

    const status = await runNap(['status', '--json'], environment);
    expect(status.json()).to.include({ locations: 1, evses: 1 });
  });

  it('starts at once after kill -9, and takes commands', async () => {
    server = await startNap(environment);
    await server.kill();
    server = await startNap(environment);
    const status = await runNap(['status', '--json'], environment);
    expect(status.code).to.equal(0);
    expect(status.json()).to.include({ locations: 1 });
  });

  it('ends at once at the second signal', async () => {
    const { push } = await beginPush(JSON.stringify(buildLocation({ id: 'LOC-1', name: 'Never sent' })));
    push.on('error', () => undefined);
    const first = server.stop();
    while (!server.log.some(({ msg }) => msg.startsWith('stopping'))) await new Promise(setImmediate);
    // 128 and the number of SIGTERM.
    expect(await server.stop()).to.equal(143);
    expect(await first).to.equal(143);
  });
});
