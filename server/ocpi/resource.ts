/**
 * What an OCPI version is made of: modules, their resources, their methods. `routes.ts` mounts them and
 * `versions/versions.ts` advertises them, both from the same list, so that what is advertised is what is served.
 */
import type { RouterContext } from '@koa/router';
import type { Module, Owner } from '../../db/model.ts';
import type { Connection } from '../../db/partner-model.ts';
import type { Partner } from '../../db/registry/partner.ts';
import type { Answer } from './protocol/envelope.ts';
import type { Addressee } from './protocol/routing-headers.ts';

/** What the middleware of `routes.ts` has found out when a handler runs. */
export interface OcpiState {
  requestId: string;
  correlationId: string;
  connection: Connection;
  /** The token that the caller sent, in clear: never to be logged or kept. */
  token: string;
  /** Whom the connection speaks for. */
  partner: Partner;
  /** Who sent the request, by its routing headers; null when they do not say. */
  sender: Owner | null;
  /** Whom the routing headers address; null: us. */
  addressee: Addressee;
}

export type OcpiContext = RouterContext<OcpiState>;

/** Answers one request, or throws an OcpiRefusal. */
export type Handler = (ctx: OcpiContext) => Promise<Answer>;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One kind of URL and what may be done there; any other method is 405 (E8). */
export interface Resource {
  /** Below the module's URL, with parameters of @koa/router, e.g. `/:location_id`; empty: the URL itself. */
  readonly path: string;
  readonly methods: Partial<Record<Method, Handler>>;
}

/** OCPI's name of an interface. */
export type ModuleIdentifier = Module | 'credentials' | 'hubclientinfo';

/** Which side of a module: SENDER is read here, RECEIVER is pushed to (VER-04). */
export type InterfaceRole = 'SENDER' | 'RECEIVER';

/** One endpoint of the version details. */
export interface OcpiModule {
  readonly identifier: ModuleIdentifier;
  readonly role: InterfaceRole;
  /** Below the version's URL, e.g. `/sender/locations`. */
  readonly path: string;
  /** Whether a registration token opens it, too (AUTH-09). */
  readonly openToRegistration: boolean;
  /** Whether the OCPI routing headers apply (RT-01, CRED-25). */
  readonly routed: boolean;
  readonly resources: readonly Resource[];
}
