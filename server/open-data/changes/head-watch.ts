/**
 * How far the journal has got, for all who wait for it in this process: told by the writer of this process, and
 * looked up once a second for what other processes write. One row, whatever the number of those who wait, and no
 * question at all while nobody does. (There is no LISTEN/NOTIFY on the embedded engine.)
 *
 * A database that fails is logged once, until it works again; those who wait go on waiting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Bell } from '../../bell.ts';

/** Times in milliseconds; tests take shorter ones. */
export interface WatchPace {
  /** Between two looks at the head. */
  readonly look: number;
  /** After a look: what changes within is told together. */
  readonly gather: number;
}

export const USUAL_PACE: WatchPace = { look: 1_000, gather: 100 };

export class HeadWatch {
  readonly #read: () => Promise<number>;
  readonly #logger: Logger;
  readonly #pace: WatchPace;
  readonly #bell = new Bell();
  readonly #waiting = new Set<{ readonly after: number; readonly go: () => void }>();
  #head = 0;
  #watching: Promise<void> | null = null;
  #isClosed = false;
  #isFaulty = false;

  constructor(parts: { read: () => Promise<number>; logger: Logger; pace?: WatchPace }) {
    this.#read = parts.read;
    this.#logger = parts.logger;
    this.#pace = parts.pace ?? USUAL_PACE;
  }

  /** As last seen. */
  get head(): number {
    return this.#head;
  }

  /** The registry has changed. */
  wake(): void {
    this.#bell.ring();
  }

  /** True as soon as the journal has passed the position; false when that takes longer, or `signal` ends it. */
  async passed(after: number, milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (this.#head > after) return true;
    if (signal.aborted || this.#isClosed) return false;
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        this.#waiting.delete(waiter);
        resolve();
      };
      const timer = setTimeout(go, milliseconds);
      const waiter = { after, go };
      signal.addEventListener('abort', go);
      this.#waiting.add(waiter);
      this.#watching ??= this.#watch();
    });
    // Who was the last leaves nobody watching for nothing.
    if (this.#waiting.size === 0) this.#bell.ring();
    return this.#head > after;
  }

  /** Lets everybody go, and waits for the look under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { go } of [...this.#waiting]) go();
    this.#bell.ring();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isClosed) {
      await this.#look();
      await sleep(this.#pace.gather);
      if (this.#waiting.size > 0) await this.#bell.wait(this.#pace.look);
    }
    this.#watching = null;
  }

  async #look(): Promise<void> {
    try {
      this.#head = await this.#read();
      this.#isFaulty = false;
    } catch (error) {
      if (!this.#isFaulty && !this.#isClosed) {
        this.#logger.error({ err: error }, 'changes cannot be followed; trying again');
      }
      this.#isFaulty = true;
    }
    for (const { after, go } of [...this.#waiting]) if (this.#head > after) go();
  }
}
