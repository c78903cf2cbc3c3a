/**
 * The access point as a benchmark over HTTP meets it: the compiled `nap serve` in a process of its own, on a registry
 * with the whole feed.
 *
 * It runs as `--http-only`: files of open data are built every forty seconds after a change and would stand in some
 * samples and not in others; their cost is measured by cases of their own.
 */
import pg from 'pg';
import { memory } from '../../real-data/process-cost.ts';
import { COMPILED, startNap } from '../../support/nap.ts';
import { authorization } from '../../support/ocpi-client.ts';
import type { Bench } from '../bench-case.ts';
import { type BenchRegistry, nap } from '../registries.ts';

export interface AccessPoint {
  /** E.g. `http://localhost:8080`. */
  readonly origin: string;
  readonly registry: BenchRegistry;
  /** Adds a connection that may speak at once, and answers the headers of its requests. */
  connect(name: string, options: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Reads what the registry holds, to know what may be asked for. */
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
  peakMegabytes(): Promise<number>;
  /** Ends the server and drops the registry. */
  stop(): Promise<void>;
}

export async function startAccessPoint({ registries }: Pick<Bench, 'registries'>): Promise<AccessPoint> {
  const registry = await registries.filled();
  const server = await startNap(registry.environment, COMPILED, ['--http-only']);
  return {
    origin: server.url,
    registry,
    async connect(name, options) {
      const added = await nap(registry, ['connection', 'add', name, '--static', '--json', ...options]);
      const { token } = JSON.parse(added) as { token: string };
      return { Authorization: authorization(token) };
    },
    async query(sql) {
      const client = new pg.Client({ connectionString: registry.url });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    peakMegabytes: async () => (await memory(server.pid)).peak,
    async stop() {
      await server.stop();
      await registry.drop();
    },
  };
}
