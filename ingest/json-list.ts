/**
 * Reads a long list of objects out of a stream of JSON, a batch at a time: a bare array, or an OCPI envelope
 * whose `data` is one. Written by hand because the streaming parsers to be had build every value token by token
 * (about ten times slower than this scan followed by `JSON.parse`) and bound neither the size nor the nesting of
 * one element.
 *
 * Guarantees: memory holds one batch and one element, whatever the length of the stream; an element comes as a
 * JsonElement, one that is too large, too deep or not UTF-8 as an UnreadableElement in its place; what stands before
 * a fault is given out before the fault is thrown. Elements that the caller recognises are hashed, and not parsed.
 *
 * Fails with MalformedJsonError when the stream is not such a list or breaks off; errors of the stream itself
 * pass through.
 */
import { hash } from 'node:crypto';
import { headOf, JsonElement, type Recognise } from './json-element.ts';
import { isBlank, JsonValueScanner, type ScannedValue, type ValueLimits } from './json-value-scanner.ts';

/** No JSON holds a symbol, so no value can look like it. */
const UNREADABLE = Symbol.for('unreadable JSON element');

/** An element that was there and could not be read. */
export class UnreadableElement {
  readonly brand = UNREADABLE;
  readonly reason: string;
  readonly excerpt: string;

  constructor(reason: string, excerpt: string) {
    this.reason = reason;
    this.excerpt = excerpt;
  }
}

/** Told by its brand, not by class: see `isHttpError`. */
export function isUnreadable(element: unknown): element is UnreadableElement {
  return (element as Partial<UnreadableElement> | null)?.brand === UNREADABLE;
}

export type ListElement = JsonElement | UnreadableElement;

/** The stream is no list of JSON values, or breaks off. */
export class MalformedJsonError extends Error {
  override readonly name = 'MalformedJsonError';
}

/** What is known once the list is at its end. */
export interface JsonListEnd {
  readonly shape: 'array' | 'envelope';
  /** False for an envelope without an array as `data`. */
  readonly hasList: boolean;
  /** The envelope's other fields, as far as they are small. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface JsonListLimits {
  readonly elementBytes: number;
  readonly elementDepth: number;
  /** Elements in a batch at the most. */
  readonly batchElements: number;
  /** Bytes of a batch at which it is given out. */
  readonly batchBytes: number;
}

const MEBIBYTE = 1024 * 1024;

/**
 * The largest Locations that are known have some hundred kilobytes; OCPI nests nine levels deep, and what is
 * nested by the thousand would break code that recurses.
 */
export const JSON_LIST_LIMITS: JsonListLimits = {
  elementBytes: 8 * MEBIBYTE,
  elementDepth: 64,
  batchElements: 300,
  batchBytes: 4 * MEBIBYTE,
};

/** Bounds of an envelope's own fields: status code, message, timestamp. Larger ones are passed over. */
const FIELD_LIMITS: ValueLimits = { bytes: 65_536, depth: 16 };
const FIELD_COUNT_LIMIT = 50;

/** The batches of elements; the generator's result says what else stood there. */
export async function* readJsonList(
  chunks: AsyncIterable<Buffer>,
  limits: JsonListLimits = JSON_LIST_LIMITS,
  recognises?: Recognise,
): AsyncGenerator<ListElement[], JsonListEnd> {
  const splitter = new ListSplitter(limits, recognises);
  let failure: { error: unknown } | undefined;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      try {
        const { value, done } = await iterator.next();
        if (done) break;
        splitter.push(value);
      } catch (error) {
        failure = { error };
        break;
      }
      while (splitter.hasBatch()) yield splitter.takeBatch();
    }
    while (splitter.hasElements()) yield splitter.takeBatch();
    if (failure) throw failure.error;
    return splitter.end();
  } finally {
    await iterator.return?.();
  }
}

/** Where the splitter stands between two values. */
type Place =
  | 'start'
  | 'first-element'
  | 'element'
  | 'after-element'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'value'
  | 'after-value'
  | 'end';

const EXPECTED: Readonly<Record<Place, string>> = {
  start: '"[" or "{"',
  'first-element': 'an element or "]"',
  element: 'an element',
  'after-element': '"," or "]"',
  'first-key': 'a name or "}"',
  key: 'a name',
  colon: '":"',
  value: 'a value',
  'after-value': '"," or "}"',
  end: 'nothing more',
};

