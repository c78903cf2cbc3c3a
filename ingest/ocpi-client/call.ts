/**
 * One call of a partner's OCPI interface and the envelope that it answers with, for everything that is no list of
 * objects: versions, details, credentials, pushes.
 *
 * Guarantees: an envelope is read to a bound, whatever the partner sends; `getDocument` gives data only of a call
 * that succeeded (PC-10: an HTTP 200 whose status_code is 2000 or more is a failure). `callPartner` asks once and
 * leaves the judgement to the caller, who gets refusals (HTTP 4xx with an envelope or without) as answers; 401 and
 * 429 stay errors, since they are about the caller and not about what it sent.
 *
 * Fails with PartnerError or HttpError, in words for the person who looks after the partner.
 */
import { PartnerError } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';
import type { HttpAnswer, HttpClient, HttpLimits, HttpMethod } from '../http/http-client.ts';

/** What every call carries. */
export interface PartnerRequest {
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<HttpLimits>;
}

export interface PartnerCall extends PartnerRequest {
  readonly method: HttpMethod;
  /** JSON text. */
  readonly body?: string;
}

export interface PartnerAnswer {
  readonly httpStatus: number;
  /** `status_code` of the envelope; null when the answer has none. */
  readonly ocpiStatus: number | null;
  /** `status_message`, cut to what a log line holds; null without one. */
  readonly message: string | null;
  readonly data: unknown;
}

/** Bytes of an answer: versions, details, credentials and refusals have some kilobytes. */
const DOCUMENT_BYTES = 1024 * 1024;
/** Characters of a partner's own words that are repeated. */
const QUOTE_LIMIT = 200;
/** Says that it was done and that there is no envelope; OCPI asks for one, but many leave it out after a write. */
const NO_CONTENT = 204;
/** Statuses that say something of the caller or the moment, not of what was sent. */
const NOT_ABOUT_THE_CONTENT: ReadonlySet<number> = new Set([401, 407, 408, 425, 429]);

/** Calls once, without a second try. */
export function callPartner(http: HttpClient, call: PartnerCall): Promise<PartnerAnswer> {
  const limits = { ...call.limits, ...DOCUMENT_LIMITS, tries: 1 };
  const accepts = (status: number) => status >= 400 && status < 500 && !NOT_ABOUT_THE_CONTENT.has(status);
  return http.ask({ ...call, limits, accepts }, async (answer) => {
    const isRefusal = answer.status >= 400;
    if (answer.status === NO_CONTENT) {
      return { httpStatus: NO_CONTENT, ocpiStatus: null, message: null, data: null };
    }
    const fields = await readEnvelope(answer).catch((error: unknown): Record<string, unknown> => {
      // A refusal may come from a proxy, whose page says no more than its status.
      if (isRefusal && error instanceof PartnerError) return {};
      throw error;
    });
    const { status_code: code, status_message: message, data } = fields;
    return {
      httpStatus: answer.status,
      ocpiStatus: typeof code === 'number' ? code : null,
      message: typeof message === 'string' ? message.slice(0, QUOTE_LIMIT) : null,
      data,
    };
  });
}

/** Whether the partner did what it was asked. */
export function isSuccess({ httpStatus, ocpiStatus }: PartnerAnswer): boolean {
  return httpStatus < 400 && ocpiStatus !== null && ocpiStatus >= 1000 && ocpiStatus < 2000;
}

/** What the partner said, for a person: `HTTP 404, OCPI status 2003: no such Location`. */
export function describeAnswer({ httpStatus, ocpiStatus, message }: PartnerAnswer): string {
  const status = ocpiStatus === null ? '' : `, OCPI status ${ocpiStatus}`;
  return `HTTP ${httpStatus}${status}${message === null ? '' : `: ${message}`}`;
}

/** Gets the `data` of an envelope. */
export function getDocument(http: HttpClient, request: PartnerRequest): Promise<unknown> {
  const limits = { ...request.limits, ...DOCUMENT_LIMITS };
  return http.ask({ ...request, limits }, async (answer) => {
    const fields = await readEnvelope(answer);
    checkStatus(fields, describeUrl(answer.url));
    return fields.data;
  });
}

/** What a hub says of its own part in a call (2.2.1, status codes 4xxx; RT-13). */
const HUB_ERRORS: Readonly<Record<number, string>> = {
  4000: ' (an error of the hub)',
  4001: ' (the hub does not know the receiver)',
  4002: ' (the receiver behind the hub did not answer in time)',
  4003: ' (the receiver is not connected to the hub)',
};

const DOCUMENT_LIMITS = { packedBytes: DOCUMENT_BYTES, unpackedBytes: DOCUMENT_BYTES };

/**
 * Makes sure that the status_code of an envelope says success; one without it counts as success.
 *
 * @throws PartnerError
 */
export function checkStatus(fields: Readonly<Record<string, unknown>>, where: string): void {
  const { status_code: code, status_message: message } = fields;
  const status = Number(code ?? 1000);
  if (status >= 1000 && status < 2000) return;
  const words = typeof message === 'string' ? `: ${message.slice(0, QUOTE_LIMIT)}` : '';
  const hint = HUB_ERRORS[status] ?? '';
  throw new PartnerError(
    `${where} answered with OCPI status ${String(code).slice(0, 20)}${hint}${words}`,
    status,
  );
}

/** What came is not the JSON that was asked for; says so if it was sent as something else. */
export function malformedAnswer(answer: Pick<HttpAnswer, 'url' | 'headers'>, reason: string): PartnerError {
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const sent = type === '' || /json/i.test(type) ? '' : ` (it was sent as ${type.slice(0, 60)})`;
  return new PartnerError(`${describeUrl(answer.url)}: ${reason}${sent}`);
}

async function readEnvelope(answer: HttpAnswer): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  let envelope: unknown;
  try {
    envelope = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw malformedAnswer(answer, 'the answer is no JSON');
  }
  return (typeof envelope === 'object' && envelope !== null ? envelope : {}) as Record<string, unknown>;
}
