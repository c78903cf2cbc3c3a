/**
 * Handshakes, rotations and farewells that we begin (CRED-17 to CRED-19, CRED-21).
 *
 * Guarantees: nothing is sent to a partner whose versions or endpoints do not fit; our new token is pending, and
 * that is committed, before it is sent, so that the partner can call back in whatever process (CRED-18); what the
 * partner answered is stored in one transaction, and any failure leaves the former tokens as they were. Calls are
 * bounded.
 *
 * Fails with HandshakeError that says at which step and what the partner answered.
 */
import { randomUUID } from 'node:crypto';
import type { Connection, PeerEndpoint } from '../../../db/partner-model.ts';
import type { ConnectionStore, Registered } from '../../../db/registry/connection-store.ts';
import { isTokenRefused, partnerProblem } from '../../../ingest/adapter.ts';
import type { HttpClient } from '../../../ingest/http/http-client.ts';
import { isHttpError } from '../../../ingest/http/http-error.ts';
import { callPartner, describeAnswer, isSuccess } from '../../../ingest/ocpi-client/call.ts';
import { authorizationHeader, type TokenForm } from '../../../ingest/ocpi-client/token.ts';
import { generateToken, hashToken, type SecretBox } from '../../secret-box.ts';
import { treeFor, versionsPath } from '../versions/trees.ts';
import { CredentialsError, type PeerCredentials, readCredentials } from './credentials-object.ts';
import { foreignParties, isPulled, missingEndpoint } from './handshake-policy.ts';
import { type OwnSettings, ownCredentials } from './own-credentials.ts';
import { HANDSHAKE_LIMITS, HandshakeError, type PeerOffer, readPeer } from './peer-reader.ts';

export interface InitiatorParts {
  readonly connections: ConnectionStore;
  readonly http: HttpClient;
  readonly secretBox: SecretBox;
  readonly settings: OwnSettings;
  /** Our address, without a slash at the end. */
  readonly address: () => string;
}

/** Where and with what a handshake begins. */
export interface Introduction {
  readonly versionsUrl: string;
  /** The partner's registration token (A). */
  readonly token: string;
  /** Undefined: found out. */
  readonly tokenForm: TokenForm | undefined;
  /** Versions that may be agreed on. */
  readonly versions: readonly string[];
}

/** What was agreed. */
export interface Agreement extends Registered {
  /** What the operator should know although all went well. */
  readonly notes: readonly string[];
}

export interface Initiator {
  /** Whether the partner can be registered with at all: nothing is sent that changes anything. */
  explore(introduction: Introduction, wanted: Pick<Connection, 'role' | 'pushOnly'>): Promise<PeerOffer>;
  /** POSTs our credentials for a connection that has no token yet. */
  register(connection: Connection, introduction: Introduction, offer: PeerOffer): Promise<Agreement>;
  /** PUTs new ones to a registered partner; until it agrees the former stay valid on both sides. */
  rotate(connection: Connection): Promise<Agreement>;
  /** Tells a registered partner that we leave. What it answers, when it is not success, in words. */
  sayGoodbye(connection: Connection): Promise<string | null>;
}

/** Milliseconds for POST and PUT: meanwhile the partner calls us back, twice, and each call may take ten seconds. */
const AGREEMENT_MS = 45_000;

