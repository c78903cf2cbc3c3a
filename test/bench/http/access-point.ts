/**
 * The access point as a benchmark over HTTP meets it: the compiled `nap serve` in a process of its own, on a registry
 * with the whole feed.
 *
 * It runs as `--http-only`: files of open data are built every forty seconds after a change and would stand in some
 * samples and not in others; their cost is measured by cases of their own.
 */
import type pg from 'pg';
import { memory } from '../../real-data/process-cost.ts';
import { INSTALLED, startNap } from '../../support/nap.ts';
import { authorization } from '../../support/ocpi-client.ts';
import type { Bench } from '../bench-case.ts';
import { type BenchRegistry, nap, type RunnableRegistry } from '../registries.ts';
import { withClient } from '../registry-client.ts';

/** One that serves a registry, on whichever engine. */
export interface ServedRegistry {
  /** E.g. `http://localhost:8080`. */
  readonly origin: string;
  /** Adds a connection that may speak at once, and answers the headers of its requests. */
  connect(name: string, options: readonly string[]): Promise<Readonly<Record<string, string>>>;
  peakMegabytes(): Promise<number>;
}

export interface AccessPoint extends ServedRegistry {
  readonly registry: BenchRegistry;
  /** Reads what the registry holds, to know what may be asked for. */
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
}

/** Headers of a navigation provider, which may read all. */
export function connectProvider({
  connect,
}: Pick<ServedRegistry, 'connect'>): Promise<Readonly<Record<string, string>>> {
  return connect('bench-provider', ['--role', 'NSP', '--party', 'NL-MAP']);
}

export async function startAccessPoint(bench: Bench): Promise<AccessPoint> {
  const registry = await bench.registries.filled();
  bench.atEnd(registry.drop);
  return {
    ...(await serveRegistry(bench, registry)),
    registry,
    query: (sql) => withClient(registry, async (client) => (await client.query(sql)).rows),
  };
}

export async function serveRegistry(
  { atEnd }: Pick<Bench, 'atEnd'>,
  registry: RunnableRegistry,
): Promise<ServedRegistry> {
  const server = await startNap(registry.environment, INSTALLED, ['--http-only']);
  atEnd(server.stop);
  return {
    origin: server.url,
    async connect(name, options) {
      const added = await nap(registry, ['connection', 'add', name, '--static', '--json', ...options]);
      const { token } = JSON.parse(added) as { token: string };
      return { Authorization: authorization(token) };
    },
    peakMegabytes: async () => (await memory(server.pid)).peak,
  };
}
