/**
 * The push to providers in tests: a started server, partners that really answer and have finished a handshake, and
 * a pusher that looks and tries again at short distances. `stop()` ends all of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../db/partner-model.ts';
import { createPushPositionStore, type StandingPosition } from '../../db/registry/push-position-store.ts';
import type { ClaimingProcess } from '../../db/registry/source-claim.ts';
import {
  createPusher,
  type Pusher,
  type PusherPace,
  type PusherParts,
} from '../../server/ocpi/push/pusher.ts';
import { hashToken } from '../../server/secret-box.ts';
import type { OcpiClient } from './ocpi-client.ts';
import {
  type RecordingPartner,
  type RecordingPartnerOptions,
  startRecordingPartner,
} from './recording-partner.ts';
import { owner, startTestServer, type TestServer } from './server.ts';

export interface Provider {
  readonly partner: RecordingPartner;
  readonly connection: Connection;
}

export interface ProviderOptions extends RecordingPartnerOptions {
  /** OCPI version that is spoken with it; 2.2.1 unless told. */
  readonly version?: string;
  /** What it offers, when that is not what its role has. */
  readonly modules?: readonly RecordingPartner['modules'][number][];
}

export interface PusherOptions {
  readonly pace?: Partial<PusherPace>;
  readonly clock?: () => Date;
  /** As another process would. */
  readonly process?: ClaimingProcess;
}

/** A server with a CPO, NL-TNM, and pushes to whoever is added. */
export interface PushTest {
  readonly server: TestServer;
  /** Pushes as the CPO. */
  readonly cpo: OcpiClient;
  readonly cpoToken: string;
  /** Starts a partner that has finished a handshake. */
  addProvider(name: string, options?: ProviderOptions): Promise<Provider>;
  /** Keeps the handshake's outcome as the partner tells of itself now. */
  register(connection: Connection, partner: RecordingPartner, version?: string): Promise<Connection>;
  startPusher(options?: PusherOptions): Pusher;
  position(name: string, module?: 'locations' | 'tariffs'): Promise<StandingPosition>;
  /** Waits until every partner has been offered all there is. */
  settled(limitMs?: number, stepMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export const CPO_LOCATIONS = '/ocpi/2.2.1/receiver/locations/NL/TNM';
export const CPO_TARIFFS = '/ocpi/2.2.1/receiver/tariffs/NL/TNM';

/** Short, so that a test takes no longer than what it tests. */
export const QUICK: Partial<PusherPace> = {
  lookAtHead: 20,
  gather: 5,
  lookAtPartners: 50,
  save: 20,
  retryDelay: (_failures, retryAfter) => retryAfter ?? 30,
};

export async function startPushTest(): Promise<PushTest> {
  const server = await startTestServer({ config: { allowPrivateUrls: true } });
  const { services } = server;
  const { client: cpo, token: cpoToken } = await server.addConnection('cpo', { parties: ['NL-TNM'] });
  const partners: RecordingPartner[] = [];
  const pushers: Pusher[] = [];

  async function register(connection: Connection, partner: RecordingPartner, version = '2.2.1') {
    const endpoints = partner.modules.map((module) => {
      const [identifier, role] = module.split('/') as [string, 'SENDER' | 'RECEIVER'];
      const url = partner.endpoint(identifier, role, version);
      return { identifier, role: version === '2.1.1' ? null : role, url };
    });
    const { roles } = partner.credentials('2.2.1', partner.token) as unknown as { roles: PartnerRole[] };
    const registered = await services.connections.register(connection.id, {
      version,
      tokenHash: hashToken(`token of ${connection.name}`),
      calledWith: hashToken(connection.name),
      tokenForm: 'base64',
      isPulled: false,
      peer: {
        versionsUrl: partner.versionsUrl,
        sealedToken: services.secretBox.seal(partner.token),
        endpoints,
        roles: roles.map(({ role, country_code, party_id, business_details }) => ({
          role,
          owner: { countryCode: country_code, partyId: party_id },
          business_details,
        })),
        hubPartyId: null,
      },
    });
    if (!registered) throw new Error(`${connection.name} was not registered`);
    return registered.connection;
  }

  return {
    server,
    cpo,
    cpoToken,
    register,
    async addProvider(name, { version = '2.2.1', modules, ...options } = {}) {
      const { role = 'NSP', parties = ['DE-NSP'] } = options;
      const partner = await startRecordingPartner({ versions: [version], ...options, role, parties });
      if (modules) partner.modules = [...modules];
      partners.push(partner);
      const added = await services.connections.add({
        ...{ name, role: role as Connection['role'], parties: parties.map(owner), version },
        ...{ strictness: 'report', clock: 'registry', tokenForm: 'base64', pushOnly: false },
        ...{ tokenKind: 'registration', tokenHash: hashToken(name) },
      });
      return { partner, connection: await register(added, partner, version) };
    },
    startPusher({ pace = {}, clock = services.clock, process } = {}) {
      const { secretBox, config, database, fetcher: http } = services;
      const { knex } = database;
      const positions = createPushPositionStore({ database, clock, ...(process ? { process } : {}) });
      const parts: PusherParts = {
        ...{ ...services, knex, positions, http, clock, unseal: secretBox.unseal, party: config.party },
        ...{ count: services.metrics.countPush, pace: { ...QUICK, ...pace } },
      };
      const pusher = createPusher(parts);
      pushers.push(pusher);
      pusher.start();
      return pusher;
    },
    async position(name, module = 'locations') {
      const found = (await services.pushPositions.list()).find(
        (one) => one.connectionName === name && one.module === module,
      );
      if (!found) throw new Error(`${name} has no position for ${module}`);
      return found;
    },
    async settled(limitMs, stepMs) {
      await until(
        async () => {
          const positions = await services.pushPositions.list();
          return positions.length > 0 && positions.every(({ behind }) => behind === 0);
        },
        limitMs,
        stepMs,
      );
    },
    async stop() {
      await Promise.all(pushers.map((pusher) => pusher.stop()));
      await Promise.all(partners.map((partner) => partner.stop()));
      await server.stop();
    },
  };
}

interface PartnerRole {
  role: Connection['role'];
  country_code: string;
  party_id: string;
  business_details: { name: string };
}

/** Waits until something holds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs = 20_000,
  stepMs = 10,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${holds}`);
    await sleep(stepMs);
  }
}
