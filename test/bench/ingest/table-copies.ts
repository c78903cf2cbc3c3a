/**
 * The rows that an ingest wrote, in files of the database server, and `COPY` of them into an empty registry: the least
 * that storing them can cost, with every constraint and every index as they are.
 *
 * Guarantees: all tables that an ingest fills are among them, whatever they are, each after those that it refers to, but
 * for what triggers fill here as they do there; as many rows come in as went out. The files are in the folder of the cluster, where the server may write, and go
 * with it.
 */
import { dirname, join } from 'node:path';
import type pg from 'pg';
import type { BenchRegistry } from '../registries.ts';
import { withClient } from '../registry-client.ts';

/** Filled by triggers of the tables that are copied (migration `0017-count-of-public-locations.ts`). */
const FILLED_BY_TRIGGERS = ['public_location_count'];

export interface TableCopies {
  /** Copies all into a registry that is empty, in one session. */
  copyInto(registry: BenchRegistry): Promise<{ readonly seconds: number }>;
}

interface CopiedTable {
  readonly name: string;
  readonly file: string;
  readonly rows: number;
}

/** @param empty a registry that is migrated and nothing else: what it has, each has */
export async function copyTables(filled: BenchRegistry, empty: BenchRegistry): Promise<TableCopies> {
  const left = [...(await withClient(empty, filledTables)), ...FILLED_BY_TRIGGERS];
  const tables = await withClient(filled, async (client) => {
    const names = (await filledTables(client)).filter((name) => !left.includes(name));
    return copyOut(client, inOrderOfReferences(names, await references(client)));
  });
  return {
    copyInto: (registry) =>
      withClient(registry, async (client) => {
        const start = performance.now();
        for (const { name, file, rows } of tables) {
          const { rowCount } = await client.query(`copy ${name} from '${file}'`);
          if (rowCount !== rows) throw new Error(`${rowCount} rows of ${rows} came into ${name}`);
        }
        return { seconds: (performance.now() - start) / 1_000 };
      }),
  };
}

/** Names of the tables that have rows, quoted where they must be. */
export async function filledTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name
       from pg_class
      where relkind = 'r'
        and relnamespace = 'public'::regnamespace`,
  );
  const filled: string[] = [];
  for (const { name } of rows) {
    const { rowCount } = await client.query(`select 1 from ${name} limit 1`);
    if (rowCount === 1) filled.push(name);
  }
  return filled;
}

/** Whose foreign keys lead where. */
async function references(client: pg.Client): Promise<readonly { from: string; to: string }[]> {
  const { rows } = await client.query<{ from: string; to: string }>(
    `select conrelid::regclass::text as "from", confrelid::regclass::text as "to"
       from pg_constraint
      where contype = 'f'`,
  );
  return rows;
}

function inOrderOfReferences(
  names: readonly string[],
  keys: readonly { from: string; to: string }[],
): string[] {
  const ordered: string[] = [];
  const place = (name: string) => {
    if (ordered.includes(name) || !names.includes(name)) return;
    for (const { from, to } of keys) if (from === name && to !== name) place(to);
    ordered.push(name);
  };
  for (const name of names) place(name);
  return ordered;
}

async function copyOut(client: pg.Client, names: readonly string[]): Promise<CopiedTable[]> {
  const { rows } = await client.query<{ data_directory: string }>('show data_directory');
  const folder = dirname(rows[0]?.data_directory as string);
  const tables: CopiedTable[] = [];
  for (const [place, name] of names.entries()) {
    const file = join(folder, `${process.pid}-${place}.copy`);
    const { rowCount } = await client.query(`copy ${name} to '${file}'`);
    tables.push({ name, file, rows: rowCount as number });
  }
  return tables;
}
