/**
 * What lies where in a published file: the table of its segments, kept beside it, from which the next edition is
 * made. A segment is the objects of neighbouring numbers; what did not change is copied from the former edition,
 * segment by segment, or within a segment object by object.
 *
 * A line of JSON each, so that an index of any length is read and written in little memory. First the lengths of what
 * stands before the first segment, then the segments in their order.
 */
import type { FileHandle } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline/promises';

/** Lengths of the same bytes as they are and deflated. */
export interface Lengths {
  readonly bytes: number;
  readonly deflated: number;
}

export interface Segment extends Lengths {
  /** Numbers of its objects divided by the width of the file's segments. */
  readonly number: number;
  /** Whether its text begins with the format's separator: it is not the first of the file. */
  readonly isLed: boolean;
  /** The registry's numbers of the objects in it, ascending. */
  readonly objects: readonly number[];
  /** Bytes of each of them, in the same order; empty in a packed file, where they share their bytes. */
  readonly lengths: readonly number[];
  /** Packed files: see `Pack`. */
  readonly note: string;
}

/** Where a segment lies, as it is and in the gzip file. */
export interface PlacedSegment {
  readonly segment: Segment;
  readonly start: Lengths;
}

type Line = [number, number, number, 0 | 1, readonly number[], readonly number[], string];

export function indexHead({ bytes, deflated }: Lengths): string {
  return `${JSON.stringify([bytes, deflated])}\n`;
}

export function indexLine(segment: Segment): string {
  const { number, bytes, deflated, isLed, objects, lengths, note } = segment;
  const line: Line = [number, bytes, deflated, isLed ? 1 : 0, objects, lengths, note];
  return `${JSON.stringify(line)}\n`;
}

/** Reads an index in its order, with one segment of lookahead. */
export class IndexReader {
  readonly #lines: Interface;
  readonly #iterator: AsyncIterator<string>;
  #next: PlacedSegment | null = null;

  private constructor(file: FileHandle) {
    this.#lines = createInterface({ input: file.createReadStream({ start: 0, autoClose: false }) });
    this.#iterator = this.#lines[Symbol.asyncIterator]();
  }

  /**
   * @param gzipHeaderBytes what stands in the gzip file before the first part
   * @throws SyntaxError when the index is damaged
   */
  static async open(file: FileHandle, gzipHeaderBytes: number): Promise<IndexReader> {
    const reader = new IndexReader(file);
    const [bytes, deflated] = JSON.parse(await reader.#line()) as [number, number];
    await reader.#advance({ bytes, deflated: gzipHeaderBytes + deflated });
    return reader;
  }

  /** The segment that comes next; null after the last. */
  get next(): PlacedSegment | null {
    return this.#next;
  }

  /** Passes on to the segment after `next`. */
  async pass(): Promise<void> {
    if (!this.#next) return;
    const { segment, start } = this.#next;
    await this.#advance({
      bytes: start.bytes + segment.bytes,
      deflated: start.deflated + segment.deflated,
    });
  }

  close(): void {
    this.#lines.close();
  }

  async #advance(start: Lengths): Promise<void> {
    const line = await this.#line();
    this.#next = line === '' ? null : { segment: toSegment(JSON.parse(line) as Line), start };
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#iterator.next();
    return done ? '' : value;
  }
}

function toSegment([number, bytes, deflated, isLed, objects, lengths, note]: Line): Segment {
  return { number, bytes, deflated, isLed: isLed === 1, objects, lengths, note };
}
