/**
 * X-Request-ID and X-Correlation-ID (ENV-17, ENV-18): repeated byte for byte on every answer, errors
 * included; made up when they are missing. OCPI 2.1.1 does not know them: there they are repeated if they came,
 * and the ones that we make up stay in our log.
 *
 * Node's parser lets no control character into a header, so what it read may go out again. Only length is
 * left to bound: an id longer than the limit is replaced by one of ours.
 */
import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';

/** Characters. A UUID has 36; hubs that chain ids stay far below this. */
const ID_LIMIT = 512;

/**
 * Puts both ids on the answer and into `ctx.state.requestId` and `ctx.state.correlationId`.
 *
 * @param areGiven whether answers at this path have the ids when the request has none
 */
export function requestIds(parts: { areGiven: (path: string) => boolean }): Middleware {
  return async function requestIds(ctx, next) {
    const areGiven = parts.areGiven(ctx.path);
    const repeat = (name: string): string => {
      const received = ctx.get(name);
      const id = usable(received);
      if (areGiven || received !== '') ctx.set(name, id);
      return id;
    };
    ctx.state.requestId = repeat('X-Request-ID');
    ctx.state.correlationId = repeat('X-Correlation-ID');
    await next();
  };
}

function usable(received: string): string {
  return received !== '' && received.length <= ID_LIMIT ? received : randomUUID();
}
