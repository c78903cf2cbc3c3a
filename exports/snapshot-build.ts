/**
 * Makes the files of one module in a work folder: one pass over the registry feeds all its formats, a batch at a
 * time, each written before the next batch is read.
 *
 * Guarantees: memory holds one batch and its texts, whatever the size of the registry. A format that fails ends
 * alone; the pass goes on for the others. An object that a format cannot write is left out and counted, and when
 * they are more than a stray few, the format fails instead: a file with half its content is worse than an old one.
 * Fails (as a whole) as the database fails.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Module } from '../db/model.ts';
import { type PublicObject, readPublicObjects } from '../db/reads/public-objects.ts';
import { type LocationTwins, readTwins } from '../db/reads/twins.ts';
import type { Edition } from './format.ts';
import {
  type PublicLocation,
  preparePublicLocation,
  preparePublicTariff,
  resolveLocation,
} from './public-objects.ts';
import { GZIP_EXTENSION, type MadeFile, type MadeRepresentation } from './snapshot-store.ts';
import type { ExportFile, View } from './view.ts';

/**
 * zlib's usual level. On the Dutch feed (139 MB) level 1 gives 13.1 MB in 0.4 s, 6 gives 10.8 MB in 0.8 s, 9
 * gives 10.2 MB in 1.4 s: a file is packed once and sent often, and past 6 there is little to gain.
 */
const GZIP_LEVEL = 6;

/** Share of its objects that a format may fail to write, and how many it may in any case. */
const LEFT_OUT_SHARE = 0.01;
const LEFT_OUT_ALWAYS = 1;

/** Left-out objects that are logged one by one in a build; the rest are in the count. */
const LOGGED_OBJECTS = 10;

/** What came of one file. */
export type Made =
  | { readonly file: ExportFile; readonly made: MadeFile; readonly leftOut: number }
  | { readonly file: ExportFile; readonly error: Error };

export interface ModuleBuild {
  readonly knex: Knex;
  readonly module: Module;
  /** Files of that module. */
  readonly files: readonly ExportFile[];
  readonly editions: Readonly<Record<View, Edition>>;
  /** Where to make the file of that name. */
  readonly path: (file: string) => Promise<string>;
  /** Names of parties, by `CC-PTY`, for Locations without an operator (OD-09). */
  readonly partyNames: ReadonlyMap<string, string>;
  readonly logger: Logger;
  /** Ends the build between two batches. */
  readonly signal: AbortSignal;
}

