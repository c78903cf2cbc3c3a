import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { compose } from '../../server/compose.ts';
import { readConfig } from '../../server/config.ts';
import { SecretBoxError } from '../../server/secret-box.ts';
import { openTestDatabase, type TestDatabase, testEngine } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';

const logger = pino({ level: 'silent' });

describe('the wiring', () => {
  let database: TestDatabase;
  let directory: string;
  before(async () => {
    database = await openTestDatabase();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nap-compose-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  after(() => database.drop());

  const config = (settings: Record<string, string> = {}) =>
    readConfig({ NAP_DATA_DIR: directory, NAP_NAME: 'Test point', NAP_LICENSE: 'CC0-1.0', ...settings });

  it('builds everything on a database that it was given, and leaves that open', async () => {
    const services = await compose(config(), { database, logger });
    expect(await services.admin.status()).to.include({ engine: testEngine, locations: 0 });
    expect(services.snapshots.publication).to.deep.include({ name: 'Test point', licence: 'CC0-1.0' });
    await services.close();
    await services.close();
    expect((await database.knex.raw('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
  });

  it('starts nothing: no source is pulled and no file is built until somebody starts it', async () => {
    const services = await compose(config(), { database, logger });
    await services.sources.add({
      name: 'every-second',
      kind: 'ocpi-file',
      url: '/nowhere',
      schedule: '* * * * * *',
    });
    await services.close();
    expect((await readdir(directory)).filter((name) => name !== 'secret.key')).to.deep.equal([]);
    expect((await database.knex('source').first()).state).to.equal('idle');
  });

  it('tells partners the URL of the settings, else where this server listens', async () => {
    const urls: string[] = [];
    for (const settings of [{ NAP_PUBLIC_URL: 'https://nap.example/' }, {}] as Record<string, string>[]) {
      const services = await compose(config(settings), {
        database,
        logger,
        localUrl: 'http://localhost:4711',
      });
      const input = { name: `c${urls.length}`, role: 'NSP', parties: 'NL-NSP', static: true };
      urls.push((await services.admin.addConnection(input)).versions_url);
      await services.close();
    }
    expect(urls).to.deep.equal(['https://nap.example/ocpi/versions', 'http://localhost:4711/ocpi/versions']);
  });

  it('lets go of what it had opened when a later part cannot be built', async function () {
    if (testEngine === 'server') this.skip();
    await writeFile(join(directory, 'secret.key'), 'damaged');
    const attempt = () => failureOf(compose(config(), { logger }));
    expect(await attempt()).to.be.instanceOf(SecretBoxError);
    // The data directory is free again, so the second attempt fails for the same reason.
    expect(await attempt()).to.be.instanceOf(SecretBoxError);
  });
});
