/**
 * A Sender list of either module (LS-01 to LS-11, TS-01): one page of stored documents, joined as bytes, in the words
 * of a version. What these cannot express is neither listed nor counted (LS-06, LS-11).
 *
 * The page comes from the primary, never from a replica: a page that lags would end an incremental pull before
 * changes that the provider's next `date_from` then passes over (decision D-1).
 */
import type { Module } from '../../../db/model.ts';
import { readSenderPage } from '../../../db/reads/sender-list.ts';
import { expressPage } from '../../../exports/dialects/express.ts';
import { success } from '../protocol/envelope.ts';
import { linkToNext, PAGE_LIMIT, readPageRequest } from '../protocol/paging.ts';
import { publicAddress } from '../protocol/public-address.ts';
import type { Handler } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from '../versions/version-rules.ts';

/** The handler of a list. */
export function senderList(
  services: Pick<OcpiServices, 'database' | 'config' | 'clock' | 'pushPositions'>,
  module: Module,
  { dialect, limitHeader }: Pick<VersionRules, 'dialect' | 'limitHeader'>,
): Handler {
  const { obstacles, onlyValid } = dialect.tariffLimits;
  return async (ctx) => {
    const { connection, addressee } = ctx.state;
    const now = services.clock();
    const list = { module, clock: connection.clock, owner: addressee };
    const request = readPageRequest(ctx.query, list);
    const page = await readSenderPage(services.database.knex, {
      ...list,
      ...request,
      owner: addressee ?? undefined,
      tariffLimits: { obstacles, validAt: onlyValid ? now : null },
      version: dialect.version,
    });
    const headers: Record<string, string> = {
      'X-Total-Count': String(page.total),
      'X-Limit': String(limitHeader === 'largest-page' ? PAGE_LIMIT : request.limit),
    };
    if (page.next !== null) {
      const url = `${publicAddress(ctx, services.config.publicUrl)}${ctx.path.replace(/\/+$/, '')}`;
      headers.Link = linkToNext(url, request, list, page.next, page.objects.length);
    }
    // Last page of all that a push may have missed, so that there is nothing left to resync.
    const isWhole = page.next === null && !addressee && !request.dateTo;
    if (connection.peer && isWhole && (connection.clock === 'registry' || !request.dateFrom)) {
      await services.pushPositions.noteListRead({ connectionId: connection.id, module }, request.dateFrom);
    }
    const asked = { now, audience: 'partner' } as const;
    const texts = await expressPage(services.database.knex, dialect, module, page.objects, asked);
    return success({ dataBytes: jsonArray(texts), headers });
  };
}

const COMMA = Buffer.from(',');

/** These JSON texts as an array, in pieces. */
function jsonArray(texts: readonly Buffer[]): Buffer[] {
  const members = texts.flatMap((text, index) => (index === 0 ? [text] : [COMMA, text]));
  return [Buffer.from('['), ...members, Buffer.from(']')];
}
