/**
 * Requests as fast as answers come, over connections that are kept alive. What the client's process is told, and what
 * it answers; the process itself is `client-process.ts`.
 *
 * Guarantees: every answer is looked at, and one that is not as expected fails the run. The clock runs from the first
 * request to the last answer; connections are open before it. One client, the same for both sides.
 */
import { type HttpConnection, type HttpRequest, openConnection, writeRequest } from './http-connection.ts';

export interface LoadOrder {
  readonly kind: 'load';
  readonly origin: string;
  readonly connections: number;
  /** No request is begun after these; what is in flight is waited for. */
  readonly seconds: number;
  /** Sent in this order. Ends early when all are sent, unless they are `repeated`. */
  readonly requests: readonly ExpectedRequest[];
  readonly isRepeated: boolean;
}

export interface ExpectedRequest extends HttpRequest {
  /** How the body of the answer begins, which is 200. */
  readonly answerBegins: string;
  /** Bytes of that body, where they are known. */
  readonly answerBytes?: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** Requests that were sent and answered: the first so many of the order. */
  readonly answered: number;
  /** Milliseconds from a request to its whole answer. */
  readonly p50: number;
  readonly p99: number;
  /** Of one processor, that the client itself took: near one, it is the client that is measured. */
  readonly clientShare: number;
}

interface WrittenRequest {
  readonly bytes: Buffer;
  readonly expected: ExpectedRequest;
}

export async function load(order: LoadOrder): Promise<LoadResult> {
  const { origin, requests } = order;
  const written = requests.map((expected) => ({ bytes: writeRequest(origin, expected), expected }));
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => openConnection(origin)),
  );
  try {
    return await measure(order, written, connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function measure(
  { seconds: limit, isRepeated }: LoadOrder,
  written: readonly WrittenRequest[],
  connections: readonly HttpConnection[],
): Promise<LoadResult> {
  const latencies: number[] = [];
  let sent = 0;
  const processor = process.cpuUsage();
  const start = performance.now();
  const end = start + limit * 1000;
  await Promise.all(
    connections.map(async (connection) => {
      let now = performance.now();
      while (now < end && (isRepeated || sent < written.length)) {
        const { bytes, expected } = written[sent++ % written.length] as WrittenRequest;
        const { status, body } = await connection.ask(bytes);
        check(status, body, expected);
        const answered = performance.now();
        latencies.push(answered - now);
        now = answered;
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(processor);
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const clientShare = (user + system) / 1e6 / seconds;
  return { seconds, answered: latencies.length, p50: at(0.5), p99: at(0.99), clientShare };
}

function check(status: number, body: Buffer, expected: ExpectedRequest): void {
  const { answerBegins, answerBytes = body.length } = expected;
  const isExpected =
    body.length === answerBytes && body.toString('latin1', 0, answerBegins.length) === answerBegins;
  if (status === 200 && isExpected) return;
  const { method, path } = expected;
  throw new Error(
    `${method} ${path} was answered ${status}, ${body.length} bytes: ${body.toString('utf8', 0, 500)}`,
  );
}
