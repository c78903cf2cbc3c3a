/**
 * For the Knex command line, with the same migrations that `nap migrate` applies:
 * `NODE_OPTIONS='--import tsx' DATABASE_URL=postgres://... npx knex migrate:list`.
 * For looking and for development; a server is migrated by `nap migrate`, which is safe against a second
 * process. Without DATABASE_URL the commands fail: the embedded engine is open to one process only.
 */
import { serverConnection } from './db/connection.ts';
import { migrationSource } from './db/migrate.ts';

export const client = 'pg';
export const connection = serverConnection(process.env.DATABASE_URL ?? '');
export const migrations = { migrationSource: migrationSource() };
