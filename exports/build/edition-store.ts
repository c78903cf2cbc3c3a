/**
 * Published files on disk, and the only code that knows how they lie there:
 *
 *     {directory}/current.json                     what is published: facts of each file, and the edition that holds it
 *     {directory}/editions/{edition}/{file}        a file; beside it the same gzipped, and its index
 *     {directory}/daily/{day}/                     what was published last on a day (`daily-files.ts`)
 *     {directory}/.building/{process}-{random}/    a build under way
 *
 * Guarantees: an edition is moved into place whole and its files become current by one `rename` of `current.json`, so
 * a reader sees the old ones or the new ones and nothing between. Processes that build at once never touch each
 * other's files; the last to publish wins, unless what it has is older. A file that somebody still reads stays
 * readable after it is replaced (an open handle keeps it). What killed builds left is removed by later builds.
 * A file that an edition lacks, for its build failed, stays the former one.
 * Fails with the error of the file system; then what was published before stays published.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepDay } from './daily-files.ts';
import { GZIP_EXTENSION } from './flushed-deflate.ts';
import { shareLooks } from './share-looks.ts';
import { unlessMissing } from './unless-missing.ts';

const POINTERS = 'current.json';
const EDITIONS = 'editions';
const BUILDING = '.building';
/** In a work folder. */
const EDITION = 'edition';
export const INDEX_EXTENSION = '.index';

/**
 * How long an edition that is not current is left alone: another process may have moved it into place and be
 * about to point to it, and a reader may be about to open it. Milliseconds; either takes less than a hundred.
 */
const PUBLISH_GRACE = 60_000;

/** A build that has written nothing for so long is dead. Milliseconds; a stretch takes less than a second. */
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

/** What the next edition of a file has to know of this one, to be made from it. */
export interface Basis {
  /** When the journal's entry at `sequence` was made: so that another registry is not taken for this one. */
  readonly changedAt: Date | null;
  readonly twinsRound: number;
  readonly recipe: string;
  /** When every object was last written anew. */
  readonly wholeAt: Date;
}

/** A published file. */
export interface Snapshot extends Facts {
  /** Name of the file: that of its format, and of the view where it is not `raw`. */
  readonly format: string;
  readonly identity: Representation;
  readonly gzip: Representation;
  readonly indexPath: string;
  readonly basis: Basis;
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
  readonly indexBytes: number;
}

