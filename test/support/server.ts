/**
 * A started server for tests: the whole application over HTTP on a free loopback port, on a database of its
 * own. `addConnection` makes a partner with a static token and gives back a client that speaks as it does.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Owner, Role } from '../../db/model.ts';
import type { Connection } from '../../db/partner-model.ts';
import type { NewConnection } from '../../db/registry/connection-store.ts';
import { configureHttpServer, createApp } from '../../server/app.ts';
import { compose, type Overrides, type Services } from '../../server/compose.ts';
import { type Config, readConfig } from '../../server/config.ts';
import { createLogger } from '../../server/logger.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { OcpiClient } from './ocpi-client.ts';

/** A server that listens. */
export interface TestServer {
  readonly url: string;
  readonly database: TestDatabase;
  readonly services: Services;
  /** Every line that was logged since the start, parsed. */
  readonly log: readonly LogLine[];
  /** Adds a connection with a static token. */
  addConnection(name: string, options?: ConnectionOptions): Promise<TestConnection>;
  stop(): Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface TestConnection {
  readonly connection: Connection;
  readonly token: string;
  readonly client: OcpiClient;
}

export interface ConnectionOptions extends Partial<Omit<NewConnection, 'parties'>> {
  /** E.g. `['NL-TNM']`. */
  readonly parties?: readonly string[];
  readonly token?: string;
}

/** What a test may replace. */
export interface ServerOptions {
  /** A second server on the database of this one, which stays when it stops. */
  readonly beside?: TestServer;
  readonly config?: Partial<Config>;
  readonly clock?: () => Date;
  readonly services?: (services: Services) => Partial<Services>;
  readonly aroundFetcher?: Overrides['aroundFetcher'];
}

/** Our own party in every test: DE-NAP. */
export const OWN_PARTY: Owner = { countryCode: 'DE', partyId: 'NAP' };

export async function startTestServer(options: ServerOptions = {}): Promise<TestServer> {
  const database = options.beside?.database ?? (await openTestDatabase());
  const log: LogLine[] = [];
  const dataDirectory = await mkdtemp(join(tmpdir(), 'nap-server-'));
  const server = createServer();
  configureHttpServer(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = await wire(database, dataDirectory, log, { ...options, localUrl: url });
  server.on('request', createApp(services).callback());

  return {
    url,
    database,
    services,
    log,
    async addConnection(name, given = {}) {
      const { token = randomBytes(24).toString('base64url'), parties = [], ...settings } = given;
      const connection = await services.connections.add({
        name,
        role: 'CPO' as Role,
        version: '2.2.1',
        strictness: 'report',
        clock: 'registry',
        tokenForm: 'base64',
        pushOnly: false,
        tokenKind: 'static',
        tokenHash: createHash('sha256').update(token).digest(),
        ...settings,
        parties: parties.map(owner),
      });
      return { connection, token, client: new OcpiClient(url, token) };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await services.close();
      await rm(dataDirectory, { recursive: true });
      if (!options.beside) await database.drop();
    },
  };
}

/** `NL-TNM` as an Owner. */
export function owner(text: string): Owner {
  const [countryCode = '', partyId = ''] = text.split('-');
  return { countryCode, partyId };
}

async function wire(
  database: TestDatabase,
  dataDirectory: string,
  log: LogLine[],
  options: ServerOptions & Pick<Overrides, 'localUrl'>,
): Promise<Services> {
  const logger = createLogger({
    level: 'debug',
    to: { write: (line: string) => void log.push(JSON.parse(line)) },
  });
  const settings = { NAP_COUNTRY_CODE: 'DE', NAP_PARTY_ID: 'NAP', NAP_SECRET_KEY: '0'.repeat(64) };
  const config = { ...readConfig({ ...settings, NAP_DATA_DIR: dataDirectory }), ...options.config };
  const { localUrl, aroundFetcher, clock } = options;
  const services = await compose(config, {
    ...{ database, logger },
    ...(clock === undefined ? {} : { clock }),
    ...(localUrl === undefined ? {} : { localUrl }),
    ...(aroundFetcher === undefined ? {} : { aroundFetcher }),
  });
  return { ...services, ...options.services?.(services) };
}
