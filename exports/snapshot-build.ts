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
import type { Edition, ExportFormat } from './format.ts';
import { preparePublicLocation, preparePublicTariff } from './public-objects.ts';
import { GZIP_EXTENSION, type MadeFile, type MadeRepresentation } from './snapshot-store.ts';

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

/** What came of one format. */
export type Made =
  | { readonly format: string; readonly made: MadeFile; readonly leftOut: number }
  | { readonly format: string; readonly error: Error };

export interface ModuleBuild {
  readonly knex: Knex;
  readonly module: Module;
  /** Formats of that module. */
  readonly formats: readonly ExportFormat[];
  readonly edition: Edition;
  /** Where to make the file of a format. */
  readonly path: (format: string) => Promise<string>;
  /** Names of parties, by `CC-PTY`, for Locations without an operator (OD-09). */
  readonly partyNames: ReadonlyMap<string, string>;
  readonly logger: Logger;
  /** Ends the build between two batches. */
  readonly signal: AbortSignal;
}

/** One entry a format, in the order given. */
export async function buildModule(build: ModuleBuild): Promise<Made[]> {
  const files = build.formats.map((format) => new FileInTheMaking(format, build));
  try {
    await Promise.all(files.map((file) => file.attempt(() => file.begin())));
    const prepare = build.module === 'locations' ? locationPreparer(build.partyNames) : preparePublicTariff;
    for await (const batch of readPublicObjects(build.knex, build.module)) {
      build.signal.throwIfAborted();
      const objects = batch.map((object) => lazily(() => prepare(object), object));
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

/** An object that is prepared when the first format asks for it, and once for all of them. */
interface LazyObject {
  readonly object: PublicObject;
  /** Null when nothing of it may be shown. */
  prepared(): unknown;
}

function lazily(prepare: () => unknown, object: PublicObject): LazyObject {
  let value: unknown;
  let known = false;
  return {
    object,
    prepared() {
      if (!known) {
        value = prepare();
        known = true;
      }
      return value;
    },
  };
}

class FileInTheMaking {
  readonly #format: ExportFormat;
  readonly #build: ModuleBuild;
  readonly #hash: Hash = createHash('sha256');
  #path = '';
  #file: FileHandle | null = null;
  #bytes = 0;
  #objects = 0;
  #leftOut = 0;
  #made: MadeFile | null = null;
  #error: Error | null = null;

  constructor(format: ExportFormat, build: ModuleBuild) {
    this.#format = format;
    this.#build = build;
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
    this.#path = await this.#build.path(this.#format.name);
    this.#file = await open(this.#path, 'w');
    await this.#write(this.#format.open(this.#build.edition));
  }

  async add(objects: readonly LazyObject[]): Promise<void> {
    const { separator } = this.#format;
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
    await this.#write(this.#format.close(this.#build.edition));
    await this.close();
    const { edition } = this.#build;
    this.#made = {
      format: this.#format.name,
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
    const format = this.#format.name;
    if (this.#made) return { format, made: this.#made, leftOut: this.#leftOut };
    return { format, error: this.#error ?? new Error('the build did not end') };
  }

  /** May be called again. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  #piece({ object, prepared }: LazyObject): string {
    try {
      const value = prepared();
      // The module of the build is the module of its formats, so the types fit; the compiler cannot see it.
      return value === null ? '' : this.#format.write(value as never);
    } catch (error) {
      this.#leftOut += 1;
      if (this.#leftOut <= LOGGED_OBJECTS) {
        const { owner, objectId } = object;
        this.#build.logger.error(
          { err: error, format: this.#format.name, owner, objectId },
          'an object of the registry cannot be exported and is left out',
        );
      }
      return '';
    }
  }

  async #write(text: string): Promise<void> {
    if (text === '' || !this.#file) return;
    const bytes = Buffer.from(text, 'utf8');
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
