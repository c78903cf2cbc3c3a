// A small navigation provider (NSP): crawls a Sender's list by following each Link as
// it stands, and hands back every object with what each page said. It asserts nothing
// and repairs nothing: what went wrong is in `ended` and in the pages, for the test to
// judge. Guarantees an end: after `mostPages` pages, after a page that gives no list, or
// when a call brings no answer in time. Throws only for a URL that is none.

import { randomUUID } from 'node:crypto';
import {
  type CallOptions,
  callOcpi,
  discoverEndpoints,
  endpointUrl,
  type OcpiAnswer,
} from './ocpi-client.ts';

export interface CrawlOptions
  extends Pick<CallOptions, 'token' | 'tokenForm' | 'headers' | 'from' | 'to' | 'timeout'> {
  /** Query of the first request only; each Link must carry it on by itself. */
  parameters?: Readonly<Record<string, string | number>>;
  mostPages?: number;
  /** False when only counts and headers matter; `objects` stays empty then. */
  keepObjects?: boolean;
  /** Called after each page, before the next is asked for. */
  onPage?: (page: CrawledPage) => void | Promise<void>;
}

export interface CrawledPage {
  url: string;
  status: number;
  /** The envelope's status_code; null when there is none. */
  statusCode: number | null;
  headers: OcpiAnswer['headers'];
  /** How many objects the page held. */
  count: number;
  bytes: number;
  milliseconds: number;
}

export interface Crawl {
  objects: Record<string, unknown>[];
  pages: CrawledPage[];
  /** How many objects came, repeated ones included. */
  count: number;
  /** X-Total-Count of the last page; null when there was none. */
  totalCount: number | null;
  /** Why the crawl ended; `last-page` is the only good end. */
  ended: 'last-page' | 'page-limit' | 'no-list' | 'no-answer';
  /** The error when no answer came. */
  error?: Error;
}

const DEFAULT_MOST_PAGES = 10_000;

/** The target of rel="next" in a Link header, as it stands there. */
export function nextOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  for (const [, target, parameters] of text.matchAll(/<([^>]*)>((?:\s*;\s*[^;,"]+(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?=[\s";]|$)/i.test(parameters ?? '')) return target;
  }
  return undefined;
}

/** A header that has one value. */
export function headerOf(headers: OcpiAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Crawls a list from its first page to its last. */
export async function crawl(listUrl: string, options: CrawlOptions = {}): Promise<Crawl> {
  const { parameters = {}, mostPages = DEFAULT_MOST_PAGES, keepObjects = true, onPage, ...call } = options;
  const first = new URL(listUrl);
  for (const [name, value] of Object.entries(parameters)) first.searchParams.set(name, String(value));
  const result: Crawl = { objects: [], pages: [], count: 0, totalCount: null, ended: 'page-limit' };
  const correlationId = randomUUID();
  let next: string | undefined = first.href;
  while (next !== undefined && result.pages.length < mostPages) {
    const url: string = next;
    const started = performance.now();
    let answer: OcpiAnswer;
    try {
      answer = await callOcpi(url, { ...call, correlationId });
    } catch (error) {
      return { ...result, ended: 'no-answer', error: error as Error };
    }
    const list = Array.isArray(answer.data) ? (answer.data as Record<string, unknown>[]) : undefined;
    const page: CrawledPage = {
      url,
      status: answer.status,
      statusCode: answer.statusCode,
      headers: answer.headers,
      count: list?.length ?? 0,
      bytes: Buffer.byteLength(answer.text),
      milliseconds: performance.now() - started,
    };
    result.pages.push(page);
    result.count += page.count;
    const total = headerOf(answer.headers, 'x-total-count');
    if (total !== undefined) result.totalCount = Number(total);
    await onPage?.(page);
    if (answer.status !== 200 || answer.statusCode !== 1000 || !list) return { ...result, ended: 'no-list' };
    if (keepObjects) for (const object of list) result.objects.push(object);
    const link = nextOf(answer.headers.link);
    next = link === undefined ? undefined : new URL(link, url).href;
  }
  return next === undefined ? { ...result, ended: 'last-page' } : result;
}

/** Finds a module's Sender through the versions URL and crawls it. */
export async function crawlModule(
  versionsUrl: string,
  module: 'locations' | 'tariffs',
  options: CrawlOptions & { version?: string } = {},
): Promise<Crawl> {
  const { token, tokenForm, timeout, version } = options;
  const discovery = await discoverEndpoints(versionsUrl, { token, tokenForm, timeout, version });
  const url = endpointUrl(discovery, module, 'SENDER');
  if (url === undefined) throw new Error(`${versionsUrl} offers no ${module} as SENDER`);
  const { version: _version, ...crawlOptions } = options;
  return crawl(url, crawlOptions);
}
