/**
 * The files of open data: when they are built, and which are current.
 *
 * Guarantees: builds in one process never overlap. A file is published when it is whole, all its kinds of
 * objects read in one pass; where a build fails, what was published before stays, and says its age. Files know
 * the sequence they hold at the least, so a follower of the journal can start from any of them.
 * Fails in words: a build that fails, be it because the database does, is logged and told in its report. Only an
 * unknown format's name is thrown.
 */
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Module } from '../db/model.ts';
import { hasChangedSince, readHead } from '../db/reads/public-objects.ts';
import { readTwinsSequence } from '../db/reads/twins.ts';
import { discoverFormats } from './discover.ts';
import type { Edition, ExportFormat, Publication } from './format.ts';
import { buildModule, type Made } from './snapshot-build.ts';
import { createSnapshotStore, type Snapshot, type SnapshotStore } from './snapshot-store.ts';
import { type ExportFile, fileOf, filesOf, type View } from './view.ts';

/**
 * A file is built anew after a day even if the journal has nothing new: times of objects that came again
 * unchanged move without it. Milliseconds.
 */
const OLDEST_FILE = 24 * 60 * 60_000;

/** After a build that failed, a build on demand waits this long before it tries again. Milliseconds. */
const DEMAND_PAUSE = 30_000;

