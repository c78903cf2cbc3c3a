/**
 * Brings one object to one partner and judges how that went.
 *
 * - `taken`: the partner did what it was asked. To a DELETE, 404 says the same.
 * - `refused`: it will not have this object (2xxx, HTTP 4xx about the content): its words are kept, others go on.
 * - `failed`: the partner cannot do its part at the moment: no connection, no answer in time, 5xx, 3xxx, what is
 *   no OCPI answer, a token that it does not take, a hub that does not reach the addressee (4xxx).
 *
 * Each request is sent once (RT-11); what comes next is decided anew from the present state. Never throws, except
 * for the reason of the signal when the access point stops.
 */
import type { HttpClient, HttpLimits } from '../../../ingest/http/http-client.ts';
import { isHttpError } from '../../../ingest/http/http-error.ts';
import {
  callPartner,
  describeAnswer,
  isSuccess,
  type PartnerAnswer,
} from '../../../ingest/ocpi-client/call.ts';
import type { PushPlan, PushRequest } from './plan.ts';

/** How it ended for one object. */
export type Delivery =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly words: string }
  | {
      readonly kind: 'failed';
      readonly words: string;
      /** An answer came: the fault may be with this object. */
      readonly hasAnswered: boolean;
      /** It does not take our token: asking on would be guessing (PC-10). */
      readonly isTokenRefused: boolean;
      /** Milliseconds after which the partner asks to come again; null when it did not say. */
      readonly retryAfter: number | null;
    };

/** What every request to a partner carries. */
export interface PushCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly signal: AbortSignal;
}

/** A partner that takes longer holds up its own objects; less than a claim lives, so that it cannot run out meanwhile. */
const LIMITS: Partial<HttpLimits> = { connectMs: 10_000, headersMs: 20_000, idleMs: 10_000, totalMs: 30_000 };

/** Our token is not known there, or no longer. */
const UNAUTHORIZED = 401;
/** About us as a caller, not about the object. */
const FORBIDDEN = 403;
/** Without an OCPI status these say that there is no such interface. */
const NO_INTERFACE: ReadonlySet<number> = new Set([404, 405, 410]);
/** Answers without a body; the envelope is required, but nothing else can be meant. */
const NO_CONTENT = 204;

/** Sends what the plan says. */
export async function deliver(http: HttpClient, plan: PushPlan, call: PushCall): Promise<Delivery> {
  for (const part of plan.parts) {
    const delivery = await send(http, part, call);
    if (delivery.kind === 'failed') return delivery;
    if (delivery.kind === 'refused') return send(http, plan.whole, call);
  }
  return plan.parts.length > 0 ? { kind: 'taken' } : send(http, plan.whole, call);
}

async function send(http: HttpClient, request: PushRequest, call: PushCall): Promise<Delivery> {
  const { method, path, body } = request;
  const url = `${call.url.replace(/\/+$/, '')}/${path.map(encodeURIComponent).join('/')}`;
  try {
    const asked = { ...call, method, url, limits: LIMITS, ...(body === undefined ? {} : { body }) };
    return judge(request, await callPartner(http, asked));
  } catch (error) {
    call.signal.throwIfAborted();
    const status = isHttpError(error) ? error.status : null;
    return {
      kind: 'failed',
      words: error instanceof Error ? error.message : String(error),
      hasAnswered: status === null ? !isHttpError(error) : status >= 500,
      isTokenRefused: status === UNAUTHORIZED,
      retryAfter: isHttpError(error) ? error.retryAfter : null,
    };
  }
}

function judge({ method }: PushRequest, answer: PartnerAnswer): Delivery {
  const { httpStatus, ocpiStatus } = answer;
  if (isSuccess(answer) || httpStatus === NO_CONTENT) return { kind: 'taken' };
  if (method === 'DELETE' && httpStatus === 404) return { kind: 'taken' };
  const words = `${method}: ${describeAnswer(answer)}`;
  const isAboutObject =
    ocpiStatus === null
      ? httpStatus >= 400 && !NO_INTERFACE.has(httpStatus)
      : ocpiStatus >= 1000 && ocpiStatus < 3000;
  return isAboutObject && httpStatus !== FORBIDDEN
    ? { kind: 'refused', words }
    : { kind: 'failed', words, hasAnswered: true, isTokenRefused: false, retryAfter: null };
}
