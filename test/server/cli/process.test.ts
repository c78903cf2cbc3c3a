import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openTestDatabase, type TestDatabase, testEngine } from '../../support/database.ts';
import { runNap, startNap } from '../../support/nap.ts';

describe('nap as a process', () => {
  let database: TestDatabase;
  let directory: string;
  let environment: Record<string, string>;

  before(async () => {
    database = await openTestDatabase();
    if (testEngine === 'embedded') await database.close();
    directory = await mkdtemp(join(tmpdir(), 'nap-process-'));
    environment = { NAP_DATA_DIR: directory, ...database.environment };
  });
  after(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  it('works without a server, and beside one that starts, runs and ends', async () => {
    const add = (name: string, party: string) =>
      runNap(
        ['connection', 'add', name, '--role', 'CPO', '--party', party, '--static', '--json'],
        environment,
      );
    const before = await add('before', 'NL-AAA');
    expect(before.code).to.equal(0);
    expect(before.stdout).to.match(/^\{.*\}\n$/);

    const starting = startNap(environment);
    const meanwhile = await runNap(['status', '--json'], environment);
    expect(meanwhile.code).to.equal(0);
    const server = await starting;
    expect((await add('beside', 'NL-BBB')).code).to.equal(0);
    const seen = before.json<{ token: string }>().token;
    const headers = { authorization: `Token ${seen}` };
    expect((await fetch(`${server.url}/ocpi/versions`, { headers })).status).to.equal(200);

    const ending = server.stop();
    const after = await runNap(['connection', 'list', '--json'], environment);
    expect(await ending).to.equal(0);
    expect(after.json<{ name: string }[]>().map(({ name }) => name)).to.deep.equal(['before', 'beside']);
  });

  it('serve tells at once when another server has the data directory', async function () {
    if (testEngine === 'server') this.skip();
    const server = await startNap(environment);
    const second = await runNap(['serve', '--json'], { PORT: '0', ...environment });
    await server.stop();
    expect(second.code).to.equal(1);
    expect(second.json<{ error: { message: string } }>().error.message).to.contain('NAP_DATA_DIR');
  });

  it('ends with 2 for wrong usage and with 1 for a failure', async () => {
    const [usage, failure] = await Promise.all([
      runNap(['frobnicate'], environment),
      runNap(['status'], { ...environment, DATABASE_URL: 'postgres://127.0.0.1:1/nap' }),
    ]);
    expect([usage.code, failure.code]).to.deep.equal([2, 1]);
    expect(failure.stderr).to.contain('DATABASE_URL').and.not.contain('    at ');
  });
});
