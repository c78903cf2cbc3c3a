/**
 * Brings a database to the newest schema.
 *
 * What it guarantees: each migration runs in a transaction of its own together with the row that records
 * it, so a process may die at any point and the next start goes on from there; of several processes that
 * start at once one migrates and the others wait, then find nothing to do; no lock outlives its holder
 * (PostgreSQL's session-level advisory lock on a server, the lock of the data directory on the embedded
 * engine; Knex's own lock table is not relied on and a lock left in it is freed).
 *
 * It fails with the next step to take when PostgreSQL or PostGIS is missing or too old, when the
 * extension may not be created, and when the database was migrated by a newer version than this one.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import type pg from 'pg';
import type { Database } from './connection.ts';

/** What may be set for tests and tools. */
export interface MigrateOptions {
  /** The folder of migrations. Default `db/migrations`, beside this file. */
  folder?: string | undefined;
  logger?: { info(object: object, message: string): void } | undefined;
}

/** What a migration file exports. */
export interface Migration {
  up(knex: Knex): Promise<void>;
  down?(knex: Knex): Promise<void>;
}

/** PostgreSQL 15, as `server_version_num` counts. */
const MINIMUM_POSTGRESQL = 150_000;
/** PostGIS 3.3. */
const MINIMUM_POSTGIS = [3, 3] as const;
/** The advisory lock of migrations: "nap" in ASCII and a number of our own. Any fixed pair would do. */
const ADVISORY_LOCK = [0x6e6170, 1] as const;
/** Milliseconds between two tries for the advisory lock. Waiting in the server would meet its statement timeout. */
const LOCK_RETRY_MS = 100;

const MIGRATION_FILE = /^(\d{4}-[a-z0-9-]+)\.(?:ts|js)$/;
const DEFAULT_FOLDER = fileURLToPath(new URL('./migrations/', import.meta.url));

/** Calls under way in this process, one after the other for each database. */
const running = new WeakMap<Database, Promise<unknown>>();

/**
 * Migrates to the newest schema.
 *
 * @returns the names of the migrations that this call applied
 */
export async function migrate(
  database: Database,
  options: MigrateOptions = {},
): Promise<{ applied: string[] }> {
  const before = running.get(database) ?? Promise.resolve();
  // A failed call does not concern the next one: its caller has been told.
  const call = before.then(
    () => migrateAlone(database, options),
    () => migrateAlone(database, options),
  );
  running.set(database, call);
  return call;
}

/** Where Knex finds our migrations: by folder, under names without extension. For `knexfile.ts` too. */
export function migrationSource(folder: string = DEFAULT_FOLDER): Knex.MigrationSource<MigrationFile> {
  return {
    getMigrations: () => listMigrations(folder),
    getMigrationName: (file) => file.name,
    getMigration: (file) => loadMigration(file),
  };
}

/** One migration as found in the folder. */
export interface MigrationFile {
  /** `NNNN-what`: what the database records, the same for source and compiled files. */
  name: string;
  path: string;
}

async function migrateAlone(database: Database, options: MigrateOptions): Promise<{ applied: string[] }> {
  const { knex } = database;
  await checkPostgresql(knex);
  const work = async () => {
    await ensurePostgis(database);
    return applyPending(knex, options);
  };
  const applied = database.engine === 'server' ? await withAdvisoryLock(knex, options, work) : await work();
  return { applied };
}

async function applyPending(knex: Knex, options: MigrateOptions): Promise<string[]> {
  const source = migrationSource(options.folder);
  const config: Knex.MigratorConfig = { migrationSource: source };
  const known = (await listMigrations(options.folder ?? DEFAULT_FOLDER)).map(({ name }) => name);
  await refuseNewer(knex, known);
  // Nobody else migrates now, so a lock in Knex's table was left by a process that died.
  await knex.migrate.forceFreeMigrationsLock(config);
  const applied: string[] = [];
  for (;;) {
    // One at a time: Knex would put all of a `latest` into one transaction.
    const [, names] = (await knex.migrate.up(config)) as [number, string[]];
    if (names.length === 0) return applied;
    applied.push(...names);
    options.logger?.info({ migration: names[0] }, 'Applied a migration');
  }
}

async function refuseNewer(knex: Knex, known: string[]): Promise<void> {
  const rows = (await knex.schema.hasTable('knex_migrations'))
    ? await knex('knex_migrations').orderBy('id').pluck<string[]>('name')
    : [];
  const unknown = rows.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `The database holds migrations that this version does not know (${unknown.join(', ')}): ` +
      'it was migrated by a newer version of the access point. ' +
      'Run that version, or restore a backup from before the upgrade.',
  );
}

