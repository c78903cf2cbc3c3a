/**
 * Published files on disk, and the only code that knows how they lie there:
 *
 *     {directory}/{format}/current.json            what is published: facts, and the edition that holds the files
 *     {directory}/{format}/{edition}/{format}      the file; beside it the same, gzipped
 *     {directory}/.building/{process}-{random}/    a build under way
 *
 * Guarantees: an edition is moved into place whole and becomes current by one `rename` of `current.json`, so a
 * reader sees the old one or the new one and nothing between. Processes that build at once never touch each
 * other's files; the last to publish wins, unless what it has is older. A file that somebody still reads stays
 * readable after it is replaced (an open handle keeps it). What killed builds left is removed by later builds.
 * Formats are apart from each other: one that cannot be published changes nothing for the rest.
 * Fails with the error of the file system; then what was published before stays published.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const POINTER = 'current.json';
const BUILDING = '.building';
export const GZIP_EXTENSION = '.gz';

/**
 * How long an edition that is not current is left alone: another process may have moved it into place and be
 * about to point to it. Milliseconds; the two steps take less than ten.
 */
const PUBLISH_GRACE = 60_000;

/** A build that has written nothing for so long is dead. Milliseconds; a batch takes less than a second. */
const BUILD_SILENCE = 10 * 60_000;

/** One spelling of a file: as it is, or gzipped. */
export interface Representation {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Strong, in quotes, different for each representation. */
  readonly etag: string;
}

/** What is known of a file when it has been made. */
export interface Facts {
  /** Position of the journal that it holds at the least. */
  readonly sequence: number;
  readonly generatedAt: Date;
  readonly objects: number;
  readonly licence: string;
  readonly attribution: string;
}

/** A published file. */
export interface Snapshot extends Facts {
  /** Name of the file: that of its format, and of the view where it is not `raw`. */
  readonly format: string;
  readonly identity: Representation;
  readonly gzip: Representation;
}

