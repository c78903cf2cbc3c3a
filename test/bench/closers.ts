/**
 * What is to be ended when some work is over, however that ends: the newest first, since it may lean on what is older.
 *
 * Guarantees: each is ended, also when another one cannot be. What comes after the end was called for is ended at once,
 * and its work fails, so that work which was broken off starts nothing any more.
 */
export class Closers {
  readonly #ends: (() => Promise<unknown>)[] = [];
  #isClosed = false;

  add(end: () => Promise<unknown>): void {
    this.#ends.push(end);
    if (!this.#isClosed) return;
    throw new Error('started after the end');
  }

  /** Answers what could not be ended. Call it again when the work has noticed. */
  async closeAll(): Promise<Error[]> {
    this.#isClosed = true;
    const errors: Error[] = [];
    for (let end = this.#ends.pop(); end; end = this.#ends.pop()) {
      await end().catch((error: Error) => errors.push(error));
    }
    return errors;
  }
}
