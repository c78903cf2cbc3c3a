/**
 * Reads a file in stretches that come in the order in which they lie there: a published file, as the next edition is
 * made from it.
 *
 * Guarantees: neighbouring stretches are read at once, since a read costs more by its number than by its bytes; memory
 * holds one window, or the longest stretch where that is longer.
 * Fails as the file system fails, or with EndedTooSoonError.
 */
import type { FileHandle } from 'node:fs/promises';

/** Bytes read at once. */
const WINDOW_BYTES = 256 * 1024;

/** A stretch of a file: from the first byte up to and without the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class ForwardReader {
  readonly #file: FileHandle;
  #window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  /** What of the file stands in the window. */
  #held: Stretch = { from: 0, to: 0 };

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Bytes that hold until the next read.
   *
   * @throws EndedTooSoonError
   */
  async read({ from, to }: Stretch): Promise<Buffer> {
    if (from < this.#held.from || to > this.#held.to) await this.#fill(from, to);
    return this.#window.subarray(from - this.#held.from, to - this.#held.from);
  }

  /** The same of a stretch of any length, in parts that each hold until the next. */
  async *parts({ from, to }: Stretch): AsyncGenerator<Buffer> {
    for (let position = from; position < to; ) {
      const isHeld = position >= this.#held.from && position < this.#held.to;
      const end = Math.min(to, isHeld ? this.#held.to : position + WINDOW_BYTES);
      yield await this.read({ from: position, to: end });
      position = end;
    }
  }

  async #fill(from: number, to: number): Promise<void> {
    if (to - from > this.#window.length) this.#window = Buffer.allocUnsafeSlow(2 * (to - from));
    this.#held = { from, to: from };
    while (this.#held.to < to) {
      const offset = this.#held.to - from;
      const { bytesRead } = await this.#file.read(
        this.#window,
        offset,
        this.#window.length - offset,
        this.#held.to,
      );
      if (bytesRead === 0) throw new EndedTooSoonError(this.#held.to, to);
      this.#held = { from, to: this.#held.to + bytesRead };
    }
  }
}

/** The file is shorter than its index says. */
class EndedTooSoonError extends Error {
  constructor(end: number, wanted: number) {
    super(`the former file ends at ${end}, before ${wanted}`);
    this.name = 'EndedTooSoonError';
  }
}
