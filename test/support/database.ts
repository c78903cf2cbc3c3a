/**
 * Databases for tests: fresh, migrated, on either engine, in well under a second where it can be.
 *
 * With TEST_DATABASE_URL (a cluster where we may create databases) each is made from a migrated template
 * database; without, it is an embedded one whose data directory is a copy of a migrated one kept in the
 * cache. Both are keyed by the content of the migrations. An embedded engine takes seconds to start and
 * hundreds of megabytes, so a dropped one whose schema is untouched is emptied and handed out again.
 *
 * Open one for each file (`before`), `truncate()` between tests, `drop()` in `after`. What a file forgets
 * to drop is closed by test/support/hooks.ts, which then fails the run.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, type DatabaseSettings, openDatabase } from '../../db/connection.ts';
import { migrate } from '../../db/migrate.ts';
import { copyDataDirectory, findCacheEntry } from '../../db/prepared-data-directory.ts';
import { fillSeed, readSeed, type Seed, schemaSignature } from './database-reset.ts';
import { createServerDatabase, dropServerDatabase } from './server-database.ts';

/** A database of a test's own. */
export interface TestDatabase extends Database {
  /** How to open it again, after `close()`: with openDatabase. */
  settings: DatabaseSettings;
  /** The same for a child process. An embedded one must be closed here first. */
  environment: Record<string, string>;
  /** Empties every table and brings back what the migrations put in, counters included. */
  truncate(): Promise<void>;
  /** Closes it and removes it. Safe to call twice, and after `close()`. */
  drop(): Promise<void>;
}

/** What a test may ask for. */
export interface TestDatabaseOptions {
  /** Another folder of migrations. */
  folder?: string;
  /** Without any migration: for tests of migrating itself. */
  empty?: boolean;
}

/** Which engine the run is about. */
export const testEngine: Database['engine'] = process.env.TEST_DATABASE_URL ? 'server' : 'embedded';

const MIGRATIONS = fileURLToPath(new URL('../../db/migrations/', import.meta.url));

/** Where each database that is open now was opened, for the message about a leak. */
const open = new Map<TestDatabase, string>();
/** Embedded engines that are clean and wait for the next file, by template. */
const idle = new Map<string, ReusableEngine>();

interface ReusableEngine {
  database: Database;
  settings: DatabaseSettings;
  seed: Seed;
  signature: string;
}

/** A fresh database with all migrations applied. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const place = new Error().stack?.split('\n')[2]?.trim() ?? 'an unknown place';
  const folder = options.empty ? undefined : (options.folder ?? MIGRATIONS);
  const template = folder ? `migrated-${await hashFolder(folder)}` : 'empty';
  const url = process.env.TEST_DATABASE_URL;
  const database = url ? await openOnServer(url, template, folder) : await openOnEmbedded(template, folder);
  open.set(database, place);
  return database;
}

/** Closes whatever is open. Returns the places that forgot to drop theirs. */
export async function closeTestDatabases(): Promise<string[]> {
  const forgotten = [...open.values()];
  for (const database of [...open.keys()]) await database.drop();
  for (const engine of idle.values()) await discard(engine.database, engine.settings);
  idle.clear();
  return forgotten;
}

async function openOnServer(
  url: string,
  template: string,
  folder: string | undefined,
): Promise<TestDatabase> {
  const created = await createServerDatabase(url, template, (database) =>
    folder ? migrate(database, { folder }) : Promise.resolve(),
  );
  const settings: DatabaseSettings = { url: created, dataDirectory: tmpdir(), poolSize: 4 };
  const inner = await openDatabase(settings);
  const drop = async () => {
    await inner.close();
    await dropServerDatabase(url, created);
  };
  const seed = await readSeed(inner.knex).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  return testDatabase({ inner, settings, seed, environment: { DATABASE_URL: created }, drop });
}

async function openOnEmbedded(template: string, folder: string | undefined): Promise<TestDatabase> {
  const engine = idle.get(template) ?? (await startEngine(template, folder));
  idle.delete(template);
  const { database: inner, settings, seed } = engine;
  let closed = false;
  const close = () => {
    closed = true;
    return inner.close();
  };
  const drop = async () => {
    const reusable = !closed && !idle.has(template) && (await emptied(engine));
    if (reusable) idle.set(template, engine);
    else await discard(inner, settings);
  };
  const environment = { NAP_DATA_DIR: settings.dataDirectory };
  return testDatabase({ inner: { ...inner, close }, settings, seed, environment, drop });
}

async function startEngine(template: string, folder: string | undefined): Promise<ReusableEngine> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'nap-test-'));
  // What a test writes may be lost, and syncing is the slowest part of it.
  const settings: DatabaseSettings = { dataDirectory, fsync: false };
  const prepared = folder && (await findCacheEntry(template, (target) => buildTemplate(target, folder)));
  if (prepared) await copyDataDirectory(join(prepared, 'database'), join(dataDirectory, 'database'), false);
  const database = await openDatabase(settings);
  try {
    // Without a cache to write to.
    if (folder && !prepared) await migrate(database, { folder });
    const seed = await readSeed(database.knex);
    return { database, settings, seed, signature: await schemaSignature(database.knex) };
  } catch (error) {
    // An engine left open would keep the run from ending.
    await discard(database, settings);
    throw error;
  }
}

async function buildTemplate(target: string, folder: string): Promise<void> {
  const dataDirectory = join(target, 'making');
  const database = await openDatabase({ dataDirectory, fsync: false });
  try {
    await migrate(database, { folder });
  } finally {
    await database.close();
  }
  await rename(join(dataDirectory, 'database'), join(target, 'database'));
  await rm(dataDirectory, { recursive: true });
}

/** Empties an engine for the next file. False when the file changed its schema, or left it unusable. */
async function emptied(engine: ReusableEngine): Promise<boolean> {
  const { knex } = engine.database;
  try {
    if ((await schemaSignature(knex)) !== engine.signature) return false;
    await fillSeed(knex, engine.seed);
    // Whatever a file set for its session goes with the connection's client.
    await knex.raw('discard all');
    await knex.raw(`set timezone to 'UTC'; set application_name to 'nap'`);
    return true;
  } catch {
    // A file may test how the engine dies; then there is nothing to hand out again.
    return false;
  }
}

async function discard(database: Database, settings: DatabaseSettings): Promise<void> {
  await database.close();
  await rm(settings.dataDirectory, { recursive: true, force: true });
}

interface Parts {
  inner: Database;
  settings: DatabaseSettings;
  seed: Seed;
  environment: Record<string, string>;
  drop(): Promise<void>;
}

function testDatabase(parts: Parts): TestDatabase {
  const { inner, settings, seed, environment, drop } = parts;
  let dropping: Promise<void> | undefined;
  const database: TestDatabase = {
    ...inner,
    settings,
    environment,
    truncate: () => fillSeed(inner.knex, seed),
    drop: () => {
      open.delete(database);
      dropping ??= drop();
      return dropping;
    },
  };
  return database;
}

async function hashFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) {
    if (!/\.(ts|js|sql|json)$/.test(name)) continue;
    hash.update(name).update(await readFile(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${randomBytes(6).toString('hex')}`;
}
