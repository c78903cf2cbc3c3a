/**
 * When to try again: exponential backoff with jitter, or the time that the partner asks for (`Retry-After`).
 * Everything is bounded. Pure, but for `sleep`.
 */
import { setTimeout as wait } from 'node:timers/promises';

/** Waits; rejects when the signal is aborted. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Milliseconds before the second try; doubled for each further one. */
const FIRST_DELAY_MS = 1_000;
/** Milliseconds that one backoff lasts at most. */
const LONGEST_DELAY_MS = 30_000;
/** Milliseconds that a partner may make us wait within a run. One that asks for more is left to the next run. */
export const LONGEST_RETRY_AFTER_MS = 120_000;

/** The real clock's sleep. */
export const sleep: Sleep = (milliseconds, signal) =>
  wait(milliseconds, undefined, signal ? { signal } : undefined);

/**
 * Milliseconds to wait before the next try, or null when the partner asks for more than a run can wait.
 *
 * @param failures how many tries have failed, 1 or more
 * @param retryAfter what the partner asked for, in milliseconds
 * @param random a number from 0 to 1: the second half of the delay is chance, so that clients spread
 */
export function delayBefore(failures: number, retryAfter: number | null, random: number): number | null {
  const backoff = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
  const jittered = Math.round(backoff / 2 + (backoff / 2) * random);
  if (retryAfter === null) return jittered;
  if (retryAfter > LONGEST_RETRY_AFTER_MS) return null;
  return Math.max(jittered, retryAfter);
}

/** Reads `Retry-After` (RFC 9110, 10.2.3), seconds or a date, into milliseconds; null when it says nothing. */
export function parseRetryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : Math.max(0, moment - now.getTime());
}
