/**
 * A Sender list of either module (LS-01 to LS-11, TS-01): one page of stored documents, joined as text.
 *
 * The page comes from the primary, never from a replica: a page that lags would end an incremental pull before
 * changes that the provider's next `date_from` then passes over (decision D-1).
 */
import type { Module } from '../../../db/model.ts';
import { readSenderPage } from '../../../db/reads/sender-list.ts';
import type { ExportDialect } from '../../../exports/dialects/dialect.ts';
import { express } from '../../../exports/dialects/express.ts';
import { success } from '../protocol/envelope.ts';
import { linkToNext, PAGE_LIMIT, readPageRequest } from '../protocol/paging.ts';
import { publicAddress } from '../protocol/public-address.ts';
import type { Handler } from '../resource.ts';
import type { OcpiServices } from '../services.ts';

/**
 * The handler of a list, in the words of a version; what they cannot express is left out (LS-11).
 */
export function senderList(
  services: Pick<OcpiServices, 'database' | 'config' | 'clock' | 'pushPositions'>,
  module: Module,
  dialect: ExportDialect,
): Handler {
  return async (ctx) => {
    const { connection, addressee } = ctx.state;
    const list = { module, clock: connection.clock, owner: addressee };
    const request = readPageRequest(ctx.query, list);
    const page = await readSenderPage(services.database.knex, {
      ...list,
      ...request,
      owner: addressee ?? undefined,
    });
    const headers: Record<string, string> = {
      'X-Total-Count': String(page.total),
      'X-Limit': String(PAGE_LIMIT),
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
    const asked = { now: services.clock(), audience: 'partner' } as const;
    const texts = await express(services.database.knex, dialect, module, page.objects, asked);
    return success({ dataText: `[${texts.join(',')}]`, headers });
  };
}
