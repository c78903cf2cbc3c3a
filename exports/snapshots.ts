/**
 * The files of open data: when they are built, and which are current.
 *
 * Guarantees: builds in one process never overlap. What is built together is published together and carries one
 * sequence; a file is published when it is whole, and where its build fails, what was published before stays, and
 * says its age. Files know the sequence they hold at the least, so a follower of the journal can start from any.
 * A build costs what changed since the last: objects are written anew when they changed, and all of them once a day,
 * or when the program, another registry or a damaged file asks for it.
 * Fails in words: a build that fails, be it because the database does, is logged and told in its report. Only an
 * unknown format's name is thrown.
 */
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Module } from '../db/model.ts';
import { type DailyFile, type Day, dailyPath, readDay, readDays } from './build/daily-files.ts';
import {
  createEditionStore,
  type EditionStore,
  type MadeFile,
  type Snapshot,
} from './build/edition-store.ts';
import { type MadeFrom, makeFiles } from './build/make-files.ts';
import { findFormer, isUpToDate, readStand, type Stand } from './build/stand.ts';
import { discoverFormats } from './discover.ts';
import type { Edition, ExportFormat, Publication } from './format.ts';
import { type ExportFile, fileOf, filesOf, type View } from './view.ts';

/** After a build that failed, a build on demand waits this long before it tries again. Milliseconds. */
const DEMAND_PAUSE = 30_000;

const MODULES: readonly Module[] = ['tariffs', 'locations'];

/** How the build of one file ended. */
export interface SnapshotReport {
  readonly format: string;
  readonly view: View;
  /** `superseded`: another process published a later one meanwhile. */
  readonly state: 'built' | 'superseded' | 'failed';
  readonly sequence: number | null;
  readonly objects: number;
  /** Bytes of the file as it is, and gzipped. */
  readonly bytes: number;
  readonly gzipBytes: number;
  readonly seconds: number;
  readonly problem?: string;
}

export interface Listing {
  readonly format: ExportFormat;
  readonly view: View;
  /** Null before the first build. */
  readonly snapshot: Snapshot | null;
}

export interface Snapshots {
  readonly publication: Publication;
  /** Builds all formats, or the one named, whether or not anything changed. Rejects with UnknownFormatError. */
  build(format?: string): Promise<SnapshotReport[]>;
  /** Builds what is missing, what the journal has moved past, and what is a day old. Calls at once share a build. */
  buildIfChanged(): Promise<SnapshotReport[]>;
  /** Every format there is. */
  formats(): Promise<readonly ExportFormat[]>;
  /** The format of that name. */
  find(format: string): Promise<ExportFormat | null>;
  /** What is published of a format, `raw` by default; null when nothing is, or there is no such format or view. */
  current(format: string, view?: View): Promise<Snapshot | null>;
  /** The same, after a build when there is none yet. Callers share that build; null when it fails. */
  currentOrBuild(format: string, view?: View): Promise<Snapshot | null>;
  /** Every format in each of its views. */
  list(): Promise<Listing[]>;
  /** What was published last on each of the days before that are kept, the latest first. */
  days(): Promise<Day[]>;
  /** Where the gzipped file of a day lies, by its name there; null when there is none. */
  dailyFile(day: string, name: string): Promise<DailyDownload | null>;
  /** Ends a build under way and waits for it; later builds fail. What is published stays. */
  close(): Promise<void>;
}

/** A file of a day before. */
export interface DailyDownload {
  readonly file: DailyFile;
  /** Of the gzipped file. */
  readonly path: string;
}

export class UnknownFormatError extends Error {
  constructor(format: string, known: readonly string[]) {
    super(`there is no format "${format}"; there are ${known.join(', ')}`);
    this.name = 'UnknownFormatError';
  }
}

export interface SnapshotParts {
  readonly knex: Knex;
  /** Where the files are kept; made when it is missing. Processes that share it share the files. */
  readonly directory: string;
  readonly publication: Publication;
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Names of parties by `CC-PTY`, for Locations that name no operator (OD-09). None by default. */
  readonly readPartyNames?: () => Promise<ReadonlyMap<string, string>>;
  /** For tests; by default what the folder `formats` holds. */
  readonly formats?: readonly ExportFormat[];
}