async function listMigrations(folder: string): Promise<MigrationFile[]> {
  const files: MigrationFile[] = [];
  for (const file of (await readdir(folder)).sort()) {
    const name = MIGRATION_FILE.exec(file)?.[1];
    if (name && !file.endsWith('.d.ts')) files.push({ name, path: join(folder, file) });
  }
  const twice = files.find((file, index) => files[index + 1]?.name === file.name);
  if (twice) throw new Error(`The migration ${twice.name} is in ${folder} twice`);
  return files;
}

async function loadMigration(file: MigrationFile): Promise<Knex.Migration> {
  const migration = (await import(pathToFileURL(file.path).href)) as Migration;
  if (typeof migration.up !== 'function') throw new Error(`${file.path} exports no function "up"`);
  return {
    up: async (knex) => {
      // Building an index over a whole registry may rightly take longer than any query.
      await knex.raw('set local statement_timeout to 0');
      await migration.up(knex);
    },
    down: async (knex) => {
      if (!migration.down) throw new Error(`The migration ${file.name} cannot be taken back`);
      await migration.down(knex);
    },
  };
}

/** Holds the advisory lock on a connection of its own while `work` runs; it ends with that connection. */
async function withAdvisoryLock<T>(knex: Knex, options: MigrateOptions, work: () => Promise<T>): Promise<T> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as pg.Client;
  try {
    let told = false;
    while (!(await tryLock(connection))) {
      if (!told) options.logger?.info({}, 'Waiting for another process that migrates the database');
      told = true;
      await delay(LOCK_RETRY_MS);
    }
    try {
      return await work();
    } finally {
      await connection.query('select pg_advisory_unlock($1, $2)', [...ADVISORY_LOCK]);
    }
  } finally {
    await client.releaseConnection(connection);
  }
}

async function tryLock(connection: pg.Client): Promise<boolean> {
  const result = await connection.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1, $2) as locked',
    [...ADVISORY_LOCK],
  );
  return result.rows[0]?.locked === true;
}

async function checkPostgresql(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { number: number; version: string }[] }>(
    `select current_setting('server_version_num')::int as number,
            current_setting('server_version')          as version`,
  );
  const [server] = rows;
  if (server && server.number >= MINIMUM_POSTGRESQL) return;
  throw new Error(
    `PostgreSQL ${server?.version} is too old: the access point needs 15 or newer. ` +
      'Upgrade the server, or point DATABASE_URL at another one.',
  );
}

async function ensurePostgis(database: Database): Promise<void> {
  const { engine, knex } = database;
  let version = await postgisVersion(knex);
  if (version === undefined) {
    try {
      await knex.raw('create extension if not exists postgis');
    } catch (error) {
      throw await explainPostgisFailure(knex, error);
    }
    version = await postgisVersion(knex);
  } else if (engine === 'embedded') {
    // A newer PGlite package brings a newer PostGIS; nobody else can update the embedded one.
    await knex.raw('alter extension postgis update');
    version = await postgisVersion(knex);
  }
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  const [wantedMajor, wantedMinor] = MINIMUM_POSTGIS;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(
    `PostGIS ${version} is too old: the access point needs ${MINIMUM_POSTGIS.join('.')} or newer. ` +
      'Install a newer package on the database server, then run: alter extension postgis update',
  );
}

async function postgisVersion(knex: Knex): Promise<string | undefined> {
  const { rows } = await knex.raw<{ rows: { version: string }[] }>(
    `select extversion as version from pg_extension where extname = 'postgis'`,
  );
  return rows[0]?.version;
}

async function explainPostgisFailure(knex: Knex, error: unknown): Promise<Error> {
  const code = (error as { code?: string }).code;
  const { rows } = await knex.raw<{ rows: { user: string; database: string }[] }>(
    'select current_user as "user", current_database() as "database"',
  );
  const { user, database } = rows[0] ?? { user: 'this user', database: 'this database' };
  if (code === '42501') {
    return new Error(
      `The user ${user} may not create the extension PostGIS in the database ${database}. ` +
        `Have a superuser run there: create extension postgis`,
      { cause: error },
    );
  }
  // 0A000 and 58P01: the server has no files of that extension.
  if (code === '0A000' || code === '58P01') {
    return new Error(
      'PostGIS is not installed on the database server. Install its package there ' +
        '(Debian: postgresql-15-postgis-3, for PostgreSQL 15) and start again.',
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}