export function createInitiator(parts: InitiatorParts): Initiator {
  const { connections, http, secretBox, settings, address } = parts;

  /** Sends our credentials with a new token, and keeps what comes back. */
  async function agree(
    method: 'POST' | 'PUT',
    connection: Connection,
    offer: PeerOffer,
    access: { versionsUrl: string; token: string; correlationId: string },
  ): Promise<Agreement> {
    const { version, endpoints, tokenForm } = offer;
    const own = generateToken();
    // In the version that was agreed on just now; the connection may still say another.
    const url = `${address()}${versionsPath(treeFor({ role: connection.role, version }))}`;
    const body = JSON.stringify(ownCredentials(settings, version, { token: own, url }));
    await connections.setPendingToken(connection.id, hashToken(own));
    try {
      const data = await send(http, method, credentialsUrl(endpoints), { ...access, tokenForm, body });
      const { peer, notes } = readAnswer(version, data, connection, access.versionsUrl);
      const registered = await connections.register(connection.id, {
        peer: {
          versionsUrl: peer.url,
          sealedToken: secretBox.seal(peer.token),
          endpoints,
          roles: peer.roles,
          hubPartyId: peer.hubPartyId,
        },
        ...{
          version,
          tokenForm,
          tokenHash: hashToken(own),
          calledWith: null,
          isPulled: isPulled(connection),
        },
      });
      if (registered) return { ...registered, notes };
      throw new HandshakeError('credentials', 3001, 'the connection was changed by somebody else meanwhile');
    } catch (error) {
      await connections.dropPendingToken(connection.id, hashToken(own));
      throw error;
    }
  }

  return {
    async explore({ versionsUrl, token, tokenForm, versions }, wanted) {
      const access = { http, versionsUrl, token, tokenForm, correlationId: randomUUID() };
      const offer = await readPeer(access, versions);
      checkOffer(offer, wanted);
      return offer;
    },
    register(connection, { versionsUrl, token }, offer) {
      return agree('POST', connection, offer, { versionsUrl, token, correlationId: randomUUID() });
    },
    async rotate(connection) {
      const { versionsUrl, token } = accessOf(connection, secretBox);
      const correlationId = randomUUID();
      const access = { http, versionsUrl, token, tokenForm: connection.tokenForm, correlationId };
      try {
        const offer = await readPeer(access, [connection.version]);
        checkOffer(offer, connection);
        return await agree('PUT', connection, offer, { versionsUrl, token, correlationId });
      } catch (error) {
        if (error instanceof HandshakeError) await connections.noteCall(connection, error);
        throw error;
      }
    },
    async sayGoodbye(connection) {
      const { peer, tokenForm } = connection;
      if (!peer) return null;
      try {
        const { token } = accessOf(connection, secretBox);
        const access = { token, tokenForm, correlationId: randomUUID() };
        await send(http, 'DELETE', credentialsUrl(peer.endpoints), access);
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
}

function accessOf({ name, peer }: Connection, secretBox: SecretBox): { versionsUrl: string; token: string } {
  if (!peer) throw new Error(`The connection ${name} is not registered`);
  return { versionsUrl: peer.versionsUrl, token: secretBox.unseal(peer.sealedToken) };
}

/** CRED-17. @throws HandshakeError */
function checkOffer({ endpoints }: PeerOffer, wanted: Pick<Connection, 'role' | 'pushOnly'>): void {
  credentialsUrl(endpoints);
  const missing = missingEndpoint(wanted, endpoints);
  if (missing) throw new HandshakeError('endpoints', 3003, `its version details do not list ${missing}`);
}

/** VER-05: whatever role it is listed with. */
function credentialsUrl(endpoints: readonly PeerEndpoint[]): string {
  const endpoint = endpoints.find(({ identifier }) => identifier === 'credentials');
  if (endpoint) return endpoint.url;
  throw new HandshakeError('endpoints', 3003, 'its version details do not list credentials');
}

/** One call of its credentials endpoint that must succeed; gives the answer's `data`. */
async function send(
  http: HttpClient,
  method: 'POST' | 'PUT' | 'DELETE',
  url: string,
  access: { token: string; tokenForm: TokenForm; correlationId: string; body?: string },
): Promise<unknown> {
  const { token, tokenForm, correlationId, body } = access;
  const time = method === 'DELETE' ? {} : { headersMs: AGREEMENT_MS, totalMs: AGREEMENT_MS };
  try {
    const answer = await callPartner(http, {
      ...{ method, url, correlationId },
      headers: authorizationHeader(token, tokenForm),
      limits: { ...HANDSHAKE_LIMITS, ...time },
      ...(body === undefined ? {} : { body }),
    });
    if (isSuccess(answer)) return answer.data;
    throw new HandshakeError('credentials', 3001, `${method} was answered with ${describeAnswer(answer)}`);
  } catch (error) {
    const problem = partnerProblem(error);
    if (problem === undefined) throw error;
    const refused = isTokenRefused(error) || (isHttpError(error) && error.status === 401);
    throw new HandshakeError('credentials', 3001, `${method}: ${problem}`, refused);
  }
}

/**
 * The partner has agreed when it answers, so its answer is read with more indulgence than a request: a token that
 * can be used is all that is needed; what else is wrong, or claimed beyond what the operator bound, is told.
 */
function readAnswer(
  version: string,
  data: unknown,
  connection: Connection,
  versionsUrl: string,
): { peer: PeerCredentials; notes: string[] } {
  try {
    const peer = readCredentials(version, data, connection.role);
    const foreign = foreignParties(connection, peer);
    const note = `it says that it also is ${foreign.join(', ')}, for which it may not speak here ("nap connection set ${connection.name} --party ..." says for whom it may)`;
    return { peer, notes: foreign.length > 0 ? [note] : [] };
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    const { token } = (data ?? {}) as { token?: unknown };
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(token)) {
      const words = `its answer holds no credentials that can be used (${error.message})`;
      throw new HandshakeError('credentials', 3001, words);
    }
    const peer = { token, url: versionsUrl, roles: [], hubPartyId: null };
    return { peer, notes: [`its credentials are not as the specification asks: ${error.message}`] };
  }
}