/** The end of one element and the beginning of the next, as most Senders write them. */
const BETWEEN_ELEMENTS = Buffer.from('},{"country_code":"');

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** An element as bytes: their hash, and whether it is recognised; undefined when nobody was asked. */
interface Look {
  readonly digest: string;
  readonly isRecognised: boolean | undefined;
}

class ListSplitter {
  readonly #limits: JsonListLimits;
  readonly #recognises: Recognise | undefined;
  readonly #scanner = new JsonValueScanner();
  #place: Place = 'start';
  #isScanning = false;
  #isEnvelope = false;
  #hasList = false;
  #key = '';
  #fieldCount = 0;
  readonly #fields: Record<string, unknown> = {};
  #elements: ListElement[] = [];
  #bytes = 0;
  #elementCount = 0;
  #position = 0;
  #head: Buffer | null = Buffer.alloc(0);
  /** Of the element that is being read: what was seen of it up to where it was taken to end. */
  #guess: (Look & { readonly length: number }) | null = null;

  constructor(limits: JsonListLimits, recognises: Recognise | undefined) {
    this.#limits = limits;
    this.#recognises = recognises;
  }

  /** Takes the next bytes. */
  push(bytes: Buffer): void {
    const chunk = this.#withoutMark(bytes);
    let place = 0;
    while (place < chunk.length) {
      if (this.#isScanning) {
        const end = this.#scanner.scan(chunk, place);
        if (end < 0) break;
        this.#isScanning = false;
        this.#finishValue(this.#scanner.take());
        place = end;
      } else {
        const byte = chunk[place] as number;
        if (isBlank(byte) || !this.#step(byte, this.#position + place)) place++;
        // A value's first byte is left for whoever finds its end.
        else place = this.#passKnown(chunk, place);
      }
    }
    this.#position += chunk.length;
  }

  hasBatch(): boolean {
    return this.#elements.length >= this.#limits.batchElements || this.#bytes >= this.#limits.batchBytes;
  }

  hasElements(): boolean {
    return this.#elements.length > 0;
  }

  takeBatch(): ListElement[] {
    const batch = this.#elements.slice(0, this.#limits.batchElements);
    this.#elements = this.#elements.slice(batch.length);
    if (this.#elements.length === 0) this.#bytes = 0;
    return batch;
  }

  /** Called when there are no more bytes. */
  end(): JsonListEnd {
    if (this.#place !== 'end' || this.#isScanning) {
      const where =
        this.#position === 0 ? 'it is empty' : `it breaks off after ${this.#elementCount} elements`;
      throw new MalformedJsonError(`the JSON is not complete: ${where}`);
    }
    return {
      shape: this.#isEnvelope ? 'envelope' : 'array',
      hasList: this.#hasList,
      fields: this.#fields,
    };
  }

  /** One byte between values. True when a value begins with it. */
  #step(byte: number, position: number): boolean {
    const character = String.fromCharCode(byte);
    const next = this.#nextPlace(character);
    if (next === undefined) {
      const found = /[!-~]/.test(character) ? `"${character}"` : `byte ${byte}`;
      throw new MalformedJsonError(
        `the JSON is malformed at byte ${position}, after ${this.#elementCount} elements: ` +
          `expected ${EXPECTED[this.#place]}, found ${found}`,
      );
    }
    if (next !== 'scan') {
      this.#place = next;
      return false;
    }
    const isElement = this.#place === 'element' || this.#place === 'first-element';
    const { elementBytes, elementDepth } = this.#limits;
    this.#scanner.begin(byte, isElement ? { bytes: elementBytes, depth: elementDepth } : FIELD_LIMITS);
    this.#isScanning = true;
    return true;
  }

  #nextPlace(character: string): Place | 'scan' | undefined {
    switch (this.#place) {
      case 'start':
        return this.#open(character);
      case 'first-element':
        return character === ']' ? this.#closeList() : startOfValue(character);
      case 'element':
        return startOfValue(character);
      case 'after-element':
        return character === ',' ? 'element' : character === ']' ? this.#closeList() : undefined;
      case 'first-key':
        return character === '}' ? 'end' : character === '"' ? 'scan' : undefined;
      case 'key':
        return character === '"' ? 'scan' : undefined;
      case 'colon':
        return character === ':' ? 'value' : undefined;
      case 'value':
        if (character === '[' && this.#key === 'data') {
          this.#hasList = true;
          return 'first-element';
        }
        return startOfValue(character);
      case 'after-value':
        return character === ',' ? 'key' : character === '}' ? 'end' : undefined;
      case 'end':
        return undefined;
    }
  }

