// Puts an answer on the wire in the way that it or a fault asks for: whole, late,
// never, cut short, or without an end. Guarantees that memory stays flat for endless
// and streamed bodies (writes wait for the client) and that every wait ends when the
// client leaves or the server closes. A client that leaves is no error.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './faults-types.ts';

/** A share of a body still goes out before its connection breaks; so long is given to it. */
const RESET_AFTER_MILLISECONDS = 50;
const ENDLESS_CHUNK = Buffer.from(`${JSON.stringify({ filler: 'x'.repeat(64_000) })},`);

function asBuffer(body: string | Buffer): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}

/** Rejects, and so ends a wait, when the client has left. */
function leaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  if (response.destroyed) controller.abort();
  return controller.signal;
}

async function sendEndless(response: ServerResponse, answer: Answer, signal: AbortSignal): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  response.write('{"status_code":1000,"data":[');
  for (let sent = 0; sent < answer.ceiling && !signal.aborted; sent += ENDLESS_CHUNK.length) {
    if (!response.write(ENDLESS_CHUNK)) await once(response, 'drain', { signal });
  }
  response.destroy();
}

async function sendCut(response: ServerResponse, answer: Answer, signal: AbortSignal): Promise<void> {
  const body = asBuffer(answer.body);
  const part = body.subarray(0, Math.floor(body.length * answer.share));
  const promised = answer.delivery === 'reset' ? body.length : part.length;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': promised });
  if (answer.delivery === 'cut') {
    response.end(part);
    return;
  }
  response.write(part);
  await wait(RESET_AFTER_MILLISECONDS, undefined, { signal });
  response.socket?.resetAndDestroy();
}

/** Sends a body in chunks as they are made, at the speed of the client. */
export async function sendChunks(
  response: ServerResponse,
  answer: Answer,
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  const signal = leaving(response);
  try {
    if (answer.delay > 0) await wait(answer.delay, undefined, { signal });
    response.writeHead(answer.status, answer.headers);
    for await (const chunk of chunks) {
      if (signal.aborted) return;
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Sends an answer; resolves when nothing more is to be done for it. */
export async function deliver(response: ServerResponse, answer: Answer): Promise<void> {
  const signal = leaving(response);
  try {
    if (answer.delay > 0) await wait(answer.delay, undefined, { signal });
    if (answer.delivery === 'never') return;
    if (answer.delivery === 'endless') return await sendEndless(response, answer, signal);
    if (answer.delivery === 'cut' || answer.delivery === 'reset')
      return await sendCut(response, answer, signal);
    const body = asBuffer(answer.body);
    const headers =
      answer.status === 304 ? answer.headers : { ...answer.headers, 'content-length': body.length };
    response.writeHead(answer.status, headers);
    response.end(answer.status === 304 ? undefined : body);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
