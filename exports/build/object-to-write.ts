/**
 * An object of the registry on its way into the files of a build: prepared when the first file asks for it, and
 * written once for all the files in which it reads the same.
 */
import type { PublicObject } from '../../db/reads/public-objects.ts';
import type { LocationTwins } from '../../db/reads/twins.ts';
import type { ExportFormat, Piece } from '../format.ts';
import { type PublicLocation, type PublicTariff, resolveLocation } from '../public-objects.ts';
import type { ExportFile, View } from '../view.ts';

/** Null when nothing of the object may be shown. */
export type Prepare = (object: PublicObject) => PublicLocation | PublicTariff | null;

const NOTHING = Buffer.alloc(0);

export class ObjectToWrite {
  readonly object: PublicObject;
  readonly #prepare: Prepare;
  readonly #twins: LocationTwins | undefined;
  /** What formats made of it, for the views in which it is the same. */
  readonly #pieces = new Map<string, Buffer>();
  #prepared: { value: PublicLocation | PublicTariff | null } | undefined;
  #resolved: { value: PublicLocation | null } | undefined;

  constructor(object: PublicObject, prepare: Prepare, twins: LocationTwins | undefined) {
    this.object = object;
    this.#prepare = prepare;
    this.#twins = twins;
  }

  /** Its bytes in a file of pieces; none when nothing of it is to be shown there. */
  piece({ format, view }: ExportFile): Buffer {
    const isOfView = view === 'resolved' && this.#twins !== undefined;
    const key = isOfView ? `${format.name} ${view}` : format.name;
    const known = this.#pieces.get(key);
    if (known) return known;
    const piece = write(format, this.value(view));
    this.#pieces.set(key, piece);
    return piece;
  }

  /** As a view shows it; null when it does not. */
  value(view: View): PublicLocation | PublicTariff | null {
    this.#prepared ??= { value: this.#prepare(this.object) };
    const { value } = this.#prepared;
    if (view === 'raw' || !this.#twins || value === null) return value;
    this.#resolved ??= { value: resolveLocation(value as PublicLocation, this.#twins) };
    return this.#resolved.value;
  }
}

/** A build has objects of one module and formats of the same, so the types fit; the compiler cannot see it. */
function write(format: ExportFormat, value: PublicLocation | PublicTariff | null): Buffer {
  if (value === null || !('write' in format)) return NOTHING;
  return toBytes(format.write(value as never));
}

export function toBytes(piece: Piece): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece, 'utf8');
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
