/**
 * A started access point and a partner that answers, for handshakes in both directions. Our calls to the partner
 * end after a third of a second, so that a test of a partner that never answers need not wait for ten.
 */
import type { HttpClient } from '../../ingest/http/http-client.ts';
import { generateToken, hashToken } from '../../server/secret-box.ts';
import { registerAt } from './handshake.ts';
import type { Data } from './ocpi-client.ts';
import { OcpiClient } from './ocpi-client.ts';
import {
  type RecordingPartner,
  type RecordingPartnerOptions,
  startRecordingPartner,
} from './recording-partner.ts';
import { type ConnectionOptions, startTestServer, type TestServer } from './server.ts';

export interface HandshakeRig {
  readonly server: TestServer;
  /** A partner of 2.2.1, unless told, that stops with the test, at the latest with `reset`. */
  partner(options?: RecordingPartnerOptions): Promise<RecordingPartner>;
  /** A connection with a registration token, as `nap connection add` makes it. */
  invite(name: string, options?: ConnectionOptions): Promise<{ id: number; token: string }>;
  /** The partner registers with a token. */
  register(
    partner: RecordingPartner,
    token: string,
    changes?: Readonly<Record<string, unknown>>,
  ): ReturnType<typeof registerAt>;
  /** GET versions and GET tariffs with a token: `[200, 200]` for one that opens everything. */
  opens(token: string): Promise<[number, number]>;
  /** Everything that is kept of a connection. */
  row(name: string): Promise<Data>;
  /** Stops the partners and empties the database. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds for one call to a partner. */
const CALL_LIMIT_MS = 700;
/** The same for one during which it may call us back. */
const AGREEMENT_LIMIT_MS = 3_000;

export async function openHandshakeRig(): Promise<HandshakeRig> {
  const server = await startTestServer({
    config: { allowPrivateUrls: true },
    aroundFetcher: hurried,
  });
  const { connections } = server.services;
  const partners: RecordingPartner[] = [];
  const versionsUrl = `${server.url}/ocpi/versions`;
  const stopPartners = async () => {
    await Promise.all(partners.splice(0).map((partner) => partner.stop()));
  };
  return {
    server,
    async partner(options) {
      const partner = await startRecordingPartner({ versions: ['2.2.1'], ...options });
      partners.push(partner);
      return partner;
    },
    async invite(name, options = {}) {
      const token = generateToken();
      const settings = { tokenKind: 'registration', tokenHash: hashToken(token), ...options } as const;
      const { connection } = await server.addConnection(name, { parties: ['DE-ABC'], ...settings });
      return { id: connection.id, token };
    },
    register: (partner, token, changes) => registerAt(partner, { versionsUrl, token }, changes),
    async opens(token) {
      const client = new OcpiClient(server.url, token);
      const versions = await client.get('/ocpi/versions');
      return [versions.status, (await client.get('/ocpi/2.2.1/sender/tariffs')).status];
    },
    row: (name) => server.database.knex('connection').where({ name }).first(),
    async reset() {
      await stopPartners();
      for (const { id } of await connections.list()) await connections.remove(id);
      await server.database.truncate();
    },
    async stop() {
      await stopPartners();
      await server.stop();
    },
  };
}

function hurried(fetcher: HttpClient): HttpClient {
  return {
    ...fetcher,
    ask: (request, read) => {
      const totalMs = request.body === undefined ? CALL_LIMIT_MS : AGREEMENT_LIMIT_MS;
      return fetcher.ask({ ...request, limits: { ...request.limits, totalMs } }, read);
    },
  };
}
