/**
 * Work on many items that does not hold up the process: between short stretches of it whatever came meanwhile has its
 * turn. An answer of the database that waits here is a database that has nothing to do, and a request that waits is one
 * more that seems slow.
 */
import { setImmediate as others } from 'node:timers/promises';

/**
 * Milliseconds at a stretch: three batches of a pull have theirs at a time, and an answer of the database waits for all of
 * them, seven times a batch.
 */
const STRETCH_MS = 1;

/** As `items.map(work)`, one item after another in their order; rejects with the first error. */
export async function mapInStretches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let start = performance.now();
  for (const item of items) {
    if (performance.now() - start > STRETCH_MS) {
      await others();
      start = performance.now();
    }
    results.push(work(item));
  }
  return results;
}
