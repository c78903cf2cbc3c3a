/**
 * One answer of a partner's OCPI interface: its envelope, its list, its paging headers. An HTTP 200 whose
 * status_code is 2000 or more is a failure (PC-10), whatever it carries.
 *
 * Fails with PartnerError or HttpError, in words for the person who looks after the partner.
 */
import LinkHeader from 'http-link-header';
import { PartnerError } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';
import type { HttpAnswer, HttpClient, HttpLimits } from '../http/http-client.ts';
import { type JsonListEnd, MalformedJsonError, readJsonList } from '../json-list.ts';

/** One page of a list. */
export interface Page {
  readonly objects: unknown[];
  /** As written; null without one, or with one that cannot be read. */
  readonly nextLink: string | null;
  /** X-Total-Count. */
  readonly total: number | null;
  /** X-Limit. */
  readonly limit: number | null;
}

export interface PageRequest {
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly signal: AbortSignal;
  readonly limits?: Partial<HttpLimits>;
}

/** Bytes of versions and version details: real ones have some kilobytes. */
const DOCUMENT_BYTES = 1024 * 1024;

/** Characters of a partner's own words that are repeated. */
const QUOTE_LIMIT = 200;

/** Gets one page of a list. */
export function getPage(http: HttpClient, request: PageRequest): Promise<Page> {
  return http.get(request, async (answer) => {
    const where = describeUrl(answer.url);
    const objects: unknown[] = [];
    const list = readJsonList(answer.body);
    const end = await drain(list, objects).catch((error: unknown) => {
      throw error instanceof MalformedJsonError ? malformed(where, answer, error) : error;
    });
    checkEnvelope(end, where);
    const { headers } = answer;
    return {
      objects,
      nextLink: nextLinkOf(headers.link),
      total: countOf(headers['x-total-count']),
      limit: countOf(headers['x-limit']),
    };
  });
}

/** Gets the `data` of an envelope that is no list of objects: versions, version details. */
export function getDocument(http: HttpClient, request: PageRequest): Promise<unknown> {
  const limits = { ...request.limits, packedBytes: DOCUMENT_BYTES, unpackedBytes: DOCUMENT_BYTES };
  return http.get({ ...request, limits }, async (answer) => {
    const where = describeUrl(answer.url);
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    let envelope: unknown;
    try {
      envelope = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    } catch {
      throw malformed(where, answer, new MalformedJsonError('the answer is no JSON'));
    }
    const fields = (typeof envelope === 'object' && envelope !== null ? envelope : {}) as Record<
      string,
      unknown
    >;
    checkStatus(fields, where);
    return fields.data;
  });
}

/**
 * Makes sure that a list came and that the envelope around it says so.
 *
 * @throws PartnerError
 */
export function checkEnvelope(end: JsonListEnd, where: string): void {
  if (end.shape === 'envelope') checkStatus(end.fields, where);
  if (!end.hasList) {
    throw new PartnerError(`${where} gave neither a JSON array nor an OCPI envelope whose data is one`);
  }
}

function checkStatus(fields: Readonly<Record<string, unknown>>, where: string): void {
  const { status_code: code, status_message: message } = fields;
  const status = Number(code ?? 1000);
  if (status >= 1000 && status < 2000) return;
  const words = typeof message === 'string' ? `: ${message.slice(0, QUOTE_LIMIT)}` : '';
  throw new PartnerError(`${where} answered with OCPI status ${String(code).slice(0, 20)}${words}`, status);
}

async function drain(list: AsyncGenerator<unknown[], JsonListEnd>, objects: unknown[]): Promise<JsonListEnd> {
  for (;;) {
    const { value, done } = await list.next();
    if (done) return value;
    for (const object of value) objects.push(object);
  }
}

function malformed(where: string, answer: HttpAnswer, error: MalformedJsonError): PartnerError {
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const sent = type === '' || /json/i.test(type) ? '' : ` (it was sent as ${type.slice(0, 60)})`;
  return new PartnerError(`${where}: ${error.message}${sent}`);
}

/** The target of rel="next", in whatever quoting, as written; null when there is none. */
export function nextLinkOf(header: string | undefined): string | null {
  if (header === undefined || header.trim() === '') return null;
  return parsedNextLink(header) ?? ODD_NEXT_LINK.exec(header)?.[1] ?? null;
}

/** `https://...; rel=next` without the brackets, or with single quotes around next. */
const ODD_NEXT_LINK = /<?\s*(https?:\/\/[^>\s;,"']+)\s*>?\s*;[^,]*rel\s*=\s*["']?next\b/i;

function parsedNextLink(header: string): string | undefined {
  try {
    return LinkHeader.parse(header).rel('next')[0]?.uri;
  } catch {
    return undefined;
  }
}

function countOf(header: string | undefined): number | null {
  const text = (header ?? '').trim();
  return /^\d{1,12}$/.test(text) ? Number(text) : null;
}
