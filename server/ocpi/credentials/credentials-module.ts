/**
 * The credentials module as others call it: GET, POST, PUT and DELETE (CRED-01 to CRED-09), the same for every
 * version; how its objects are written is in `credentials-object.ts`, what happens in `responder.ts`.
 *
 * Which methods are open depends on the caller's token (E9): a registration token may register, one of a finished
 * handshake may rotate and unregister, any may read. Advertised once, with the role that the specification
 * advises (VER-05); never routed (CRED-25).
 */
import type { Connection } from '../../../db/partner-model.ts';
import type { BodyReader } from '../protocol/body.ts';
import {
  type Answer,
  invalidParameters,
  notInThisState,
  serverFailure,
  success,
} from '../protocol/envelope.ts';
import { publicAddress } from '../protocol/public-address.ts';
import type { Handler, Method, OcpiContext, OcpiModule } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import { CredentialsError, type PeerCredentials, readCredentials } from './credentials-object.ts';
import { OwnPartyUnsetError, ownCredentials } from './own-credentials.ts';
import { createResponder } from './responder.ts';

/** Where the module is mounted. */
export interface CredentialsPlace {
  readonly version: string;
  /** Our versions endpoint that leads here, below our address: 2.1.1 has two. */
  readonly versionsPath: string;
}

/** What each kind of token opens here (E9). */
const METHODS: Readonly<Record<Connection['tokenKind'], readonly Method[]>> = {
  static: ['GET'],
  pending: ['GET'],
  registration: ['GET', 'POST'],
  credentials: ['GET', 'PUT', 'DELETE'],
};

const STATES: Readonly<Record<Connection['tokenKind'], string>> = {
  static: 'this token was issued for use without a handshake',
  pending: 'the handshake that this token belongs to is not finished',
  registration: 'you are not registered',
  credentials: 'you are registered already; rotate the tokens with PUT',
};

/** @param readBody shared by all versions, since its budget is */
export function credentialsModule(
  services: OcpiServices,
  { version, versionsPath }: CredentialsPlace,
  readBody: BodyReader,
): OcpiModule {
  const { config, logger } = services;
  const responder = createResponder(services, version);

  /** Ours with this token: said before anything is done, so that nothing is done when it cannot be said. */
  function own(ctx: OcpiContext, token: string): Record<string, unknown> {
    try {
      const url = `${publicAddress(ctx, config.publicUrl)}${versionsPath}`;
      return ownCredentials(config, version, { token, url });
    } catch (error) {
      if (!(error instanceof OwnPartyUnsetError)) throw error;
      logger.warn({ connection: ctx.state.connection.name }, error.message);
      throw serverFailure(3000, 'This access point is not set up for handshakes yet; its operator was told');
    }
  }

  async function read(ctx: OcpiContext): Promise<PeerCredentials> {
    const body = await readBody(ctx);
    try {
      return readCredentials(version, body, ctx.state.connection.role);
    } catch (error) {
      if (error instanceof CredentialsError) throw invalidParameters(error.message, error.problems);
      throw error;
    }
  }

  async function agree(ctx: OcpiContext): Promise<Answer> {
    own(ctx, ctx.state.token);
    const token = await responder.agree(ctx, await read(ctx));
    return success({ data: own(ctx, token) });
  }

  const handlers: Partial<Record<Method, Handler>> = {
    GET: async (ctx) => success({ data: own(ctx, ctx.state.token) }),
    POST: agree,
    PUT: agree,
    async DELETE(ctx) {
      await responder.unregister(ctx);
      return success();
    },
  };
  const methods = Object.fromEntries(
    Object.entries(handlers).map(([method, handler]) => [method, inState(method as Method, handler)]),
  );
  const resources = [{ path: '', methods }];
  const gate = { openToRegistration: true, routed: false } as const;
  return { ...gate, identifier: 'credentials', role: 'SENDER', path: '/credentials', resources };
}

function inState(method: Method, handler: Handler): Handler {
  return async (ctx) => {
    const { tokenKind } = ctx.state.connection;
    const open = METHODS[tokenKind];
    if (open.includes(method)) return handler(ctx);
    throw notInThisState(`${method} is not possible: ${STATES[tokenKind]}`, open);
  };
}
