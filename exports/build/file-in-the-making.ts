/**
 * One file of an edition in the making: what changed is written, what did not is copied from the former edition.
 *
 * Guarantees: the file is, to the byte, what it would be if every object were written anew, but for where it was
 * cut into segments when it was deflated. Memory holds one segment and what was gathered to be written.
 * A file that fails ends alone. An object that its format cannot write is left out and counted, and when they are
 * more than a stray few, the file fails instead: a file with half its content is worse than an old one.
 */
import type { Logger } from 'pino';
import type { Edition, PlacedPack } from '../format.ts';
import type { PublicLocation } from '../public-objects.ts';
import type { ExportFile } from '../view.ts';
import { CountedFile } from './counted-file.ts';
import { INDEX_EXTENSION, type MadeFile } from './edition-store.ts';
import { indexHead, indexLine, type PlacedSegment, type Segment } from './file-index.ts';
import { FlushedDeflate, GZIP_EXTENSION, GZIP_HEADER, gzipTrailer } from './flushed-deflate.ts';
import { FormerFile, type FormerPaths } from './former-file.ts';
import type { Stretch } from './forward-reader.ts';
import { type ObjectToWrite, toBytes } from './object-to-write.ts';
import { type PackPart, packOf, tryAlone } from './pack-parts.ts';
import { joinRuns, keptRuns, type Run } from './segment-runs.ts';
import type { SharedParts } from './shared-parts.ts';

/**
 * Numbers of objects in a segment of pieces. Small, since a segment with one change is deflated anew: of the Dutch
 * feed with 1 % of its EVSEs changing, half of the segments of 32, and 94 % of those of 128. Not smaller, since
 * deflate looks 32 kB back, and 32 Locations have some 60 kB.
 */
const SEGMENT_WIDTH = 32;

/**
 * Numbers of objects that are built at a time, and in a pack. A pack of a thousand rows reads well, and the objects of
 * more would be held in memory for nothing.
 */
export const STRETCH_WIDTH = 512;

/** Share of its objects that a format may fail to write, and how many it may in any case. */
const LEFT_OUT_SHARE = 0.01;
const LEFT_OUT_ALWAYS = 1;

/** Left-out objects that are logged one by one in a build; the rest are in the count. */
const LOGGED_OBJECTS = 10;

/** Objects of neighbouring numbers: what changed among them, and those of them that are shown. */
export interface ObjectStretch {
  /** Numbers divided by `STRETCH_WIDTH`. */
  readonly number: number;
  /** Those that changed and are shown; there may be others. */
  readonly objects: ReadonlyMap<number, ObjectToWrite>;
  /** Numbers of those that changed in the view of the file; those that are not in `objects` are gone. */
  readonly changed: ReadonlySet<number>;
}

interface Open {
  readonly identity: CountedFile;
  readonly gzip: CountedFile;
  readonly index: CountedFile;
  readonly deflate: FlushedDeflate;
  readonly former: FormerFile | null;
}

export class FileInTheMaking {
  readonly what: ExportFile;
  readonly #edition: Edition;
  readonly #path: string;
  readonly #formerPaths: FormerPaths | null;
  readonly #logger: Logger;
  readonly #shared: SharedParts;
  readonly #separator: Buffer;
  readonly #packs: PlacedPack[] = [];
  #open: Open | null = null;
  /** A run of the former edition that is to be copied. */
  #run: { identity: Stretch; gzip: Stretch } | null = null;
  /** Bytes that the file will have once the run is copied. */
  #bytes = 0;
  #segments = 0;
  #objects = 0;
  #leftOut = 0;

  constructor(
    what: ExportFile,
    parts: {
      edition: Edition;
      path: string;
      former: FormerPaths | null;
      logger: Logger;
      shared: SharedParts;
    },
  ) {
    this.what = what;
    this.#edition = parts.edition;
    this.#path = parts.path;
    this.#formerPaths = parts.former;
    this.#logger = parts.logger;
    this.#shared = parts.shared;
    this.#separator = toBytes('separator' in what.format ? what.format.separator : '');
  }

  /** Objects that could not be written. */
  get leftOut(): number {
    return this.#leftOut;
  }

