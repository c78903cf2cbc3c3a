/**
 * A body in pieces, all in memory: something large that is kept is sent between what stands around it without being
 * copied, which for a page of a hundred Locations costs more than all else of its answer.
 *
 * Whoever makes it the body of an answer says its length as well: `ctx.length = pieces.bytes`.
 */
import { Readable } from 'node:stream';

export class Pieces extends Readable {
  readonly bytes: number;
  readonly #pieces: readonly Buffer[];

  constructor(pieces: readonly Buffer[]) {
    super();
    this.#pieces = pieces;
    this.bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** For whoever needs it as one, instead of reading it. */
  joined(): Buffer {
    return Buffer.concat(this.#pieces, this.bytes);
  }

  override _read(): void {
    for (const piece of this.#pieces) this.push(piece);
    this.push(null);
  }
}
