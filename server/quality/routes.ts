/**
 * How good the data is, for everybody, and for its owner (design, section 7).
 *
 *   GET /quality                    all parties: objects, open findings by rule, coverage, freshness, score
 *   GET /quality.csv                all open findings
 *   GET /quality/{CC}-{PTY}         one party, with its findings page by page, and its trend
 *   GET /quality/evse/{EVSE ID}     all that is known of one, in any spelling
 *   GET /quality/mine               the caller's own parties, with what nobody else sees (`mine.ts`)
 *
 * All but the last need no key, allow any origin, and see public objects alone.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { parseEvseId } from '../../db/identifiers/evse-id.ts';
import type { Owner } from '../../db/model.ts';
import { readQualityState } from '../../db/reads/quality-findings.ts';
import { dayOf } from '../../db/reads/quality-scope.ts';
import { publicAddress } from '../ocpi/protocol/public-address.ts';
import { anyOrigin, onlyReading } from '../open-data/cors.ts';
import { createAnswerCache } from './answer-cache.ts';
import { findingsTable } from './findings-csv.ts';
import { mineRoutes } from './mine.ts';
import { type PreparedAnswer, prepareAnswer, sendPrepared } from './prepared-answer.ts';
import { badPosition, nextUrl, readPageWish } from './query.ts';
import type { QualityReport } from './report.ts';
import type { QualityServices } from './services.ts';

/** Country and party, in any case. */
const PARTY = /^([A-Za-z]{2})-([A-Za-z0-9]{3})$/;
/** Characters of an EVSE ID in an address: the longest has some 45, in the widest spelling. */
const EVSE_ID_LIMIT = 100;

/** Middleware for the application: mount its `routes()`. */
export function qualityRoutes(services: QualityServices): Router {
  const { reports, config, database, clock } = services;
  const router = new Router();
  const terms = { licence: config.licence, attribution: config.name };
  const state = async () => (await readQualityState(database.readKnex)).state;
  const overviews = createAnswerCache<PreparedAnswer>(state);
  const parties = createAnswerCache<QualityReport>(state);
  const sendTable = findingsTable(reports);

  async function sendOverview(ctx: Context): Promise<void> {
    const make = async () => prepareAnswer({ ...terms, ...(await reports.report('public', null)) });
    await sendPrepared(ctx, await overviews.get('all', make));
  }

  async function sendParty(ctx: Context, owner: Owner): Promise<void> {
    const wish = readPageWish(ctx);
    const name = `${owner.countryCode}-${owner.partyId}`;
    const report = await parties.get(name, () => reports.report('public', [owner]));
    const page = await reports.party('public', owner, wish, report).catch(badPosition(ctx));
    if (page.locations === 0 && page.tariffs === 0) {
      ctx.throw(404, `Nothing public of ${name} is known here; /quality lists the parties`);
    }
    const address = publicAddress(ctx, config.publicUrl);
    const next = page.next === null ? null : nextUrl(address, ctx, { after: page.next });
    if (next !== null) ctx.set('Link', `<${next}>; rel="next"`);
    await sendPrepared(ctx, prepareAnswer({ ...terms, ...page, next }));
  }

  async function sendEvse(ctx: Context): Promise<void> {
    const text = ctx.params.id ?? '';
    const id = text.length > EVSE_ID_LIMIT ? null : parseEvseId(text);
    if (!id) return ctx.throw(400, 'This is no EVSE ID: NL*TNM*E123, NLTNME123 and +49*823*1234 are such');
    await sendPrepared(ctx, prepareAnswer({ ...terms, ...(await reports.evse(id)) }));
  }

  router.get('/quality', anyOrigin(), sendOverview);
  router.get('/quality.csv', anyOrigin(), async (ctx) => {
    const { state: text, sequence } = await readQualityState(database.readKnex);
    const now = clock();
    await sendTable(ctx, { text, sequence, day: dayOf(now), lastModified: now });
  });
  router.get('/quality/evse/:id', anyOrigin(), sendEvse);
  router.use(mineRoutes(services).routes());
  router.get('/quality/:party', anyOrigin(), async (ctx) => {
    const match = PARTY.exec(ctx.params.party ?? '');
    if (!match) return ctx.throw(404, 'A party is named like NL-TNM; /quality lists them');
    const [countryCode, partyId] = match.slice(1).map((part) => part.toUpperCase());
    await sendParty(ctx, { countryCode, partyId } as Owner);
  });
  for (const path of ['/quality', '/quality.csv', '/quality/:party', '/quality/evse/:id']) {
    router.all(path, anyOrigin(), onlyReading());
  }
  return router;
}
