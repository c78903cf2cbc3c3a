/**
 * Takes note, each minute, of what other processes decided and imported: policies and registers of operators, which
 * every write goes by. For a process without timed work (`nap serve --http-only`); elsewhere a job does it.
 *
 * A failure is logged and tried again the next time; what was known stays.
 */
import type { Logger } from 'pino';

export interface Refresher {
  stop(): void;
}

const EVERY_MS = 60_000;

/** Begins at once. */
export function startRefresher(parts: {
  what: readonly { refresh(): Promise<void> }[];
  logger: Logger;
  everyMs?: number;
}): Refresher {
  const { what, logger, everyMs = EVERY_MS } = parts;
  let isRunning = false;
  const timer = setInterval(async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await Promise.all(what.map((one) => one.refresh()));
    } catch (error) {
      logger.warn({ err: error }, 'policies and registers could not be read again');
    } finally {
      isRunning = false;
    }
  }, everyMs);
  // A process that has nothing else to do may end.
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
