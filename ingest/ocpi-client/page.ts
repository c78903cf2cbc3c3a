/**
 * One answer of a partner's OCPI interface: its envelope, its list, its paging headers. An HTTP 200 whose
 * status_code is 2000 or more is a failure (PC-10), whatever it carries.
 *
 * Fails with PartnerError or HttpError, in words for the person who looks after the partner.
 */
import LinkHeader from 'http-link-header';
import { PartnerError } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Recognise } from '../json-element.ts';
import {
  JSON_LIST_LIMITS,
  type JsonListEnd,
  type ListElement,
  MalformedJsonError,
  readJsonList,
} from '../json-list.ts';
import { checkStatus, malformedAnswer, type PartnerRequest } from './call.ts';

/** One page of a list. */
export interface Page {
  readonly objects: ListElement[];
  /** As written; null without one, or with one that cannot be read. */
  readonly nextLink: string | null;
  /** X-Total-Count. */
  readonly total: number | null;
  /** X-Limit. */
  readonly limit: number | null;
}

/** Gets one page of a list. */
export function getPage(http: HttpClient, request: PartnerRequest, recognises?: Recognise): Promise<Page> {
  return http.ask(request, async (answer) => {
    const where = describeUrl(answer.url);
    const objects: ListElement[] = [];
    const list = readJsonList(answer.body, JSON_LIST_LIMITS, recognises);
    const end = await drain(list, objects).catch((error: unknown) => {
      throw error instanceof MalformedJsonError ? malformedAnswer(answer, error.message) : error;
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

async function drain(
  list: AsyncGenerator<ListElement[], JsonListEnd>,
  objects: ListElement[],
): Promise<JsonListEnd> {
  for (;;) {
    const { value, done } = await list.next();
    if (done) return value;
    for (const object of value) objects.push(object);
  }
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