  #open(character: string): Place | undefined {
    this.#isEnvelope = character === '{';
    this.#hasList = character === '[';
    return character === '{' ? 'first-key' : character === '[' ? 'first-element' : undefined;
  }

  #closeList(): Place {
    return this.#isEnvelope ? 'after-value' : 'end';
  }

  /**
   * The place after an element that is recognised without a look at each of its bytes, else its beginning. It is taken
   * to end where the next one begins as it does itself. If its like is known up to there, that is all of it: a whole
   * object is never the beginning of another value.
   */
  #passKnown(chunk: Buffer, from: number): number {
    this.#guess = null;
    if (this.#recognises === undefined || this.#place !== 'element' || !followsAlike(chunk, from))
      return from;
    const end = chunk.indexOf(BETWEEN_ELEMENTS, from) + 1;
    if (end === 0 || end - from > this.#limits.elementBytes) return from;
    const bytes = chunk.subarray(from, end);
    this.#guess = { ...this.#lookAt(bytes), length: bytes.length };
    if (!this.#guess.isRecognised) return from;
    this.#isScanning = false;
    this.#finishValue({ bytes });
    return end;
  }

  #finishValue(value: ScannedValue): void {
    switch (this.#place) {
      case 'first-element':
      case 'element':
        this.#elementCount++;
        this.#elements.push(this.#elementOf(value));
        this.#place = 'after-element';
        break;
      case 'first-key':
      case 'key':
        this.#key = 'bytes' in value ? String(this.#parse(value.bytes, 'a name')) : '';
        this.#place = 'colon';
        break;
      default:
        this.#fieldCount++;
        if ('bytes' in value && this.#fieldCount <= FIELD_COUNT_LIMIT && this.#key !== '__proto__') {
          this.#fields[this.#key] = this.#parse(value.bytes, `"${this.#key.slice(0, 40)}"`);
        }
        this.#place = 'after-value';
    }
  }

  #elementOf(value: ScannedValue): ListElement {
    const what = `element ${this.#elementCount}`;
    if (!('bytes' in value)) {
      this.#bytes += value.excerpt.length;
      return new UnreadableElement(`${what} ${value.reason}`, value.excerpt);
    }
    this.#bytes += value.bytes.length;
    const guess = this.#guess;
    const { digest, isRecognised } = guess?.length === value.bytes.length ? guess : this.#lookAt(value.bytes);
    const head = isRecognised ? headOf(value.bytes) : null;
    return head === null
      ? JsonElement.read(digest, this.#parse(value.bytes, what), isRecognised !== false)
      : JsonElement.recognised(digest, value.bytes, head);
  }

  #lookAt(bytes: Buffer): Look {
    const digest = hash('sha256', bytes, 'base64');
    return { digest, isRecognised: this.#recognises?.(digest) };
  }

  #parse(bytes: Buffer, what: string): unknown {
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
      throw new MalformedJsonError(`the JSON is malformed in ${what}: ${reason}`);
    }
  }

  /** Some exporters put a byte order mark in front, which may be split between chunks. */
  #withoutMark(bytes: Buffer): Buffer {
    if (this.#head === null) return bytes;
    const head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const mark = BYTE_ORDER_MARK.subarray(0, head.length);
    if (!head.subarray(0, mark.length).equals(mark)) {
      this.#head = null;
      return head;
    }
    if (head.length < BYTE_ORDER_MARK.length) {
      this.#head = head;
      return Buffer.alloc(0);
    }
    this.#head = null;
    return head.subarray(BYTE_ORDER_MARK.length);
  }
}

/** Whether the element that begins here stands after another one, and begins, as most do. */
function followsAlike(chunk: Buffer, from: number): boolean {
  const start = from - '},'.length;
  return start >= 0 && chunk.subarray(start, start + BETWEEN_ELEMENTS.length).equals(BETWEEN_ELEMENTS);
}

function startOfValue(character: string): 'scan' | undefined {
  return /[{["\-0-9tfn]/.test(character) ? 'scan' : undefined;
}
