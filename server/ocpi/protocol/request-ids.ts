/**
 * X-Request-ID and X-Correlation-ID (ENV-17, ENV-18): repeated byte for byte on every answer, errors
 * included; made up when they are missing.
 *
 * Node's parser lets no control character into a header, so what it read may go out again. Only length is
 * left to bound: an id longer than the limit is replaced by one of ours.
 */
import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';

/** Characters. A UUID has 36; hubs that chain ids stay far below this. */
const ID_LIMIT = 512;

/** Puts both ids on the answer and into `ctx.state.requestId` and `ctx.state.correlationId`. */
export function requestIds(): Middleware {
  return async function requestIds(ctx, next) {
    ctx.state.requestId = usable(ctx.get('X-Request-ID'));
    ctx.state.correlationId = usable(ctx.get('X-Correlation-ID'));
    ctx.set('X-Request-ID', ctx.state.requestId);
    ctx.set('X-Correlation-ID', ctx.state.correlationId);
    await next();
  };
}

function usable(received: string): string {
  return received !== '' && received.length <= ID_LIMIT ? received : randomUUID();
}
