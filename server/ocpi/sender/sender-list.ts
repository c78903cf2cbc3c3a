/**
 * A Sender list of either module (LS-01 to LS-11, TS-01): one page of stored documents, as bytes, in the words of a
 * version. What these cannot express is neither listed nor counted (LS-06, LS-11).
 *
 * The page comes from the primary, never from a replica: a page that lags would end an incremental pull before
 * changes that the provider's next `date_from` then passes over (decision D-1).
 */
import type { Module } from '../../../db/model.ts';
import { markReader } from '../../../db/reads/locations-mark.ts';
import {
  hasState,
  readPageState,
  readSenderPage,
  type SenderPage,
  type SenderQuery,
  settleBefore,
} from '../../../db/reads/sender-list.ts';
import { expressPage } from '../../../exports/dialects/express.ts';
import { success } from '../protocol/envelope.ts';
import { linkToNext, PAGE_LIMIT, readPageRequest } from '../protocol/paging.ts';
import { publicAddress } from '../protocol/public-address.ts';
import type { Handler } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from '../versions/version-rules.ts';
import { type Confirmed, createPageMemory, type SaidPage } from './page-memory.ts';

/** A page, with how many match regardless of it (LS-06). */
type CountedPage = Pick<SaidPage, 'json' | 'count' | 'next'> & Pick<SenderPage, 'total'>;

/** The handler of a list. */
export function senderList(
  services: Pick<OcpiServices, 'database' | 'config' | 'clock' | 'pushPositions'>,
  module: Module,
  { dialect, limitHeader }: Pick<VersionRules, 'dialect' | 'limitHeader'>,
): Handler {
  const { obstacles, onlyValid } = dialect.tariffLimits;
  const { knex } = services.database;
  const memory = createPageMemory();
  const readMark = markReader(knex);

  async function readPage(query: SenderQuery, now: Date): Promise<CountedPage & Pick<SenderPage, 'stamp'>> {
    const { objects, ...page } = await readSenderPage(knex, query);
    const texts = await expressPage(knex, dialect, module, objects, { now, audience: 'partner' });
    return { json: jsonArray(texts), count: objects.length, ...page };
  }

  /** From memory where it is known, and is what would be read. */
  async function findPage(query: SenderQuery, now: Date): Promise<CountedPage> {
    // What is said of a Location follows from its row, unless it depends on Tariffs and on their times.
    if (!hasState(query) || dialect.needsTariffs) return readPage(query, now);
    const name = JSON.stringify([query.owner, query.after, query.offset, query.limit]);
    const known = memory.find(name);
    const confirmed = known && (await confirm(known, query));
    if (confirmed) {
      if (confirmed !== known.confirmed) memory.keep(name, { ...known, json: asOne(known.json), confirmed });
      return { ...known, total: confirmed.total };
    }
    const { total, stamp, ...page } = await readPage(query, now);
    memory.keep(name, { ...page, stamp: stamp(), confirmed: null });
    return { ...page, total };
  }

  /** Whether a page is still what would be read; null: it is not. */
  async function confirm(page: SaidPage, query: SenderQuery): Promise<Confirmed | null> {
    await settleBefore(knex, query);
    if (page.confirmed?.mark === (await readMark())) return page.confirmed;
    const { stamp, mark, total } = await readPageState(knex, query);
    return stamp === page.stamp ? { mark, total } : null;
  }

  return async (ctx) => {
    const { connection, addressee } = ctx.state;
    const now = services.clock();
    const list = { module, clock: connection.clock, owner: addressee };
    const request = readPageRequest(ctx.query, list);
    const query = {
      ...list,
      ...request,
      owner: addressee ?? undefined,
      tariffLimits: { obstacles, validAt: onlyValid ? now : null },
      version: dialect.version,
    };
    const page = await findPage(query, now);
    const headers: Record<string, string> = {
      'X-Total-Count': String(page.total),
      'X-Limit': String(limitHeader === 'largest-page' ? PAGE_LIMIT : request.limit),
    };
    if (page.next !== null) {
      const url = `${publicAddress(ctx, services.config.publicUrl)}${ctx.path.replace(/\/+$/, '')}`;
      headers.Link = linkToNext(url, request, list, page.next, page.count);
    }
    // Last page of all that a push may have missed, so that there is nothing left to resync.
    const isWhole = page.next === null && !addressee && !request.dateTo;
    if (connection.peer && isWhole && (connection.clock === 'registry' || !request.dateFrom)) {
      await services.pushPositions.noteListRead({ connectionId: connection.id, module }, request.dateFrom);
    }
    return success({ dataBytes: page.json, headers });
  };
}

const [OPEN, COMMA, CLOSE] = ['[', ',', ']'].map((mark) => Buffer.from(mark)) as [Buffer, Buffer, Buffer];

/** What is asked for again is joined once for all the times to come. */
function asOne(pieces: readonly Buffer[]): readonly Buffer[] {
  return pieces.length > 1 ? [Buffer.concat(pieces)] : pieces;
}

/** These JSON texts as an array, in pieces: they are joined once, with what stands around them. */
function jsonArray(texts: readonly Buffer[]): Buffer[] {
  const pieces = [OPEN];
  for (const text of texts) pieces.push(text, COMMA);
  if (texts.length > 0) pieces.pop();
  pieces.push(CLOSE);
  return pieces;
}
