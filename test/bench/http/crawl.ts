/**
 * A Sender list read from its first page to its last, by `Link`, over one connection: what the client's process is told
 * and answers. Uncompressed, as what stands beside it is.
 *
 * Guarantees: every page was a success, and together they have as many objects as `X-Total-Count` says; that is looked
 * at after the clock has stopped.
 */
import linkHeader from 'http-link-header';
import { openConnection, writeRequest } from './http-connection.ts';

export interface CrawlOrder {
  readonly kind: 'crawl';
  readonly origin: string;
  /** Of the first page. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CrawlResult {
  readonly seconds: number;
  /** Bytes of the bodies. */
  readonly bytes: number;
  readonly objects: number;
  readonly pages: readonly CrawledPage[];
}

export interface CrawledPage {
  readonly path: string;
  readonly bytes: number;
  readonly objects: number;
}

const SUCCESS = 1000;

export async function crawl({ origin, path: first, headers }: CrawlOrder): Promise<CrawlResult> {
  const connection = await openConnection(origin);
  const bodies: { path: string; body: Buffer }[] = [];
  let total = 0;
  const start = performance.now();
  for (let path: string | null = first; path !== null; ) {
    const answer = await connection.ask(writeRequest(origin, { method: 'GET', path, headers }));
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}: ${answer.body}`);
    bodies.push({ path, body: answer.body });
    total = Number(answer.header('x-total-count'));
    path = nextPath(answer.header('link'));
  }
  const seconds = (performance.now() - start) / 1000;
  connection.close();
  const pages = bodies.map(({ path, body }) => ({ path, bytes: body.length, objects: countObjects(body) }));
  const objects = sum(pages.map((page) => page.objects));
  if (objects !== total) throw new Error(`a crawl of ${first} brought ${objects} objects of ${total}`);
  return { seconds, bytes: sum(pages.map(({ bytes }) => bytes)), objects, pages };
}

function nextPath(link: string | undefined): string | null {
  const [next] = link === undefined ? [] : linkHeader.parse(link).rel('next');
  if (next === undefined) return null;
  const { pathname, search } = new URL(next.uri);
  return `${pathname}${search}`;
}

function countObjects(body: Buffer): number {
  const { status_code, data } = JSON.parse(body.toString()) as { status_code: number; data: unknown[] };
  if (status_code !== SUCCESS) throw new Error(`a page has the status code ${status_code}`);
  return data.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
