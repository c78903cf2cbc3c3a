/**
 * Look-ups of many requests, asked of the database as one.
 *
 * While a query is under way, the keys that arrive wait and go together in the next one, as mutations do in the
 * writer's group commit. So under load one query, planned and sent once, answers dozens of requests; a key that comes
 * alone goes at once, and a query that hangs is not waited for.
 *
 * Guarantees: nothing is remembered. A query begins after the requests that it answers have arrived, so each is told
 * what it would have found by asking alone. A query that fails fails all whose keys were in it, so a key must not be
 * able to make it fail.
 */
import DataLoader from 'dataloader';

/** Keys in one query at most: bounds what an answer takes of memory at a time. */
const KEYS_AT_ONCE = 100;
/** Milliseconds after which the next query goes beside the one under way: hundreds of times what one takes. */
const PATIENCE_MS = 500;

/**
 * @param readAll answers each key at its place
 * @param patienceMs for tests
 */
export function gathered<Key, Found>(
  readAll: (keys: readonly Key[]) => Promise<Found[]>,
  patienceMs: number = PATIENCE_MS,
): (key: Key) => Promise<Found> {
  const waiting: (() => void)[] = [];
  let isUnderWay = false;

  function startNext(): void {
    const start = waiting.shift();
    isUnderWay = start !== undefined;
    // Not before what has arrived with it was looked at.
    if (start) setImmediate(start);
  }

  const loader = new DataLoader<Key, Found>(
    async (keys) => {
      let hasGoneOn = false;
      const goOn = () => {
        if (!hasGoneOn) startNext();
        hasGoneOn = true;
      };
      const impatient = setTimeout(goOn, patienceMs);
      try {
        return await readAll(keys);
      } finally {
        clearTimeout(impatient);
        goOn();
      }
    },
    {
      cache: false,
      maxBatchSize: KEYS_AT_ONCE,
      batchScheduleFn(start) {
        waiting.push(start);
        if (!isUnderWay) startNext();
      },
    },
  );
  return (key) => loader.load(key);
}
