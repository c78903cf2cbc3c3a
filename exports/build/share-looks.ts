/**
 * One look for all who ask at once: of a file system, that answers hundreds of requests with a handful of calls.
 *
 * Guarantees: what a caller gets was looked at after it had asked. So whoever asks while a look is under way waits for
 * the next one, which begins when that has ended, and shares it with the others who do.
 * Fails as the look fails, for those who share it.
 */
export function shareLooks<T>(look: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  function begin(): Promise<T> {
    next = null;
    running = look().finally(() => {
      running = null;
    });
    return running;
  }

  return () => {
    if (next) return next;
    if (!running) return begin();
    next = running.then(begin, begin);
    return next;
  };
}