/** Reads and writes nothing until it is asked to. */
export function createSnapshots(parts: SnapshotParts): Snapshots {
  return new SnapshotPublisher(parts);
}

class SnapshotPublisher implements Snapshots {
  readonly publication: Publication;
  readonly #parts: SnapshotParts;
  readonly #store: EditionStore;
  readonly #stopping = new AbortController();
  #formats: Promise<readonly ExportFormat[]> | null = null;
  /** The last build that was asked for; the next one begins when it has ended. Never rejects. */
  #lastBuild: Promise<unknown> = Promise.resolve();
  #sharedBuild: Promise<SnapshotReport[]> | null = null;
  /** When the last build failed as a whole, by the monotonic clock of the process. */
  #demandFailedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.publication = parts.publication;
    this.#store = createEditionStore(parts.directory);
  }

  async build(name?: string): Promise<SnapshotReport[]> {
    const formats = await this.formats();
    const wanted = name === undefined ? formats : formats.filter((format) => format.name === name);
    if (name !== undefined && wanted.length === 0) {
      throw new UnknownFormatError(
        name,
        formats.map((format) => format.name),
      );
    }
    return this.#inTurn(() => this.#buildAnew(wanted.flatMap(filesOf)));
  }

  async buildIfChanged(): Promise<SnapshotReport[]> {
    this.#sharedBuild ??= this.#inTurn(() => this.#buildChanged()).finally(() => {
      this.#sharedBuild = null;
    });
    return this.#sharedBuild;
  }

  formats(): Promise<readonly ExportFormat[]> {
    this.#formats ??= this.#parts.formats ? Promise.resolve(this.#parts.formats) : discoverFormats();
    return this.#formats;
  }

  async find(name: string): Promise<ExportFormat | null> {
    return (await this.formats()).find((format) => format.name === name) ?? null;
  }

  async current(name: string, view: View = 'raw'): Promise<Snapshot | null> {
    const file = await this.#file(name, view);
    return file && this.#store.current(file.name);
  }

  async currentOrBuild(name: string, view: View = 'raw'): Promise<Snapshot | null> {
    const file = await this.#file(name, view);
    if (!file) return null;
    const snapshot = await this.#store.current(file.name);
    if (snapshot || performance.now() - this.#demandFailedAt < DEMAND_PAUSE) return snapshot;
    await this.buildIfChanged();
    return this.#store.current(file.name);
  }

  async list(): Promise<Listing[]> {
    const files = (await this.formats()).flatMap(filesOf);
    const current = await this.#store.currentAll();
    return files.map(({ format, view, name }) => ({ format, view, snapshot: current.get(name) ?? null }));
  }

  days(): Promise<Day[]> {
    return readDays(this.#parts.directory);
  }

  async dailyFile(day: string, name: string): Promise<DailyDownload | null> {
    const file = (await readDay(this.#parts.directory, day))?.files.find((one) => one.name === name);
    return file ? { file, path: dailyPath(this.#parts.directory, day, file) } : null;
  }

  async close(): Promise<void> {
    this.#stopping.abort(new Error('the access point is stopping'));
    await this.#lastBuild;
  }

  async #file(name: string, view: View): Promise<ExportFile | null> {
    const format = await this.find(name);
    return format && fileOf(format, view);
  }

  /** One build after the other. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#lastBuild.then(run);
    this.#lastBuild = result.catch(() => undefined); // whoever asked for this build hears of its failure
    return result;
  }

  async #buildAnew(files: readonly ExportFile[]): Promise<SnapshotReport[]> {
    return this.#orFailures(files, (stand) => this.#buildFiles(files, stand, new Map()));
  }

  async #buildChanged(): Promise<SnapshotReport[]> {
    const files = (await this.formats()).flatMap(filesOf);
    return this.#orFailures(files, async (stand) => {
      const current = await this.#store.currentAll();
      if (files.every(({ name }) => this.#isCurrent(current.get(name), stand))) return [];
      return this.#buildFiles(files, stand, await findFormer(this.#parts.knex, current, stand));
    });
  }

  async #orFailures(
    files: readonly ExportFile[],
    build: (stand: Stand) => Promise<SnapshotReport[]>,
  ): Promise<SnapshotReport[]> {
    try {
      this.#stopping.signal.throwIfAborted();
      return await build(await readStand(this.#parts.knex, this.#parts.clock()));
    } catch (error) {
      this.#demandFailedAt = performance.now();
      return files.map((file) => this.#failure(file, error, 0));
    }
  }

  #isCurrent(snapshot: Snapshot | undefined, stand: Stand): boolean {
    const { licence, attribution } = this.publication;
    return (
      snapshot !== undefined &&
      isUpToDate(snapshot, stand) &&
      snapshot.licence === licence &&
      snapshot.attribution === attribution
    );
  }

  async #buildFiles(
    files: readonly ExportFile[],
    stand: Stand,
    former: ReadonlyMap<string, Snapshot>,
  ): Promise<SnapshotReport[]> {
    const startedAt = performance.now();
    const seconds = () => Math.round(performance.now() - startedAt) / 1000;
    const workFolder = await this.#store.openWorkFolder();
    try {
      const { knex, logger } = this.#parts;
      const partyNames = (await this.#parts.readPartyNames?.()) ?? new Map();
      const results: MadeFrom[] = [];
      for (const module of MODULES) {
        const made = await makeFiles({
          ...{ knex, module, former, partyNames, logger },
          files: files.filter(({ format }) => format.module === module),
          edition: this.#edition(stand),
          path: (file) => this.#store.workPath(workFolder, file),
          signal: this.#stopping.signal,
        });
        results.push(...made);
      }
      return await this.#publish(workFolder, results, stand, seconds);
    } finally {
      await this.#store.discard(workFolder);
    }
  }

  #edition({ position, now }: Stand): Edition {
    return { publication: this.publication, sequence: position.sequence, generatedAt: now };
  }

  async #publish(
    workFolder: string,
    results: readonly MadeFrom[],
    stand: Stand,
    seconds: () => number,
  ): Promise<SnapshotReport[]> {
    const { recipe, twinsRound, position } = stand;
    const ready = results.flatMap((result) => {
      const wholeAt = result.wholeAt ?? stand.now;
      const basis = { changedAt: position.changedAt, twinsRound, recipe, wholeAt };
      return 'made' in result ? [{ made: result.made, basis }] : [];
    });
    let published: ReadonlySet<string>;
    try {
      const known = (await this.formats()).flatMap(filesOf).map(({ name }) => name);
      published = await this.#store.publish(workFolder, ready, new Set(known));
    } catch (error) {
      return results.map(({ file }) => this.#failure(file, error, seconds()));
    }
    return results.map((result) => {
      if ('error' in result) return this.#failure(result.file, result.error, seconds());
      const { file, made, leftOut } = result;
      const state = published.has(made.format) ? 'built' : 'superseded';
      const report: SnapshotReport = { ...toReport(file, made), state, seconds: seconds() };
      this.#parts.logger.info({ ...report, leftOut }, 'a file of open data was built');
      return report;
    });
  }

  /** Logged here, once; a build that was ended because the process stops is no error. */
  #failure({ format: { name: format }, view }: ExportFile, error: unknown, seconds: number): SnapshotReport {
    const problem = error instanceof Error ? error.message : String(error);
    if (!this.#stopping.signal.aborted) {
      this.#parts.logger.error({ err: error, format, view }, 'a file of open data could not be built');
    }
    return {
      format,
      view,
      state: 'failed',
      sequence: null,
      objects: 0,
      bytes: 0,
      gzipBytes: 0,
      seconds,
      problem,
    };
  }
}

function toReport({ format, view }: ExportFile, made: MadeFile) {
  return {
    ...{ format: format.name, view },
    sequence: made.sequence,
    objects: made.objects,
    bytes: made.identity.bytes,
    gzipBytes: made.gzip.bytes,
  };
}
