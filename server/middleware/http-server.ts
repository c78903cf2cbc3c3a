/**
 * What a public address needs of Node's HTTP server, beneath Koa: time limits, so that slow or hostile clients
 * cannot hold connections for ever (Slowloris), and a readable answer to what is not even HTTP.
 */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Milliseconds for the headers of a request: they fit one packet; slower is an attack or a broken line. */
const HEADERS_TIMEOUT_MS = 20_000;
/** Milliseconds for a whole request: 5 MB (the limit of a push) at 50 kB/s, with some to spare. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Milliseconds that an idle connection stays: longer than the minute of usual proxies, so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** Header lines. A request through some proxies has thirty. */
const HEADERS_LIMIT = 100;

/** Sets the limits on a server. `clock`: for the timestamp of answers to what is no HTTP. */
export function configureHttpServer(server: Server, clock: () => Date = () => new Date()): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.maxHeadersCount = HEADERS_LIMIT;
  server.on('clientError', (error, socket) => answerClientError(error, socket, clock()));
}

/** What Node's parser refuses, by its error code; anything else is 400. */
const REFUSALS: Readonly<Record<string, { line: string; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    message: 'The headers of the request are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { line: '408 Request Timeout', message: 'The request did not arrive in time' },
};
const BAD_REQUEST = { line: '400 Bad Request', message: 'The request is not valid HTTP' };

/** Nobody knows which path was meant; an OCPI envelope is read by partners and harmless to others (ENV-01). */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, now: Date): void {
  const { _httpMessage: answering } = socket as Duplex & { _httpMessage?: { headersSent: boolean } };
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return;
  }
  const { line, message } = REFUSALS[error.code ?? ''] ?? BAD_REQUEST;
  const body = JSON.stringify({
    status_code: 2000,
    status_message: message,
    timestamp: now.toISOString(),
  });
  const headers = ['Connection: close', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  socket.end(`HTTP/1.1 ${line}\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
}
