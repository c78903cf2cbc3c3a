/**
 * Answers of a recording partner: OCPI envelopes, and what a test wants instead of them. Pure functions; how an
 * answer reaches the wire (late, never, without an end, cut) is the simulator's `deliver`.
 */
import type { Answer } from '../../simulator/faults-types.ts';

/** What a test may have a partner answer instead of the usual. */
export interface OverrideAnswer {
  /** HTTP status; 200 unless told. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly delayMs?: number;
  /** `never` keeps the caller waiting, `endless` sends until `ceiling` bytes, `cut` and `reset` break off. */
  readonly delivery?: Answer['delivery'];
  readonly ceiling?: number;
}

/** Bytes of an endless body when a test names no ceiling: more than any client of ours takes. */
const ENDLESS_BYTES = 256 * 1024 * 1024;
/** How much of a cut body still goes out. */
const HALF = 0.5;

/** An envelope; `data` undefined leaves it out. */
export function envelope(data?: unknown, status = 200, code = 1000, message = 'Success'): Answer {
  const timestamp = new Date().toISOString();
  return whole(status, JSON.stringify({ data, status_code: code, status_message: message, timestamp }));
}

/** An envelope around data that is JSON text already. */
export function envelopeOfText(dataText: string): Answer {
  const timestamp = new Date().toISOString();
  return whole(200, `{"data":${dataText},"status_code":1000,"timestamp":"${timestamp}"}`);
}

/** A refusal inside an envelope. */
export function refusal(status: number, code: number, message: string): Answer {
  return envelope(undefined, status, code, message);
}

/** What a test has put in the place of the usual answer. */
export function overridden(given: OverrideAnswer): Answer {
  const { status = 200, headers = {}, body = '', delayMs = 0, delivery = 'whole' } = given;
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const answer = whole(status, bytes);
  Object.assign(answer.headers, headers);
  return { ...answer, delay: delayMs, delivery, ceiling: given.ceiling ?? ENDLESS_BYTES };
}

function whole(status: number, body: string | Buffer): Answer {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body, delay: 0, delivery: 'whole', share: HALF, ceiling: ENDLESS_BYTES };
}
