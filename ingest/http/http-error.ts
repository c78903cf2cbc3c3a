/**
 * Why a request to a partner brought nothing usable, in words for the person who looks after the partner. Not a
 * fault of ours: it is never logged as an error. The message never holds a token or a header that we sent.
 */

/**
 * - `refused`: our own guard did not let it out;
 * - `connection`: no connection, a broken one, or no answer in time;
 * - `status`: an answer with a status that is no success;
 * - `redirect`: a redirect that is not followed;
 * - `too-large`: more bytes than the caller wants;
 * - `encoding`: a body that cannot be unpacked.
 */
export type HttpErrorKind = 'refused' | 'connection' | 'status' | 'redirect' | 'too-large' | 'encoding';

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly kind: HttpErrorKind;
  /** For `status`. */
  readonly status: number | null;
  /** Milliseconds after which the partner asks to come again; null when it did not say. */
  readonly retryAfter: number | null;

  constructor(
    kind: HttpErrorKind,
    message: string,
    details: { status?: number; retryAfter?: number | null; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? null;
    this.retryAfter = details.retryAfter ?? null;
  }
}

/**
 * Told by name, not by class: an adapter is loaded from its folder, and where TypeScript is loaded in two ways
 * (as mocha with tsx does) it holds another copy of this class.
 */
export function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && error.name === 'HttpError';
}

/** Codes that will be the same a moment later: certificates, and our own refusals. */
const LASTING_CODES = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HPE_|UND_ERR_INVALID_ARG)/;

/** Statuses that may be another a moment later. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether the same request may succeed a moment later. */
export function isWorthRetrying(error: HttpError): boolean {
  if (error.kind === 'status') return isPassing(error.status ?? 0);
  return error.kind === 'connection' && !LASTING_CODES.test(codeOf(error.cause));
}

/** What went wrong on the way to the partner, as a person says it. */
export function describeFailure(error: unknown): string {
  const code = codeOf(error);
  const words = FAILURE_WORDS[code];
  if (words) return words;
  const message = innermost(error).message;
  return LASTING_CODES.test(code) ? `the secure connection failed: ${message}` : message || code;
}

const FAILURE_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: nothing listens there',
  ECONNRESET: 'the connection was reset',
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  ENOTFOUND: 'its name is unknown',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stalled',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  UND_ERR_ABORTED: 'the answer broke off',
};

function isPassing(status: number): boolean {
  // 5xx that only proxies use (520 to 530) pass as well; 501 and 505 do not.
  return PASSING_STATUSES.has(status) || status > 505;
}

function codeOf(error: unknown): string {
  const { code } = innermost(error) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Connection attempts to several addresses fail as an AggregateError; the first one tells enough. */
function innermost(error: unknown): Error {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first : new Error(String(first));
}
