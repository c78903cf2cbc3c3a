/**
 * A file that is written from its beginning to its end, and knows its length and its checksums when it is done.
 *
 * Guarantees: all bytes pass through one buffer, so that a file of any length costs no more memory than that.
 * Fails as the file system fails.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Bytes gathered before they are written, and copied at once: parts have some ten thousand. */
const BUFFER_BYTES = 256 * 1024;

/** A stretch of a file: from the first byte up to and without the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class CountedFile {
  readonly #path: string;
  /** Opened with the first write. */
  #handle: FileHandle | null = null;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #gathered = 0;
  readonly #hash = createHash('sha256');
  #crc32 = 0;
  #bytes = 0;

  /** What the file held before is lost with the first write. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes handed in so far. */
  get bytes(): number {
    return this.#bytes + this.#gathered;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + BUFFER_BYTES - this.#gathered);
      this.#buffer.set(part, this.#gathered);
      this.#gathered += part.length;
      from += part.length;
      if (this.#gathered === BUFFER_BYTES) await this.#flush();
    }
  }

  /** Takes over a stretch of another file. */
  async copy(source: FileHandle, { from, to }: Stretch): Promise<void> {
    for (let position = from; position < to; ) {
      const wanted = Math.min(to - position, BUFFER_BYTES - this.#gathered);
      const { bytesRead } = await source.read(this.#buffer, this.#gathered, wanted, position);
      if (bytesRead === 0) throw new EndedTooSoonError(position, to);
      this.#gathered += bytesRead;
      position += bytesRead;
      if (this.#gathered === BUFFER_BYTES) await this.#flush();
    }
  }

  /** Writes what is left; then nothing more may be written. */
  async finish(): Promise<{ bytes: number; sha256: string; crc32: number }> {
    await this.#flush();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), crc32: this.#crc32 };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async #flush(): Promise<void> {
    this.#handle ??= await open(this.#path, 'w');
    const bytes = this.#buffer.subarray(0, this.#gathered);
    this.#hash.update(bytes);
    this.#crc32 = crc32(bytes, this.#crc32);
    await this.#handle.writeFile(bytes);
    this.#bytes += this.#gathered;
    this.#gathered = 0;
  }
}

/** Room for what is read of a file, used again and again. */
export class Scratch {
  #room = Buffer.allocUnsafeSlow(0);

  /**
   * Bytes that hold until the next read.
   *
   * @throws EndedTooSoonError
   */
  async read(source: FileHandle, { from, to }: Stretch): Promise<Buffer> {
    const length = to - from;
    if (this.#room.length < length) this.#room = Buffer.allocUnsafeSlow(2 * length);
    for (let read = 0; read < length; ) {
      const { bytesRead } = await source.read(this.#room, read, length - read, from + read);
      if (bytesRead === 0) throw new EndedTooSoonError(from + read, to);
      read += bytesRead;
    }
    return this.#room.subarray(0, length);
  }
}

/** The former file is shorter than its index says. */
class EndedTooSoonError extends Error {
  constructor(end: number, wanted: number) {
    super(`the former file ends at ${end}, before ${wanted}`);
    this.name = 'EndedTooSoonError';
  }
}
