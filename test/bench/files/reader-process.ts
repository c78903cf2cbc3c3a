/** See `reader.ts`. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { takeOrders } from '../bench-process.ts';
import type { ReadOrder, ReadResult } from './reader.ts';

/** Bytes taken from a connection at once. */
const BUFFER_BYTES = 1024 * 1024;

/** Bytes that no head is longer than: of what comes with one, no more is looked at. */
const HEAD_LIMIT = 4096;

const END_OF_HEAD = '\r\n\r\n';

takeOrders(read);

async function read(order: ReadOrder): Promise<ReadResult> {
  const { origin, path, headers, connections, requestsEach } = order;
  const lines = Object.entries({ Host: new URL(origin).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const request = Buffer.from([`GET ${path} HTTP/1.1`, ...lines].join('\r\n') + END_OF_HEAD);
  const readers = Array.from({ length: connections }, () => new Reader(order, request));
  try {
    await Promise.all(readers.map((reader) => reader.connected));
    const processor = process.cpuUsage();
    const start = performance.now();
    await Promise.all(readers.map((reader) => reader.readTimes(requestsEach)));
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(processor);
    return { seconds, clientShare: (user + system) / 1e6 / seconds };
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** One connection. */
class Reader {
  readonly connected: Promise<unknown>;
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #expected: ReadOrder['expected'];
  /** Answers that are still to come. */
  #left = 0;
  /** Of the answer that comes; empty between two. */
  #head = '';
  /** Bytes of its body that are still to come; null until its head is there. */
  #bodyLeft: number | null = null;
  #done: Waiting | null = null;

  constructor({ origin, expected }: ReadOrder, request: Buffer) {
    const { hostname, port } = new URL(origin);
    this.#request = request;
    this.#expected = expected;
    this.#socket = connect({
      ...{ host: hostname, port: Number(port), noDelay: true },
      onread: {
        buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
        callback: (length, buffer) => {
          try {
            this.#take(Buffer.from(buffer.buffer, 0, length));
          } catch (error) {
            this.#fail(error as Error);
          }
          return true;
        },
      },
    });
    this.connected = once(this.#socket, 'connect');
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  readTimes(times: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#left = times;
      this.#done = { resolve, reject };
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#done = null;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    let body = bytes.length;
    if (this.#bodyLeft === null) {
      const before = this.#head.length;
      this.#head += bytes.toString('latin1', 0, HEAD_LIMIT);
      const end = this.#head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      this.#bodyLeft = this.#check(this.#head.slice(0, end));
      body = bytes.length - (end + END_OF_HEAD.length - before);
    }
    this.#bodyLeft -= body;
    if (this.#bodyLeft < 0) throw new Error(`an answer has ${-this.#bodyLeft} bytes too many`);
    if (this.#bodyLeft === 0) this.#next();
  }

  /** Bytes of the body that follows. */
  #check(head: string): number {
    const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
    const length = status === 304 ? 0 : Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
    if (status !== this.#expected.status || length !== this.#expected.bytes) {
      throw new Error(`not the answer that was expected:\n${head}`);
    }
    return length;
  }

  #next(): void {
    this.#head = '';
    this.#bodyLeft = null;
    this.#left -= 1;
    if (this.#left > 0) this.#socket.write(this.#request);
    else this.#done?.resolve();
  }

  #fail(error: Error): void {
    this.#done?.reject(error);
  }
}

/** Whoever waits for the last answer. */
interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}