export interface MadeRepresentation {
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that is ready in the work folder. */
export interface MadeFile extends Facts {
  readonly format: string;
  readonly identity: MadeRepresentation;
  readonly gzip: MadeRepresentation;
}

export interface SnapshotStore {
  /** What is published, or null: nothing yet, or its files are gone or not whole. */
  current(format: string): Promise<Snapshot | null>;
  /** A folder of one's own for a build, on the same file system. Removes what dead builds have left. */
  openWorkFolder(): Promise<string>;
  /** Where in a work folder the file of a format is to be made, its folder included. */
  workPath(workFolder: string, format: string): Promise<string>;
  /** Publishes a file of the work folder; false when a newer one is there already. */
  publish(workFolder: string, made: MadeFile): Promise<boolean>;
  /** Removes the work folder with all that is still in it. */
  discard(workFolder: string): Promise<void>;
}

/** `current.json` as written. */
interface Pointer {
  readonly edition: string;
  readonly sequence: number;
  readonly generated_at: string;
  readonly objects: number;
  readonly licence: string;
  readonly attribution: string;
  readonly identity: MadeRepresentation;
  readonly gzip: MadeRepresentation;
}

/** `directory` need not exist yet. */
export function createSnapshotStore(directory: string): SnapshotStore {
  return {
    current: (format) => readCurrent(directory, format),
    openWorkFolder: () => openWorkFolder(directory),
    async workPath(workFolder, format) {
      await mkdir(join(workFolder, format), { recursive: true });
      return join(workFolder, format, format);
    },
    publish: (workFolder, made) => publish(directory, workFolder, made),
    discard: (workFolder) => rm(workFolder, { recursive: true, force: true }),
  };
}

async function readCurrent(directory: string, format: string): Promise<Snapshot | null> {
  const pointer = await readPointer(directory, format);
  if (!pointer) return null;
  const path = join(directory, format, pointer.edition, format);
  const snapshot: Snapshot = {
    format,
    sequence: pointer.sequence,
    generatedAt: new Date(pointer.generated_at),
    objects: pointer.objects,
    licence: pointer.licence,
    attribution: pointer.attribution,
    identity: { ...pointer.identity, path, etag: `"${pointer.identity.sha256}"` },
    gzip: { ...pointer.gzip, path: path + GZIP_EXTENSION, etag: `"${pointer.gzip.sha256}-gzip"` },
  };
  const whole = await Promise.all([isWhole(snapshot.identity), isWhole(snapshot.gzip)]);
  return whole.every(Boolean) ? snapshot : null;
}

async function readPointer(directory: string, format: string): Promise<Pointer | null> {
  const text = await unlessMissing(readFile(join(directory, format, POINTER), 'utf8'));
  if (text === null) return null;
  try {
    return JSON.parse(text) as Pointer;
  } catch {
    return null; // empty or cut short, as a power cut may leave it: as good as none, and the next build mends it
  }
}

async function isWhole({ path, bytes }: Representation): Promise<boolean> {
  return (await unlessMissing(stat(path)))?.size === bytes;
}

async function openWorkFolder(directory: string): Promise<string> {
  const building = join(directory, BUILDING);
  const workFolder = join(building, `${process.pid}-${randomBytes(6).toString('hex')}`);
  await mkdir(workFolder, { recursive: true });
  const now = (await stat(workFolder)).mtimeMs;
  for (const name of await readdir(building)) {
    const folder = join(building, name);
    if (now - (await lastWritten(folder)) > BUILD_SILENCE) await rm(folder, { recursive: true, force: true });
  }
  return workFolder;
}

/** Newest time of a folder and all that is in it, by the clock of the file system. Zero when it is gone. */
async function lastWritten(path: string): Promise<number> {
  const status = await unlessMissing(stat(path));
  if (!status) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  const names = (await unlessMissing(readdir(path))) ?? [];
  const times = await Promise.all(names.map((name) => lastWritten(join(path, name))));
  return Math.max(status.mtimeMs, ...times);
}

async function publish(directory: string, workFolder: string, made: MadeFile): Promise<boolean> {
  const folder = join(directory, made.format);
  const random = randomBytes(6).toString('hex');
  const edition = `${made.generatedAt.toISOString().replaceAll(/[-:.]/g, '')}-${random}`;
  const pointer: Pointer = {
    edition,
    sequence: made.sequence,
    generated_at: made.generatedAt.toISOString(),
    objects: made.objects,
    licence: made.licence,
    attribution: made.attribution,
    identity: made.identity,
    gzip: made.gzip,
  };
  const draft = join(workFolder, `${made.format}.${POINTER}`);
  await writeFile(draft, `${JSON.stringify(pointer, null, 2)}\n`);
  const now = (await stat(draft)).mtime;
  if (await isSuperseded(directory, made, now)) return false;
  await mkdir(folder, { recursive: true });
  // The age of an edition counts from here (PUBLISH_GRACE), however long it took to make.
  await utimes(join(workFolder, made.format), now, now);
  await rename(join(workFolder, made.format), join(folder, edition));
  await rename(draft, join(folder, POINTER));
  await removeOldEditions(directory, made.format, now.getTime());
  return true;
}

/**
 * Whether another process has published a later state meanwhile. A time in the future is no proof of that, nor
 * is a higher sequence alone: the database may have been restored from a backup.
 */
async function isSuperseded(directory: string, made: MadeFile, now: Date): Promise<boolean> {
  const current = await readPointer(directory, made.format);
  if (!current || current.sequence <= made.sequence) return false;
  const published = Date.parse(current.generated_at);
  return published > made.generatedAt.getTime() && published <= now.getTime();
}

async function removeOldEditions(directory: string, format: string, now: number): Promise<void> {
  const folder = join(directory, format);
  const current = await readPointer(directory, format);
  for (const name of await readdir(folder)) {
    if (name === POINTER || name === current?.edition) continue;
    const status = await unlessMissing(stat(join(folder, name)));
    if (status && now - status.mtimeMs > PUBLISH_GRACE) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** The result, or null when the file or folder is not there. */
async function unlessMissing<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
