import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import type { RunCounts } from '../../../db/partner-model.ts';
import { AdminError } from '../../../server/admin/admin-error.ts';
import type { AdminService } from '../../../server/admin/service.ts';
import { openAdminSocket } from '../../../server/admin/socket.ts';
import { type AdminSocketClient, connectAdminSocket } from '../../../server/admin/socket-client.ts';
import { adminSocketPath } from '../../../server/admin/socket-path.ts';
import { buildLocation } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const logger = pino({ level: 'silent' });

describe('the admin socket', () => {
  let server: TestServer;
  let directory: string;
  let open: { close(withinMs: number): Promise<void> }[];

  before(async () => {
    server = await startTestServer();
  });
  beforeEach(async () => {
    open = [];
    directory = await mkdtemp(join(tmpdir(), 'nap-socket-'));
  });
  afterEach(async () => {
    for (const socket of open) await socket.close(0);
    await rm(directory, { recursive: true });
    await server.database.truncate();
  });
  after(() => server.stop());

  async function listen(at = directory, admin: AdminService = server.services.admin) {
    const socket = await openAdminSocket({ admin, dataDirectory: at, logger });
    open.push(socket);
    return socket;
  }
  async function client(at = directory): Promise<AdminSocketClient> {
    const connected = await connectAdminSocket(at);
    if (!connected) throw new Error('nobody listens');
    open.push(connected);
    return connected;
  }

  it('does all that the service does', async () => {
    await listen();
    const { admin } = await client();
    const added = await admin.addConnection({ name: 'tandem', role: 'CPO', parties: 'NL-TNM', static: true });
    expect(added.token).to.match(/^[\x21-\x7E]{43,64}$/);
    expect((await admin.showConnection('tandem')).parties).to.deep.equal(['NL-TNM']);
    expect((await admin.setConnection('tandem', { clock: 'object' })).clock).to.equal('object');
    expect((await admin.rotateConnection('tandem')).token).not.to.equal(added.token);
    expect(await admin.listConnections()).to.have.length(1);
    expect(await admin.addSource({ name: 'powergo', url: 'https://x.example/' })).to.include({
      kind: 'ocpi',
    });
    expect(await admin.listSources()).to.have.length(1);
    const table = join(server.services.config.dataDirectory, 'operators.csv');
    await writeFile(
      table,
      'country_code,operator_id,role,status,name,website,authority\nNL,TNM,CPO,ACTIVE,,,a',
    );
    const ended = await admin.importOperators({ from: table, authority: 'table' });
    expect(ended).to.include({ state: 'imported', created: 1 });
    expect(await admin.findOperators('NL*TNM*E1')).to.have.length(1);
    expect(await admin.listOperators()).to.deep.equal(await server.services.admin.listOperators());
    expect(await admin.status()).to.deep.equal(await server.services.admin.status());
    expect(await admin.buildExports('tariffs.csv')).to.have.length(1);
    expect(await admin.removeSource('powergo')).to.deep.equal({ removed: 'powergo' });
    expect(await admin.removeConnection('tandem')).to.deep.equal({ removed: 'tandem' });
  });

  it('passes on what is wrong with a wish as the service says it', async () => {
    await listen();
    const { admin } = await client();
    const error = (await failureOf(admin.showConnection('nobody'))) as AdminError;
    expect(error).to.be.instanceOf(AdminError);
    expect(error).to.include({ code: 'unknown' });
    expect(error.message).to.contain('There is no connection nobody');
    const busy = (await failureOf(admin.runSource('nobody', { full: false }))) as AdminError;
    expect(busy).to.include({ code: 'unknown' });
  });

  it('tells the progress of a run and then its report', async () => {
    const file = join(directory, 'feed.json');
    await writeFile(file, JSON.stringify([buildLocation()]));
    await listen();
    const { admin } = await client();
    await admin.addSource({ name: 'feed', kind: 'ocpi-file', url: file });
    const told: RunCounts[] = [];
    const report = await admin.runSource('feed', { full: true, onProgress: (counts) => told.push(counts) });
    expect(report).to.include({ state: 'complete', received: 1, created: 1 });
    expect(told).not.to.have.length(0);
  });

  it('ends a run when the one who asked for it hangs up', async () => {
    let ended: (reason: unknown) => void = () => {};
    const reason = new Promise((resolve) => {
      ended = resolve;
    });
    const begun = new AbortController();
    const admin: AdminService = {
      ...server.services.admin,
      runSource: (_name, { signal, onProgress }) =>
        new Promise((_resolve, reject) => {
          onProgress?.({} as RunCounts);
          signal?.addEventListener('abort', () => {
            ended(signal.reason);
            reject(signal.reason);
          });
        }),
    };
    await listen(directory, admin);
    const { admin: remote } = await client();
    const run = remote.runSource('feed', {
      full: false,
      signal: begun.signal,
      onProgress: () => begun.abort(),
    });
    expect((await failureOf(run)).message).to.contain('ended before it was complete');
    expect(String(await reason)).to.contain('hung up');
  });

  it('says so when the server goes away meanwhile', async () => {
    let begun: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const admin: AdminService = {
      ...server.services.admin,
      status: () => {
        begun();
        return new Promise(() => {});
      },
    };
    const socket = await listen(directory, admin);
    const { admin: remote } = await client();
    const asked = failureOf(remote.status());
    await waiting;
    await socket.close(0);
    expect((await asked) as AdminError).to.include({ code: 'unavailable' });
  });

  it('can be used by the owner of the data directory only', async () => {
    const { path } = await listen();
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect(await readdir(directory)).to.deep.equal(['admin.sock']);
  });

  it('replaces a socket file that a killed server left, which nobody mistakes for a server', async () => {
    // Closing would remove the file; what a killed process leaves is a name that nobody listens behind.
    const left = createServer();
    const incoming = join(directory, 'x');
    await new Promise<void>((resolve) => left.listen(incoming, () => resolve()));
    const { rename } = await import('node:fs/promises');
    await rename(incoming, adminSocketPath(directory));
    await new Promise<void>((resolve) => left.close(() => resolve()));
    expect(await readdir(directory)).to.deep.equal(['admin.sock']);
    expect(await connectAdminSocket(directory)).to.equal(undefined);
    await listen();
    expect(await (await client()).admin.status()).to.include({ locations: 0 });
  });

  it('is gone when it is closed', async () => {
    const socket = await listen();
    await socket.close(0);
    expect(await readdir(directory)).to.deep.equal([]);
    expect(await connectAdminSocket(directory)).to.equal(undefined);
  });

  it('works in a directory whose path is too long for a socket address', async () => {
    const deep = join(directory, 'a'.repeat(100), 'b'.repeat(100));
    await mkdir(deep, { recursive: true });
    await listen(deep);
    expect(await (await client(deep)).admin.status()).to.include({ locations: 0 });
  });
});
