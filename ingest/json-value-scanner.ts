/**
 * Finds where one JSON value ends in a stream of bytes, keeping its bytes as long as they are few and shallow
 * enough. It knows strings, escapes and nesting, nothing else: whether the value is right JSON is for
 * `JSON.parse` to say. Never recursive, so nesting costs no stack. Never fails.
 */
import { isUtf8 } from 'node:buffer';

/** Bounds of one value. */
export interface ValueLimits {
  readonly bytes: number;
  /** Levels of arrays and objects, the value's own included. */
  readonly depth: number;
}

/** The bytes of a value, which are UTF-8, or why it was not kept and how it begins. */
export type ScannedValue = { readonly bytes: Buffer } | { readonly reason: string; readonly excerpt: string };

/** Bytes of an unreadable value that are shown, so that a person can find it. */
const EXCERPT_BYTES = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Scans one value after another: `begin`, then `scan` until it says that the value has ended, then `take`. */
export class JsonValueScanner {
  #limits: ValueLimits = { bytes: 0, depth: 0 };
  #kind: 'container' | 'string' | 'scalar' = 'scalar';
  #depth = 0;
  #inString = false;
  /** The next byte is escaped. */
  #isEscaped = false;
  #parts: Buffer[] = [];
  #bytes = 0;
  #reason: string | null = null;

  /** Starts with the value's first byte, which `scan` will see again. */
  begin(firstByte: number, limits: ValueLimits): void {
    this.#limits = limits;
    this.#kind =
      firstByte === OPEN_ARRAY || firstByte === OPEN_OBJECT
        ? 'container'
        : firstByte === QUOTE
          ? 'string'
          : 'scalar';
    this.#depth = 0;
    this.#inString = false;
    this.#isEscaped = false;
    this.#parts = [];
    this.#bytes = 0;
    this.#reason = null;
  }

  /** The place after the value's last byte, or -1 when it goes on in the next chunk. */
  scan(chunk: Buffer, from: number): number {
    const end = this.#kind === 'scalar' ? scalarEnd(chunk, from) : this.#nestedEnd(chunk, from);
    this.#keep(chunk.subarray(from, end < 0 ? chunk.length : end));
    return end;
  }

  /** What was scanned. */
  take(): ScannedValue {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts = [];
    const reason = this.#reason ?? (isUtf8(bytes) ? null : 'is not UTF-8');
    if (reason === null) return { bytes };
    return { reason, excerpt: bytes.subarray(0, EXCERPT_BYTES).toString('utf8') };
  }

  /** Every byte of every feed passes through here: the state is in local variables, and a string is one tight loop. */
  #nestedEnd(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let depth = this.#depth;
    let inString = this.#inString;
    let place = this.#isEscaped ? from + 1 : from;
    let isEnd = false;
    while (place < length && !isEnd) {
      let byte = chunk[place++];
      if (inString) {
        while (byte !== QUOTE && byte !== BACKSLASH && place < length) byte = chunk[place++];
        // What is escaped is passed over; it may be the first byte of the next chunk.
        if (byte === BACKSLASH) place++;
        else if (byte === QUOTE) {
          inString = false;
          isEnd = depth === 0;
        }
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth++;
        if (depth > this.#limits.depth) this.#refuse(`is nested more than ${this.#limits.depth} levels deep`);
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        isEnd = depth === 0;
      }
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#isEscaped = place > length;
    return isEnd ? place : -1;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#limits.bytes) this.#refuse(`is larger than ${this.#limits.bytes} bytes`);
    const isNeeded = this.#reason === null || this.#parts.length === 0;
    if (isNeeded) this.#parts.push(part);
    // A copy, so that the chunk itself can go.
    else if (this.#parts.length > 1) this.#parts = [Buffer.from(this.#parts[0] as Buffer)];
  }

  #refuse(reason: string): void {
    this.#reason ??= reason;
  }
}

/** Whether a byte is white space in JSON (RFC 8259, 2). */
export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function scalarEnd(chunk: Buffer, from: number): number {
  for (let place = from; place < chunk.length; place++) {
    const byte = chunk[place];
    if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || isBlank(byte)) return place;
  }
  return -1;
}
