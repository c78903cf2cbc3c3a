/**
 * What happens to the rest of a request body that nobody wanted: a push that was refused by its token, its
 * type or its size is answered at once, and the rest is read and thrown away, so that a client that writes
 * everything before it reads (many do) still gets its answer.
 *
 * Bounded in bytes and time; beyond either the connection is cut. Nothing is kept in memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from 'koa';

/** Bytes thrown away for one request: above any plausible mistake, below what hurts. */
const DISCARD_LIMIT = 64_000_000;
/** Milliseconds that it may take. */
const DISCARD_TIME_MS = 30_000;

/** Discards what is left of each request's body once its answer is decided. */
export function discardUnreadBody(): Middleware {
  return async function discardUnreadBody(ctx, next) {
    try {
      await next();
    } finally {
      if (!ctx.req.complete && !ctx.req.destroyed) discardRest(ctx.req, ctx.res);
    }
  };
}

function discardRest(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const closes = !response.shouldKeepAlive;
  // When the client wants the connection closed, Node would do so right after the answer, and what is still
  // on its way would reset the connection before the client has read it. We close, a little later.
  response.setHeader('Connection', 'keep-alive');
  let discarded = 0;
  const cut = () => socket.destroy();
  const timer = setTimeout(cut, DISCARD_TIME_MS);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > DISCARD_LIMIT) cut();
  });
  // An error here is the caller hanging up, which is what 'close' says as well.
  request.on('error', () => {});
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => {
    clearTimeout(timer);
    if (!closes) return;
    if (response.writableFinished) socket.end();
    else response.once('finish', () => socket.end());
  });
  request.resume();
}
