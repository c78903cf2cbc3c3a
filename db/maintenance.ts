/**
 * Housekeeping that a PostgreSQL server does by itself and the embedded engine does not: it has no autovacuum,
 * so dead rows would pile up with every status change, and the planner would go on believing that tables are
 * empty.
 *
 * Short statements, one a table, so that nobody waits long for the one connection. On a server it does nothing.
 */
import type { Database } from './connection.ts';

/** Tables that are rewritten all the time. */
const BUSY_TABLES = [
  'location',
  'public_location_count',
  'location_time',
  'evse',
  'evse_twin',
  'connector',
  'tariff',
  'change',
  'finding',
  'journal_head',
  'rule_round',
  'tile_head',
  'tile_point',
  'tile_cell',
  'source',
  'rejected_record',
  'push_position',
] as const;

/** Frees dead rows and renews what the planner knows, on the embedded engine. */
export async function maintain(database: Database): Promise<void> {
  if (database.engine !== 'embedded') {
    return;
  }
  for (const table of BUSY_TABLES) {
    await database.knex.raw(`vacuum (analyze) ${table}`);
  }
}
