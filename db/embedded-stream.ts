/**
 * The road between the genuine `pg` client and the embedded engine: a Duplex that `pg` takes in place of
 * a socket.
 *
 * What it guarantees: frontend messages are gathered until one that asks for an answer (Sync, Query,
 * Flush, Terminate, and the few like them) and each group is handed over whole, in one buffer that is
 * moved to the worker and not copied again. This is what keeps the extended protocol in step after an
 * error: the engine reads on to the Sync that belongs to it. Work is linear in the bytes written,
 * however they are cut into chunks.
 *
 * It fails by being destroyed with the engine's error; `pg` then rejects every query of that client.
 */
import { Duplex } from 'node:stream';

/** What the stream needs of the engine: one session a stream. */
export interface EmbeddedSession {
  /** Hands over one group of whole messages; the buffer is moved away. */
  send(group: Uint8Array<ArrayBuffer>, startup: boolean): void;
  /** The client is gone: whatever it left open is rolled back. */
  leave(): void;
}

const code = (letter: string) => letter.charCodeAt(0);
const TERMINATE = code('X');
/** Message types after which the client waits for an answer: the end of a group. */
const GROUP_ENDS = new Set([
  code('S'), // Sync
  code('Q'), // Query
  code('H'), // Flush
  code('F'), // FunctionCall
  code('c'), // CopyDone
  code('f'), // CopyFail
  code('p'), // Password, SASL
  TERMINATE,
]);

/** Bytes of a message's type. The startup message has none. */
const TYPE_BYTES = 1;
/** Bytes of a message's length, which counts itself and not the type. */
const LENGTH_BYTES = 4;

/** One group of whole frontend messages. */
export interface MessageGroup {
  bytes: Uint8Array<ArrayBuffer>;
  /** The first message of a connection, which has no type. */
  startup: boolean;
  terminate: boolean;
}

/** Cuts a stream of frontend bytes into groups of whole messages. */
export class MessageGrouper {
  #chunks: Uint8Array[] = [];
  #gathered = 0;
  #header = Buffer.alloc(TYPE_BYTES + LENGTH_BYTES);
  /** Bytes of the header read so far. The startup message starts as if its type had been read. */
  #headerRead = TYPE_BYTES;
  #startup = true;
  #bodyLeft = 0;

  /** Takes the next bytes and returns the groups that they complete. */
  add(chunk: Uint8Array): MessageGroup[] {
    const groups: MessageGroup[] = [];
    let groupStart = 0;
    let position = 0;
    while (position < chunk.length) {
      position = this.#advance(chunk, position);
      if (!this.#messageComplete()) continue;
      const type = this.#header[0] as number;
      const startup = this.#startup;
      this.#startup = false;
      this.#headerRead = 0;
      if (!startup && !GROUP_ENDS.has(type)) continue;
      this.#keep(chunk.subarray(groupStart, position));
      groups.push({
        bytes: this.#take(),
        startup,
        terminate: !startup && type === TERMINATE,
      });
      groupStart = position;
    }
    this.#keep(chunk.subarray(groupStart));
    return groups;
  }

  #messageComplete(): boolean {
    return this.#headerRead === this.#header.length && this.#bodyLeft === 0;
  }

  /** Reads on through one header or one body and returns the new position. */
  #advance(chunk: Uint8Array, position: number): number {
    if (this.#headerRead === this.#header.length) {
      const step = Math.min(this.#bodyLeft, chunk.length - position);
      this.#bodyLeft -= step;
      return position + step;
    }
    this.#header[this.#headerRead] = chunk[position] as number;
    this.#headerRead += 1;
    if (this.#headerRead === this.#header.length) {
      this.#bodyLeft = this.#header.readUInt32BE(TYPE_BYTES) - LENGTH_BYTES;
      if (this.#bodyLeft < 0) throw new Error('A frontend message is shorter than its own length');
    }
    return position + 1;
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#chunks.push(part);
    this.#gathered += part.length;
  }

  /** The gathered bytes in a buffer of their own, which can be moved: `pg` may reuse its buffers. */
  #take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#gathered);
    let offset = 0;
    for (const part of this.#chunks) {
      bytes.set(part, offset);
      offset += part.length;
    }
    this.#chunks = [];
    this.#gathered = 0;
    return bytes;
  }
}

/** A socket's stand-in for one `pg` client. */
export class EmbeddedStream extends Duplex {
  #session: EmbeddedSession;
  #grouper = new MessageGrouper();
  #left = false;

  constructor(open: (stream: EmbeddedStream) => EmbeddedSession) {
    super();
    this.#session = open(this);
  }

  /** Called by `pg` where a socket would connect. There is nowhere to go. */
  connect(): this {
    process.nextTick(() => {
      if (!this.destroyed) this.emit('connect');
    });
    return this;
  }

  /** A socket's method that `pg` calls; nothing is delayed here. */
  setNoDelay(): this {
    return this;
  }

  /** A socket's method that `pg` calls; a thread of our own needs no probes. */
  setKeepAlive(): this {
    return this;
  }

  /** A socket's method that `pg` offers; the worker decides what keeps the process alive. */
  ref(): this {
    return this;
  }

  /** See `ref`. */
  unref(): this {
    return this;
  }

  override _read(): void {
    // The engine's answers are pushed as they come; `pg` reads at once and never asks for more than it wants.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      for (const group of this.#grouper.add(chunk)) this.#hand(group);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #hand(group: MessageGroup): void {
    if (group.terminate) {
      this.#leave();
      this.push(null);
    } else if (!this.#left) {
      this.#session.send(group.bytes, group.startup);
    }
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#session.leave();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#leave();
    done(error);
  }
}
