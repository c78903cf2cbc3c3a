/**
 * Which version of which row stands where in a registry: whoever writes a row, though with the same values, leaves
 * another one. What tells of pulls is not among them, since a pull that changes nothing is a pull too, nor the lock that
 * each process takes to see whether there is a migration.
 */
import type { BenchRegistry } from '../registries.ts';
import { withClient } from '../registry-client.ts';
import { filledTables } from './table-copies.ts';

const LEFT_OUT = ['source', 'ingest_run', 'knex_migrations_lock'];

/** A figure a table: the same figures, the same versions of rows. */
export async function rowVersions(registry: BenchRegistry): Promise<ReadonlyMap<string, string>> {
  return withClient(registry, async (client) => {
    const versions = new Map<string, string>();
    for (const name of await filledTables(client)) {
      if (LEFT_OUT.includes(name)) continue;
      const { rows } = await client.query<{ figure: string }>(
        `select sum(hashtextextended(ctid::text || ' ' || xmin::text, 0)) as figure from ${name}`,
      );
      versions.set(name, rows[0]?.figure as string);
    }
    return versions;
  });
}

/** Tables whose rows were written in between. */
export function writtenTables(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...after].filter(([name, figure]) => before.get(name) !== figure).map(([name]) => name);
}
