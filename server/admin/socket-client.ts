/**
 * The admin service of a running server, through the socket in its data directory.
 *
 * Fails with AdminError as the service itself does; with `unavailable` when the server goes away meanwhile.
 */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { RunCounts } from '../../db/partner-model.ts';
import { AdminError, type AdminErrorCode } from './admin-error.ts';
import { qualityClient } from './quality-client.ts';
import type { AdminService, RunOptions, RunView } from './service.ts';
import { adminSocketPath, shortRoad } from './socket-path.ts';

/** A connected client. */
export interface AdminSocketClient {
  readonly admin: AdminService;
  close(): Promise<void>;
}

/** Milliseconds in which a live server takes a connection; a stopped process never does. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Bytes of an answer: the list of a whole country's sources is far below. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/** The admin service of the server that runs on this data directory; undefined when none does. */
export async function connectAdminSocket(dataDirectory: string): Promise<AdminSocketClient | undefined> {
  const road = await shortRoad(adminSocketPath(dataDirectory));
  if (!(await isListening(road.path))) {
    await road.remove();
    return undefined;
  }
  return { admin: createClient(road.path), close: () => road.remove() };
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    // Not there, or left by a server that was killed.
    socket.once('error', () => settle(false));
  });
}

function createClient(socketPath: string): AdminService {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { response } = await send({ socketPath, method, path, body });
    const answer = await readAll(response);
    if ((response.statusCode ?? 500) >= 400) throw problemOf(answer);
    return JSON.parse(answer) as T;
  };
  const one = (kind: string, name: string) => `/admin/${kind}/${encodeURIComponent(name)}`;
  return {
    addConnection: (input) => ask('POST', '/admin/connections', input),
    listConnections: () => ask('GET', '/admin/connections'),
    showConnection: (name) => ask('GET', one('connections', name)),
    setConnection: (name, input) => ask('PATCH', one('connections', name), input),
    rotateConnection: (name, input) => ask('POST', `${one('connections', name)}/rotate`, input),
    removeConnection: (name) => ask('DELETE', one('connections', name)),
    addSource: (input) => ask('POST', '/admin/sources', input),
    listSources: () => ask('GET', '/admin/sources'),
    setSource: (name, input) => ask('PATCH', one('sources', name), input),
    removeSource: (name) => ask('DELETE', one('sources', name)),
    runSource: (name, options) => run(socketPath, `${one('sources', name)}/runs`, options),
    importOperators: (input) => ask('POST', '/admin/operators/imports', input),
    findOperators: (id) => ask('GET', `/admin/operators?id=${encodeURIComponent(id)}`),
    listOperators: () => ask('GET', '/admin/operators/registers'),
    ...qualityClient(ask),
    buildExports: (format) => ask('POST', '/admin/exports/builds', { format }),
    status: () => ask('GET', '/admin/status'),
  };
}

async function run(socketPath: string, path: string, options: RunOptions): Promise<RunView> {
  const { signal, onProgress, full } = options;
  const accept = 'application/x-ndjson';
  const { response, request: asked } = await send({
    socketPath,
    method: 'POST',
    path,
    body: { full },
    accept,
  });
  const giveUp = () => asked.destroy();
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted) giveUp();
  try {
    if ((response.statusCode ?? 500) >= 400) throw problemOf(await readAll(response));
    for await (const line of createInterface({ input: response })) {
      const told = JSON.parse(line) as { progress?: RunCounts; report?: RunView; error?: ProblemBody };
      if (told.progress) onProgress?.(told.progress);
      if (told.report) return told.report;
      if (told.error) throw new AdminError(told.error.code, told.error.message ?? '');
    }
    throw gone();
  } catch (error) {
    if (signal?.aborted) throw new AdminError('failed', 'The run was ended before it was complete.');
    throw error instanceof AdminError ? error : gone();
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

interface Asked {
  socketPath: string;
  method: string;
  path: string;
  body?: object | undefined;
  accept?: string;
}

function send(asked: Asked): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const { socketPath, method, path, body, accept = 'application/json' } = asked;
  return new Promise((resolve, reject) => {
    const headers = { accept, 'content-type': 'application/json' };
    const sent = request({ socketPath, method, path, headers, agent: false });
    sent.once('response', (response) => resolve({ request: sent, response }));
    sent.on('error', () => reject(gone()));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > ANSWER_LIMIT) throw new AdminError('failed', 'The answer of the server is too large.');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AdminError ? error : gone();
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface ProblemBody {
  code: AdminErrorCode;
  detail?: string;
  message?: string;
}

function problemOf(answer: string): AdminError {
  const problem = JSON.parse(answer) as ProblemBody;
  return new AdminError(
    problem.code ?? 'failed',
    problem.detail ?? 'The server could not do it; see its log.',
  );
}

function gone(): AdminError {
  return new AdminError(
    'unavailable',
    'The running server went away meanwhile. Look at its log and try again.',
  );
}
