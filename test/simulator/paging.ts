// Lists of the simulated Sender, page by page, in the styles that platforms have: a
// Link with offset and limit, an opaque cursor, a total without a Link, no headers at
// all, or everything at once. Guarantees: `date_from` is inclusive and `date_to`
// exclusive on `last_updated`; without faults and without changes in between, following
// the links gives every row once. Parameters that make no sense give a PagingError,
// which the platform answers with status_code 2001.

import type { FaultRequest, PageView } from './faults-types.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** How a platform tells its clients where the next page is. */
export type PagingStyle =
  /** As the specification says: Link, X-Total-Count and X-Limit. */
  | 'link'
  /** The same, but the Link carries nothing except `?cursor=...`. */
  | 'cursor'
  /** X-Total-Count only. */
  | 'total-only'
  /** Pages, but no header says so. */
  | 'none'
  /** The whole list in one answer, whatever was asked; no header. */
  | 'everything';

export const PAGING_STYLES: readonly PagingStyle[] = ['link', 'cursor', 'total-only', 'none', 'everything'];

export interface PagingSettings {
  style: PagingStyle;
  /** Most objects in one page. */
  pageSize: number;
  /** Link without scheme and host. */
  relativeLinks: boolean;
  /** Further query parameters of every Link, to be sent back as they are. */
  extraParameters: Readonly<Record<string, string>>;
}

/** A page ready to be sent. */
export interface Page {
  rows: readonly StoredObject[];
  headers: Record<string, string>;
}

export class PagingError extends Error {}

/** What a list request asks for, from its query or from its cursor. */
interface ListQuery {
  offset: number;
  limit: number | undefined;
  from: string | null;
  to: string | null;
  again: boolean;
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?$/;

function wholeNumber(name: string, text: string | null, least: number): number | undefined {
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new PagingError(`${name} ${text} is not a number >= ${least}`);
  return value;
}

function moment(name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  const value = DATE_TIME.test(text) ? Date.parse(text.endsWith('Z') ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(value)) throw new PagingError(`${name} ${text} is not a DateTime`);
  return value;
}

function readCursor(cursor: string): URLSearchParams {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('cursor&')) throw new PagingError('unknown cursor');
  return new URLSearchParams(text);
}

function readQuery(query: URLSearchParams): ListQuery {
  const cursor = query.get('cursor');
  const asked = cursor === null ? query : readCursor(cursor);
  return {
    offset: wholeNumber('offset', asked.get('offset'), 0) ?? 0,
    limit: wholeNumber('limit', asked.get('limit'), 1),
    from: asked.get('date_from'),
    to: asked.get('date_to'),
    again: asked.get('again') === '1',
  };
}

function nextLink(
  settings: PagingSettings,
  request: FaultRequest,
  page: PageView,
  query: ListQuery,
  offset: number,
): string {
  const url = new URL(request.absoluteUrl);
  const next = new URLSearchParams({ offset: String(offset), limit: String(page.limit) });
  if (query.from !== null) next.set('date_from', query.from);
  if (query.to !== null) next.set('date_to', query.to);
  if (page.link === 'again') next.set('again', '1');
  if (settings.style === 'cursor') {
    url.search = `cursor=${Buffer.from(`cursor&${next}`).toString('base64url')}`;
  } else {
    for (const [name, value] of Object.entries(settings.extraParameters)) next.set(name, value);
    url.search = next.toString();
  }
  const path = `${url.pathname}${url.search}`;
  if (page.linkOrigin !== undefined) return `${page.linkOrigin}${path}`;
  return settings.relativeLinks ? path : `${url.origin}${path}`;
}

function linkOf(
  settings: PagingSettings,
  request: FaultRequest,
  page: PageView,
  query: ListQuery,
): string | undefined {
  if (page.link === 'self') return request.absoluteUrl;
  if (page.link === 'again') return nextLink(settings, request, page, query, page.offset);
  const next = page.offset + page.limit;
  return next < page.rows.length ? nextLink(settings, request, page, query, next) : undefined;
}

/** The page that a request asks for; `act` lets faults change it first. */
export function makePage(
  store: ObjectStore,
  settings: PagingSettings,
  request: FaultRequest,
  act: (page: PageView) => void,
): Page {
  const query = readQuery(new URL(request.absoluteUrl).searchParams);
  const rows = store.changedBetween(moment('date_from', query.from), moment('date_to', query.to));
  if (settings.style === 'everything') return { rows, headers: {} };
  const limit = Math.min(query.limit ?? settings.pageSize, settings.pageSize);
  const page: PageView = { rows, offset: query.offset, limit, again: query.again, link: 'next' };
  act(page);
  const headers: Record<string, string> = {};
  if (settings.style !== 'none') headers['x-total-count'] = String(page.rows.length);
  if (settings.style === 'link' || settings.style === 'cursor') {
    // The most that the server gives, independent of what this client asked for.
    headers['x-limit'] = String(page.limit < limit ? page.limit : settings.pageSize);
    const link = linkOf(settings, request, page, query);
    if (link !== undefined) headers.link = `<${link}>; rel="next"`;
  }
  return { rows: page.rows.slice(page.offset, page.offset + page.limit), headers };
}
