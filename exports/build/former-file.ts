/**
 * A published file as the next edition is made from it: its bytes, its gzipped bytes, and its segments in their order.
 *
 * Fails as the file system does, and with a SyntaxError when the index is damaged.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { IndexReader, type PlacedSegment } from './file-index.ts';
import { GZIP_HEADER } from './flushed-deflate.ts';
import { ForwardReader } from './forward-reader.ts';

/** Where it lies. */
export interface FormerPaths {
  readonly identityPath: string;
  readonly gzipPath: string;
  readonly indexPath: string;
}

export class FormerFile {
  readonly identity: ForwardReader;
  readonly gzip: ForwardReader;
  /** Its segments, with one of lookahead. */
  readonly segments: IndexReader;
  readonly #files: readonly FileHandle[];

  private constructor(
    files: readonly FileHandle[],
    identity: FileHandle,
    gzip: FileHandle,
    segments: IndexReader,
  ) {
    this.#files = files;
    this.identity = new ForwardReader(identity);
    this.gzip = new ForwardReader(gzip);
    this.segments = segments;
  }

  static async open({ identityPath, gzipPath, indexPath }: FormerPaths): Promise<FormerFile> {
    const files: FileHandle[] = [];
    try {
      for (const path of [identityPath, gzipPath, indexPath]) files.push(await open(path, 'r'));
      const [identity, gzip, index] = files as [FileHandle, FileHandle, FileHandle];
      return new FormerFile(files, identity, gzip, await IndexReader.open(index, GZIP_HEADER.length));
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    }
  }

  /** Bytes of a segment, that hold until the next read. */
  bytesOf({ segment, start }: PlacedSegment): Promise<Buffer> {
    return this.identity.read({ from: start.bytes, to: start.bytes + segment.bytes });
  }

  async close(): Promise<void> {
    this.segments.close();
    await Promise.all(this.#files.map((file) => file.close()));
  }
}
