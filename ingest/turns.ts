/**
 * Lets tasks about several objects run side by side, but those about one object one after another, in the order in
 * which they came: a page that brings an object again is judged by what the page before it made of the object.
 */
export interface Turns {
  /** Runs the task when all earlier ones that share a key with it have ended, however they ended. */
  take<T>(keys: readonly string[], task: () => Promise<T>): Promise<T>;
}

/** Makes turns that know of no task yet. */
export function createTurns(): Turns {
  const lastByKey = new Map<string, Promise<unknown>>();

  return {
    async take(keys, task) {
      const earlier = new Set(keys.flatMap((key) => lastByKey.get(key) ?? []));
      const turn = earlier.size === 0 ? task() : Promise.allSettled(earlier).then(task);
      for (const key of keys) lastByKey.set(key, turn);
      try {
        return await turn;
      } finally {
        for (const key of keys) {
          if (lastByKey.get(key) === turn) lastByKey.delete(key);
        }
      }
    },
  };
}
