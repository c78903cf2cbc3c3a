/**
 * The one place where outcomes and refusals become OCPI envelopes (requirements, error matrix E1 to E16).
 *
 * Handlers return an Answer or throw an OcpiRefusal; neither the pipeline nor the registry knows HTTP.
 * Whatever happens under /ocpi, the caller gets JSON with `status_code` and `timestamp` (ENV-01, ENV-05):
 * `answerWithEnvelope` turns what nobody foresaw into 3000 with an id that is also in the log (E10).
 */
import { randomUUID } from 'node:crypto';
import type { Middleware, ParameterizedContext } from 'koa';
import type { Logger } from 'pino';
import type { Finding, Problem, Refusal } from '../../../db/model.ts';
import type { Receipt } from '../../../ingest/pipeline.ts';
import { ClientGoneError } from '../../middleware/client-gone.ts';
import { Pieces } from '../../middleware/pieces.ts';
import type { ModuleIdentifier } from '../resource.ts';
import { createBodyJoiner } from './large-bodies.ts';

const joinBody = createBodyJoiner();

/** OCPI status codes (2.2.1, chapter "Status codes") that this side sends. */
export const OCPI_STATUS = {
  success: 1000,
  clientError: 2000,
  invalidParameters: 2001,
  notEnoughInformation: 2002,
  unknownLocation: 2003,
  serverError: 3000,
  unusableApi: 3001,
  unsupportedVersion: 3002,
  missingEndpoints: 3003,
} as const;

export type OcpiStatus = (typeof OCPI_STATUS)[keyof typeof OCPI_STATUS];

