/** A session on a database of a benchmark, as its administrator. */
import pg from 'pg';
import type { BenchRegistry } from './registries.ts';

export async function withClient<Result>(
  { url }: Pick<BenchRegistry, 'url'>,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  // A session that is lost fails its queries, which is where it is heard of.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Writes out what other work has left in memory, so that it does not fall into what is measured next. */
export async function settle(registry: BenchRegistry): Promise<void> {
  await withClient(registry, (client) => client.query('checkpoint'));
}