/** One entry a file, in the order given. */
export async function buildModule(build: ModuleBuild): Promise<Made[]> {
  const files = build.files.map((file) => new FileInTheMaking(file, build));
  try {
    await Promise.all(files.map((file) => file.attempt(() => file.begin())));
    const prepare = build.module === 'locations' ? locationPreparer(build.partyNames) : preparePublicTariff;
    const isResolving = build.files.some(({ view }) => view === 'resolved');
    for await (const batch of readPublicObjects(build.knex, build.module)) {
      build.signal.throwIfAborted();
      const twins = isResolving
        ? await readTwins(
            build.knex,
            batch.map(({ id }) => id),
          )
        : NO_TWINS;
      const objects = batch.map((object) => new ObjectToWrite(object, prepare, twins.get(object.id)));
      for (const file of files) await file.attempt(() => file.add(objects));
    }
    await Promise.all(files.map((file) => file.attempt(() => file.finish())));
    return files.map((file) => file.result());
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

function locationPreparer(partyNames: ReadonlyMap<string, string>) {
  return (object: PublicObject) =>
    preparePublicLocation(
      object,
      partyNames.get(`${object.owner.countryCode}-${object.owner.partyId}`) ?? null,
    );
}

const NO_TWINS: ReadonlyMap<number, LocationTwins> = new Map();

/** An object that is prepared when the first format asks for it, and once for all of them. */
class ObjectToWrite {
  readonly object: PublicObject;
  readonly #prepare: (object: PublicObject) => unknown;
  readonly #twins: LocationTwins | undefined;
  /** What formats made of it, for the views in which it is the same. */
  readonly #texts = new Map<string, string>();
  #prepared: { value: unknown } | undefined;

  constructor(
    object: PublicObject,
    prepare: (object: PublicObject) => unknown,
    twins: LocationTwins | undefined,
  ) {
    this.object = object;
    this.#prepare = prepare;
    this.#twins = twins;
  }

  /** Its text in a file; empty when nothing of it may be shown. */
  text({ format, view }: ExportFile): string {
    if (view === 'resolved' && this.#twins) return write(format, this.#resolved(this.#twins));
    const known = this.#texts.get(format.name);
    if (known !== undefined) return known;
    const text = write(format, this.#value());
    this.#texts.set(format.name, text);
    return text;
  }

  #value(): unknown {
    this.#prepared ??= { value: this.#prepare(this.object) };
    return this.#prepared.value;
  }

  #resolved(twins: LocationTwins): unknown {
    const value = this.#value() as PublicLocation | null;
    return value === null ? null : resolveLocation(value, twins);
  }
}

/** The module of the build is the module of its formats, so the types fit; the compiler cannot see it. */
function write(format: ExportFile['format'], value: unknown): string {
  return value === null || !('write' in format) ? '' : String(format.write(value as never));
}

class FileInTheMaking {
  readonly #what: ExportFile;
  readonly #build: ModuleBuild;
  readonly #edition: Edition;
  readonly #hash: Hash = createHash('sha256');
  #path = '';
  #file: FileHandle | null = null;
  #bytes = 0;
  #objects = 0;
  #leftOut = 0;
  #made: MadeFile | null = null;
  #error: Error | null = null;

  constructor(what: ExportFile, build: ModuleBuild) {
    this.#what = what;
    this.#build = build;
    this.#edition = build.editions[what.view];
  }

  /** Runs a step, unless an earlier one failed; a failure is kept for the result. */
  async attempt(step: () => Promise<void>): Promise<void> {
    if (this.#error) return;
    try {
      await step();
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
  }

  async begin(): Promise<void> {
    this.#path = await this.#build.path(this.#what.name);
    this.#file = await open(this.#path, 'w');
    await this.#write(this.#what.format.open(this.#edition));
  }

  async add(objects: readonly ObjectToWrite[]): Promise<void> {
    const separator = 'separator' in this.#what.format ? this.#what.format.separator : '';
    let text = '';
    for (const object of objects) {
      const piece = this.#piece(object);
      if (piece === '') continue;
      text += this.#objects === 0 ? piece : separator + piece;
      this.#objects += 1;
    }
    await this.#write(text);
  }

  async finish(): Promise<void> {
    if (this.#leftOut > Math.max(LEFT_OUT_ALWAYS, this.#objects * LEFT_OUT_SHARE)) {
      throw new Error(`${this.#leftOut} objects could not be written, ${this.#objects} could`);
    }
    const { format } = this.#what;
    await this.#write('write' in format ? format.close(this.#edition) : format.close(this.#edition, []));
    await this.close();
    const edition = this.#edition;
    this.#made = {
      format: this.#what.name,
      sequence: edition.sequence,
      generatedAt: edition.generatedAt,
      objects: this.#objects,
      licence: edition.publication.licence,
      attribution: edition.publication.attribution,
      identity: { bytes: this.#bytes, sha256: this.#hash.digest('hex') },
      gzip: await gzip(this.#path, this.#path + GZIP_EXTENSION),
    };
  }

  result(): Made {
    const file = this.#what;
    if (this.#made) return { file, made: this.#made, leftOut: this.#leftOut };
    return { file, error: this.#error ?? new Error('the build did not end') };
  }

  /** May be called again. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  #piece(written: ObjectToWrite): string {
    try {
      return written.text(this.#what);
    } catch (error) {
      this.#leftOut += 1;
      // What cannot be written in one view cannot in the other.
      if (this.#leftOut <= LOGGED_OBJECTS && this.#what.view === 'raw') {
        const { owner, objectId } = written.object;
        this.#build.logger.error(
          { err: error, format: this.#what.name, owner, objectId },
          'an object of the registry cannot be exported and is left out',
        );
      }
      return '';
    }
  }

  async #write(text: string | Uint8Array): Promise<void> {
    if (text.length === 0 || !this.#file) return;
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#file.writeFile(bytes);
  }
}

/** Packs a file; what it says of the packed one is of the bytes as written. */
async function gzip(from: string, to: string): Promise<MadeRepresentation> {
  const hash = createHash('sha256');
  let bytes = 0;
  const tally = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from), createGzip({ level: GZIP_LEVEL }), tally, createWriteStream(to));
  return { bytes, sha256: hash.digest('hex') };
}
