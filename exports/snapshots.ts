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
import { discoverFormats } from './discover.ts';
import type { Edition, ExportFormat, Publication } from './format.ts';
import { buildModule, type Made } from './snapshot-build.ts';
import { createSnapshotStore, type Snapshot, type SnapshotStore } from './snapshot-store.ts';

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
  /** What is published of a format; null when nothing is, or there is no such format. */
  current(format: string): Promise<Snapshot | null>;
  /** The same, after a build when there is none yet. Callers share that build; null when it fails. */
  currentOrBuild(format: string): Promise<Snapshot | null>;
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
    return this.#inTurn(() => this.#buildFormats(wanted));
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

  async current(name: string): Promise<Snapshot | null> {
    return (await this.find(name)) ? this.#store.current(name) : null;
  }

  async currentOrBuild(name: string): Promise<Snapshot | null> {
    if (!(await this.find(name))) return null;
    const snapshot = await this.#store.current(name);
    if (snapshot || performance.now() - this.#demandFailedAt < DEMAND_PAUSE) return snapshot;
    await this.buildIfChanged();
    const built = await this.#store.current(name);
    if (!built) this.#demandFailedAt = performance.now();
    return built;
  }

  async list(): Promise<Listing[]> {
    const formats = await this.#allFormats();
    return Promise.all(
      formats.map(async (format) => ({ format, snapshot: await this.#store.current(format.name) })),
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

  /** One build after the other. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#lastBuild.then(run);
    this.#lastBuild = result.catch(() => undefined); // whoever asked for this build hears of its failure
    return result;
  }

  async #buildChanged(): Promise<SnapshotReport[]> {
    const formats = await this.#allFormats();
    try {
      return await this.#buildFormats(await this.#changedFormats(formats));
    } catch (error) {
      return formats.map(({ name }) => this.#failure(name, error, 0));
    }
  }

  async #changedFormats(formats: readonly ExportFormat[]): Promise<ExportFormat[]> {
    const changed: ExportFormat[] = [];
    for (const format of formats) {
      const snapshot = await this.#store.current(format.name);
      if (
        !snapshot ||
        this.#isOutOfDate(snapshot) ||
        (await hasChangedSince(this.#parts.knex, format.module, snapshot.sequence))
      ) {
        changed.push(format);
      }
    }
    return changed;
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

  async #buildFormats(wanted: readonly ExportFormat[]): Promise<SnapshotReport[]> {
    const reports: SnapshotReport[] = [];
    for (const module of MODULES) {
      const formats = wanted.filter((format) => format.module === module);
      if (formats.length > 0) reports.push(...(await this.#buildModule(module, formats)));
    }
    return reports;
  }

  async #buildModule(module: Module, formats: readonly ExportFormat[]): Promise<SnapshotReport[]> {
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
        formats,
        edition: await this.#newEdition(),
        path: (format) => this.#store.workPath(folder, format),
        partyNames: (await this.#parts.readPartyNames?.()) ?? new Map(),
        logger: this.#parts.logger,
        signal: this.#stopping.signal,
      });
      return await Promise.all(made.map((one) => this.#publish(folder, one, seconds)));
    } catch (error) {
      return formats.map(({ name }) => this.#failure(name, error, seconds()));
    } finally {
      if (workFolder) await this.#store.discard(workFolder);
    }
  }

  /** The head is read before the first object: see `db/reads/public-objects.ts`. */
  async #newEdition(): Promise<Edition> {
    const { sequence } = await readHead(this.#parts.knex);
    return { publication: this.publication, sequence, generatedAt: this.#parts.clock() };
  }

  async #publish(workFolder: string, result: Made, seconds: () => number): Promise<SnapshotReport> {
    if ('error' in result) return this.#failure(result.format, result.error, seconds());
    const { made, leftOut } = result;
    try {
      const published = await this.#store.publish(workFolder, made);
      const report: SnapshotReport = {
        format: made.format,
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
      return this.#failure(made.format, error, seconds());
    }
  }

  /** Logged here, once; a build that was ended because the process stops is no error. */
  #failure(format: string, error: unknown, seconds: number): SnapshotReport {
    const problem = error instanceof Error ? error.message : String(error);
    if (!this.#stopping.signal.aborted) {
      this.#parts.logger.error({ err: error, format }, 'a file of open data could not be built');
    }
    return { format, state: 'failed', sequence: null, objects: 0, bytes: 0, gzipBytes: 0, seconds, problem };
  }
}
