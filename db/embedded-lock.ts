/**
 * The exclusive lock on an embedded data directory: at most one process has the database open.
 *
 * The lock is a listening Unix-domain socket in the directory. The kernel closes it when its process
 * dies, however it dies, so a restart straight after `kill -9` finds a socket that refuses connections
 * and goes on at once. A pid file cannot do that (a killed process may linger as a zombie, a pid may be
 * reused), Node has no `flock`, and a name in Linux's abstract namespace is seen only inside one network
 * namespace, so two containers on one volume would both get it. A socket file is found by its inode,
 * across containers and on macOS as well.
 *
 * Every contender listens under a name of its own, publishes it by renaming, and only then looks at the
 * others; of two that start together the later one to look sees the other, so both never win. Names are
 * never reused, so removing a dead one cannot remove a live one. Of two undecided contenders the smaller
 * name goes first.
 *
 * Fails with `DataDirectoryLockedError` when another process has the directory, and with a plain error
 * that names the directory when its file system does not hold sockets. Not covered: one directory
 * mounted by two machines over a network.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Published sockets, live or left by a dead process. */
const LOCK_PREFIX = 'lock-';
/** Sockets not yet published; nobody looks at them. */
const BINDING_PREFIX = 'binding-';
/** Milliseconds after which an unpublished socket is litter: publishing takes less than one. */
const BINDING_LITTER_MS = 60_000;
/** Milliseconds to wait for the other side to say what it is; a stopped process never does. */
const ANSWER_TIMEOUT_MS = 2_000;
/** Milliseconds between two looks at a contender that has to give way to us. */
const RETRY_MS = 20;
/** Bytes of path that every system takes in a socket address (macOS has 104, Linux 108). */
const SOCKET_PATH_LIMIT = 100;

const HELD = 'H';
const CONTENDING = 'C';

/** What a socket says of its process; `leaving` when it was closed while we asked, for whatever reason. */
type PeerState = 'dead' | 'held' | 'contending' | 'leaving';

/** Another process has the embedded data directory open. */
export class DataDirectoryLockedError extends Error {
  readonly code = 'NAP_DATA_DIRECTORY_LOCKED';

  constructor(directory: string) {
    super(
      `The data directory ${directory} is in use by another process: the embedded database can be open only once. ` +
        'Stop that process, or set NAP_DATA_DIR to another directory, ' +
        'or use the `nap` command, which talks to the running server.',
    );
    this.name = 'DataDirectoryLockedError';
  }
}

/** A held lock. */
export interface DataDirectoryLock {
  /** Gives the directory free. Safe to call twice. */
  release(): Promise<void>;
}

/**
 * Takes the exclusive lock on a directory, which must exist. Does not wait for its holder.
 *
 * @throws DataDirectoryLockedError when another process (or this one) holds it
 */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  const road = await socketRoad(directory);
  try {
    const contender = await publish(directory, road.path);
    try {
      await prevail(directory, road.path, contender.name);
    } catch (error) {
      await contender.withdraw();
      throw error;
    }
    contender.hold();
    return { release: once(contender.withdraw) };
  } finally {
    await road.remove();
  }
}

/** A path to the directory that is short enough for a socket address: itself, or a link to it. */
async function socketRoad(directory: string): Promise<{ path: string; remove(): Promise<void> }> {
  const longestName = LOCK_PREFIX.length + BINDING_PREFIX.length + 32;
  if (Buffer.byteLength(directory) + longestName < SOCKET_PATH_LIMIT) {
    return { path: directory, remove: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'nap-'));
  const path = join(folder, 'd');
  await symlink(directory, path, 'dir');
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function publish(directory: string, road: string) {
  const id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  const name = `${LOCK_PREFIX}${id}`;
  const binding = join(directory, `${BINDING_PREFIX}${id}`);
  const published = join(directory, name);
  let state = CONTENDING;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // The one who asks may be gone before it reads the answer; that concerns nobody here.
    socket.on('error', () => socket.destroy());
    socket.end(state);
  });
  const withdraw = async () => {
    // First the name, then the socket: whoever still sees the name finds somebody behind it.
    await rm(published, { force: true });
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  try {
    await listen(server, join(road, `${BINDING_PREFIX}${id}`));
    await rename(binding, published);
  } catch (error) {
    if (server.listening) await withdraw();
    throw new Error(
      `Cannot lock the data directory ${directory}: its file system does not let us make a Unix-domain socket ` +
        `(${(error as NodeJS.ErrnoException).code ?? String(error)}). Set NAP_DATA_DIR to a directory on a local disk.`,
      { cause: error },
    );
  }
  return {
    name,
    withdraw,
    hold: () => {
      state = HELD;
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      // The lock lives as long as the process; it must not be what keeps the process alive.
      server.unref();
      resolve();
    });
  });
}

/** Returns once nobody else holds the directory or goes before us; throws when somebody does. */
async function prevail(directory: string, road: string, ownName: string): Promise<void> {
  for (;;) {
    let rivals = 0;
    for (const name of await readdir(directory)) {
      if (name.startsWith(BINDING_PREFIX)) await removeLitter(join(directory, name));
      if (!name.startsWith(LOCK_PREFIX) || name === ownName) continue;
      const state = await ask(join(road, name));
      if (state === 'dead') {
        await rm(join(directory, name), { force: true });
        continue;
      }
      const goesFirst = state === 'held' || (state === 'contending' && name < ownName);
      if (goesFirst) throw new DataDirectoryLockedError(directory);
      rivals += 1;
    }
    if (rivals === 0) return;
    await delay(RETRY_MS);
  }
}

function ask(path: string): Promise<PeerState> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path);
    const settle = (state: PeerState) => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle('held'));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => {
      // Closed without a word: it gives way or lets go just now. The next look will tell.
      if (answer === '') settle('leaving');
      else settle(answer === CONTENDING ? 'contending' : 'held');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Refused: nobody listens any more. Not there: it withdrew. Anything unknown may be a live holder.
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') settle('dead');
      else settle(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'leaving' : 'held');
    });
  });
}

async function removeLitter(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > BINDING_LITTER_MS) await rm(path, { force: true });
  } catch (error) {
    // Its owner published or removed it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
