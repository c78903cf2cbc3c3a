/**
 * The one place that opens a database. The rest of the code sees a Knex over the genuine `pg` client,
 * whether PostgreSQL runs as a server or embedded in this process.
 *
 * What it guarantees, on both engines: sessions are in UTC; `int8` arrives as a number (one beyond 2^53
 * is an error, never a rounded value), `timestamptz` as a Date, `numeric` as text; the settings hold for
 * these connections only, nothing global is changed.
 *
 * It fails when the database cannot be reached, with a message that names the setting to look at and
 * never holds the password.
 */
import knexModule, { type Knex } from 'knex';
import pg from 'pg';
import { describeConnectionError } from './connection-error.ts';
import { type EmbeddedLogger, openEmbeddedEngine } from './embedded.ts';

/** How to open the database. */
export interface DatabaseSettings {
  /** A PostgreSQL server (DATABASE_URL). Without it the embedded engine is used. */
  url?: string | undefined;
  /** A read replica of it (DATABASE_READ_URL). */
  readUrl?: string | undefined;
  /** Where the embedded engine keeps its data (NAP_DATA_DIR). */
  dataDirectory: string;
  /** Connections to the server, and as many to the replica. The embedded engine has one. Default 10. */
  poolSize?: number | undefined;
  /** Embedded engine: sync commits to the disk. Off only where the data may be lost. Default true. */
  fsync?: boolean | undefined;
  logger?: EmbeddedLogger | undefined;
}

/** An open database. */
export interface Database {
  engine: 'embedded' | 'server';
  knex: Knex;
  /** For reads that may lag a little: the replica when there is one, else the same as `knex`. */
  readKnex: Knex;
  /** Waits for what is under way and lets go of everything. Safe to call twice. */
  close(): Promise<void>;
}

/** Connections in a server pool: two cores' worth of queries and room for a few long reads. */
const DEFAULT_POOL_SIZE = 10;
/** Connections that a migration needs: one to hold its lock, one to work. */
const MINIMUM_POOL_SIZE = 2;
/** Milliseconds until a server must have answered a connection attempt: beyond, it is not there. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Milliseconds one statement may run: the longest of ours takes seconds, so a runaway gives its connection back. */
const STATEMENT_TIMEOUT_MS = 120_000;
/** Milliseconds a transaction may sit without a statement: a stalled reader must not hold back vacuum and locks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
/** Milliseconds to wait for a free connection. The embedded engine's only one may be in a long batch. */
const ACQUIRE_TIMEOUT_MS = 60_000;

/** The `int8` type and its array, by their fixed object ids in PostgreSQL. */
const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * Opens the database and makes sure that it answers.
 *
 * @throws Error with the next step when it cannot be reached, DataDirectoryLockedError when the embedded
 * data directory is in use
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.url) return openServer(settings, settings.url);
  if (settings.readUrl) {
    throw new Error('DATABASE_READ_URL is set without DATABASE_URL: a replica needs its primary.');
  }
  return openEmbedded(settings);
}

/** What `pg` is given for any connection of ours, as `knexfile.ts` needs it too. */
export function serverConnection(url: string): Knex.PgConnectionConfig {
  return {
    connectionString: url,
    application_name: 'nap',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: { getTypeParser },
  } as Knex.PgConnectionConfig;
}

async function openServer(settings: DatabaseSettings, url: string): Promise<Database> {
  const knex = await openPool(settings, url, 'DATABASE_URL');
  let readKnex = knex;
  if (settings.readUrl) {
    try {
      readKnex = await openPool(settings, settings.readUrl, 'DATABASE_READ_URL');
    } catch (error) {
      await knex.destroy();
      throw error;
    }
  }
  const close = async () => {
    await Promise.all([knex.destroy(), readKnex === knex ? undefined : readKnex.destroy()]);
  };
  return { engine: 'server', knex, readKnex, close };
}

async function openPool(
  settings: DatabaseSettings,
  url: string,
  setting: 'DATABASE_URL' | 'DATABASE_READ_URL',
): Promise<Knex> {
  const session = [
    `set timezone to 'UTC'`,
    `set statement_timeout to ${STATEMENT_TIMEOUT_MS}`,
    `set idle_in_transaction_session_timeout to ${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
    // A write sent to the replica by mistake fails in development too, where both may be one server.
    ...(setting === 'DATABASE_READ_URL' ? ['set default_transaction_read_only to on'] : []),
  ];
  // Checked ahead of Knex, whose own errors would carry the URL.
  await probe(url, setting);
  const knex = createKnex(settings, {
    connection: serverConnection(url),
    pool: {
      min: 0,
      max: Math.max(settings.poolSize ?? DEFAULT_POOL_SIZE, MINIMUM_POOL_SIZE),
      afterCreate: prepareSession(session.join('; ')),
    },
  });
  return knex;
}

async function probe(url: string, setting: string): Promise<void> {
  let client: pg.Client | undefined;
  try {
    client = new pg.Client(serverConnection(url) as pg.ClientConfig);
    // Also what the connection reports after its query; the query itself rejects with the same.
    client.on('error', () => {});
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    throw describeConnectionError(error, setting, client);
  } finally {
    await client?.end();
  }
}

async function openEmbedded(settings: DatabaseSettings): Promise<Database> {
  const engine = await openEmbeddedEngine(settings);
  const knex = createKnex(settings, {
    connection: {
      user: 'postgres',
      database: 'postgres',
      ssl: false,
      // A thread of ours, reached by no address; `pg` would take PGHOST and friends from the environment.
      host: 'embedded',
      stream: () => engine.openStream(),
      types: { getTypeParser },
    } as Knex.PgConnectionConfig,
    pool: {
      // There is one backend. Keeping its connection spares a start-up each time.
      min: 1,
      max: 1,
      afterCreate: prepareSession(`set timezone to 'UTC'; set application_name to 'nap'`),
    },
  });
  const close = async () => {
    try {
      await knex.destroy();
    } finally {
      await engine.close();
    }
  };
  try {
    await knex.raw('select 1');
  } catch (error) {
    await close();
    throw error;
  }
  return { engine: 'embedded', knex, readKnex: knex, close };
}

function createKnex(settings: DatabaseSettings, config: Knex.Config): Knex {
  const { logger } = settings;
  const warn = (message: unknown) => logger?.warn({ message }, 'Warning of the database client');
  return knexModule({
    client: 'pg',
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    ...config,
    ...(logger ? { log: { warn, error: warn, deprecate: warn, debug: () => {} } } : {}),
  });
}

type PoolCallback = (error: Error | null, connection: unknown) => void;

/** A hook for a Knex pool that sets up each new session with one simple query. */
function prepareSession(sql: string) {
  return (connection: pg.Client, done: PoolCallback) => {
    connection.query(sql, (error: Error | null) => done(error, connection));
  };
}

/** `pg`'s own parsers except for `int8` and its array. */
function getTypeParser(oid: number, format: 'text' | 'binary' = 'text') {
  const standard = pg.types.getTypeParser(oid, format);
  if (format !== 'text') return standard;
  if (oid === INT8) return toSafeNumber;
  if (oid === INT8_ARRAY) {
    return (text: string) => deepNumbers(standard(text) as unknown);
  }
  return standard;
}

function toSafeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`The integer ${text} does not fit a JavaScript number; select it as text`);
}

function deepNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepNumbers);
  return typeof value === 'string' ? toSafeNumber(value) : value;
}
