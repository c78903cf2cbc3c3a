/**
 * A file of this machine as a stream of bytes, and the reason in words when it cannot be read.
 *
 * Fails with PartnerError: whoever named the file can mend it.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PartnerError } from './adapter.ts';

/** An open file. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: AsyncIterable<Buffer>;
  /** To be called whether it was read or not. */
  close(): void;
}

/** Whether the text names something on the web, and no file. */
export function isWebUrl(text: string): boolean {
  return /^https?:/i.test(text);
}

/** Opens a file by its path or `file:` URL. */
export async function openLocalFile(pathOrUrl: string): Promise<LocalFile> {
  const path = pathOrUrl.startsWith('file:') ? fileURLToPath(pathOrUrl) : pathOrUrl;
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new PartnerError(`the file ${path} cannot be read: ${FILE_ERRORS[error.code ?? ''] ?? error.code}`);
  });
  if (!found.isFile()) throw new PartnerError(`${path} is not a file`);
  const stream = createReadStream(path);
  return { path, bytes: readable(stream, path), close: () => stream.destroy() };
}

async function* readable(stream: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new PartnerError(`the file ${path} cannot be read: ${FILE_ERRORS[code] ?? code}`);
  }
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this process may not read it',
  EISDIR: 'it is a folder',
};
