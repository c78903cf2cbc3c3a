/**
 * What leaves outside /ocpi when something goes wrong: a problem document (RFC 9457).
 *
 * Errors that say that they may be shown (http-errors with `expose`) keep their status and message. Anything
 * else leaves as a plain 500 with an id that is also in the log, once, as an error. A client that hung up is
 * not an error.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Middleware, ParameterizedContext } from 'koa';
import type { Logger } from 'pino';
import { ClientGoneError } from './client-gone.ts';

/** Members of a problem document beside `title`, which follows from the status. */
export interface ProblemDetails {
  readonly status: number;
  readonly detail?: string;
  /** Where the same id stands in our log. */
  readonly id?: string;
}

/** Answers with a problem document. */
export function sendProblem(ctx: ParameterizedContext, problem: ProblemDetails): void {
  const { status, ...rest } = problem;
  ctx.status = status;
  ctx.set('Content-Type', 'application/problem+json');
  ctx.set('Cache-Control', 'no-store');
  const document = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, ...rest };
  ctx.body = Buffer.from(JSON.stringify(document));
}

/** Sees to it that whatever is thrown inside, and whatever nobody served, leaves as a problem document. */
export function answerWithProblem(parts: { logger: Logger }): Middleware {
  return async function answerWithProblem(ctx, next) {
    try {
      await next();
      if (ctx.status === 404 && (ctx.body === undefined || ctx.body === null)) {
        sendProblem(ctx, { status: 404, detail: 'Nothing is served at this URL' });
      }
    } catch (error) {
      if (error instanceof ClientGoneError) {
        // Nobody is left to read it; Koa wants an answer all the same.
        sendProblem(ctx, { status: 400, detail: error.message });
      } else {
        sendProblem(ctx, describe(ctx, error));
      }
    }
  };

  function describe(ctx: ParameterizedContext, error: unknown): ProblemDetails {
    const shown = exposed(error);
    if (shown) {
      for (const [name, value] of Object.entries(shown.headers ?? {})) ctx.set(name, value);
      return { status: shown.status, detail: shown.message };
    }
    if (isBadUrl(error)) return { status: 400, detail: 'The URL of the request cannot be read' };
    const id = randomUUID();
    const fields = { err: error, errorId: id, method: ctx.method, url: ctx.req.url?.slice(0, 500) };
    parts.logger.error(fields, 'A request failed on our side');
    return { status: 500, detail: 'Something failed here; the id is in our log', id };
  }
}

interface ExposedError {
  readonly status: number;
  readonly message: string;
  readonly headers?: Record<string, string>;
}

function exposed(error: unknown): ExposedError | null {
  if (!(error instanceof Error)) return null;
  const { status, expose } = error as Error & { status?: unknown; expose?: unknown };
  const fits = expose === true && typeof status === 'number' && status >= 400 && status < 600;
  return fits ? (error as unknown as ExposedError) : null;
}

/** Request targets in absolute form are parsed by Node's `url`, which throws on some. */
function isBadUrl(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return error instanceof URIError || code === 'ERR_INVALID_URL' || code === 'ERR_INVALID_ARG_VALUE';
}
