/**
 * An HTTP connection that is kept alive, as cheap as it can be: a usual client takes as much of the machine as an empty
 * handler does, and would be what is measured. One request at a time; answers must have a Content-Length.
 *
 * Fails when the server hangs up, and for an answer of another form.
 */
import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  /** Value of a header; undefined when the answer does not have it. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/** What is sent; write it once, send it many times. */
export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpConnection {
  /** Sends bytes of `writeRequest` and waits for the whole answer. */
  ask(request: Buffer): Promise<HttpAnswer>;
  close(): void;
}

const END_OF_HEAD = '\r\n\r\n';

/** A request to this origin as the bytes on the wire. */
export function writeRequest(origin: string, { method, path, headers, body }: HttpRequest): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${new URL(origin).host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined) {
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  }
  return Buffer.from(`${lines.join('\r\n')}${END_OF_HEAD}${body ?? ''}`);
}

/** @param origin e.g. `http://localhost:8080` */
export async function openConnection(origin: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(origin);
  const socket = await connected(connect({ host: hostname, port: Number(port), noDelay: true }));
  let reading: Reading | null = null;
  const fail = (error: Error) => {
    reading?.reject(error);
    reading = null;
  };
  socket.on('data', (chunk) => {
    try {
      const answer = reading?.take(chunk) ?? null;
      if (answer === null) return;
      const { resolve } = reading as Reading;
      reading = null;
      resolve(answer);
    } catch (error) {
      fail(error as Error);
    }
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed the connection')));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        reading = new Reading(resolve, reject);
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** An answer that is on its way. */
class Reading {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #head = '';
  /** Bytes of the whole answer, once its head is there. */
  #length = Number.POSITIVE_INFINITY;

  constructor(resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }

  /** The answer when this was its last piece, else null. */
  take(chunk: Buffer): HttpAnswer | null {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#head === '') this.#readHead();
    if (this.#received < this.#length) return null;
    const bytes = this.#bytes();
    const head = this.#head;
    return {
      status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)),
      header: (name) => headerOf(head, name),
      body: bytes.subarray(head.length),
    };
  }

  #readHead(): void {
    const bytes = this.#bytes();
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) return;
    this.#head = bytes.toString('latin1', 0, end + END_OF_HEAD.length);
    const length = headerOf(this.#head, 'content-length');
    if (length === undefined) throw new Error(`an answer without Content-Length:\n${this.#head}`);
    this.#length = this.#head.length + Number(length);
  }

  #bytes(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
  }
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(head)?.[1];
}
