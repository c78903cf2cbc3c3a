import { expect } from 'chai';
import { buildLocation } from '../support/builders.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

describe('health', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const get = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const ready = async () => {
    const { status, text } = await get('/health/ready');
    return { status, ...JSON.parse(text) };
  };

  it('is live while the process answers', async () => {
    expect(await get('/health/live')).to.deep.equal({ status: 200, text: '{"status":"ok"}' });
  });

  it('is ready when the database answers and has the newest schema', async () => {
    expect((await get('/health/ready')).status).to.equal(200);
    expect((await ready()).parts).to.deep.equal({ process: 'running', database: 'ok', migrations: 'ok' });
  });

  it('is not ready while the database lacks a migration, and says which part it is', async () => {
    const { knex } = server.database;
    const [newest] = await knex('knex_migrations').orderBy('id', 'desc').limit(1);
    await knex('knex_migrations').where({ id: newest.id }).delete();
    try {
      expect((await get('/health/ready')).status).to.equal(503);
      expect((await ready()).parts).to.include({ database: 'ok', migrations: 'behind' });
    } finally {
      await knex('knex_migrations').insert(newest);
    }
  });

  it('is not ready when the database fails, tells no cause to the world and the cause to the log', async () => {
    const { knex } = server.database;
    await knex.schema.renameTable('knex_migrations', 'elsewhere');
    try {
      const { status, text } = await get('/health/ready');
      expect(status).to.equal(503);
      expect(JSON.parse(text).parts).to.include({ database: 'failed' });
      expect(text).not.to.contain('knex_migrations');
      expect(server.log.filter(({ level }) => level === 'error').map(({ msg }) => msg)).to.deep.equal([
        'the database does not answer the health check',
      ]);
    } finally {
      await knex.schema.renameTable('elsewhere', 'knex_migrations');
    }
    expect((await get('/health/ready')).status).to.equal(200);
  });

  it('counts outcomes by module, sources by state and the age of files, without objects or tokens', async () => {
    const { client, token } = await server.addConnection('tandem', { parties: ['NL-TNM'] });
    await client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1', buildLocation());
    await client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-2', { id: 'LOC-2' });
    await server.services.sources.add({ name: 'powergo', kind: 'ocpi-file', url: '/nowhere.json' });
    await server.services.snapshots.build('locations.csv');
    const { status, text } = await get('/metrics');
    expect(status).to.equal(200);
    expect(text)
      .to.contain('nap_ingest_objects_total{module="locations",outcome="created"} 1')
      .and.contain('nap_ingest_objects_total{module="locations",outcome="rejected"} 1')
      .and.contain('nap_sources{state="idle"} 1')
      .and.contain('nap_writer_queue_length 0')
      .and.match(/nap_snapshot_age_seconds\{format="locations\.csv"\} \d/)
      .and.contain('process_cpu_seconds_total');
    for (const secret of [token, 'LOC-1', 'TNM', 'tandem', 'powergo']) expect(text).not.to.contain(secret);
  });

  it('is not ready, but live, once it is told to stop', async () => {
    server.services.lifecycle.stop();
    expect((await get('/health/ready')).status).to.equal(503);
    expect((await ready()).parts.process).to.equal('stopping');
    expect((await get('/health/live')).status).to.equal(200);
  });
});
