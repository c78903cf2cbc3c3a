/**
 * A page of `/changes`: one JSON object, or a line a change (NDJSON). The same facts stand in the headers, for those
 * who read lines: `NAP-Sequence`, up to which the page tells all, and `Link` with the URL to go on with.
 */

import type { ChangeFeed, ChangesPage } from './feed.ts';
import type { ChangesQuery } from './query.ts';

/** Bytes of documents in a page: read, rendered and sent in some tenths of a second. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** Stretches of the journal that a request looks through for something that its filter lets through. */
const LOOKS = 10;

/** The next page that tells something, or all that was looked through telling nothing. */
export async function readPage(
  feed: Pick<ChangeFeed, 'page'>,
  after: number,
  { filter, limit }: Pick<ChangesQuery, 'filter' | 'limit'>,
): Promise<ChangesPage> {
  let page: ChangesPage;
  let from = after;
  let looks = 0;
  do {
    page = await feed.page({ after: from, filter, objects: limit, bytes: PAGE_BYTES });
    from = page.upTo;
    looks += 1;
  } while (page.changes.length === 0 && hasMore(page) && looks < LOOKS);
  return page;
}

/** Whether there was more when the page was made. */
export function hasMore({ upTo, head }: ChangesPage): boolean {
  return upTo < head;
}

/** One JSON object; `more`: ask for `next` at once. */
export function pageAsJson(page: ChangesPage, next: string): string {
  const changes = page.changes.map(({ text }) => `\n${text}`).join();
  const end = JSON.stringify({ next, sequence: page.upTo, more: hasMore(page) });
  return `{"changes":[${changes}${changes === '' ? '' : '\n'}],${end.slice(1)}\n`;
}

export function pageAsLines(page: ChangesPage): string {
  return page.changes.map(({ text }) => `${text}\n`).join('');
}