/** Tariffs first: a Location that names a Tariff should not be out before it. */
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
  /** The format of that name. */
  find(format: string): Promise<ExportFormat | null>;
  /** What is published of a format, `raw` by default; null when nothing is, or there is no such format or view. */
  current(format: string, view?: View): Promise<Snapshot | null>;
  /** The same, after a build when there is none yet. Callers share that build; null when it fails. */
  currentOrBuild(format: string, view?: View): Promise<Snapshot | null>;
  /** Every format in each of its views. */
  list(): Promise<Listing[]>;
  /** Ends a build under way and waits for it; later builds fail. What is published stays. */
  close(): Promise<void>;
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
  readonly #store: SnapshotStore;
  readonly #stopping = new AbortController();
  #formats: Promise<readonly ExportFormat[]> | null = null;
  /** The last build that was asked for; the next one begins when it has ended. Never rejects. */
  #lastBuild: Promise<unknown> = Promise.resolve();
  #sharedBuild: Promise<SnapshotReport[]> | null = null;
  /** By the monotonic clock of the process. */
  #demandFailedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.publication = parts.publication;
    this.#store = createSnapshotStore(parts.directory);
  }

  async build(name?: string): Promise<SnapshotReport[]> {
    const formats = await this.#allFormats();
    const wanted = name === undefined ? formats : formats.filter((format) => format.name === name);
    if (name !== undefined && wanted.length === 0) {
      throw new UnknownFormatError(
        name,
        formats.map((format) => format.name),
      );
    }
    return this.#inTurn(() => this.#buildFiles(wanted.flatMap(filesOf)));
  }

  async buildIfChanged(): Promise<SnapshotReport[]> {
    this.#sharedBuild ??= this.#inTurn(() => this.#buildChanged()).finally(() => {
      this.#sharedBuild = null;
    });
    return this.#sharedBuild;
  }

  async find(name: string): Promise<ExportFormat | null> {
    return (await this.#allFormats()).find((format) => format.name === name) ?? null;
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
    const built = await this.#store.current(file.name);
    if (!built) this.#demandFailedAt = performance.now();
    return built;
  }

  async list(): Promise<Listing[]> {
    const files = (await this.#allFormats()).flatMap(filesOf);
    return Promise.all(
      files.map(async ({ format, view, name }) => ({
        ...{ format, view },
        snapshot: await this.#store.current(name),
      })),
    );
  }

  async close(): Promise<void> {
    this.#stopping.abort(new Error('the access point is stopping'));
    await this.#lastBuild;
  }

  #allFormats(): Promise<readonly ExportFormat[]> {
    this.#formats ??= this.#parts.formats ? Promise.resolve(this.#parts.formats) : discoverFormats();
    return this.#formats;
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

  async #buildChanged(): Promise<SnapshotReport[]> {
    const files = (await this.#allFormats()).flatMap(filesOf);
    try {
      return await this.#buildFiles(await this.#changedFiles(files));
    } catch (error) {
      return files.map((file) => this.#failure(file, error, 0));
    }
  }

  async #changedFiles(files: readonly ExportFile[]): Promise<ExportFile[]> {
    const changed = new Map<string, ExportFile>();
    for (const file of files) {
      const snapshot = await this.#store.current(file.name);
      const isChanged =
        !snapshot || this.#isOutOfDate(snapshot) || (await this.#hasMoved(file, snapshot.sequence));
      // What changed in one view did in the other; one pass makes both.
      if (isChanged || changed.has(file.format.name)) changed.set(file.name, file);
    }
    return [...changed.values()];
  }

  /** The view `resolved` knows no more than what twins are decided of: it is built again when they are. */
  async #hasMoved({ format, view }: ExportFile, sequence: number): Promise<boolean> {
    const { knex } = this.#parts;
    if (view === 'resolved' && (await readTwinsSequence(knex)) === sequence) return false;
    return hasChangedSince(knex, format.module, sequence);
  }

  /** By its age, or by terms that are no longer ours. A time in the future is as good as none. */
  #isOutOfDate(snapshot: Snapshot): boolean {
    const age = this.#parts.clock().getTime() - snapshot.generatedAt.getTime();
    return (
      age > OLDEST_FILE ||
      age < 0 ||
      snapshot.licence !== this.publication.licence ||
      snapshot.attribution !== this.publication.attribution
    );
  }

  async #buildFiles(wanted: readonly ExportFile[]): Promise<SnapshotReport[]> {
    const reports: SnapshotReport[] = [];
    for (const module of MODULES) {
      const files = wanted.filter(({ format }) => format.module === module);
      if (files.length > 0) reports.push(...(await this.#buildModule(module, files)));
    }
    return reports;
  }

  async #buildModule(module: Module, files: readonly ExportFile[]): Promise<SnapshotReport[]> {
    const startedAt = performance.now();
    const seconds = () => Math.round(performance.now() - startedAt) / 1000;
    let workFolder: string | null = null;
    try {
      this.#stopping.signal.throwIfAborted();
      const folder = await this.#store.openWorkFolder();
      workFolder = folder;
      const made = await buildModule({
        knex: this.#parts.knex,
        module,
        files,
        editions: await this.#newEditions(),
        path: (file) => this.#store.workPath(folder, file),
        partyNames: (await this.#parts.readPartyNames?.()) ?? new Map(),
        logger: this.#parts.logger,
        signal: this.#stopping.signal,
      });
      return await Promise.all(made.map((one) => this.#publish(folder, one, seconds)));
    } catch (error) {
      return files.map((file) => this.#failure(file, error, seconds()));
    } finally {
      if (workFolder) await this.#store.discard(workFolder);
    }
  }

  /** Both positions are read before the first object: see `db/reads/public-objects.ts`. */
  async #newEditions(): Promise<Record<View, Edition>> {
    const { knex, clock } = this.#parts;
    const twinsAt = await readTwinsSequence(knex);
    const { sequence } = await readHead(knex);
    const raw = { publication: this.publication, sequence, generatedAt: clock() };
    return { raw, resolved: { ...raw, sequence: Math.min(sequence, twinsAt) } };
  }

  async #publish(workFolder: string, result: Made, seconds: () => number): Promise<SnapshotReport> {
    if ('error' in result) return this.#failure(result.file, result.error, seconds());
    const { file, made, leftOut } = result;
    try {
      const published = await this.#store.publish(workFolder, made);
      const report: SnapshotReport = {
        format: file.format.name,
        view: file.view,
        state: published ? 'built' : 'superseded',
        sequence: made.sequence,
        objects: made.objects,
        bytes: made.identity.bytes,
        gzipBytes: made.gzip.bytes,
        seconds: seconds(),
      };
      this.#parts.logger.info({ ...report, leftOut }, 'a file of open data was built');
      return report;
    } catch (error) {
      return this.#failure(file, error, seconds());
    }
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
