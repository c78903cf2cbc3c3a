/**
 * A file that is written from its beginning to its end, and knows its length and its checksums when it is done.
 *
 * Guarantees: all bytes pass through one buffer, so that a file of any length costs no more memory than that.
 * Fails as the file system fails.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ForwardReader, Stretch } from './forward-reader.ts';

/** Bytes gathered before they are written, and copied at once: parts have some ten thousand. */
const BUFFER_BYTES = 256 * 1024;

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
  async copy(source: ForwardReader, stretch: Stretch): Promise<void> {
    for await (const part of source.parts(stretch)) await this.write(part);
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
