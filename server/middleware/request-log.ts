/**
 * One line a request: who asked what, how it ended, how long it took. Partner mistakes are `info`: they are in
 * the answer, and a person here need do nothing. An answer that failed on our side is `warn` here, since its
 * error was logged where it happened.
 *
 * Never in the line: headers, bodies, query values other than those of paging.
 */
import { performance } from 'node:perf_hooks';
import type { Middleware, ParameterizedContext } from 'koa';
import type { Logger } from 'pino';

/** Characters of a path in the log. */
const PATH_LIMIT = 500;
/** Query parameters whose values say nothing secret and explain a page. */
const LOGGED_PARAMETERS = ['offset', 'limit', 'date_from', 'date_to'] as const;
/** What is asked every few seconds by machines that watch us. */
const WATCHED = /^\/(?:health(?:[/?]|$)|metrics(?:\?|$))/;

export function requestLog(parts: { logger: Logger }): Middleware {
  // None of the fields below carries a secret, and looking for some is most of what a line costs.
  const logger = parts.logger.child({}, { redact: [] });
  return async function requestLog(ctx, next) {
    const start = performance.now();
    ctx.res.once('close', () => {
      const level = levelOf(ctx);
      if (!logger.isLevelEnabled(level)) return;
      const ms = Math.round((performance.now() - start) * 10) / 10;
      logger[level]({ ...describe(ctx), ms }, 'request');
    });
    await next();
  };
}

function levelOf(ctx: ParameterizedContext): 'warn' | 'info' | 'debug' {
  if (ctx.res.statusCode >= 500 || ctx.state.ocpiStatus === 3000) return 'warn';
  return WATCHED.test(ctx.req.url ?? '') ? 'debug' : 'info';
}

function describe(ctx: ParameterizedContext) {
  const url = ctx.req.url ?? '';
  const mark = url.indexOf('?');
  return {
    method: ctx.method,
    path: (mark < 0 ? url : url.slice(0, mark)).slice(0, PATH_LIMIT),
    query: mark < 0 ? undefined : loggedQuery(url.slice(mark + 1)),
    status: ctx.res.statusCode,
    // Hung up before the answer was out.
    aborted: ctx.res.writableFinished ? undefined : true,
    ocpiStatus: ctx.state.ocpiStatus as number | undefined,
    connection: (ctx.state.connection as { name: string } | undefined)?.name,
    requestId: ctx.state.requestId as string | undefined,
    correlationId: ctx.state.correlationId as string | undefined,
  };
}

function loggedQuery(text: string): Record<string, string> {
  const parameters = new URLSearchParams(text);
  const logged: Record<string, string> = {};
  for (const name of LOGGED_PARAMETERS) {
    const value = parameters.get(name);
    if (value !== null) logged[name] = value.slice(0, 60);
  }
  return logged;
}
