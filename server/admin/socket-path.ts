/**
 * Where the socket of the admin service is, for the server that listens and the command that calls: without what
 * either of them loads. It fails when a link to a path that is too long cannot be made.
 */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Bytes of path that every system takes in a socket address (macOS has 104, Linux 108). */
const SOCKET_PATH_LIMIT = 100;

/** Where the socket of a data directory is. */
export function adminSocketPath(dataDirectory: string): string {
  return join(dataDirectory, 'admin.sock');
}

/** A path to the same file that fits into a socket address: itself, or one through a link. */
export async function shortRoad(path: string): Promise<{ path: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(path) < SOCKET_PATH_LIMIT) return { path, remove: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'nap-'));
  const link = join(folder, 'd');
  await symlink(dirname(path), link, 'dir');
  return {
    path: join(link, path.slice(dirname(path).length + 1)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
