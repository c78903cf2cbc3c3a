/**
 * A handshake, a rotation or a farewell that a partner begins (CRED-01, CRED-05, CRED-07).
 *
 * Guarantees: the partner is called back with the token that it just gave, and nothing is stored before its
 * versions and details were read with it; then one transaction makes the new token the only one, keeps what the
 * partner stated and lets its sources follow. Whatever fails before leaves the caller's token as it was, so that
 * the next try can succeed (CRED-06, CRED-10). One handshake at a time for a connection; of two in different
 * processes one wins (CRED-24). A caller that hangs up meanwhile has changed nothing.
 *
 * Fails with an OcpiRefusal: 2001 foreign party, 3001 to 3003 what the callback brought, 405 too late.
 */
import type { Connection } from '../../../db/partner-model.ts';
import type { Registered } from '../../../db/registry/connection-store.ts';
import { VoiceTakenError } from '../../../db/registry/voice-store.ts';
import { ClientGoneError } from '../../middleware/client-gone.ts';
import { generateToken, hashToken } from '../../secret-box.ts';
import { invalidParameters, notInThisState, serverFailure, unauthorized } from '../protocol/envelope.ts';
import type { OcpiContext } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import { type PeerCredentials, usualTokenForm } from './credentials-object.ts';
import { foreignParties, isPulled, isUnderWay, missingEndpoint } from './handshake-policy.ts';
import { HandshakeError, type PeerOffer, readPeer } from './peer-reader.ts';

export interface Responder {
  /** Registers the caller, or rotates its tokens. Gives the token that it calls us with from now on. */
  agree(ctx: OcpiContext, credentials: PeerCredentials): Promise<string>;
  /** Ends the registration: both tokens are dead. */
  unregister(ctx: OcpiContext): Promise<void>;
}

/** Connections with a handshake under way in this process, whatever the version. */
const underWay = new WeakMap<OcpiServices['connections'], Set<number>>();

export function createResponder(services: OcpiServices, version: string): Responder {
  const { connections, fetcher, secretBox, scheduler, clock, logger } = services;
  const busy = underWay.get(connections) ?? new Set<number>();
  underWay.set(connections, busy);

  /** What the caller offers, read with the token that it gave us. */
  async function callBack(ctx: OcpiContext, credentials: PeerCredentials): Promise<PeerOffer> {
    const { connection, correlationId } = ctx.state;
    const access = {
      http: fetcher,
      versionsUrl: credentials.url,
      token: credentials.token,
      tokenForm: formFor(connection, version),
      correlationId,
      signal: hangUpOf(ctx),
    };
    try {
      const offer = await readPeer(access, [version]);
      const missing = missingEndpoint(connection, offer.endpoints);
      if (missing) throw new HandshakeError('endpoints', 3003, `The version details do not list ${missing}`);
      return offer;
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      const { message, status, step } = error;
      logger.info({ connection: connection.name, step, problem: message }, 'a handshake came to nothing');
      throw serverFailure(status, `Not registered, and your token stays valid: ${message}`);
    }
  }

  async function store(ctx: OcpiContext, credentials: PeerCredentials, offer: PeerOffer): Promise<string> {
    const { connection, token: calledWith } = ctx.state;
    const { url, roles, hubPartyId } = credentials;
    const token = generateToken();
    const sealedToken = secretBox.seal(credentials.token);
    const registration = {
      peer: { versionsUrl: url, sealedToken, endpoints: offer.endpoints, roles, hubPartyId },
      version,
      tokenForm: offer.tokenForm,
      tokenHash: hashToken(token),
      calledWith: hashToken(calledWith),
      isPulled: isPulled(connection),
    };
    // Whoever has hung up would never learn its token.
    if (isGone(ctx)) throw new ClientGoneError();
    let registered: Registered | undefined;
    try {
      registered = await connections.register(connection.id, registration);
    } catch (error) {
      if (error instanceof VoiceTakenError) throw invalidParameters(TAKEN);
      throw error;
    }
    if (!registered) throw tooLate(connection);
    tell(registered);
    await scheduler.refresh();
    return token;
  }

  function tell({ connection, source, isSourceNameTaken }: Registered): void {
    const { name } = connection;
    logger.info({ connection: name, version, source }, 'a partner registered, or rotated its tokens');
    if (!isSourceNameTaken) return;
    logger.warn(
      { connection: name },
      `A source ${name} was there already, so the connection ${name} has none: "nap source add OTHER-NAME --connection ${name}" adds one`,
    );
  }

  return {
    async agree(ctx, credentials) {
      const { connection } = ctx.state;
      const foreign = foreignParties(connection, credentials);
      if (foreign.length > 0) {
        throw invalidParameters(
          `roles: ${foreign.join(', ')} may not be claimed with this token; ask the access point's operator to add it`,
        );
      }
      // Two at once would leave each side with the tokens of another one.
      if (busy.has(connection.id) || isUnderWay(connection, clock())) {
        throw notInThisState('Another handshake between us is under way; try again when it has ended', [
          'GET',
        ]);
      }
      busy.add(connection.id);
      try {
        return await store(ctx, credentials, await callBack(ctx, credentials));
      } finally {
        busy.delete(connection.id);
      }
    },
    async unregister(ctx) {
      const { connection, token } = ctx.state;
      if (!(await connections.unregister(connection.id, hashToken(token)))) throw tooLate(connection);
      logger.warn(
        { connection: connection.name },
        `The partner unregistered. "nap connection rotate ${connection.name}" makes a token for its next handshake`,
      );
    },
  };
}

const TAKEN =
  'roles: another platform speaks for one of these parties here; ask the operator of the access point';

/** Its token has changed while it was called back: by another request, or by the operator. */
function tooLate({ tokenKind }: Connection): Error {
  if (tokenKind === 'registration') return notInThisState('You have been registered meanwhile', ['GET']);
  return unauthorized('This token has been replaced meanwhile');
}

/** As a person set it; else 2.1.1 is raw, and for the others both are tried (AUTH-15). */
function formFor({ tokenFormIsSet, tokenForm }: Connection, version: string): 'base64' | 'raw' | undefined {
  if (tokenFormIsSet) return tokenForm;
  return usualTokenForm(version) === 'raw' ? 'raw' : undefined;
}

function hangUpOf(ctx: OcpiContext): AbortSignal {
  const hangUp = new AbortController();
  ctx.res.once('close', () => hangUp.abort(new ClientGoneError()));
  if (isGone(ctx)) hangUp.abort(new ClientGoneError());
  return hangUp.signal;
}

function isGone(ctx: OcpiContext): boolean {
  return ctx.req.socket.destroyed || ctx.res.closed;
}
