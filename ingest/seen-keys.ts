/**
 * Which objects a pull has seen, in eight bytes each, whatever their number: a feed of ten countries in one list takes
 * no more memory than one of a town.
 *
 * Never denies a key that was added. Of 700,000 keys, one in 400 million others is taken for one of them; whoever
 * judges by it would then leave one object standing, until the next pull, which has another salt.
 */
import { hash, randomUUID } from 'node:crypto';

/** Hexadecimal digits of a hash that are kept: 48 bits, which a double holds exactly. */
const DIGITS = 12;
/** Keys at the beginning: those of a small feed. */
const FIRST_CAPACITY = 1_024;

export class SeenKeys {
  readonly #salt = randomUUID();
  #hashes = new Float64Array(FIRST_CAPACITY);
  #size = 0;
  #isSorted = true;

  add(key: string): void {
    if (this.#size === this.#hashes.length) {
      const wider = new Float64Array(this.#size * 2);
      wider.set(this.#hashes);
      this.#hashes = wider;
    }
    this.#hashes[this.#size] = this.#hashOf(key);
    this.#size += 1;
    this.#isSorted = false;
  }

  /** Quick as long as nothing is added in between. */
  has(key: string): boolean {
    if (!this.#isSorted) {
      this.#hashes.subarray(0, this.#size).sort();
      this.#isSorted = true;
    }
    const wanted = this.#hashOf(key);
    let [from, to] = [0, this.#size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#hashes[middle] as number) < wanted) from = middle + 1;
      else to = middle;
    }
    return from < this.#size && this.#hashes[from] === wanted;
  }

  #hashOf(key: string): number {
    return Number.parseInt(hash('sha256', `${this.#salt}${key}`, 'hex').slice(0, DIGITS), 16);
  }
}