  async begin(): Promise<void> {
    this.#open = {
      former: this.#formerPaths && (await FormerFile.open(this.#formerPaths)),
      identity: new CountedFile(this.#path),
      gzip: new CountedFile(this.#path + GZIP_EXTENSION),
      index: new CountedFile(this.#path + INDEX_EXTENSION),
      deflate: new FlushedDeflate(),
    };
    const bytes = toBytes(this.what.format.open(this.#edition));
    const { identity, gzip, index, deflate } = this.#open;
    const deflated = await deflate.part(bytes);
    await identity.write(bytes);
    await gzip.write(GZIP_HEADER);
    await gzip.write(deflated);
    await index.write(toBytes(indexHead({ bytes: bytes.length, deflated: deflated.length })));
    this.#bytes = bytes.length;
  }

  /** Takes what changed in a stretch. Stretches come in ascending order; what lies between them has not changed. */
  async add({ number, objects, changed }: ObjectStretch): Promise<void> {
    if (changed.size === 0) return;
    const { format } = this.what;
    if (!('write' in format)) {
      await this.#keepUntil(number);
      return this.#pack(number, await this.#takeFormer(number), { objects, changed });
    }
    for (const [segment, ids] of bySegment(changed)) {
      await this.#keepUntil(segment);
      const runs = await this.#keptRuns(await this.#takeFormer(segment), ids);
      for (const id of ids) {
        const object = objects.get(id);
        const bytes = object && this.#attempt(object, () => object.piece(this.what));
        if (bytes && bytes.length > 0) runs.push({ objects: [id], lengths: [bytes.length], bytes });
      }
      await this.#join(segment, runs);
    }
  }

  async finish(): Promise<MadeFile> {
    await this.#keepUntil(Number.POSITIVE_INFINITY);
    await this.#copyRun();
    if (this.#leftOut > Math.max(LEFT_OUT_ALWAYS, this.#objects * LEFT_OUT_SHARE)) {
      throw new Error(`${this.#leftOut} objects could not be written, ${this.#objects} could`);
    }
    const { format, name } = this.what;
    const edition = this.#edition;
    const end = toBytes('write' in format ? format.close(edition) : format.close(edition, this.#packs));
    const { identity, gzip, index, deflate } = this.#opened;
    await identity.write(end);
    const { crc32, ...whole } = await identity.finish();
    await gzip.write(await deflate.end(end));
    await gzip.write(gzipTrailer(crc32, whole.bytes));
    const { bytes, sha256 } = await gzip.finish();
    const made = {
      format: name,
      sequence: edition.sequence,
      generatedAt: edition.generatedAt,
      objects: this.#objects,
      licence: edition.publication.licence,
      attribution: edition.publication.attribution,
      identity: whole,
      gzip: { bytes, sha256 },
      indexBytes: (await index.finish()).bytes,
    };
    await this.close();
    return made;
  }

  /** May be called again. */
  async close(): Promise<void> {
    const opened = this.#open;
    this.#open = null;
    if (!opened) return;
    const { identity, gzip, index, deflate, former } = opened;
    deflate.close();
    const all = [identity, gzip, index, former];
    await Promise.all(all.map((file) => file?.close()));
  }

  get #opened(): Open {
    if (!this.#open) throw new Error(`${this.what.name} is not open`);
    return this.#open;
  }

  /** Whether the next segment begins with the separator. */
  get #isLed(): boolean {
    return this.#separator.length > 0 && this.#segments > 0;
  }

  /** Keeps the former segments before this one as they are. */
  async #keepUntil(segment: number): Promise<void> {
    const reader = this.#opened.former?.segments;
    for (let placed = reader?.next; reader && placed && placed.segment.number < segment; ) {
      await reader.pass();
      if (placed.segment.isLed === this.#isLed) await this.#keep(placed);
      // It has become the first of the file, or is it no longer.
      else await this.#join(placed.segment.number, await this.#keptRuns(placed, []));
      placed = reader.next;
    }
  }

  async #takeFormer(segment: number): Promise<PlacedSegment | null> {
    const reader = this.#opened.former?.segments;
    const placed = reader?.next ?? null;
    if (placed?.segment.number !== segment) return null;
    await reader?.pass();
    return placed;
  }

  async #keep({ segment, start }: PlacedSegment): Promise<void> {
    const run = this.#run;
    const identity = { from: run?.identity.from ?? start.bytes, to: start.bytes + segment.bytes };
    const gzip = { from: run?.gzip.from ?? start.deflated, to: start.deflated + segment.deflated };
    this.#run = { identity, gzip };
    await this.#record(segment);
  }

  async #copyRun(): Promise<void> {
    const run = this.#run;
    this.#run = null;
    const { identity, gzip, former } = this.#opened;
    if (!run || !former) return;
    await identity.copy(former.identity, run.identity);
    await gzip.copy(former.gzip, run.gzip);
  }

  async #keptRuns(placed: PlacedSegment | null, cuts: readonly number[]): Promise<Run[]> {
    const bytes = await this.#formerBytes(placed);
    return placed && bytes ? keptRuns(placed.segment, bytes, this.#separator.length, cuts) : [];
  }

  /** Writes a segment of runs, in any order; none, when there are none. */
  async #join(number: number, runs: readonly Run[]): Promise<void> {
    if (runs.length === 0) return;
    const isLed = this.#isLed;
    const { bytes, ...joined } = joinRuns(runs, this.#separator, isLed);
    await this.#write(bytes, { ...{ number, isLed, note: '' }, ...joined });
  }

  /** Bytes of a former segment. What stands before it is copied first, so that the former file is read forward. */
  async #formerBytes(placed: PlacedSegment | null): Promise<Buffer | null> {
    const former = this.#opened.former;
    if (!placed || !former) return null;
    await this.#copyRun();
    return former.bytesOf(placed);
  }

  /** Writes a pack of what is to stay of the former one and of what changed; none, when nothing is left. */
  async #pack(
    number: number,
    placed: PlacedSegment | null,
    { objects, changed }: Omit<ObjectStretch, 'number'>,
  ): Promise<void> {
    const { format, view } = this.what;
    if (!('pack' in format)) return;
    const kept = (placed?.segment.objects ?? []).flatMap((id, index): PackPart[] =>
      changed.has(id) ? [] : [{ id, entry: { former: index } }],
    );
    const written = [...changed].flatMap((id): PackPart[] => {
      const object = objects.get(id);
      const value = object && this.#attempt(object, () => object.value(view));
      return value ? [{ id, entry: { object: value as PublicLocation } }] : [];
    });
    let parts = [...kept, ...written].sort((a, b) => a.id - b.id);
    const bytes = await this.#formerBytes(placed);
    const former = placed && bytes && { bytes, note: placed.segment.note };
    let made = await packOf(format, parts, former);
    if (made instanceof Error) {
      const { packable, failed } = await tryAlone(format, parts);
      for (const { id, error } of failed) this.#leaveOut(objects.get(id) as ObjectToWrite, error);
      parts = packable;
      made = await packOf(format, parts, former);
    }
    if (made instanceof Error) throw made;
    if (!made) return;
    await this.#write(toBytes(made.bytes), {
      ...{ number, isLed: false, note: made.note },
      ...{ objects: parts.map(({ id }) => id), lengths: [] },
    });
  }

  async #write(bytes: Buffer, of: Omit<Segment, 'bytes' | 'deflated'>): Promise<void> {
    await this.#copyRun();
    const { identity, gzip, deflate } = this.#opened;
    const deflated = await this.#shared.take(of.number, bytes, () => deflate.part(bytes));
    await identity.write(bytes);
    await gzip.write(deflated);
    await this.#record({ ...of, bytes: bytes.length, deflated: deflated.length });
  }

  async #record(segment: Segment): Promise<void> {
    if ('pack' in this.what.format) this.#packs.push({ offset: this.#bytes, note: segment.note });
    this.#bytes += segment.bytes;
    this.#segments += 1;
    this.#objects += segment.objects.length;
    await this.#opened.index.write(toBytes(indexLine(segment)));
  }

  /** What the format makes of an object; null when it fails, which is logged and counted. */
  #attempt<T>(written: ObjectToWrite, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.#leaveOut(written, error);
      return null;
    }
  }

  #leaveOut({ object: { owner, objectId } }: ObjectToWrite, error: unknown): void {
    this.#leftOut += 1;
    // What cannot be written in one view cannot in the other.
    if (this.#leftOut > LOGGED_OBJECTS || this.what.view !== 'raw') return;
    this.#logger.error(
      { err: error, format: this.what.name, owner, objectId },
      'an object of the registry cannot be exported and is left out',
    );
  }
}

/** Numbers of objects by the number of their segment, both ascending. */
function bySegment(ids: ReadonlySet<number>): Map<number, number[]> {
  const segments = new Map<number, number[]>();
  for (const id of [...ids].sort((a, b) => a - b)) {
    const number = Math.floor(id / SEGMENT_WIDTH);
    const segment = segments.get(number);
    if (segment) segment.push(id);
    else segments.set(number, [id]);
  }
  return segments;
}