export interface EditionStore {
  /**
   * What is published, or null: nothing yet, or its files are gone or not whole. As of the moment of the question,
   * whichever process published it; cheap enough to be asked with every request.
   */
  current(file: string): Promise<Snapshot | null>;
  /** The same of every file that is published, by its name. */
  currentAll(): Promise<ReadonlyMap<string, Snapshot>>;
  /** A folder of one's own for a build, on the same file system. Removes what dead builds have left. */
  openWorkFolder(): Promise<string>;
  /** Where in a work folder a file is to be made. */
  workPath(workFolder: string, file: string): string;
  /**
   * Publishes files of the work folder as one edition; answers the names of those that are not superseded.
   *
   * @param known names of all files that there are; what was published under another is published no longer
   */
  publish(
    workFolder: string,
    files: readonly { made: MadeFile; basis: Basis }[],
    known: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>>;
  /** Removes the work folder with all that is still in it. */
  discard(workFolder: string): Promise<void>;
}

/** An entry of `current.json` as written. */
interface Pointer {
  readonly edition: string;
  readonly sequence: number;
  readonly generated_at: string;
  readonly objects: number;
  readonly licence: string;
  readonly attribution: string;
  readonly identity: MadeRepresentation;
  readonly gzip: MadeRepresentation;
  readonly index: { readonly bytes: number };
  readonly basis: {
    readonly changed_at: string | null;
    readonly twins_round: number;
    readonly recipe: string;
    readonly whole_at: string;
  };
}

type Pointers = Readonly<Record<string, Pointer>>;

/** `directory` need not exist yet. */
export function createEditionStore(directory: string): EditionStore {
  const rememberedPointers = rememberPointers(directory);
  const looks = new Map<string, () => Promise<Snapshot | null>>();

  async function look(file: string): Promise<Snapshot | null> {
    const pointer = (await rememberedPointers())[file];
    return pointer ? wholeSnapshot(directory, file, pointer) : null;
  }

  return {
    current(file) {
      const shared = looks.get(file) ?? shareLooks(() => look(file));
      looks.set(file, shared);
      return shared();
    },
    async currentAll() {
      const pointers = Object.entries(await readPointers(directory));
      const snapshots = await Promise.all(
        pointers.map(([file, pointer]) => wholeSnapshot(directory, file, pointer)),
      );
      return new Map(snapshots.flatMap((snapshot) => (snapshot ? [[snapshot.format, snapshot]] : [])));
    },
    openWorkFolder: () => openWorkFolder(directory),
    workPath: (workFolder, file) => join(workFolder, EDITION, file),
    publish: (workFolder, files, known) => publish(directory, workFolder, files, known),
    discard: (workFolder) => rm(workFolder, { recursive: true, force: true }),
  };
}

async function readPointers(directory: string): Promise<Pointers> {
  const text = await unlessMissing(readFile(join(directory, POINTERS), 'utf8'));
  if (text === null) return {};
  try {
    return (JSON.parse(text) as { files: Pointers }).files;
  } catch {
    return {}; // empty or cut short, as a power cut may leave it: as good as none, and the next build mends it
  }
}

/** Reads them again when `current.json` is another file: what is published comes by `rename`. */
function rememberPointers(directory: string): () => Promise<Pointers> {
  let known: { readonly file: string; readonly pointers: Pointers } | null = null;
  return async () => {
    const status = await unlessMissing(stat(join(directory, POINTERS), { bigint: true }));
    if (!status) return {};
    const file = [status.ino, status.size, status.mtimeNs, status.ctimeNs].join(' ');
    // Should one be published between the look and the reading, it is read now and once more with the next question.
    if (known?.file !== file) known = { file, pointers: await readPointers(directory) };
    return known.pointers;
  };
}

async function wholeSnapshot(directory: string, file: string, pointer: Pointer): Promise<Snapshot | null> {
  const snapshot = toSnapshot(directory, file, pointer);
  const parts = [snapshot.identity, snapshot.gzip, { path: snapshot.indexPath, bytes: pointer.index.bytes }];
  const whole = await Promise.all(
    parts.map(async ({ path, bytes }) => (await unlessMissing(stat(path)))?.size === bytes),
  );
  return whole.every(Boolean) ? snapshot : null;
}

function toSnapshot(directory: string, file: string, pointer: Pointer): Snapshot {
  const path = join(directory, EDITIONS, pointer.edition, file);
  const { basis } = pointer;
  return {
    format: file,
    sequence: pointer.sequence,
    generatedAt: new Date(pointer.generated_at),
    objects: pointer.objects,
    licence: pointer.licence,
    attribution: pointer.attribution,
    identity: { ...pointer.identity, path, etag: `"${pointer.identity.sha256}"` },
    gzip: { ...pointer.gzip, path: path + GZIP_EXTENSION, etag: `"${pointer.gzip.sha256}-gzip"` },
    indexPath: path + INDEX_EXTENSION,
    basis: {
      changedAt: basis.changed_at === null ? null : new Date(basis.changed_at),
      twinsRound: basis.twins_round,
      recipe: basis.recipe,
      wholeAt: new Date(basis.whole_at),
    },
  };
}

function toPointer(edition: string, made: MadeFile, basis: Basis): Pointer {
  return {
    edition,
    sequence: made.sequence,
    generated_at: made.generatedAt.toISOString(),
    objects: made.objects,
    licence: made.licence,
    attribution: made.attribution,
    identity: made.identity,
    gzip: made.gzip,
    index: { bytes: made.indexBytes },
    basis: {
      changed_at: basis.changedAt?.toISOString() ?? null,
      twins_round: basis.twinsRound,
      recipe: basis.recipe,
      whole_at: basis.wholeAt.toISOString(),
    },
  };
}

async function openWorkFolder(directory: string): Promise<string> {
  const building = join(directory, BUILDING);
  const workFolder = join(building, `${process.pid}-${randomBytes(6).toString('hex')}`);
  await mkdir(join(workFolder, EDITION), { recursive: true });
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

async function publish(
  directory: string,
  workFolder: string,
  files: readonly { made: MadeFile; basis: Basis }[],
  known: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const draft = join(workFolder, POINTERS);
  await writeFile(draft, '');
  const now = (await stat(draft)).mtime;
  const former = await readPointers(directory);
  const newer = files.filter(({ made }) => !isSuperseded(former[made.format], made, now));
  const [first] = newer;
  if (!first) return new Set();
  const { generatedAt } = first.made;
  const edition = `${generatedAt.toISOString().replaceAll(/[-:.]/g, '')}-${randomBytes(6).toString('hex')}`;
  const pointers: Pointers = {
    ...Object.fromEntries(Object.entries(former).filter(([file]) => known.has(file))),
    ...Object.fromEntries(newer.map(({ made, basis }) => [made.format, toPointer(edition, made, basis)])),
  };
  await writeFile(draft, `${JSON.stringify({ files: pointers }, null, 2)}\n`);
  const outgoing = Object.entries(former).map(([file, pointer]) => toSnapshot(directory, file, pointer));
  await keepDay(directory, outgoing, generatedAt);
  await mkdir(join(directory, EDITIONS), { recursive: true });
  // The age of an edition counts from here (PUBLISH_GRACE), however long it took to make.
  await utimes(join(workFolder, EDITION), now, now);
  await rename(join(workFolder, EDITION), join(directory, EDITIONS, edition));
  await rename(draft, join(directory, POINTERS));
  await removeOldEditions(directory, now.getTime());
  return new Set(newer.map(({ made }) => made.format));
}

/**
 * Whether another process has published a later state meanwhile. A time in the future is no proof of that, nor
 * is a higher sequence alone: the database may have been restored from a backup.
 */
function isSuperseded(current: Pointer | undefined, made: MadeFile, now: Date): boolean {
  if (!current || current.sequence <= made.sequence) return false;
  const published = Date.parse(current.generated_at);
  return published > made.generatedAt.getTime() && published <= now.getTime();
}

async function removeOldEditions(directory: string, now: number): Promise<void> {
  const folder = join(directory, EDITIONS);
  const used = new Set(Object.values(await readPointers(directory)).map(({ edition }) => edition));
  for (const name of await readdir(folder)) {
    if (used.has(name)) continue;
    const status = await unlessMissing(stat(join(folder, name)));
    if (status && now - status.mtimeMs > PUBLISH_GRACE) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}
