/**
 * What is made once and kept in a cache, so that the embedded engine starts fast: a data directory with
 * the PostGIS extension in it, and a PostGIS bundle without the parts that are never used.
 *
 * What it guarantees: an entry appears whole or not at all (made beside its place, then renamed), so two
 * processes may make it at once; entries are keyed by the versions of both PGlite packages; a copy is on
 * the disk before it is used. The cache may be removed at any time.
 *
 * It fails softly where the cache cannot be written (the caller then makes the data directory in place
 * and loads the whole bundle), and loudly where making or copying goes wrong.
 */
import { constants, existsSync, readFileSync } from 'node:fs';
import { access, cp, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeTrimmedBundle } from './postgis-bundle.ts';

/** The major version of PostgreSQL inside the pinned PGlite, as its PG_VERSION file says it. */
export const ENGINE_MAJOR_VERSION = '18';

/** Raise when the way an entry is made changes. */
const RECIPE = 1;
/** Milliseconds after which an unfinished entry is litter: making one takes seconds. */
const LITTER_MS = 3_600_000;
/** Files synced at once. More gains nothing on one disk. */
const SYNC_BATCH = 32;

/** Makes a data directory in the given folder, with the given bundle. */
export type DataDirectoryBuilder = (folder: string, bundleUrl: string | undefined) => Promise<void>;

interface CacheLogger {
  info(object: object, message: string): void;
}

/**
 * The prepared data directory, made now when there is none yet.
 *
 * @returns its path, or undefined when no cache can be written
 */
export async function findPreparedDataDirectory(
  build: DataDirectoryBuilder,
  logger?: CacheLogger,
): Promise<string | undefined> {
  return findCacheEntry('data', async (folder) => {
    logger?.info({}, 'Preparing the embedded database: about 15 seconds, once on this machine');
    await build(folder, await findPostgisBundle());
  });
}

let bundle: Promise<string | undefined> | undefined;

/**
 * A file URL of the PostGIS bundle without raster, topology and geocoder: it starts the engine in half
 * the time and with a third of the memory less.
 *
 * @returns undefined when no cache can be written: the engine then loads the package's own
 */
export function findPostgisBundle(): Promise<string | undefined> {
  bundle ??= findCacheEntry('postgis', (folder) =>
    writeTrimmedBundle(
      join(dirname(packageEntry('@electric-sql/pglite-postgis')), 'postgis.tar.gz'),
      join(folder, 'postgis.tar.gz'),
    ),
  ).then((folder) => folder && pathToFileURL(join(folder, 'postgis.tar.gz')).href);
  return bundle;
}

/**
 * A folder of the cache for this version of the engine, made now by `make` when it is not there yet.
 *
 * @returns its path, or undefined when no cache can be written
 */
export async function findCacheEntry(
  kind: string,
  make: (folder: string) => Promise<void>,
): Promise<string | undefined> {
  const name = `${kind}-${engineKey()}`;
  const roots = cacheRoots();
  for (const root of roots) {
    if (existsSync(join(root, name))) return join(root, name);
  }
  for (const root of roots) {
    if (await writable(root)) return publish(root, name, make);
  }
  return undefined;
}

/**
 * Copies a data directory. The source must not be open.
 *
 * @param sync whether the copy must outlive a power cut, as any but a test's must
 */
export async function copyDataDirectory(from: string, to: string, sync = true): Promise<void> {
  await cp(from, to, {
    recursive: true,
    // Shares the blocks where the file system can.
    mode: constants.COPYFILE_FICLONE,
  });
  if (!sync) return;
  const entries = await readdir(to, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (let start = 0; start < paths.length; start += SYNC_BATCH) {
    await Promise.all(paths.slice(start, start + SYNC_BATCH).map(syncToDisk));
  }
  await syncToDisk(to);
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function publish(root: string, name: string, make: (folder: string) => Promise<void>): Promise<string> {
  await removeLitter(root);
  const place = join(root, name);
  const unfinished = await mkdtemp(join(root, `unfinished-`));
  try {
    const folder = join(unfinished, name);
    await mkdir(folder);
    await make(folder);
    await rename(folder, place);
  } catch (error) {
    // Another process was first: its entry is as good.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return place;
}

/** Removes what processes left that died while they made an entry. */
async function removeLitter(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith('unfinished-')) continue;
    const path = join(root, name);
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      // Its owner removed it meanwhile.
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (info && Date.now() - info.mtimeMs > LITTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Beside the packages, else the user's cache. Never a shared temporary folder: others could plant one there. */
function cacheRoots(): string[] {
  const userCache = join(homedir(), '.cache');
  return [join(modulesFolder(), '.cache', 'nap'), join(userCache, 'nap')];
}

async function writable(root: string): Promise<boolean> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await access(root, constants.W_OK);
    return true;
  } catch {
    // Read-only images and foreign owners are normal; the next root or none is the answer.
    return false;
  }
}

/** The `node_modules` folder that holds PGlite. */
function modulesFolder(): string {
  const entry = packageEntry('@electric-sql/pglite');
  const marker = join('node_modules', '@electric-sql');
  return join(entry.slice(0, entry.lastIndexOf(marker)), 'node_modules');
}

function engineKey(): string {
  const versions = ['@electric-sql/pglite', '@electric-sql/pglite-postgis'].map(packageVersion);
  return `${versions.join('-')}-${RECIPE}`;
}

function packageVersion(name: string): string {
  const manifest = join(dirname(dirname(packageEntry(name))), 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** A file in the `dist` folder of a package. Not `import.meta.resolve`, which is missing where tsx loads this as CommonJS. */
function packageEntry(name: string): string {
  return createRequire(import.meta.url).resolve(name);
}
