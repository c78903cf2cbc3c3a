/**
 * Makes the files of one module in a work folder, in one pass over what has to be written: the whole registry, or
 * what changed since the former edition, stretch by stretch; each stretch feeds all files before the next is read.
 *
 * Guarantees: memory holds one stretch and its texts, whatever the size of the registry, and the numbers of what
 * changed. A file that fails ends alone; the pass goes on for the others.
 * Fails (as a whole) as the database fails.
 */
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Module } from '../../db/model.ts';
import { type PublicObject, readPublicObjects } from '../../db/reads/public-objects.ts';
import { type LocationTwins, readTwins } from '../../db/reads/twins.ts';
import type { Edition, ExportFormat } from '../format.ts';
import { preparePublicLocation, preparePublicTariff } from '../public-objects.ts';
import type { ExportFile, View } from '../view.ts';
import type { MadeFile } from './edition-store.ts';
import { FileInTheMaking, STRETCH_WIDTH } from './file-in-the-making.ts';
import type { FormerPaths } from './former-file.ts';
import { ObjectToWrite, type Prepare } from './object-to-write.ts';
import { SharedParts } from './shared-parts.ts';

/** What came of one file. */
export type Made =
  | { readonly file: ExportFile; readonly made: MadeFile; readonly leftOut: number }
  | { readonly file: ExportFile; readonly error: Error };

/** Numbers of the objects that read differently than in the former edition, by view. */
export type Changed = Readonly<Record<View, ReadonlySet<number>>>;

export interface FileToBuild {
  readonly file: ExportFile;
  /** What it is made from beside `changed`; null: every object is written. */
  readonly former: FormerPaths | null;
}

export interface ModuleBuild {
  readonly knex: Knex;
  readonly module: Module;
  /** Files of that module; with former ones, or without, all of them. */
  readonly files: readonly FileToBuild[];
  /** Null: everything. */
  readonly changed: Changed | null;
  readonly edition: Edition;
  /** Where to make the file of that name. */
  readonly path: (file: string) => string;
  /** Names of parties, by `CC-PTY`, for Locations without an operator (OD-09). */
  readonly partyNames: ReadonlyMap<string, string>;
  readonly logger: Logger;
  /** Ends the build between two stretches. */
  readonly signal: AbortSignal;
}

/** One entry a file, in no order. */
export async function buildModule(build: ModuleBuild): Promise<Made[]> {
  const formats = attemptsByFormat(build);
  const attempts = formats.flatMap(({ files }) => files);
  try {
    await Promise.all(attempts.map((attempt) => attempt.try((file) => file.begin())));
    for await (const { number, objects, changed } of readStretches(build)) {
      build.signal.throwIfAborted();
      const written = await toWrite(build, objects);
      const add = (file: FileInTheMaking) =>
        file.add({ number, objects: written, changed: changed[file.what.view] });
      await inLanes(formats, async ({ files, shared }) => {
        for (const attempt of files) await attempt.try(add);
        shared.clear();
      });
    }
    await Promise.all(attempts.map((attempt) => attempt.finish()));
    return attempts.map((attempt) => attempt.result());
  } finally {
    await Promise.all(attempts.map((attempt) => attempt.file.close()));
  }
}

/** A format in its views, which are made one after the other. */
interface FormatAttempt {
  readonly files: Attempt[];
  readonly shared: SharedParts;
}

function attemptsByFormat({ files, edition, logger, path }: ModuleBuild): FormatAttempt[] {
  const formats = new Map<ExportFormat, FormatAttempt>();
  for (const { file, former } of files) {
    const known = formats.get(file.format) ?? { files: [], shared: new SharedParts() };
    const { shared } = known;
    const parts = { edition, path: path(file.name), former, logger, shared };
    known.files.push(new Attempt(new FileInTheMaking(file, parts)));
    formats.set(file.format, known);
  }
  return [...formats.values()];
}

/**
 * Formats that are at work at once: while one waits for zlib or the disk, another writes. More of them would only hold
 * more memory.
 */
const LANES = 4;

