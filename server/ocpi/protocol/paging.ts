/**
 * Paging of Sender lists (LS-04 to LS-09): the query parameters in, Link, X-Total-Count and X-Limit out.
 *
 * The Link carries, beside `offset`, `limit` and the filters, an opaque `position`: following it costs the
 * same at any depth and neither skips nor repeats an object while others change. A client that computes its
 * own `offset` is served by it, also when it leaves an older `position` in the URL. A position that we did
 * not make for this very list is refused with 2001. Its checksum is no secret and needs none: whoever forges
 * one gets another page of a list that is open to them anyway.
 */
import { hash } from 'node:crypto';
import type { ParsedUrlQuery } from 'node:querystring';
import type { Clock, Module, Owner } from '../../../db/model.ts';
import { parseDateTime } from './date-time.ts';
import { invalidParameters } from './envelope.ts';

/** Objects in a page at most. A thousand Locations of the Dutch feed are 2 MB, 160 kB gzipped (LS-21). */
export const PAGE_LIMIT = 1_000;

/** What a client asked for, checked. */
export interface PageRequest {
  readonly offset: number;
  /** As served: never above PAGE_LIMIT. */
  readonly limit: number;
  readonly dateFrom: Date | undefined;
  readonly dateTo: Date | undefined;
  /** Registry position to go on after; undefined: by offset. */
  readonly after: number | undefined;
  /** The filters as the client wrote them, for the Link. */
  readonly given: Readonly<Record<string, string>>;
}

/** Which list it is: a position of one is not valid for another. */
export interface ListIdentity {
  readonly module: Module;
  readonly clock: Clock;
  readonly owner: Owner | null;
}

/**
 * Reads the paging parameters and filters of a list request.
 *
 * @throws OcpiRefusal 200/2001 naming the parameter
 */
export function readPageRequest(query: ParsedUrlQuery, list: ListIdentity): PageRequest {
  const offset = readInteger(query, 'offset', 0) ?? 0;
  const limit = Math.min(readInteger(query, 'limit', 1) ?? PAGE_LIMIT, PAGE_LIMIT);
  const given: Record<string, string> = {};
  for (const name of ['date_from', 'date_to']) {
    const text = readOne(query, name);
    if (text !== undefined) given[name] = text;
  }
  const filters = { dateFrom: readDate(query, 'date_from'), dateTo: readDate(query, 'date_to') };
  const position = readOne(query, 'position');
  const after = position === undefined ? undefined : readPosition(position, offset, filters, list);
  return { offset, limit, ...filters, after, given };
}

/**
 * The Link header to the next page (LS-05).
 *
 * @param url absolute URL of the list, without a query
 * @param next registry position after this page
 * @param served objects in this page
 */
export function linkToNext(
  url: string,
  request: PageRequest,
  list: ListIdentity,
  next: number,
  served: number,
): string {
  const offset = request.offset + served;
  const parameters = new URLSearchParams(request.given);
  parameters.set('offset', String(offset));
  parameters.set('limit', String(request.limit));
  parameters.set('position', `${offset}.${next}.${checksum(offset, next, request, list)}`);
  return `<${url}?${parameters}>; rel="next"`;
}

type Filters = Pick<PageRequest, 'dateFrom' | 'dateTo'>;

function readPosition(
  text: string,
  offset: number,
  filters: Filters,
  list: ListIdentity,
): number | undefined {
  const parts = /^(\d{1,15})\.(\d{1,15})\.([A-Za-z0-9_-]{16})$/.exec(text);
  const [ownOffset, after] = [Number(parts?.[1]), Number(parts?.[2])];
  if (parts === null || checksum(ownOffset, after, filters, list) !== parts[3]) {
    throw invalidParameters(
      'position: not one of this list; follow the Link header as it is, or leave it out',
    );
  }
  return ownOffset === offset ? after : undefined;
}

function checksum(offset: number, after: number, filters: Filters, list: ListIdentity): string {
  const owner = list.owner ? `${list.owner.countryCode}-${list.owner.partyId}` : '';
  const times = [filters.dateFrom?.toISOString() ?? '', filters.dateTo?.toISOString() ?? ''];
  const text = [offset, after, ...times, list.module, list.clock, owner].join('|');
  return hash('sha256', text, 'base64url').slice(0, 16);
}

function readOne(query: ParsedUrlQuery, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw invalidParameters(`${name}: given more than once`);
  return value;
}

function readInteger(query: ParsedUrlQuery, name: string, least: number): number | undefined {
  const text = readOne(query, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) {
    throw invalidParameters(`${name}: must be a whole number from ${least}, received ${quote(text)}`);
  }
  return value;
}

function readDate(query: ParsedUrlQuery, name: string): Date | undefined {
  const text = readOne(query, name);
  if (text === undefined) return undefined;
  const moment = parseDateTime(text);
  if (moment === null) {
    throw invalidParameters(
      `${name}: must be a UTC time such as 2026-06-02T00:00:00Z without an offset, received ${quote(text)}`,
    );
  }
  return moment;
}

/** What was received, as JSON and not at length. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
