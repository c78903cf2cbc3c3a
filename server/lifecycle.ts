/** Where a process is in its life: it runs, then it stops, and never runs again. */
export interface Lifecycle {
  readonly state: 'running' | 'stopping';
  /** Aborted when the process stops: for long work that somebody asked for. */
  readonly signal: AbortSignal;
  /** Safe to call twice. */
  stop(): void;
}

export function createLifecycle(): Lifecycle {
  const stopping = new AbortController();
  return {
    get state() {
      return stopping.signal.aborted ? 'stopping' : 'running';
    },
    signal: stopping.signal,
    stop: () => stopping.abort(new Error('the access point stops')),
  };
}
