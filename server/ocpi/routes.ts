/**
 * Everything under /ocpi: the order of steps, and the URLs of every version that is spoken.
 *
 *   ids -> envelope -> token -> (registration token?) -> method -> routing headers -> handler
 *
 * Every URL is served with and without a trailing slash (ENV-22) and never redirected. An unknown URL is 404
 * in an envelope, for those who have a token; without one it is 401 like everything else (AUTH-01).
 */
import { Router } from '@koa/router';
import type { Connection } from '../../db/partner-model.ts';
import { servedPartyReader } from '../../db/reads/served-parties.ts';
import type { Partners } from '../../db/registry/partner.ts';
import { authenticate } from './protocol/authentication.ts';
import { createBodyReader } from './protocol/body.ts';
import {
  type Answer,
  answerWithEnvelope,
  methodNotAllowed,
  type OcpiRefusal,
  sendAnswer,
  success,
  unauthorized,
  unknownRoute,
} from './protocol/envelope.ts';
import { checkDecodable } from './protocol/path-ids.ts';
import { requestIds } from './protocol/request-ids.ts';
import { type RoutingRules, readRoutingHeaders, UNROUTED } from './protocol/routing-headers.ts';
import type { Handler, Method, OcpiContext, OcpiModule, OcpiState, Resource } from './resource.ts';
import type { OcpiServices } from './services.ts';
import { mountedVersions, OCPI_ROOT, TREES, treeAt, versionsPath } from './versions/trees.ts';
import { describeVersion, listVersions } from './versions/versions.ts';

/** Milliseconds without progress after which a client that does not read its answer is cut off. */
const ANSWER_IDLE_MS = 120_000;

type Gate = Pick<OcpiModule, 'openToRegistration' | 'routed' | 'role'>;

export function ocpiRoutes(services: OcpiServices): Router<OcpiState> {
  const { config, clock, logger } = services;
  const readBody = createBodyReader();
  const rules: RoutingRules = { ownParty: config.party, isServed: servedPartyReader(services.database.knex) };
  const parts = { partners: services.partners, rules };
  const router = new Router<OcpiState>();

  function mount(path: string, resource: Resource, gate: Gate): void {
    router.all(path, async (ctx) => sendAnswer(ctx, await answer(ctx, resource, gate, parts), clock()));
  }

  const open: Gate = { openToRegistration: true, routed: false, role: 'SENDER' };
  router.all(
    `${OCPI_ROOT}{/*rest}`,
    requestIds({ areGiven: (path) => treeAt(path).versions.every((version) => version.requestIds) }),
    answerWithEnvelope({ clock, logger }),
    async (ctx, next) => {
      ctx.res.setTimeout(ANSWER_IDLE_MS);
      await next();
    },
    authenticate({ connections: services.connections, logger }),
  );
  for (const tree of TREES) {
    const versions = mountedVersions(tree, services, readBody);
    mount(versionsPath(tree), onlyGet(listVersions(versions, config.publicUrl)), open);
    for (const version of versions) {
      mount(version.root, onlyGet(describeVersion(version, config.publicUrl)), open);
      for (const module of version.modules) {
        for (const resource of module.resources) {
          mount(`${version.root}${module.path}${resource.path}`, resource, module);
        }
      }
    }
  }
  router.all(`${OCPI_ROOT}{/*rest}`, (ctx) => {
    throw isOfHandshake(ctx.state.connection) ? handshakeFirst() : unknownRoute();
  });
  return router;
}

function onlyGet(handler: Handler): Resource {
  return { path: '', methods: { GET: handler } };
}

async function answer(
  ctx: OcpiContext,
  resource: Resource,
  gate: Gate,
  { partners, rules }: { partners: Partners; rules: RoutingRules },
): Promise<Answer> {
  const { connection } = ctx.state;
  if (isOfHandshake(connection) && !gate.openToRegistration) throw handshakeFirst();
  const allowed = allowedMethods(resource);
  if (ctx.method === 'OPTIONS') return success({ headers: { Allow: allowed.join(', ') } });
  const handler = resource.methods[(ctx.method === 'HEAD' ? 'GET' : ctx.method) as Method];
  if (handler === undefined) throw methodNotAllowed(ctx.method, allowed);
  checkDecodable(ctx.path);
  ctx.state.partner = await partners.of(connection);
  const routing = gate.routed ? await readRoutingHeaders(ctx, gate.role, rules) : UNROUTED;
  Object.assign(ctx.state, routing);
  return handler(ctx);
}

/** A token that opens versions and credentials only, whatever is asked for with it (AUTH-09, E2). */
function isOfHandshake({ tokenKind }: Connection): boolean {
  return tokenKind === 'registration' || tokenKind === 'pending';
}

function handshakeFirst(): OcpiRefusal {
  return unauthorized('This token opens versions and credentials only, until the handshake is finished');
}

function allowedMethods(resource: Resource): string[] {
  const defined = Object.keys(resource.methods);
  return [...defined, ...(defined.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}
