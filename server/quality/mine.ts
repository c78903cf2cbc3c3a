/**
 * `/quality/mine`: what the owner of data sees of its own, by the token that it speaks OCPI with.
 *
 *   GET /quality/mine               all parties of the connection, a page of their findings, what was refused of them
 *   GET /quality/mine/{CC}-{PTY}    one of them, as `/quality/{CC}-{PTY}`
 *
 * Also of objects that are not published, or withheld. Never kept by any cache. Fails with problem documents, 401
 * for a token that is not known, 403 for one that only opens the handshake.
 */
import { Router } from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Owner } from '../../db/model.ts';
import type { Connection } from '../../db/partner-model.ts';
import { authenticate } from '../ocpi/protocol/authentication.ts';
import { OcpiRefusal } from '../ocpi/protocol/envelope.ts';
import { publicAddress } from '../ocpi/protocol/public-address.ts';
import { onlyReading } from '../open-data/cors.ts';
import { badPosition, nextUrl, readNumber, readPageWish } from './query.ts';
import type { QualityServices } from './services.ts';

/** Refused objects in an answer. */
const REJECTED_LIMIT = 100;

/** Mounted by `routes.ts`, before the parties. */
export function mineRoutes(services: QualityServices): Router {
  const { reports, config } = services;
  const router = new Router();
  const own = identified(services);

  async function sendMine(ctx: Context): Promise<void> {
    const { id, parties } = ctx.state.connection as Connection;
    const wish = readPageWish(ctx, ['rejected_after']);
    const after = readNumber(ctx, 'rejected_after', 0) ?? 0;
    const report = await reports.report('all', parties);
    const page = await reports.findings('all', parties, wish).catch(badPosition(ctx));
    const rejected = await reports.rejected({
      connection: id,
      owners: parties,
      after,
      limit: REJECTED_LIMIT,
    });
    const last = rejected.length === REJECTED_LIMIT ? rejected.at(-1) : undefined;
    const address = publicAddress(ctx, config.publicUrl);
    ctx.body = {
      ...report,
      findings: page.findings,
      next: page.next === null ? null : nextUrl(address, ctx, { after: page.next }),
      rejected,
      rejected_next: last ? nextUrl(address, ctx, { rejected_after: String(last.id) }) : null,
    };
  }

  async function sendOne(ctx: Context): Promise<void> {
    const { parties } = ctx.state.connection as Connection;
    const name = (ctx.params.party ?? '').toUpperCase();
    const owner = parties.find((party: Owner) => `${party.countryCode}-${party.partyId}` === name);
    if (!owner) return ctx.throw(404, 'This is no party of your connection; /quality/mine lists them');
    const page = await reports.party('all', owner, readPageWish(ctx)).catch(badPosition(ctx));
    const address = publicAddress(ctx, config.publicUrl);
    ctx.body = {
      ...page,
      next: page.next === null ? null : nextUrl(address, ctx, { after: page.next }),
    };
  }

  router.get('/quality/mine', own, sendMine);
  router.get('/quality/mine/:party', own, sendOne);
  for (const path of ['/quality/mine', '/quality/mine/:party']) router.all(path, onlyReading());
  return router;
}

/** The caller's connection, or a problem document. */
function identified(services: Pick<QualityServices, 'connections' | 'logger'>): Middleware {
  const identify = authenticate(services);
  return async (ctx, next) => {
    ctx.set('Cache-Control', 'private, no-store');
    ctx.vary('Authorization');
    await identify(ctx, async () => undefined).catch((error: unknown) => {
      if (!(error instanceof OcpiRefusal)) throw error;
      const { http, headers = {} } = error.answer;
      ctx.throw(http, error.message, { headers });
    });
    const { tokenKind } = ctx.state.connection as Connection;
    if (tokenKind === 'registration' || tokenKind === 'pending') {
      ctx.throw(403, 'This token only opens the handshake: do that first');
    }
    await next();
  };
}
