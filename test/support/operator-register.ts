/**
 * A register of operator IDs that really answers: an HTTP server whose answers a test sets, and an importer over a
 * test database that reads it. All operators are invented.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import {
  createOperatorRegisterStore,
  type OperatorRegisterStore,
} from '../../db/registry/operator-register-store.ts';
import { createOperatorStore, type OperatorImport } from '../../db/registry/operator-store.ts';
import { createHttpClient } from '../../ingest/http/http-client.ts';
import { discoverRegisters } from '../../ingest/operators/discover-registers.ts';
import {
  createOperatorImporter,
  type ImportWish,
  type OperatorImporter,
} from '../../ingest/operators/operator-import.ts';
import type { OperatorRegister } from '../../ingest/operators/operator-register.ts';
import type { TestDatabase } from './database.ts';

export interface RegisterAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface RegisterServer {
  readonly url: string;
  /** What it answers from now on. */
  answer: (url: URL, request: IncomingMessage) => RegisterAnswer;
  readonly requests: { url: URL; headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

export async function startRegisterServer(): Promise<RegisterServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://register');
    register.requests.push({ url, headers: request.headers });
    const { status = 200, headers = {}, body = '' } = register.answer(url, request);
    response.writeHead(status, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const register: RegisterServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`,
    answer: () => ({ status: 404 }),
    requests: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return register;
}

export interface ImportRig {
  readonly importer: OperatorImporter;
  readonly registerStore: OperatorRegisterStore;
  readonly registers: ReadonlyMap<string, OperatorRegister>;
  /** The time that everything sees. */
  now: Date;
  readonly log: { level: number; msg: string; [field: string]: unknown }[];
  run(authority: string, from: string, more?: Partial<ImportWish>): Promise<OperatorImport>;
  close(): Promise<void>;
}

/** Wires an importer as `server/compose.ts` does. */
export async function openImportRig(database: TestDatabase): Promise<ImportRig> {
  const { knex } = database;
  const log: ImportRig['log'] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const clock = () => rig.now;
  const http = createHttpClient({ allowPrivateUrls: true, clock, logger, limits: { tries: 1 } });
  const registers = await discoverRegisters();
  const registerStore = createOperatorRegisterStore({ knex, clock });
  const store = createOperatorStore({ knex, clock });
  const importer = createOperatorImporter({ store, registerStore, registers, http, clock, logger });
  const rig: ImportRig = {
    ...{ importer, registerStore, registers, log, now: new Date('2026-06-01T00:00:00Z') },
    run(authority, from, more = {}) {
      const register = registers.get(authority) as OperatorRegister;
      return importer.run({ register, from, signal: new AbortController().signal, ...more });
    },
    close: () => http.close(),
  };
  return rig;
}