/** What one request is answered with. */
export interface Answer {
  readonly http: number;
  readonly status: OcpiStatus;
  readonly message?: string;
  /** A value for `data`; absent: the envelope has no `data` (ENV-04). */
  readonly data?: unknown;
  /** JSON text for `data` that goes out as it is, without parsing: the fast path of stored documents. */
  readonly dataText?: string;
  /** The same as bytes, in pieces: the faster path of many documents. */
  readonly dataBytes?: readonly Buffer[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown where a request cannot go on; its answer is ready. A partner's mistake, never ours. */
export class OcpiRefusal extends Error {
  override readonly name = 'OcpiRefusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(answer.message ?? `OCPI ${answer.status}`);
    this.answer = answer;
  }
}

/** Characters of a `status_message`: enough for a dozen problems, short enough for a partner's log. */
const MESSAGE_LIMIT = 1_000;
/** Problems listed in `data`: a Location with thousands of EVSEs may have one wrong thing in each. */
const PROBLEM_LIMIT = 200;
/** Pieces of a body at most that are sent as they are: what is whole, and what stands around it. */
const PIECES_SENT_APART = 3;
/** What is left of a character outside the basic plane when a text is cut in its middle. */
const HALF_PAIR = /[\ud800-\udbff]$/;

export function success(
  answer: Pick<Answer, 'data' | 'dataText' | 'dataBytes' | 'message' | 'headers'> = {},
): Answer {
  return { http: 200, status: OCPI_STATUS.success, message: 'Success', ...answer };
}

/** E1, E2, AUTH-13. */
export function unauthorized(message: string): OcpiRefusal {
  const headers = { 'WWW-Authenticate': 'Token' };
  return new OcpiRefusal({ http: 401, status: OCPI_STATUS.clientError, message, headers });
}

/** E4, E14 and bad query parameters: the request was understood, its content is wrong. */
export function invalidParameters(message: string, data?: unknown): OcpiRefusal {
  const answer = { http: 200, status: OCPI_STATUS.invalidParameters, message: shorten(message) };
  return new OcpiRefusal(data === undefined ? answer : { ...answer, data });
}

/** LS-13: the request fits several objects; `candidates` says which. */
export function notEnoughInformation(message: string, candidates: unknown): OcpiRefusal {
  return new OcpiRefusal({ http: 200, status: OCPI_STATUS.notEnoughInformation, message, data: candidates });
}

/** E5, E6: no such object. 2003 for a Location and its parts, 2000 for anything else. */
export function unknownObject(module: ModuleIdentifier, message: string): OcpiRefusal {
  return new OcpiRefusal({ http: 404, status: statusOfUnknown(module), message });
}

/** E7: another party's object; says nothing of whether it exists (LR-14). */
export function foreignParty(isHub = false): OcpiRefusal {
  const message = 'This connection does not speak for the country_code and party_id of this URL';
  const hint = '; of the parties behind a hub it speaks for those that HubClientInfo says are CONNECTED';
  return new OcpiRefusal({
    http: 404,
    status: OCPI_STATUS.clientError,
    message: isHub ? `${message}${hint}` : message,
  });
}

/** A URL that nothing is served at. */
export function unknownRoute(): OcpiRefusal {
  return new OcpiRefusal({
    http: 404,
    status: OCPI_STATUS.clientError,
    message: 'Nothing is served at this URL; start at the versions endpoint',
  });
}

/** E8. */
export function methodNotAllowed(method: string, allow: readonly string[]): OcpiRefusal {
  return new OcpiRefusal({
    http: 405,
    status: OCPI_STATUS.clientError,
    message: `${method} is not defined here; allowed: ${allow.join(', ')}`,
    headers: { Allow: allow.join(', ') },
  });
}

/** E9: the method is defined here, but not for a client in this state of the handshake. */
export function notInThisState(message: string, allow: readonly string[]): OcpiRefusal {
  const headers = { Allow: allow.join(', ') };
  return new OcpiRefusal({ http: 405, status: OCPI_STATUS.clientError, message, headers });
}

/** E10 to E13: what was asked for cannot be done, by our fault or by what the caller's own platform answers. */
export function serverFailure(
  status: Extract<OcpiStatus, 3000 | 3001 | 3002 | 3003>,
  message: string,
): OcpiRefusal {
  return new OcpiRefusal({ http: 200, status, message: shorten(message) });
}

/** E3: no readable JSON in the body. */
export function unreadableBody(message: string): OcpiRefusal {
  return new OcpiRefusal({ http: 400, status: OCPI_STATUS.invalidParameters, message });
}

/** ENV-08. */
export function unsupportedMediaType(message: string): OcpiRefusal {
  const headers = { 'Accept-Encoding': 'identity', Accept: 'application/json' };
  return new OcpiRefusal({ http: 415, status: OCPI_STATUS.clientError, message, headers });
}

/** ENV-20. */
export function bodyTooLarge(limitBytes: number): OcpiRefusal {
  const message = `The body is larger than ${limitBytes} bytes; send fewer objects or parts at a time`;
  return new OcpiRefusal({ http: 413, status: OCPI_STATUS.clientError, message });
}

/** More is waiting than we can hold; 503 because intermediaries and clients know it, with the envelope of E10. */
export function busy(): OcpiRefusal {
  const message = 'Too much is waiting to be stored here; please try again in a moment';
  const headers = { 'Retry-After': '1' };
  return new OcpiRefusal({ http: 503, status: OCPI_STATUS.serverError, message, headers });
}

/**
 * The answer to a push, from what the pipeline made of it (E4, E6, E7, E10, E15, E16). A `failed` outcome was
 * logged by the pipeline.
 */
export function answerReceipt(module: ModuleIdentifier, receipt: Receipt): Answer {
  const { outcome, findings } = receipt;
  switch (outcome.kind) {
    case 'created':
      return { http: 201, status: OCPI_STATUS.success, message: withNotes('Created', findings) };
    case 'updated':
      return { http: 200, status: OCPI_STATUS.success, message: withNotes('Updated', findings) };
    case 'unchanged':
      return { http: 200, status: OCPI_STATUS.success, message: withNotes('Unchanged', findings) };
    case 'stale':
      return {
        http: 200,
        status: OCPI_STATUS.success,
        message: 'Ignored: what is stored has a later last_updated',
      };
    case 'rejected':
      return answerRefusal(module, outcome.refusal);
    case 'failed':
      return {
        http: 200,
        status: OCPI_STATUS.serverError,
        message: 'Not stored: something failed here. Please try again later.',
      };
  }
}

function answerRefusal(module: ModuleIdentifier, refusal: Refusal): Answer {
  switch (refusal.reason) {
    case 'invalid':
    case 'id-mismatch':
      return { http: 200, status: OCPI_STATUS.invalidParameters, ...problemsOf(refusal, 'Invalid object') };
    case 'unknown-object':
      return { http: 404, status: statusOfUnknown(module), ...problemsOf(refusal, 'No such object') };
    case 'unknown-parent':
      return { http: 404, status: statusOfUnknown(module), ...problemsOf(refusal, 'No such parent object') };
    case 'foreign-party':
      return foreignParty().answer;
    case 'other-voice':
      return {
        http: 404,
        status: OCPI_STATUS.clientError,
        ...problemsOf(refusal, 'Another connection or source speaks for this party'),
      };
  }
}

function statusOfUnknown(module: ModuleIdentifier): OcpiStatus {
  return module === 'locations' ? OCPI_STATUS.unknownLocation : OCPI_STATUS.clientError;
}

function problemsOf(refusal: Refusal, otherwise: string): Pick<Answer, 'message' | 'data'> {
  const { problems } = refusal;
  if (problems.length === 0) return { message: otherwise };
  const listed = problems.slice(0, PROBLEM_LIMIT).map(({ path, rule, message }) => ({ path, rule, message }));
  const message = joinMessages(problems.map((problem: Problem) => problem.message));
  return { message, data: listed };
}

/** Says what was mended, so that a CPO's engineer reads it where they look first. */
function withNotes(text: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return text;
  return joinMessages([
    `${text}, with ${findings.length === 1 ? 'a note' : `${findings.length} notes`}`,
    ...findings.map((finding) => `${finding.rule}: ${finding.message}`),
  ]);
}

/** Joins whole messages as far as they fit, and says how many more there are. */
function joinMessages(messages: readonly string[]): string {
  let text = '';
  for (const [index, message] of messages.entries()) {
    const next = text === '' ? message : `${text}; ${message}`;
    if (next.length > MESSAGE_LIMIT && text !== '') return `${text}; and ${messages.length - index} more`;
    text = next;
  }
  return shorten(text);
}

function shorten(text: string): string {
  return text.length <= MESSAGE_LIMIT ? text : `${text.slice(0, MESSAGE_LIMIT - 1).replace(HALF_PAIR, '')}…`;
}

/** Writes the answer as an envelope. `now`: ENV-02. */
export function sendAnswer(ctx: ParameterizedContext, answer: Answer, now: Date): void {
  const members = [`"status_code":${answer.status}`];
  if (answer.message !== undefined) members.push(`"status_message":${JSON.stringify(answer.message)}`);
  members.push(`"timestamp":"${now.toISOString()}"`);
  if (answer.dataBytes !== undefined) members.push('"data":');
  else if (answer.dataText !== undefined) members.push(`"data":${answer.dataText}`);
  else if (answer.data !== undefined) members.push(`"data":${JSON.stringify(answer.data)}`);
  ctx.status = answer.http;
  for (const [name, value] of Object.entries(answer.headers ?? {})) ctx.set(name, value);
  ctx.set('Content-Type', 'application/json');
  // Bytes, not text: Node joins a text body and the headers into one string and writes both as UTF-8, which
  // would alter the bytes of an echoed X-Request-ID beyond ASCII (ENV-17).
  const json = `{${members.join(',')}`;
  if (answer.dataBytes) setBody(ctx, [Buffer.from(json), ...answer.dataBytes, CLOSE]);
  else ctx.body = Buffer.from(`${json}}`);
  ctx.state.ocpiStatus = answer.status;
}

const CLOSE = Buffer.from('}');

/** Many pieces are joined, since each would be a write of its own. */
function setBody(ctx: ParameterizedContext, pieces: readonly Buffer[]): void {
  if (pieces.length > PIECES_SENT_APART) {
    ctx.body = joinBody(ctx.res, pieces);
    return;
  }
  const body = new Pieces(pieces);
  ctx.body = body;
  ctx.length = body.bytes;
}

/** Sees to it that whatever is thrown inside leaves as an envelope. */
export function answerWithEnvelope(parts: { clock: () => Date; logger: Logger }): Middleware {
  return async function answerWithEnvelope(ctx, next) {
    try {
      await next();
    } catch (error) {
      if (error instanceof ClientGoneError) throw error;
      sendAnswer(
        ctx,
        error instanceof OcpiRefusal ? error.answer : answerUnforeseen(ctx, error),
        parts.clock(),
      );
    }
  };

  function answerUnforeseen(ctx: ParameterizedContext, error: unknown): Answer {
    const id = randomUUID();
    const { requestId, correlationId, connection } = ctx.state;
    parts.logger.error(
      {
        err: error,
        errorId: id,
        method: ctx.method,
        path: ctx.path,
        requestId,
        correlationId,
        connection: connection?.name,
      },
      'An OCPI request failed on our side',
    );
    return {
      http: 200,
      status: OCPI_STATUS.serverError,
      message: `Something failed here; it is logged as ${id}. Please try again later.`,
    };
  }
}