async function inLanes<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values();
  const lane = async () => {
    for (const one of waiting) await work(one);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Runs the steps of one file, until one fails. */
class Attempt {
  readonly file: FileInTheMaking;
  #made: MadeFile | null = null;
  #error: Error | null = null;

  constructor(file: FileInTheMaking) {
    this.file = file;
  }

  async try(step: (file: FileInTheMaking) => Promise<void>): Promise<void> {
    if (this.#error) return;
    try {
      await step(this.file);
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
  }

  finish(): Promise<void> {
    return this.try(async (file) => {
      this.#made = await file.finish();
    });
  }

  result(): Made {
    const file = this.file.what;
    if (this.#made) return { file, made: this.#made, leftOut: this.file.leftOut };
    return { file, error: this.#error ?? new Error('the build did not end') };
  }
}

/** Objects of neighbouring numbers as read. */
interface ReadStretch {
  readonly number: number;
  readonly objects: readonly PublicObject[];
  readonly changed: Changed;
}

function readStretches(build: ModuleBuild): AsyncGenerator<ReadStretch> {
  return build.changed ? readChangedStretches(build, build.changed) : readAllStretches(build);
}

async function* readAllStretches({ knex, module }: ModuleBuild): AsyncGenerator<ReadStretch> {
  let number = 0;
  let objects: PublicObject[] = [];
  const stretch = () => ({ number, objects, changed: inBothViews(new Set(objects.map(({ id }) => id))) });
  for await (const batch of readPublicObjects(knex, module)) {
    for (const object of batch) {
      const its = stretchOf(object.id);
      if (its !== number) {
        if (objects.length > 0) yield stretch();
        number = its;
        objects = [];
      }
      objects.push(object);
    }
  }
  if (objects.length > 0) yield stretch();
}

async function* readChangedStretches(build: ModuleBuild, changed: Changed): AsyncGenerator<ReadStretch> {
  const { knex, module } = build;
  const raw = byStretch(changed.raw);
  const resolved = byStretch(changed.resolved);
  for (const number of [...new Set([...raw.keys(), ...resolved.keys()])].sort((a, b) => a - b)) {
    const changedHere = { raw: raw.get(number) ?? NONE, resolved: resolved.get(number) ?? NONE };
    const among = [...new Set([...changedHere.raw, ...changedHere.resolved])];
    const objects: PublicObject[] = [];
    for await (const batch of readPublicObjects(knex, module, { among })) objects.push(...batch);
    yield { number, objects, changed: changedHere };
  }
}

const NONE: ReadonlySet<number> = new Set();

function stretchOf(id: number): number {
  return Math.floor(id / STRETCH_WIDTH);
}

function inBothViews(ids: ReadonlySet<number>): Changed {
  return { raw: ids, resolved: ids };
}

function byStretch(ids: ReadonlySet<number>): Map<number, Set<number>> {
  const stretches = new Map<number, Set<number>>();
  for (const id of ids) {
    const number = stretchOf(id);
    const stretch = stretches.get(number);
    if (stretch) stretch.add(id);
    else stretches.set(number, new Set([id]));
  }
  return stretches;
}

async function toWrite(
  { knex, module, files, partyNames }: ModuleBuild,
  objects: readonly PublicObject[],
): Promise<Map<number, ObjectToWrite>> {
  const prepare = module === 'locations' ? locationPreparer(partyNames) : preparePublicTariff;
  const isResolving = files.some(({ file }) => file.view === 'resolved');
  const ids = objects.map(({ id }) => id);
  const twins = isResolving && ids.length > 0 ? await readTwins(knex, ids) : NO_TWINS;
  return new Map(
    objects.map((object) => [object.id, new ObjectToWrite(object, prepare, twins.get(object.id))]),
  );
}

const NO_TWINS: ReadonlyMap<number, LocationTwins> = new Map();

function locationPreparer(partyNames: ReadonlyMap<string, string>): Prepare {
  return (object) =>
    preparePublicLocation(
      object,
      partyNames.get(`${object.owner.countryCode}-${object.owner.partyId}`) ?? null,
    );
}
