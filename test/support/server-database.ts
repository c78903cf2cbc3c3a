/**
 * Databases of a test on a real PostgreSQL cluster: made from a template that is built once, dropped at
 * the end. Safe when several test processes use one cluster: the template is built under an advisory lock.
 */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { type Database, openDatabase } from '../../db/connection.ts';

/** Any fixed pair will do; it is held on the maintenance database only. */
const TEMPLATE_LOCK = [0x6e6170, 2];

/** Makes a database from the named template, which `prepare` fills when it is not there yet. Returns its URL. */
export async function createServerDatabase(
  clusterUrl: string,
  template: string,
  prepare: (database: Database) => Promise<unknown>,
): Promise<string> {
  const templateName = `nap_template_${template.replaceAll('-', '_')}`;
  const name = `nap_test_${randomBytes(6).toString('hex')}`;
  await withMaintenance(clusterUrl, async (client) => {
    await client.query('select pg_advisory_lock($1, $2)', TEMPLATE_LOCK);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [templateName]);
    if (rowCount === 0) await buildTemplate(client, clusterUrl, templateName, prepare);
    // Copying waits for nobody, but fails while somebody is connected to the template: so under the lock too.
    await client.query(`create database ${name} template ${templateName}`);
  });
  return urlOf(clusterUrl, name);
}

/** Drops a database of `createServerDatabase`, whoever is still connected to it. */
export async function dropServerDatabase(clusterUrl: string, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await withMaintenance(clusterUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
}

async function buildTemplate(
  client: pg.Client,
  clusterUrl: string,
  name: string,
  prepare: (database: Database) => Promise<unknown>,
): Promise<void> {
  const making = `${name}_making`;
  await client.query(`drop database if exists ${making} with (force)`);
  await client.query(`create database ${making}`);
  const database = await openDatabase({ url: urlOf(clusterUrl, making), dataDirectory: tmpdir() });
  try {
    await prepare(database);
  } finally {
    await database.close();
  }
  await client.query(`alter database ${making} rename to ${name}`);
}

async function withMaintenance(
  clusterUrl: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: clusterUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(clusterUrl: string, database: string): string {
  const url = new URL(clusterUrl);
  url.pathname = `/${database}`;
  return url.href;
}
