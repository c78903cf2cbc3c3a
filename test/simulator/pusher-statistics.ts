// Counts what a pusher did: answers by HTTP and by OCPI status, connection errors by
// code, refusals with their text, and how long answers took. Guarantees bounded
// memory: of refusals and durations only the newest are kept. Never fails.

const MOST_REFUSALS = 100;
const MOST_DURATIONS = 20_000;

export interface Refusal {
  method: string;
  url: string;
  status: number;
  /** The beginning of the body. */
  text: string;
}

function countIn(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

export class PushStatistics {
  /** Requests that the receiver took (HTTP 2xx and status_code 1000). */
  acknowledged = 0;
  refused = 0;
  /** Requests that were or will be sent again. */
  retries = 0;
  /** Requests without an answer: refused or broken connections, time over. */
  connectionErrors = 0;
  readonly byHttpStatus: Record<string, number> = {};
  readonly byOcpiStatus: Record<string, number> = {};
  readonly byError: Record<string, number> = {};
  /** The newest refusals. */
  readonly refusals: Refusal[] = [];
  readonly #started = performance.now();
  readonly #durations: number[] = [];
  #answers = 0;

  answered(status: number, statusCode: number | null, milliseconds: number): void {
    countIn(this.byHttpStatus, String(status));
    countIn(this.byOcpiStatus, String(statusCode));
    // The newest take the place of the oldest.
    this.#durations[this.#answers % MOST_DURATIONS] = milliseconds;
    this.#answers += 1;
  }

  unanswered(error: unknown): void {
    this.connectionErrors += 1;
    countIn(this.byError, codeOf(error));
  }

  refuse(method: string, url: string, status: number, text: string): void {
    this.refused += 1;
    this.refusals.push({ method, url, status, text: text.slice(0, 1000) });
    if (this.refusals.length > MOST_REFUSALS) this.refusals.shift();
  }

  /** The duration in milliseconds that a share (0 to 1) of answers did not exceed. */
  duration(share: number): number {
    const sorted = this.#durations.toSorted((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }

  /** All counts as plain values. */
  summary(): Record<string, unknown> {
    const seconds = (performance.now() - this.#started) / 1000;
    const { acknowledged, refused, retries, connectionErrors, byHttpStatus, byOcpiStatus, byError } = this;
    return {
      acknowledged,
      refused,
      retries,
      connection_errors: connectionErrors,
      by_http_status: byHttpStatus,
      by_ocpi_status: byOcpiStatus,
      by_error: byError,
      acknowledged_per_second: Math.round((acknowledged / seconds) * 10) / 10,
      p50_ms: Math.round(this.duration(0.5) * 10) / 10,
      p99_ms: Math.round(this.duration(0.99) * 10) / 10,
      seconds: Math.round(seconds * 10) / 10,
    };
  }
}
