/**
 * Keeps what is dear to work out for as long as it is true: until something has changed, and a minute at most, since
 * ages grow by themselves.
 *
 * Guarantees: an answer is of the newest state, unless working out answers has taken more than a tenth of the time
 * lately: then it may be up to a minute old, so that readers never starve the writer, also while the registry changes
 * every second. One thing is worked out once at a time; whoever asks meanwhile waits. Memory is bounded by the number
 * of entries. A failure is not kept.
 */

export interface AnswerCache<T> {
  get(key: string, make: () => Promise<T>): Promise<T>;
}

/** Milliseconds that an entry is kept at most. */
const LONGEST_MS = 60_000;
/** Share of the time that may go into working out answers. */
const SHARE = 0.1;
/** Milliseconds of work that may be saved up: a few reports of a whole country at once. */
const BURST_MS = 3_000;
/** Entries: some hundred parties in a country, and one for all. */
const ENTRY_LIMIT = 500;

interface Entry<T> {
  readonly state: string;
  readonly madeAt: number;
  readonly value: T;
}

/** @param readState a text that changes with everything that the answers are made of */
export function createAnswerCache<T>(
  readState: () => Promise<string>,
  { burstMs = BURST_MS }: { burstMs?: number } = {},
): AnswerCache<T> {
  const entries = new Map<string, Entry<T>>();
  const making = new Map<string, Promise<T>>();
  const state = shared(readState);
  const budget = createBudget(burstMs);

  function isGood({ state: of, madeAt }: Entry<T>, current: string): boolean {
    return performance.now() - madeAt < LONGEST_MS && (of === current || budget.isSpent);
  }

  async function make(key: string, current: string, work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    try {
      const value = await work();
      entries.delete(key);
      entries.set(key, { state: current, madeAt: performance.now(), value });
      for (const oldest of entries.keys()) {
        if (entries.size <= ENTRY_LIMIT) break;
        entries.delete(oldest);
      }
      return value;
    } finally {
      budget.spend(performance.now() - begun);
    }
  }

  return {
    async get(key, work) {
      for (;;) {
        const current = await state();
        const entry = entries.get(key);
        if (entry && isGood(entry, current)) return entry.value;
        const running = making.get(key);
        if (!running) {
          const begun = make(key, current, work).finally(() => making.delete(key));
          making.set(key, begun);
          return begun;
        }
        // Then it is asked again whether that is good enough.
        await running.catch(() => undefined);
      }
    },
  };
}

/** Time that may be spent: it grows by a share of the time that passes, up to the burst. */
function createBudget(burstMs: number) {
  let credit = burstMs;
  let countedAt = performance.now();
  const count = () => {
    const now = performance.now();
    credit = Math.min(burstMs, credit + (now - countedAt) * SHARE);
    countedAt = now;
  };
  return {
    get isSpent(): boolean {
      count();
      return credit <= 0;
    },
    spend(milliseconds: number): void {
      count();
      credit -= milliseconds;
    },
  };
}

/** One question at a time; whoever comes while one is out gets the next, which sees what was committed before. */
function shared(read: () => Promise<string>): () => Promise<string> {
  let running: Promise<string> | undefined;
  let next: Promise<string> | undefined;
  const begin = (): Promise<string> => {
    const asked = read().finally(() => {
      if (running === asked) running = undefined;
    });
    running = asked;
    return asked;
  };
  return () => {
    if (!running) return begin();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return begin();
      });
    return next;
  };
}
