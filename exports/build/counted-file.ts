/**
 * A file that is written from its beginning to its end, and knows its length and its checksums when it is done.
 * Fails as the file system fails.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Bytes gathered before they are written: parts have some ten thousand, and a call for each would cost more. */
const GATHERED_BYTES = 1024 * 1024;

/** Bytes copied at once. */
const COPY_BYTES = 1024 * 1024;

/** A stretch of a file: from the first byte up to and without the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class CountedFile {
  readonly #path: string;
  /** Opened with the first write. */
  #handle: FileHandle | null = null;
  readonly #hash = createHash('sha256');
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #crc32 = 0;
  #bytes = 0;

  /** What the file held before is lost with the first write. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes handed in so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of the bytes handed in so far. */
  get crc32(): number {
    return this.#crc32;
  }

  /** The bytes are kept until they are written, so they must not change. */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#bytes += bytes.length;
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= GATHERED_BYTES) await this.#flush();
  }

  /** Takes over a stretch of another file. */
  async copy(source: FileHandle, { from, to }: Stretch): Promise<void> {
    for (let position = from; position < to; ) {
      const bytes = await readStretch(source, { from: position, to: Math.min(to, position + COPY_BYTES) });
      await this.write(bytes);
      position += bytes.length;
    }
  }

  /** Writes what is left; then nothing more may be written. */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    await this.#flush();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  async #flush(): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#handle ??= await open(this.#path, 'w');
    await this.#handle.writeFile(Buffer.concat(gathered));
  }
}

/** @throws when the file ends before */
export async function readStretch(source: FileHandle, { from, to }: Stretch): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(to - from);
  for (let read = 0; read < buffer.length; ) {
    const { bytesRead } = await source.read(buffer, read, buffer.length - read, from + read);
    if (bytesRead === 0) throw new Error(`the former file ends at ${from + read}, before ${to}`);
    read += bytesRead;
  }
  return buffer;
}
