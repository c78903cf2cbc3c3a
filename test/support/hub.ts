/**
 * What tests of hubs have in common: routing headers, ClientInfo objects, and a hub that has registered, without
 * the handshake, which is tested elsewhere.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from '../../db/partner-model.ts';
import { OcpiClient, type OcpiResponse } from './ocpi-client.ts';
import type { RecordingPartner } from './recording-partner.ts';
import { type ConnectionOptions, owner, type TestServer } from './server.ts';

/** Header pairs of a request. */
export function routing(pairs: { to?: string; from?: string }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([direction, party]) => {
      const { countryCode, partyId } = owner(party);
      return [
        [`OCPI-${direction}-country-code`, countryCode],
        [`OCPI-${direction}-party-id`, partyId],
      ];
    }),
  );
}

/** Header pairs of an answer, or of a request as a partner recorded it; `undefined-undefined` without. */
export function routingOf({ headers }: { headers: OcpiResponse['headers'] | RecordedHeaders }) {
  const pair = (direction: string) =>
    `${headers[`ocpi-${direction}-country-code`]}-${headers[`ocpi-${direction}-party-id`]}`;
  return { to: pair('to'), from: pair('from') };
}

type RecordedHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** A ClientInfo on the wire. */
export function buildClientInfo(party: string, changes: Readonly<Record<string, unknown>> = {}) {
  const { countryCode, partyId } = owner(party);
  return {
    country_code: countryCode,
    party_id: partyId,
    role: 'CPO',
    status: 'CONNECTED',
    last_updated: '2026-06-01T12:00:00Z',
    ...changes,
  };
}

/** How a hub registers. */
export interface RegisteredHubOptions extends ConnectionOptions {
  /** Default 2.2.1. */
  readonly version?: string;
  /** `hub_party_id`, for 2.3.0. */
  readonly hubPartyId?: string;
  /** Its roles beside those of 2.2.1, for 2.3.0: `DE-ABC` as CPO. */
  readonly behind?: readonly string[];
}

export interface RegisteredHub {
  readonly connection: Connection;
  /** Calls the access point as the hub does. */
  readonly client: OcpiClient;
}

/** Registers a partner that answers as hub DE-HUB, as a finished handshake leaves it. */
export async function registerHub(
  server: TestServer,
  partner: RecordingPartner,
  options: RegisteredHubOptions = {},
): Promise<RegisteredHub> {
  const { version = '2.2.1', hubPartyId = null, behind = [], ...settings } = options;
  const { connections, secretBox } = server.services;
  const { connection, token: former } = await server.addConnection('hub', {
    role: 'HUB',
    parties: ['DE-HUB'],
    ...settings,
  });
  const token = randomBytes(24).toString('base64url');
  const own = version === '2.2.1' ? [{ role: 'HUB' as const, owner: owner('DE-HUB') }] : [];
  const registered = await connections.register(connection.id, {
    version,
    tokenHash: hashOf(token),
    calledWith: hashOf(former),
    tokenForm: 'base64',
    isPulled: false,
    peer: {
      versionsUrl: partner.versionsUrl,
      sealedToken: secretBox.seal(partner.token),
      endpoints: (['locations', 'tariffs', 'hubclientinfo'] as const).map((identifier) => ({
        identifier,
        role: 'SENDER',
        url: partner.endpoint(identifier, 'SENDER', '2.2.1'),
      })),
      roles: [...own, ...behind.map((party) => ({ role: 'CPO' as const, owner: owner(party) }))].map(
        (role) => ({
          ...role,
          business_details: { name: 'Hub' },
        }),
      ),
      hubPartyId,
    },
  });
  if (!registered) throw new Error('the hub was not registered');
  return { connection: registered.connection, client: new OcpiClient(server.url, token) };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
